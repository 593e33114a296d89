/** Public keys without certificates, RFC 7250: believed by being known. */
import type { BytesLike } from "../bytes.ts";
import { equal, viewBytes } from "../bytes.ts";
import { X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import type { SubjectPublicKeyInfo } from "./public-key.ts";
import { parseSubjectPublicKeyInfo } from "./public-key.ts";
import type { VerifyContext } from "./verifier.ts";

/** Whoever decides whether a bare key is to be believed. */
export interface RawKeyVerifier {
  /**
   * @param publicKeyInfo DER of a SubjectPublicKeyInfo
   * @throws X509Error when the key must not be relied on
   */
  verify(publicKeyInfo: Uint8Array, at: VerifyContext): VerifiedKey;
}

/** Proof that a verifier has looked at a key: nobody else can make one. */
class Verified {
  /** Keeps look-alikes out: a private name makes the type nominal. */
  readonly #made = true;
  readonly publicKeyInfo: SubjectPublicKeyInfo;

  constructor(publicKeyInfo: Uint8Array) {
    this.publicKeyInfo = parseSubjectPublicKeyInfo(publicKeyInfo.slice());
  }

  static is(value: unknown): value is Verified {
    return typeof value === "object" && value !== null && #made in value;
  }
}

export type { Verified as VerifiedKey };
type VerifiedKey = Verified;

/** Whether a value is a key that a verifier of this library made. */
export function isVerifiedKey(value: unknown): value is VerifiedKey {
  return Verified.is(value);
}

/**
 * Believes these keys and no other, whatever name is asked for: the name has
 * to be the caller's reason to have them.
 *
 * @param keys DER of SubjectPublicKeyInfos; copied
 * @throws X509Error for a key that does not parse
 * @example
 * ```ts
 * import { noble } from "puretls/crypto/noble";
 * import { generateKey } from "puretls/pki";
 * import { trustRawPublicKeys } from "puretls/x509";
 *
 * const key = generateKey({ provider: noble, type: "ed25519" });
 * trustRawPublicKeys([key.publicKeyInfo()]);
 * ```
 */
export function trustRawPublicKeys(keys: readonly BytesLike[]): RawKeyVerifier {
  const known = keys.map((key) => {
    const own = viewBytes(key, "a public key").slice();
    return parseSubjectPublicKeyInfo(own).der;
  });
  return {
    verify: (publicKeyInfo) => {
      if (!known.some((one) => equal(one, publicKeyInfo)))
        throw new X509Error(fault.untrusted_public_key);
      return new Verified(publicKeyInfo);
    },
  };
}

/**
 * Takes the answer of a judge outside this library (DANE, a list of pins) that
 * has accepted the key.
 *
 * @throws X509Error when the key cannot be read
 */
export function verifiedKeyByCaller(publicKeyInfo: BytesLike): VerifiedKey {
  return new Verified(viewBytes(publicKeyInfo, "a public key"));
}
