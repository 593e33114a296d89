/**
 * `npm run mutants -- --file PATH`: takes each check out of a file or a folder,
 * runs the tests that load it, and lists the mutants that no test notices. By
 * hand: it takes as long as the tests, once for each mutant.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createVitest } from "vitest/node";
import { mutantsOf, mutated } from "./find.mjs";
import { PLANTED, plantedAt } from "./planted.mjs";

const USAGE =
  "npm run mutants -- --planted [--file PATH] | --file PATH [--seconds N] [--lines FROM-TO] [--test PATH]...";
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Milliseconds of a run that goes on for ever, over those of an honest one. */
const PATIENCE = 5;
const LEAST_PATIENCE = 60_000;
/** As long as a timer can be. */
const FOR_EVER = 2 ** 31 - 1;

class UsageError extends Error {}

function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      file: { type: "string" },
      planted: { type: "boolean" },
      seconds: { type: "string" },
      lines: { type: "string" },
      test: { type: "string", multiple: true },
    },
  });
  const { file, planted = false, seconds, lines = "1-999999", test } = values;
  if (planted) return { planted, file };
  if (file === undefined) throw new UsageError("--file is missing");
  if (seconds !== undefined && !/^[1-9]\d*$/.test(seconds))
    throw new UsageError(`--seconds: "${seconds}"; a whole number above 0`);
  const range = /^(\d+)-(\d+)$/.exec(lines);
  if (range === null)
    throw new UsageError(`--lines: "${lines}"; two numbers, as 10-20`);
  const [, from, to] = range.map(Number);
  return {
    planted,
    files: filesOf(resolve(ROOT, file)),
    until: performance.now() + Number(seconds ?? Infinity) * 1000,
    isWanted: ({ line }) => line >= from && line <= to,
    tests: test,
  };
}

function filesOf(path) {
  let stat;
  try {
    stat = statSync(path);
  } catch {
    throw new UsageError(`--file: "${path}" does not exist`);
  }
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(path, name));
}

/** Runs the tests of one file, with a mutant of it or without. */
class Runner {
  #file;
  #tests;
  #mutant;
  #vitest;
  #specifications;

  constructor(file, tests) {
    this.#file = file;
    this.#tests = tests;
  }

  async begin() {
    const transform = (code, id) =>
      id === this.#file && this.#mutant !== undefined
        ? mutated(readFileSync(this.#file, "utf8"), this.#mutant)
        : undefined;
    this.#vitest = await createVitest(
      "test",
      {
        root: ROOT,
        config: false,
        watch: false,
        include: this.#tests?.map((path) =>
          path.endsWith(".ts") ? path : `${path}/**/*.test.ts`,
        ) ?? ["test/**/*.test.ts"],
        exclude: ["test/interop/**", "test/mutants/**"],
        related: [this.#file],
        testTimeout: 60_000,
        bail: 1,
        pool: "threads",
        reporters: [{}],
        silent: true,
      },
      { plugins: [{ name: "mutant", enforce: "pre", transform }] },
    );
    this.#specifications = await this.#vitest.getRelevantTestSpecifications();
    return this.#specifications.length;
  }

  /** "killed", "survived" or, after that many milliseconds, "hangs". */
  async run(mutant, patience) {
    this.#mutant = mutant;
    this.#vitest.invalidateFile(this.#file);
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, patience, "hangs");
    });
    const outcome = await Promise.race([this.#run(), late]);
    clearTimeout(timer);
    if (outcome === "hangs") {
      await this.close();
      await this.begin();
    }
    return outcome;
  }

  async #run() {
    const { testModules, unhandledErrors } =
      await this.#vitest.runTestSpecifications(this.#specifications);
    const isWell =
      unhandledErrors.length === 0 && testModules.every((one) => one.ok());
    return isWell ? "survived" : "killed";
  }

  close() {
    return this.#vitest.close();
  }
}

/** The mutants of a file that survive; undefined where its tests fail anyway. */
async function survivorsOf(file, { until, isWanted, tests }) {
  const name = relative(ROOT, file);
  const mutants = mutantsOf(readFileSync(file, "utf8")).filter(isWanted);
  if (mutants.length === 0) return [];
  const runner = new Runner(file, tests);
  const count = await runner.begin();
  const begun = performance.now();
  const honest = await runner.run(undefined, FOR_EVER);
  const patience = Math.max(
    LEAST_PATIENCE,
    PATIENCE * (performance.now() - begun),
  );
  console.log(`${name}: ${mutants.length} mutants, ${count} test files`);
  const survivors = [];
  if (honest === "survived")
    for (const mutant of mutants) {
      if (performance.now() >= until) {
        console.log("  … the time is over");
        break;
      }
      const outcome = await runner.run(mutant, patience);
      if (outcome !== "survived") continue;
      const { line, before, text } = mutant;
      console.log(`  survives: ${name}:${line}: ${before} → ${text}`);
      survivors.push(mutant);
    }
  await runner.close();
  return honest === "survived" ? survivors : undefined;
}

/** Plants each fault of the list; returns how many its test does not notice. */
async function survivingFaults(faults) {
  let count = 0;
  for (const fault of faults) {
    const file = join(ROOT, fault.file);
    const runner = new Runner(file, [fault.test]);
    await runner.begin();
    const mutant = plantedAt(readFileSync(file, "utf8"), fault);
    const outcome = await runner.run(mutant, LEAST_PATIENCE * PATIENCE);
    await runner.close();
    console.log(`${outcome}: ${fault.what}: ${fault.test}`);
    if (outcome === "survived") count++;
  }
  return count;
}

try {
  const options = optionsOf(process.argv.slice(2));
  if (options.planted) {
    const wanted = options.file ?? "src";
    const faults = PLANTED.filter(({ file }) => file.startsWith(wanted));
    const count = await survivingFaults(faults);
    console.log(`${count} of ${faults.length} planted faults survive`);
    process.exit(count > 0 ? 1 : 0);
  }
  let count = 0;
  for (const file of options.files) {
    const survivors = await survivorsOf(file, options);
    if (survivors === undefined) {
      console.error(`mutants: the tests of ${file} fail without a mutant`);
      process.exit(2);
    }
    count += survivors.length;
  }
  console.log(`${count} mutants survive`);
  process.exit(count > 0 ? 1 : 0);
} catch (error) {
  console.error(`mutants: ${error.message}\n${USAGE}`);
  process.exit(2);
}
