/** The hunt for a planted bug; bundled with the sources that have it. */
import {
  Lab,
  library,
  playInMemory,
  type Result,
  scenarioOf,
  type ScenarioData,
} from "../../../src/lab/index.ts";
import { fuzz, type Finding } from "../../../src/lab/fuzz/index.ts";

/** A scenario that shows a bug. */
export interface Find {
  readonly name: string;
  readonly expected: string;
  readonly seen: string;
}

/** Plays the library, or the scenarios whose names begin so; the first that fails. */
export function huntByLibrary(prefix = ""): Find | undefined {
  const lab = new Lab();
  for (const one of library()) {
    if (!one.name.startsWith(prefix)) continue;
    const { verdict, expected, seen } = playInMemory(one, { lab });
    if (verdict !== "pass") return { name: one.name, expected, seen };
  }
  return undefined;
}

const lab = new Lab();

/** Plays one scenario against an engine of these sources. */
export function playHere(data: ScenarioData): Result {
  return playInMemory(scenarioOf(data), { lab });
}

/**
 * Fuzzes an engine of these sources until something is found, by the oracle alone or beside
 * a second peer.
 */
export async function huntByFuzz(options: {
  readonly seed: number;
  readonly seconds: number;
  readonly reference?: (data: ScenarioData) => Result;
}): Promise<{ readonly runs: number; readonly finding: Finding | undefined }> {
  const report = await fuzz({
    ...options,
    ...{ player: playHere, strictly: true, findings: 1, runs: 1_000_000 },
  });
  return { runs: report.runs, finding: report.findings[0] };
}
