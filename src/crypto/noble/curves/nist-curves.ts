/**
 * The NIST curves for ECDH and ECDSA: SEC 2 domain parameters over the
 * Weierstrass arithmetic of `@noble/curves`, made on first use.
 *
 * `@noble/curves/nist.js` makes them at import and, with them, asks
 * `globalThis.crypto` for random bytes, to see whether it can blind scalars.
 * Importing this provider touches no global; and where a host refuses random
 * values while modules load, noble would leave blinding off for good.
 */
import {
  weierstrass,
  type WeierstrassOpts,
  type WeierstrassPoint,
  type WeierstrassPointCons,
} from "@noble/curves/abstract/weierstrass.js";
import { deferredTable } from "./base-table.ts";

export type NistCurveName = "secp256r1" | "secp384r1" | "secp521r1";

/** A point of noble; see {@link ecdsaVerifierWith} for an example. */
export type NistPoint = WeierstrassPoint<bigint>;

export interface NistCurve {
  readonly name: NistCurveName;
  readonly Point: WeierstrassPointCons<bigint>;
  /** Bytes of a scalar. */
  readonly scalarLength: number;
  /** Bits of the group's order. */
  readonly orderBits: number;
  /** Bytes of an uncompressed point, SEC 1 2.3.3. */
  readonly pointLength: number;
  /** To be called before noble multiplies the base point by a secret. */
  readonly beforeBaseMultiplication: () => void;
}

/** A curve by its parameters; the arithmetic is made once, when first asked. */
export type NistCurveRow = () => NistCurve;

/** The curve of that name, made once a process. */
export function nistCurve(name: NistCurveName): NistCurve {
  return nistCurves[name]();
}

/** `scalar` times the base point, as an uncompressed point. */
export function multiplyBase(curve: NistCurve, scalar: bigint): Uint8Array {
  curve.beforeBaseMultiplication();
  return curve.Point.BASE.multiply(scalar).toBytes(false);
}

function curveRow(
  name: NistCurveName,
  parameters: WeierstrassOpts<bigint>,
): NistCurveRow {
  let made: NistCurve | undefined;
  return () => (made ??= makeCurve(name, parameters));
}

function makeCurve(
  name: NistCurveName,
  parameters: WeierstrassOpts<bigint>,
): NistCurve {
  const Point = weierstrass(parameters);
  return {
    name,
    Point,
    scalarLength: Point.Fn.BYTES,
    orderBits: Point.Fn.BITS,
    pointLength: 1 + 2 * Point.Fp.BYTES,
    beforeBaseMultiplication: deferredTable(Point.BASE),
  };
}

/** P-256, SEC 2 2.4.2. See {@link ecdsaVerifierWith} for an example. */
export const p256: NistCurveRow = /* @__PURE__ */ curveRow("secp256r1", {
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  h: 1n,
  a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

/** P-384, SEC 2 2.5.1. See {@link ecdsaVerifierWith} for an example. */
export const p384: NistCurveRow = /* @__PURE__ */ curveRow("secp384r1", {
  p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
  n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  h: 1n,
  a: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffcn,
  b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  Gx: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
  Gy: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
});

/** P-521, SEC 2 2.6.1. See {@link ecdsaVerifierWith} for an example. */
export const p521: NistCurveRow = /* @__PURE__ */ curveRow("secp521r1", {
  p: 0x1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
  n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  h: 1n,
  a: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffcn,
  b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  Gx: 0xc6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
  Gy: 0x11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
});

/** Every curve by its name. */
export const nistCurves: Readonly<Record<NistCurveName, NistCurveRow>> = {
  secp256r1: p256,
  secp384r1: p384,
  secp521r1: p521,
};
