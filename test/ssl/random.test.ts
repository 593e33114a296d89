import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import * as ssl from "../../src/index.ts";
import { randAdd, randBytes, randPseudoBytes } from "../../src/index.ts";

describe("Python's RAND functions", () => {
  it("R-02: pseudo bytes are strong ones", () => {
    const { bytes, isCryptographic } = randPseudoBytes(20);
    expect(bytes).toHaveLength(20);
    expect(isCryptographic).toBe(true);
    expect(() => randPseudoBytes(-1)).toThrow(RangeError);
  });

  it("R-04 R-06: what is added changes what comes, also of a source that repeats itself", () => {
    const poor = { ...noble, random: (n: number) => new Uint8Array(n) };
    expect(randBytes(40, poor)).toEqual(new Uint8Array(40));
    randAdd(Uint8Array.of(1, 2, 3), 0, poor);
    const [first, second] = [randBytes(40, poor), randBytes(40, poor)];
    expect(first).toHaveLength(40);
    expect(first).not.toEqual(new Uint8Array(40));
    expect(second).not.toEqual(first);
    expect(first.subarray(0, 8)).not.toEqual(first.subarray(32));
    const other = { ...poor };
    randAdd(Uint8Array.of(1, 2, 3), 1.5, other);
    expect(randBytes(40, other)).toEqual(first);
    const third = { ...poor };
    randAdd(new Uint8Array(0), 0, third);
    expect(randBytes(40, third)).not.toEqual(first);
  });

  it("R-04: takes bytes and a number", () => {
    expect(() => {
      randAdd("text" as never, 0);
    }).toThrow(TypeError);
    expect(() => {
      randAdd(new Uint8Array(1), "1" as never);
    }).toThrow(TypeError);
  });

  it("R-05: there is no entropy gathering daemon to ask", () => {
    expect(Object.keys(ssl).filter((name) => /egd/i.test(name))).toEqual([]);
  });
});
