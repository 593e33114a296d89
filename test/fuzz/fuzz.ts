/** The loop: programs out of a seed, run until the time is over or one fails. */
import fc from "fast-check";
import { Report } from "./report.ts";
import type { Target } from "./target.ts";

export interface Budget {
  readonly seed: number;
  /** Milliseconds; undefined: until the programs are run. */
  readonly time?: number;
  readonly runs?: number;
}

export interface Fuzzed {
  readonly report: Report;
  readonly milliseconds: number;
  /** The smallest program that fails, and how. */
  readonly finding?: { readonly program: object; readonly error: unknown };
}

/** Programs between looks at the clock; a batch has a seed of its own. */
const BATCH = 200;

export async function fuzz(target: Target, budget: Budget): Promise<Fuzzed> {
  const report = new Report();
  const begun = performance.now();
  const { seed, time = Infinity, runs = Infinity } = budget;
  const property = fc.asyncProperty(target.programs, async (program) => {
    await target.run(program, report);
  });
  for (let batch = 0; ; batch++) {
    const left = runs - batch * BATCH;
    const elapsed = performance.now() - begun;
    if (left <= 0 || elapsed >= time) return { report, milliseconds: elapsed };
    const details = await fc.check(property, {
      seed: (seed * 1_000_003 + batch) | 0,
      numRuns: Math.min(BATCH, left),
      ...(time < Infinity && { interruptAfterTimeLimit: time - elapsed }),
    });
    if (!details.failed || details.counterexample === null) continue;
    const [program] = details.counterexample;
    return {
      report,
      milliseconds: performance.now() - begun,
      finding: { program, error: details.errorInstance },
    };
  }
}
