/** ECDH on P-256, P-384 and P-521 (RFC 9846 4.3.8.2 and 7.4.2). */
import { bytesToNumberBE } from "@noble/curves/utils.js";
import { Secret } from "../../../bytes.ts";
import {
  InvalidKeyShare,
  type Encapsulation,
  type KeyExchangeGroup,
  type KeyPair,
  type RandomSource,
} from "../../provider.ts";
import {
  multiplyBase,
  type NistCurve,
  type NistPoint,
  p256,
  p384,
  p521,
} from "./nist-curves.ts";

/**
 * P-256. Shares are uncompressed points of 65 bytes. See {@link noble} for an
 * example.
 */
export const secp256r1: KeyExchangeGroup = {
  name: "secp256r1",
  initiatorShareLength: 65,
  responderShareLength: 65,
  generate: (random) => generate(p256(), random),
  encapsulate: (share, random) => encapsulate(p256(), share, random),
};

/**
 * P-384. Shares are uncompressed points of 97 bytes. See {@link noble} for an
 * example.
 */
export const secp384r1: KeyExchangeGroup = {
  name: "secp384r1",
  initiatorShareLength: 97,
  responderShareLength: 97,
  generate: (random) => generate(p384(), random),
  encapsulate: (share, random) => encapsulate(p384(), share, random),
};

/**
 * P-521. Shares are uncompressed points of 133 bytes. See {@link noble} for an
 * example.
 */
export const secp521r1: KeyExchangeGroup = {
  name: "secp521r1",
  initiatorShareLength: 133,
  responderShareLength: 133,
  generate: (random) => generate(p521(), random),
  encapsulate: (share, random) => encapsulate(p521(), share, random),
};

function generate(curve: NistCurve, random: RandomSource): KeyPair {
  const scalar = randomScalar(curve, random);
  return {
    share: multiplyBase(curve, scalar),
    decapsulate: (peerShare) =>
      sharedSecret(scalar, decodeShare(curve, peerShare)),
  };
}

function encapsulate(
  curve: NistCurve,
  peerShare: Uint8Array,
  random: RandomSource,
): Encapsulation {
  const peer = decodeShare(curve, peerShare);
  const scalar = randomScalar(curve, random);
  return {
    share: multiplyBase(curve, scalar),
    secret: sharedSecret(scalar, peer),
  };
}

/**
 * FIPS 186-5 A.2.2, testing candidates: the bytes drawn are the scalar, so one
 * call is enough but for one in 2^32 (P-256) and practically never else. A
 * source that fails 64 times is broken.
 */
function randomScalar(curve: NistCurve, random: RandomSource): bigint {
  for (let draw = 0; draw < 64; draw++) {
    const bytes = random(curve.scalarLength);
    // P-521 has 7 bits less than its 66 bytes.
    const candidate = BigInt.asUintN(curve.orderBits, bytesToNumberBE(bytes));
    bytes.fill(0);
    if (curve.Point.Fn.isValidNot0(candidate)) return candidate;
  }
  throw new Error(
    `the random source gave no usable ${curve.name} key in 64 draws`,
  );
}

// [8422-5.11-01]
/**
 * RFC 9846 4.3.8.2: the uncompressed form only, and "peers MUST validate each
 * other's public value Q by ensuring that the point is a valid point on the
 * elliptic curve". The cofactor is 1, so on the curve is enough.
 */
function decodeShare(curve: NistCurve, share: Uint8Array): NistPoint {
  // [8422-5.1.2-01]
  if (share.length !== curve.pointLength || share[0] !== 4)
    throw new InvalidKeyShare(
      `a ${curve.name} key share is an uncompressed point of ${curve.pointLength} bytes`,
    );
  try {
    // [8422-5.11-02]
    return curve.Point.fromBytes(share);
  } catch {
    // [9846-4.3.8.2-01]
    throw new InvalidKeyShare(
      `this ${curve.name} key share is not a point on the curve`,
    );
  }
}

/** RFC 9846 7.4.2: the x-coordinate, with its leading zeros. */
function sharedSecret(scalar: bigint, peer: NistPoint): Secret {
  const point = peer.multiply(scalar).toBytes(true);
  // [8422-5.10-01] [9846-7.4.2-01]
  return new Secret(point.slice(1));
}
