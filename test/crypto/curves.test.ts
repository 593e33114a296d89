/**
 * The curves are made here from the standards' parameters: noble's own, with
 * the same arithmetic, must agree.
 */
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { ed448 } from "@noble/curves/ed448.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { pow } from "@noble/curves/abstract/modular.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deferredTable } from "../../src/crypto/noble/curves/base-table.ts";
import { curve25519 } from "../../src/crypto/noble/curves/curve25519.ts";
import { curve448 } from "../../src/crypto/noble/curves/curve448.ts";
import { nistCurve } from "../../src/crypto/noble/curves/nist-curves.ts";
import { powerOfOnes } from "../../src/crypto/noble/curves/power-of-ones.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const few = { numRuns: 20 };

describe("parameters", () => {
  it.each([
    ["secp256r1", p256],
    ["secp384r1", p384],
    ["secp521r1", p521],
  ] as const)("of %s", (name, theirs) => {
    expect(nistCurve(name).Point.CURVE()).toEqual(theirs.Point.CURVE());
    expect(nistCurve(name)).toBe(nistCurve(name));
  });

  it("of Ed25519", () => {
    expect(curve25519().ed25519.Point.CURVE()).toEqual(ed25519.Point.CURVE());
    expect(curve25519()).toBe(curve25519());
  });
});

describe("Curve25519", () => {
  it("multiplies its base point alike on both ways", () => {
    const own = curve25519().x25519;
    fc.assert(
      fc.property(bytes32, (key) => {
        const wanted = x25519.getPublicKey(key);
        expect(own.getPublicKey(key)).toEqual(wanted);
        expect(own.scalarMult(key, own.GuBytes)).toEqual(wanted);
      }),
      few,
    );
  });

  it("decodes the points that noble decodes, and no others", () => {
    const { Point } = curve25519().ed25519;
    const decoded = (P: typeof Point, bytes: Uint8Array): string => {
      try {
        return P.fromBytes(bytes).toHex();
      } catch {
        return "no point";
      }
    };
    fc.assert(
      fc.property(bytes32, (bytes) => {
        expect(decoded(Point, bytes)).toBe(decoded(ed25519.Point, bytes));
      }),
    );
  });

  it("signs and verifies as noble does", () => {
    const own = curve25519().ed25519;
    fc.assert(
      fc.property(bytes32, fc.uint8Array(), (seed, message) => {
        const signature = own.sign(message, seed);
        expect(signature).toEqual(ed25519.sign(message, seed));
        const key = ed25519.getPublicKey(seed);
        expect(own.verify(signature, message, key)).toBe(true);
      }),
      few,
    );
  });
});

it("Ed448 verifies what noble signs", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 57, maxLength: 57 }),
      fc.uint8Array(),
      (seed, message) => {
        const signature = ed448.sign(message, seed);
        const key = ed448.getPublicKey(seed);
        const own = curve448().ed448;
        expect(own.verify(signature, message, key)).toBe(true);
        signature[0] = (signature[0] ?? 0) ^ 1;
        expect(own.verify(signature, message, key)).toBe(false);
      },
    ),
    few,
  );
});

it("a base point gets its table at the seventeenth use", () => {
  const windows: number[] = [];
  const use = deferredTable({ precompute: (w) => windows.push(w) });
  const answers = Array.from({ length: 20 }, () => use());
  expect(answers.indexOf(true)).toBe(16);
  expect(answers.lastIndexOf(false)).toBe(15);
  // 1 is noble's word for none.
  expect(windows).toEqual([1, 6]);
});

it("powerOfOnes is a power to 2^n - 1", () => {
  const p = 2n ** 255n - 19n;
  fc.assert(
    fc.property(
      fc.bigInt(0n, p - 1n),
      fc.integer({ min: 1, max: 300 }),
      (x, n) => {
        expect(powerOfOnes(x, n, p)).toBe(pow(x, 2n ** BigInt(n) - 1n, p));
      },
    ),
  );
});
