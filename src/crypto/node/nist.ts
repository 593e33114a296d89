/** ECDH on P-256, P-384 and P-521 (RFC 9846 4.3.8.2 and 7.4.2), from Node. */
import { createECDH, type ECDH } from "node:crypto";
import { Secret, wipe } from "../../bytes.ts";
import {
  InvalidKeyShare,
  type KeyExchangeGroup,
  type RandomSource,
} from "../provider.ts";
import { plain } from "./hashes.ts";
import { isScalar, nistCurves, type NistCurve } from "./nist-curves.ts";

/** P-256. Shares are uncompressed points of 65 bytes. */
export const secp256r1: KeyExchangeGroup = group(nistCurves.secp256r1);

/** P-384. Shares are uncompressed points of 97 bytes. */
export const secp384r1: KeyExchangeGroup = group(nistCurves.secp384r1);

/** P-521. Shares are uncompressed points of 133 bytes. */
export const secp521r1: KeyExchangeGroup = group(nistCurves.secp521r1);

function group(curve: NistCurve): KeyExchangeGroup {
  const shareLength = 1 + 2 * curve.scalarLength;
  return {
    name: curve.name,
    initiatorShareLength: shareLength,
    responderShareLength: shareLength,
    generate(random) {
      const ecdh = ephemeral(curve, random);
      return {
        share: plain(ecdh.getPublicKey()),
        decapsulate: (peerShare) => sharedSecret(curve, ecdh, peerShare),
      };
    },
    encapsulate(peerShare, random) {
      const ecdh = ephemeral(curve, random);
      const secret = sharedSecret(curve, ecdh, peerShare);
      return { share: plain(ecdh.getPublicKey()), secret };
    },
  };
}

/**
 * FIPS 186-5 A.2.2, testing candidates: the bytes drawn are the scalar, so one
 * call is enough but for one in 2^32 (P-256) and practically never else. A
 * source that fails 64 times is broken.
 */
function ephemeral(curve: NistCurve, random: RandomSource): ECDH {
  for (let draw = 0; draw < 64; draw++) {
    const bytes = random(curve.scalarLength);
    // P-521 has 7 bits less than its 66 bytes.
    bytes[0] = (bytes[0] ?? 0) & curve.firstByteMask;
    const usable = isScalar(curve, bytes);
    const ecdh = createECDH(curve.openSslName);
    if (usable) ecdh.setPrivateKey(bytes);
    wipe(bytes);
    if (usable) return ecdh;
  }
  throw new Error(
    `the random source gave no usable ${curve.name} key in 64 draws`,
  );
}

/**
 * RFC 9846 4.3.8.2: the uncompressed form only, and "peers MUST validate each
 * other's public value Q by ensuring that the point is a valid point on the
 * elliptic curve", which OpenSSL does. RFC 9846 7.4.2: the secret is the
 * x-coordinate, with its leading zeros.
 */
function sharedSecret(
  curve: NistCurve,
  ecdh: ECDH,
  peerShare: Uint8Array,
): Secret {
  const shareLength = 1 + 2 * curve.scalarLength;
  if (peerShare.length !== shareLength || peerShare[0] !== 4)
    throw new InvalidKeyShare(
      `a ${curve.name} key share is an uncompressed point of ${shareLength} bytes`,
    );
  try {
    const derived = ecdh.computeSecret(peerShare);
    const secret = new Secret(plain(derived));
    wipe(derived);
    return secret;
  } catch {
    throw new InvalidKeyShare(
      `this ${curve.name} key share is not a point on the curve`,
    );
  }
}
