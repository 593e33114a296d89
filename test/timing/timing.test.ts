/** The measuring program by itself; durations are measured by hand alone. */
import { describe, expect, it } from "vitest";
import { measure } from "./measure.ts";
import { Random } from "./random.ts";
import { ROWS } from "./rows/all.ts";
import { together, verdictOf, welch } from "./welch.ts";

const A = [
  27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7,
  21.4,
];
const B = [
  27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9,
  20.5, 24.4,
];

describe("Welch's t", () => {
  it("is what Python 3.11 computes with its statistics module", () => {
    const { t, difference, counts } = welch(A, B, 0);
    expect(t).toBeCloseTo(2.455356398286006, 10);
    expect(difference).toBeCloseTo(2.1666666667, 8);
    expect(counts).toEqual([15, 15]);
  });

  it("is Yuen's where the longest are left out", () => {
    expect(welch(A, B, 0.4).t).toBeCloseTo(2.9380163438742968, 10);
  });

  it("does not move with what was interrupted", () => {
    const disturbed = B.map((value) => (value > 24 ? 1e6 : value));
    expect(welch(A, disturbed).difference).toBe(welch(A, B).difference);
  });
});

describe("the verdict on several seeds", () => {
  it.each([
    ["shows", [3, 4, 5]],
    ["shows", [-3, -4, -5]],
    ["nothing", [1, -2, 0.5]],
    ["nothing", [2.5, 2.5, 2.5]],
    ["unclear", [6, -5]],
    ["unclear", [9, -1]],
  ])("is %s for %j", (verdict, ts) => {
    expect(verdictOf(ts)).toBe(verdict);
  });

  it("grows with the root of their number", () => {
    expect(together([3, 3, 3, 3])).toBe(6);
  });
});

describe("the rows", () => {
  it("have inputs that follow from the seed", () => {
    expect(new Random("a 1").bytes(8)).toEqual(new Random("a 1").bytes(8));
    expect(new Random("a 1").bytes(8)).not.toEqual(new Random("a 2").bytes(8));
  });

  it.each(ROWS.map((row) => [titleOf(row), row] as const))(
    "%s",
    (_title, row) => {
      const { counts } = measure(row, 1, 8 / row.samples);
      expect(counts[0] + counts[1]).toBeLessThanOrEqual(8);
    },
  );
});

function titleOf({ provider, name, classes }: (typeof ROWS)[number]): string {
  return `${name}, ${provider}: ${classes.join(" and ")}`;
}
