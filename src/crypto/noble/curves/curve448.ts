/**
 * Ed448 (RFC 8032 5.2) and X448 (RFC 7748 5) over the arithmetic of
 * `@noble/curves`, made on first use. Why not `@noble/curves/ed448.js`: see `nist-curves.ts`.
 */
import { eddsa, edwards, type EdDSA } from "@noble/curves/abstract/edwards.js";
import { Field, mod, pow2 } from "@noble/curves/abstract/modular.js";
import {
  montgomery,
  type MontgomeryECDH,
} from "@noble/curves/abstract/montgomery.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { asciiBytes, concat } from "../../../bytes.ts";
import { deferredTable } from "./base-table.ts";
import { powerOfOnes } from "./power-of-ones.ts";

export interface Curve448 {
  readonly x448: MontgomeryECDH;
  readonly ed448: EdDSA;
  /** To be called before the base point is multiplied. */
  readonly beforeBaseMultiplication: () => boolean;
}

/** The curve, made once a process. */
export function curve448(): Curve448 {
  return (made ??= makeCurve());
}

let made: Curve448 | undefined;

function makeCurve(): Curve448 {
  // RFC 8032 5.2.2: points and scalars alike are 57 bytes, little-endian.
  const Fp = Field(P, { BITS: 456, isLE: true });
  const Fn = Field(parameters.n, { BITS: 456, isLE: true });
  const Point = edwards(parameters, { Fp, Fn, uvRatio: squareRootOfRatio });
  const hash = (message: Uint8Array) => shake256(message, { dkLen: 114 });
  return {
    x448: montgomery({
      P,
      type: "x448",
      adjustScalarBytes: clampX448,
      powPminus2: inverse,
    }),
    ed448: eddsa(Point, hash, {
      adjustScalarBytes: clampEd448,
      domain: dom4,
      zip215: false,
    }),
    beforeBaseMultiplication: deferredTable(Point.BASE),
  };
}

/** 2^448 - 2^224 - 1. */
const P =
  0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffffffn;

/** RFC 8032 5.2, RFC 7748 4.2. */
const parameters = {
  p: P,
  n: 0x3fffffffffffffffffffffffffffffffffffffffffffffffffffffff7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3n,
  h: 4n,
  a: 1n,
  d: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffff6756n,
  Gx: 224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710n,
  Gy: 298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660n,
};

/** RFC 7748 5. Changes and returns the array. */
function clampX448<T extends Uint8Array>(scalar: T): T {
  scalar[0] = (scalar[0] ?? 0) & 0xfc;
  scalar[55] = (scalar[55] ?? 0) | 0x80;
  return scalar;
}

/** RFC 8032 5.2.5 step 2. Changes and returns the array. */
function clampEd448<T extends Uint8Array>(scalar: T): T {
  clampX448(scalar);
  scalar[56] = 0;
  return scalar;
}

/** x^(p - 2), and p - 2 is 4 (p - 3) / 4 + 1. */
function inverse(x: bigint): bigint {
  return mod(pow2(quarterPower(x), 2n, P) * x, P);
}

/** x^((p - 3) / 4), and (p - 3) / 4 is 2^223 (2^223 - 1) + 2^222 - 1. */
function quarterPower(x: bigint): bigint {
  const ones222 = powerOfOnes(x, 222, P);
  const ones223 = (((ones222 * ones222) % P) * x) % P;
  return (pow2(ones223, 223n, P) * ones222) % P;
}

/** RFC 8032 2: dom4(phflag, context). */
function dom4(
  data: Uint8Array,
  context: Uint8Array,
  prehashed: boolean,
): Uint8Array<ArrayBuffer> {
  const flags = Uint8Array.of(prehashed ? 1 : 0, context.length);
  return Uint8Array.from(concat(asciiBytes("SigEd448"), flags, context, data));
}

/** RFC 8032 5.2.3 steps 2 and 3. */
function squareRootOfRatio(
  u: bigint,
  v: bigint,
): { readonly isValid: boolean; readonly value: bigint } {
  const u3v = mod(u * u * u * v, P);
  const u5v3 = mod(u3v * mod(u * v, P) * mod(u * v, P), P);
  const x = mod(u3v * quarterPower(u5v3), P);
  return { isValid: mod(v * mod(x * x, P), P) === mod(u, P), value: x };
}
