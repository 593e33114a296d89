/**
 * Curve25519 for X25519 and Ed25519: RFC 7748 and RFC 8032 parameters over the
 * arithmetic of `@noble/curves`, made on first use. Why not
 * `@noble/curves/ed25519.js`: see `nist-curves.ts`.
 */
import {
  eddsa,
  edwards,
  type EdDSA,
  type EdwardsPointCons,
} from "@noble/curves/abstract/edwards.js";
import { mod, pow2 } from "@noble/curves/abstract/modular.js";
import {
  montgomery,
  type MontgomeryECDH,
} from "@noble/curves/abstract/montgomery.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { deferredTable } from "./base-table.ts";
import { clamp, inverse, P } from "./field25519.ts";
import { powerOfOnes } from "./power-of-ones.ts";

export interface Curve25519 {
  readonly x25519: MontgomeryECDH;
  readonly ed25519: EdDSA;
  /**
   * To be called before the base point is multiplied by a secret: whether
   * that goes by the table.
   */
  readonly beforeBaseMultiplication: () => boolean;
}

/** The curve, made once a process. */
export function curve25519(): Curve25519 {
  return (made ??= makeCurve());
}

let made: Curve25519 | undefined;

function makeCurve(): Curve25519 {
  const Point = edwards(parameters, { uvRatio: squareRootOfRatio });
  return {
    x25519: makeX25519(Point),
    ed25519: eddsa(Point, sha512, { adjustScalarBytes: clamp, zip215: false }),
    beforeBaseMultiplication: deferredTable(Point.BASE),
  };
}

/** RFC 8032 5.1, RFC 7748 4.1. */
const parameters = {
  p: P,
  n: 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn,
  h: 8n,
  a: 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffecn,
  d: 37095705934669439343138083508754565189542113879843219016388785533085940283555n,
  Gx: 15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  Gy: 46316835694926478169428394003475163141307993866256225615783033603165251855960n,
};

/**
 * The base point goes by the Edwards curve, where noble can keep a table, and
 * back by RFC 7748 4.1: u = (1 + y) / (1 - y).
 */
function makeX25519(Point: EdwardsPointCons): MontgomeryECDH {
  return montgomery({
    P,
    type: "x25519",
    adjustScalarBytes: clamp,
    powPminus2: inverse,
    scalarMultBase: (scalar) => {
      const reduced = mod(scalar, parameters.n);
      if (reduced === 0n) return 0n;
      const { Y, Z } = Point.BASE.multiply(reduced);
      return mod((Z + Y) * inverse(mod(Z - Y, P)), P);
    },
  });
}

/** 2^((p - 1) / 4), a square root of -1: RFC 8032 5.1.3 step 3. */
const ROOT_OF_MINUS_ONE =
  19681161376707505956807079304988542015446066515923890162744021073123829784752n;

/** RFC 8032 5.1.3 steps 2 and 3; noble sets the sign of step 4. */
function squareRootOfRatio(
  u: bigint,
  v: bigint,
): { readonly isValid: boolean; readonly value: bigint } {
  const v3 = mod(v * v * v, P);
  const uv7 = mod(u * v3 * mod(v3 * v, P), P);
  // (p - 5) / 8 is 2^2 (2^250 - 1) + 1.
  const power = (pow2(powerOfOnes(uv7, 250, P), 2n, P) * uv7) % P;
  const x = mod(mod(u * v3, P) * power, P);
  const vx2 = mod(v * mod(x * x, P), P);
  if (vx2 === mod(u, P)) return { isValid: true, value: x };
  if (vx2 === mod(-u, P))
    return { isValid: true, value: mod(x * ROOT_OF_MINUS_ONE, P) };
  return { isValid: false, value: 0n };
}
