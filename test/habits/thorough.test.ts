import { describe, expect, it } from "vitest";
import { runs, sampled, THOROUGH } from "../support/thorough.ts";

const upTo = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => i);

const short = (): void => {
  it("samples a list evenly, with both ends", () => {
    expect(sampled(upTo(9), 3)).toEqual([0, 4, 8]);
    expect(sampled(upTo(3), 3)).toEqual([0, 1, 2]);
    expect(sampled(upTo(2), 3)).toEqual([0, 1]);
    for (const length of [10, 100, 257]) {
      const sample = sampled(upTo(length), 7);
      expect(sample).toHaveLength(7);
      expect([sample[0], sample.at(-1)]).toEqual([0, length - 1]);
    }
  });

  it("takes a third of a property's runs", () => {
    expect(runs(100)).toEqual({ numRuns: 34 });
  });
};

const thorough = (): void => {
  it("takes all", () => {
    expect(sampled(upTo(100), 3)).toEqual(upTo(100));
    expect(runs(100)).toEqual({ numRuns: 100 });
  });
};

describe(THOROUGH ? "the thorough run" : "the short run", () => {
  if (THOROUGH) thorough();
  else short();
});
