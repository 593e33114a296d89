import { expect } from "vitest";
import type { RandomSource } from "../../src/crypto/provider.ts";

/**
 * A random source that gives these arrays, one a call, and fails the test when
 * a call asks for another length or there is none left.
 */
export function scriptedRandom(...script: readonly Uint8Array[]): RandomSource {
  const left = [...script];
  return (length) => {
    const bytes = left.shift();
    if (bytes === undefined)
      throw new Error(`unexpected call random(${length})`);
    expect(length).toBe(bytes.length);
    return bytes.slice();
  };
}

/** The same, with a look at what is left. */
export function recordedRandom(source: RandomSource): {
  readonly random: RandomSource;
  readonly lengths: readonly number[];
} {
  const lengths: number[] = [];
  return {
    random: (length) => {
      lengths.push(length);
      return source(length);
    },
    lengths,
  };
}
