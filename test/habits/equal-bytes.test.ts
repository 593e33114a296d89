import { describe, expect, it } from "vitest";
import { NO_BYTES } from "../../src/bytes.ts";

const bytes = (...all: readonly number[]): Uint8Array => Uint8Array.from(all);

describe("byte arrays in expectations", () => {
  it("are equal by content, wherever they lie in their buffer", () => {
    const whole = bytes(9, 1, 2, 3, 9);
    expect(whole.subarray(1, 4)).toEqual(bytes(1, 2, 3));
    expect({ deep: [whole.subarray(1, 4)] }).toStrictEqual({
      deep: [bytes(1, 2, 3)],
    });
    expect({ one: bytes(1), two: 2 }).toMatchObject({ one: bytes(1) });
    expect(NO_BYTES).toEqual(bytes());
  });

  it("differ by a byte, a length or a class", () => {
    expect(bytes(1, 2, 3)).not.toEqual(bytes(1, 2, 4));
    expect(bytes(1, 2, 3)).not.toEqual(bytes(1, 2));
    expect(bytes(1, 2)).not.toEqual(bytes(1, 2, 3));
    expect([bytes(1, 2, 3)]).not.toEqual([bytes(1, 2, 4)]);
    expect(bytes(1, 2)).not.toEqual(Buffer.of(1, 2));
    expect(bytes(1, 2)).not.toEqual([1, 2]);
    expect(bytes(1, 2)).not.toEqual(new Uint16Array([1, 2]));
    expect(bytes()).not.toEqual(undefined);
  });

  it("match what stands for any of them", () => {
    expect(bytes(1)).toEqual(expect.any(Uint8Array));
    expect({ is: bytes(1) }).toEqual({ is: expect.anything() as unknown });
  });
});
