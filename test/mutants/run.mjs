/**
 * `npm run mutants -- --requirements` takes out the checks where the code names
 * requirements, `--file PATH` those of a file or a folder, and lists the mutants
 * that no unit test notices. By hand: see "Mutants" in CONTRIBUTING.
 */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mutantsOf } from "./find.mjs";
import { survivingFaults } from "./plant.mjs";

const USAGE = `npm run mutants -- --requirements [--id ID]... | --file PATH [--lines FROM-TO] | --planted [--file PATH]
  [--test PATH]... [--tries N] [--longest MS] [--every] [--continue]`;
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const FOLDER = join(ROOT, "node_modules/.cache/mutants");

/** Milliseconds without a word, after which the workers are taken to hang. */
const SILENCE = 180_000;

class UsageError extends Error {}

function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      requirements: { type: "boolean", default: false },
      id: { type: "string", multiple: true, default: [] },
      planted: { type: "boolean", default: false },
      file: { type: "string" },
      lines: { type: "string", default: "1-999999" },
      test: { type: "string", multiple: true, default: ["test"] },
      tries: { type: "string", default: "40" },
      longest: { type: "string", default: "3000" },
      every: { type: "boolean", default: false },
      continue: { type: "boolean", default: false },
    },
  });
  if (!values.requirements && !values.planted && values.file === undefined)
    throw new UsageError("one of --requirements, --file and --planted");
  const range = /^(\d+)-(\d+)$/.exec(values.lines);
  if (range === null)
    throw new UsageError(`--lines: "${values.lines}"; two numbers, as 10-20`);
  for (const name of ["tries", "longest"])
    if (!/^[1-9]\d*$/.test(values[name]))
      throw new UsageError(
        `--${name}: "${values[name]}"; a whole number above 0`,
      );
  const [, from, to] = range.map(Number);
  return { ...values, isInRange: ({ line }) => line >= from && line <= to };
}

function filesOf(path) {
  if (!existsSync(path))
    throw new UsageError(`--file: "${path}" does not exist`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(path, name));
}

/** Levels of RFC 2119 by id, of those that bind with MUST. */
function mustIds() {
  const lists = ["rfc9846", "tls12"].map((name) =>
    readFileSync(join(ROOT, `test/requirements/${name}.txt`), "utf8"),
  );
  return new Set(
    lists
      .join("\n")
      .split("\n")
      .filter((line) => /^\S+ \| (?:MUST|SHALL|REQUIRED)/.test(line))
      .map((line) => line.split(" | ")[0]),
  );
}

/** By file, from the project's root; each with a number from 1. */
function plannedMutants({ requirements, file = "src", id, isInRange }) {
  const must = requirements ? mustIds() : undefined;
  const isWanted = ({ ids }) =>
    must === undefined ||
    ids.some((one) =>
      id.length > 0 ? id.some((want) => one.startsWith(want)) : must.has(one),
    );
  const files = {};
  const seen = new Map();
  let number = 0;
  const named = (one) => {
    const name = `${one.path}: ${one.before} → ${one.becomes}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { ...one, number: ++number, name: `${name} (${count})` };
  };
  for (const path of filesOf(resolve(ROOT, file))) {
    const code = readFileSync(path, "utf8");
    const mutants = mutantsOf(code, { isTagged: requirements })
      .filter(isWanted)
      .filter(isInRange)
      .map((one) => named({ ...one, path: relative(ROOT, path) }));
    if (mutants.length > 0) files[relative(ROOT, path)] = mutants;
  }
  return files;
}

/** Mutants that do what the code does, or differ where nothing can see it. */
function knownReasons() {
  return JSON.parse(
    readFileSync(join(ROOT, "test/mutants/survivors.json"), "utf8"),
  );
}

/** Runs the tests once over the mutants; what happened is in the log. */
function runTests(plan) {
  const planFile = join(FOLDER, "plan.json");
  writeFileSync(planFile, JSON.stringify(plan));
  writeFileSync(plan.beat, "");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const config = join(ROOT, "test/mutants/vitest.config.mjs");
  const child = spawn(process.execPath, [vitest, "run", "--config", config], {
    cwd: ROOT,
    stdio: "ignore",
    detached: true,
    // In CI no snapshot is written.
    env: { ...process.env, PURETLS_MUTANTS: planFile, CI: "1" },
  });
  return new Promise((settle, reject) => {
    const watch = setInterval(() => {
      if (Date.now() - statSync(plan.beat).mtimeMs > SILENCE)
        process.kill(-child.pid, "SIGKILL");
    }, 5000);
    child.on("error", reject);
    child.on("exit", (_code, signal) => {
      clearInterval(watch);
      settle(signal === null ? "ended" : "hung");
    });
  });
}

/** Lines of the log: `{ tries }`, `{ killed, by }` and `{ unsteady }`. */
function logOf(path) {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Tries all mutants; returns those that nothing noticed. */
async function survivorsOf(mutants, files, options) {
  const log = join(FOLDER, "log.jsonl");
  mkdirSync(FOLDER, { recursive: true });
  if (!options.continue || !existsSync(log)) writeFileSync(log, "");
  const most = options.every ? Number.MAX_SAFE_INTEGER : undefined;
  const hung = new Set();
  const alive = () => {
    const killed = new Set(logOf(log).map((one) => one.killed));
    return mutants.filter(({ name }) => !killed.has(name) && !hung.has(name));
  };
  for (;;) {
    const outcome = await runTests({
      log,
      beat: join(FOLDER, "beat"),
      files,
      alive: alive().map(({ number, name, ids }) => ({ number, name, ids })),
      tests: options.test.map((path) =>
        path.endsWith(".ts") ? path : `${path}/**/*.test.ts`,
      ),
      tries: most ?? Number(options.tries),
      longest: most ?? Number(options.longest),
    });
    // The one that was tried last is what it hangs in.
    const last = logOf(log).findLast((one) => one.tries !== undefined)?.tries;
    if (outcome === "ended" || last === undefined || hung.has(last)) break;
    hung.add(last);
  }
  const tried = new Set(logOf(log).map((one) => one.tries));
  return alive().map((one) => ({ ...one, isReached: tried.has(one.name) }));
}

function printed({ path, line, before, becomes, ids, isReached }) {
  const shown = before.length > 90 ? `${before.slice(0, 90)} …` : before;
  const names = ids.length > 0 ? ` [${ids.join(" ")}]` : "";
  return `${path}:${line}: ${shown} → ${becomes}${names}${isReached ? "" : " (no test where it differs)"}`;
}

async function main(args) {
  const options = optionsOf(args);
  if (options.planted) return survivingFaults(options.file ?? "src");
  const files = plannedMutants(options);
  const mutants = Object.values(files).flat();
  const begun = Date.now();
  const survivors = await survivorsOf(mutants, files, options);
  const reasons = knownReasons();
  const isKnown = ({ path, before, becomes }) =>
    reasons.some(
      (one) =>
        one.file === path && one.before === before && one.becomes === becomes,
    );
  const open = survivors.filter((one) => !isKnown(one));
  for (const one of open) console.log(printed(one));
  const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
  console.log(
    `${mutants.length} mutants, ${mutants.length - survivors.length} noticed, ${survivors.length - open.length} listed with a reason, ${open.length} survive; ${minutes} minutes`,
  );
  return open.length;
}

try {
  process.exit((await main(process.argv.slice(2))) > 0 ? 1 : 0);
} catch (error) {
  console.error(`mutants: ${error.message}\n${USAGE}`);
  process.exit(2);
}
