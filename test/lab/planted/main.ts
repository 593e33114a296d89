/** Prints for each planted bug what finds it, and how soon: npm run lab:planted. */
import { stepText } from "../../../src/lab/index.ts";
import { BUGS, type PlantedBug } from "./bugs.ts";
import { huntWith } from "./plant.ts";

/** A minute for the library, ten for random scenarios; both in milliseconds. */
const LIBRARY_LIMIT = 60_000;
const FUZZ_LIMIT = 600_000;

/**
 * Hunts each bug, or those that words name; answers how many are not found in time.
 * With --fuzz by random scenarios.
 */
export async function main(args: readonly string[]): Promise<number> {
  const hunts = args.includes("--fuzz")
    ? [byFuzz("oracle", false), byFuzz("second peer", true)]
    : [byLibrary];
  const missed = hunts.map(() => 0);
  const words = args.filter((arg) => !arg.startsWith("--"));
  const bugs = BUGS.filter(({ what }) =>
    words.every((word) => what.includes(word)),
  );
  for (const bug of bugs)
    for (const [at, hunt] of hunts.entries()) {
      const begun = Date.now();
      const found = await hunt(bug);
      const seconds = ((Date.now() - begun) / 1000).toFixed(1);
      if (found === undefined) missed[at] = (missed[at] ?? 0) + 1;
      console.log(`${bug.what}, ${seconds} s: ${found ?? "NOT FOUND"}`);
    }
  for (const count of missed)
    console.log(`${bugs.length - count} of ${bugs.length} planted bugs found`);
  return Math.min(...missed);
}

async function byLibrary(bug: PlantedBug): Promise<string | undefined> {
  const { huntByLibrary } = await huntWith(bug);
  const begun = Date.now();
  const find = huntByLibrary();
  if (find === undefined || Date.now() - begun > LIBRARY_LIMIT)
    return undefined;
  return `library: ${find.name}: expected ${find.expected}, saw ${find.seen}`;
}

/** Random scenarios, judged by the oracle alone or beside an engine without the bug. */
function byFuzz(name: string, isCompared: boolean) {
  return async (bug: PlantedBug): Promise<string | undefined> => {
    const { huntByFuzz } = await huntWith(bug);
    const { playHere } = await huntWith();
    const { runs, finding } = await huntByFuzz({
      seed: 1,
      seconds: (isCompared ? FUZZ_LIMIT : ORACLE_LIMIT) / 1000,
      ...(isCompared && { reference: playHere }),
    });
    if (finding === undefined) return undefined;
    const { fault, scenario } = finding;
    const steps = scenario.steps.slice(0, -1).map(stepText).join("; ");
    return `${name}, ${runs} runs: ${fault}: ${scenario.version} ${scenario.role}, ${steps}`;
  };
}

/** The oracle alone is given a minute: what it cannot tell it never will. */
const ORACLE_LIMIT = 60_000;
