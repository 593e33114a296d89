/**
 * The short run of `npm test` against the thorough one, which is in force with
 * PURETLS_THOROUGH=1 or `vitest --mode thorough` (`npm run test:all`, and CI):
 * the short run takes every mechanism, and a sample of those lists in which each
 * entry takes the same path.
 */
export const THOROUGH = process.env["PURETLS_THOROUGH"] === "1";

/**
 * All of a list in the thorough run; else about so many entries of it, evenly
 * spread, the first and the last among them.
 */
export function sampled<T>(all: readonly T[], count: number): readonly T[] {
  if (THOROUGH || all.length <= count) return all;
  const last = all.length - 1;
  return all.filter((_, index) => {
    const step = Math.round((index * (count - 1)) / last);
    return index === Math.round((step * last) / (count - 1));
  });
}

/** Runs of a property: all in the thorough run, else a third. */
export function runs(thorough: number): { readonly numRuns: number } {
  return { numRuns: THOROUGH ? thorough : Math.ceil(thorough / 3) };
}
