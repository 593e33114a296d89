import { afterEach, describe, expect, it, vi } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the provider's random", () => {
  // [9846-C.1-01]
  it("gives as many bytes as asked for, different ones each time", () => {
    for (const length of [0, 1, 32, 65536]) {
      expect(noble.random(length).length).toBe(length);
    }
    expect(noble.random(32)).not.toEqual(noble.random(32));
  });

  it("asks in pieces of 65,536 bytes and fills all of them", () => {
    const pieces: number[] = [];
    vi.stubGlobal("crypto", {
      getRandomValues(array: Uint8Array) {
        pieces.push(array.length);
        return array.fill(7);
      },
    });
    const bytes = noble.random(150_000);
    expect(bytes.length).toBe(150_000);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
    expect(pieces).toEqual([65536, 65536, 18928]);
  });

  it.each([undefined, null, 5, {}, { getRandomValues: 1 }])(
    "says what to do where the host has %j",
    (crypto) => {
      vi.stubGlobal("crypto", crypto);
      expect(() => noble.random(1)).toThrow(
        /pass a crypto provider with a `random` of your own/,
      );
    },
  );

  it("calls getRandomValues as a method of crypto", () => {
    const crypto = {
      value: 3,
      getRandomValues(array: Uint8Array) {
        return array.fill(this.value);
      },
    };
    vi.stubGlobal("crypto", crypto);
    expect(noble.random(2)).toEqual(Uint8Array.of(3, 3));
  });
});
