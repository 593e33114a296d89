/** Minimal strengths of keys and signatures: OpenSSL's security levels. */
import type { PublicKey } from "../../crypto/provider.ts";
import { signatureAlgorithm } from "../keys/algorithms.ts";
import type { Place } from "./basic-rules.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { modulusBits } from "../keys/public-key.ts";

/**
 * OpenSSL's security levels: how strong keys and hashes have to be. 2 is the default;
 * 1 accepts RSA from 1024 bits on, 0 signatures over SHA-1 too. What puretls does not
 * verify at all stays refused at 0: MD5, and RSA below 1024 bits.
 */
export type SecurityLevel = 0 | 1 | 2 | 3 | 4 | 5;

interface Strength {
  /** Bits of security, NIST SP 800-57. */
  readonly bits: number;
  /** The same strength in bits of an RSA modulus. */
  readonly rsaBits: number;
}

export const LEVELS: Readonly<Record<SecurityLevel, Strength>> = {
  0: { bits: 0, rsaBits: 1024 },
  1: { bits: 80, rsaBits: 1024 },
  2: { bits: 112, rsaBits: 2048 },
  3: { bits: 128, rsaBits: 3072 },
  4: { bits: 192, rsaBits: 7680 },
  5: { bits: 256, rsaBits: 15_360 },
};

export const CURVE_STRENGTH = {
  secp256r1: 128,
  secp384r1: 192,
  secp521r1: 256,
};
export const KEY_STRENGTH = {
  ed25519: 128,
  ed448: 224,
  "ml-dsa-44": 128,
  "ml-dsa-65": 192,
  "ml-dsa-87": 256,
};

// [9846-C.2-01]
/**
 * @param minimumRsaBits in place of what the level wants
 * @throws X509Error `weak_leaf_key`, `weak_ca_key`, `weak_signature_digest`, or
 *   whatever is wrong with the key's encoding
 */
export function checkStrength(
  place: Place,
  level: SecurityLevel,
  minimumRsaBits: number = LEVELS[level].rsaBits,
): void {
  const { bits } = LEVELS[level];
  const weak = keyWeakness(
    place.certificate.subjectPublicKeyInfo.key,
    bits,
    minimumRsaBits,
  );
  if (weak !== undefined)
    throw new X509Error(
      place.depth === 0 ? fault.weak_leaf_key : fault.weak_ca_key,
      weak,
    );
  // Nobody relies on the signature of an anchor.
  if (!place.isAnchor && digestStrength(place) < bits)
    throw new X509Error(
      fault.weak_signature_digest,
      `security level ${level.toString()} wants a longer hash`,
    );
}

function keyWeakness(
  key: PublicKey,
  wanted: number,
  minimumRsaBits: number,
): string | undefined {
  if (key.type === "rsa") {
    const bits = modulusBits(key.modulus);
    return bits >= minimumRsaBits
      ? undefined
      : `RSA with ${bits.toString()} bits, at least ${minimumRsaBits.toString()} are required`;
  }
  const has =
    key.type === "ec" ? CURVE_STRENGTH[key.curve] : KEY_STRENGTH[key.type];
  return has >= wanted
    ? undefined
    : `${key.type === "ec" ? key.curve : key.type} has ${has.toString()} bits of security, at least ${wanted.toString()} are required`;
}

/** Half the hash's length; where there is no hash apart, the key's strength. */
function digestStrength({ certificate }: Place): number {
  const name = signatureAlgorithm(certificate.signatureAlgorithm)?.name ?? "";
  const hash = /sha(\d+)$/.exec(name)?.[1];
  return hash === undefined ? Number.POSITIVE_INFINITY : Number(hash) / 2;
}
