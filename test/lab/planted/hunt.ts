/** The hunt for a planted bug; bundled with the sources that have it. */
import { Lab, library, playInMemory } from "../../../src/lab/index.ts";

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
