/** Prints for each planted bug what finds it, and how soon: npm run lab:planted. */
import { BUGS } from "./bugs.ts";
import { huntWith } from "./plant.ts";

/** A minute for the library. */
const LIBRARY_LIMIT = 60_000;

/** Hunts each bug; answers how many are not found in time. */
export async function main(): Promise<number> {
  let missed = 0;
  for (const bug of BUGS) {
    const { huntByLibrary } = await huntWith(bug);
    const begun = Date.now();
    const find = huntByLibrary();
    const duration = Date.now() - begun;
    const isFound = find !== undefined && duration < LIBRARY_LIMIT;
    if (!isFound) missed++;
    const how =
      find === undefined
        ? "NOT FOUND"
        : `${find.name}: expected ${find.expected}, saw ${find.seen}`;
    console.log(
      `${bug.what}: library, ${(duration / 1000).toFixed(1)} s: ${how}`,
    );
  }
  console.log(`${BUGS.length - missed} of ${BUGS.length} planted bugs found`);
  return missed;
}
