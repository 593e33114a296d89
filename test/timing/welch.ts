/** Welch's t test for two series of durations that others' work has disturbed. */

/** The result of comparing two series. */
export interface Welch {
  /** The difference of the trimmed means in units of its standard error. */
  readonly t: number;
  /** Trimmed mean of the second series less that of the first, in their unit. */
  readonly difference: number;
  /** Trimmed mean of the first series. */
  readonly mean: number;
  /** Number of measurements in each. */
  readonly counts: readonly [number, number];
}

/** The longest durations, which were interrupted: that part of each series. */
const TRIMMED = 0.4;

/**
 * Welch's t of the means without the longest durations of each series (Yuen,
 * 1974): the variance is that of the whole series with those set to the longest
 * that stays. Both have at least four numbers; with `trimmed` 0 it is Welch's t.
 */
export function welch(
  first: readonly number[],
  second: readonly number[],
  trimmed = TRIMMED,
): Welch {
  const [a, b] = [moments(first, trimmed), moments(second, trimmed)];
  const difference = b.mean - a.mean;
  const error = Math.sqrt(a.squaredError + b.squaredError);
  return {
    t: difference === 0 ? 0 : difference / error,
    difference,
    mean: a.mean,
    counts: [first.length, second.length],
  };
}

/** One t of several that are independent of each other (Stouffer). */
export function together(ts: readonly number[]): number {
  return ts.reduce((sum, t) => sum + t, 0) / Math.sqrt(ts.length);
}

/** Above it two series differ: one pair in 150,000 is so by chance. */
export const THRESHOLD = 4.5;

/**
 * "shows": all seeds together above the threshold, with one sign in every seed.
 * "nothing": neither a seed by itself nor all together above it. Else "unclear".
 */
export type Verdict = "shows" | "nothing" | "unclear";

/** Judges the t values of a row's seeds. */
export function verdictOf(ts: readonly number[]): Verdict {
  const all = together(ts);
  const high = (t: number): boolean => Math.abs(t) > THRESHOLD;
  if (high(all) && ts.every((t) => Math.sign(t) === Math.sign(all)))
    return "shows";
  return high(all) || ts.some(high) ? "unclear" : "nothing";
}

function moments(series: readonly number[], trimmed: number) {
  const sorted = Float64Array.from(series).sort();
  const count = sorted.length;
  const kept = count - Math.floor(trimmed * count);
  const mean = average(sorted.subarray(0, kept));
  // Winsorized: what was trimmed counts as the longest that stays.
  sorted.fill(sorted[kept - 1] ?? 0, kept);
  const middle = average(sorted);
  const squares = sorted.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  return { mean, squaredError: squares / (kept * (kept - 1)) };
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
