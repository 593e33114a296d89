/** `npm run fuzz`: reads the arguments, runs the targets, prints what it tried. */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { TARGETS } from "./targets.ts";
import { fuzz, type Fuzzed } from "./fuzz.ts";
import { Report } from "./report.ts";
import type { Target } from "./target.ts";

const NAMES = [...TARGETS.map(({ name }) => name), "all"];
const USAGE = `npm run fuzz -- [--seconds N | --runs N] [--seed S] [--target ${NAMES.join("|")}] [--replay FILE|ID] [--verbose]`;

class UsageError extends Error {}

interface Options {
  readonly seconds: number | undefined;
  readonly runs: number | undefined;
  readonly seed: number;
  readonly targets: readonly Target[];
  readonly replay: string | undefined;
  /** Tells whether to print the counts even if nothing was found. */
  readonly verbose: boolean;
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parse(args);
  const seconds = number("seconds", values.seconds);
  const runs = number("runs", values.runs);
  const { target = "all", replay, verbose = false } = values;
  const targets = TARGETS.filter(({ name }) => [name, "all"].includes(target));
  if (targets.length === 0)
    throw new UsageError(
      `--target: "${target}"; allowed are ${NAMES.join(", ")}`,
    );
  return {
    seconds: seconds ?? (runs === undefined ? 60 : undefined),
    runs,
    seed: number("seed", values.seed, 0) ?? 1,
    targets,
    replay,
    verbose,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string" },
        runs: { type: "string" },
        seed: { type: "string" },
        target: { type: "string" },
        replay: { type: "string" },
        verbose: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message : String(error),
    );
  }
}

function number(
  name: string,
  text: string | undefined,
  least = 1,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 2 ** 31 - 1)
    throw new UsageError(
      `--${name}: "${text}"; a whole number from ${String(least)} to 2147483647 is allowed`,
    );
  return value;
}

/** A program out of a file, or of a kept finding by its name. */
function programOf(replay: string, findings: string): object {
  const kept = readdirSync(findings).map((file) => file.replace(/\.json$/, ""));
  const path = kept.includes(replay) ? `${findings}/${replay}.json` : replay;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(
      `--replay: "${replay}": ${error instanceof Error ? error.message : String(error)}; a JSON file or one of ${kept.join(", ")} is allowed`,
    );
  }
  if (typeof value !== "object" || value === null)
    throw new UsageError(`--replay: "${replay}" holds no program`);
  return "program" in value &&
    typeof value.program === "object" &&
    value.program
    ? value.program
    : value;
}

async function replayed(replay: string, findings: string): Promise<number> {
  const program = programOf(replay, findings);
  const name = "target" in program ? program.target : undefined;
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined)
    throw new UsageError(`--replay: "${replay}" names no target`);
  const report = new Report();
  try {
    await target.run(program, report);
    console.log(`${target.name}: nothing found`);
    console.log(report.lines().join("\n"));
    return 0;
  } catch (error) {
    console.log(`${target.name}: FOUND`, error);
    return 1;
  }
}

/** One line for what a target did. */
function summary(
  target: Target,
  { report, milliseconds, finding }: Fuzzed,
  seed: number,
): string {
  const seconds = milliseconds / 1000;
  const rate = (count: number): string => (count / seconds).toFixed(0);
  return `${target.name}, seed ${String(seed)}: ${String(report.programs)} programs and ${String(report.inputs)} inputs in ${seconds.toFixed(1)} s (${rate(report.programs)} and ${rate(report.inputs)} a second), ${finding ? "FOUND, see below" : "nothing found"}`;
}

/** Everything that was tried, by kind and count. */
function counts(target: Target, { report }: Fuzzed): string[] {
  const untried = target.untried?.() ?? [];
  return [
    ...report.lines(),
    ...(untried.length > 0 ? ["  never tried:"] : []),
    ...untried.map((line) => `    ${line}`),
  ];
}

/** The exit code: 0 where nothing was found. */
export async function main(
  args: readonly string[],
  findings: string,
): Promise<number> {
  try {
    const { targets, seed, seconds, runs, replay, verbose } = optionsOf(args);
    if (replay !== undefined) return await replayed(replay, findings);
    const found: (() => void)[] = [];
    for (const target of targets) {
      const fuzzed = await fuzz(target, {
        seed,
        ...(seconds !== undefined && {
          time: (seconds * 1000) / targets.length,
        }),
        ...(runs !== undefined && { runs }),
      });
      const { finding } = fuzzed;
      if (verbose || finding !== undefined)
        for (const line of counts(target, fuzzed)) console.log(line);
      console.log(summary(target, fuzzed, seed));
      if (finding !== undefined)
        found.push(() => {
          console.log(`\n${target.name}: FOUND`);
          console.log(JSON.stringify(finding.program));
          console.log(finding.error);
        });
    }
    // Last, where the end of a log is read.
    for (const tell of found) tell();
    return found.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`fuzz: ${error.message}\n${USAGE}`);
    return 2;
  }
}
