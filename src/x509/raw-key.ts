/** Public keys without certificates, RFC 7250: believed by being known. */
import type { BytesLike } from "../bytes.ts";
import { equal, viewBytes } from "../bytes.ts";
import { X509Error } from "./faults/errors.ts";
import * as fault from "./faults/faults.ts";
import type { SubjectPublicKeyInfo } from "./keys/public-key.ts";
import { parseSubjectPublicKeyInfo } from "./keys/public-key.ts";
import { type ProofTerms, proofTerms, type VerifyContext } from "./verifier.ts";

/** Decides whether a raw public key is accepted. */
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
  readonly #verifiedKey = true;
  readonly publicKeyInfo: SubjectPublicKeyInfo;
  /** The terms for which the proof was made. */
  readonly madeFor: ProofTerms;

  constructor(publicKeyInfo: Uint8Array, at: VerifyContext) {
    this.madeFor = proofTerms(at);
    this.publicKeyInfo = parseSubjectPublicKeyInfo(publicKeyInfo.slice());
  }

  static is(value: unknown): value is Verified {
    return typeof value === "object" && value !== null && #verifiedKey in value;
  }
}

export type { Verified as VerifiedKey };
type VerifiedKey = Verified;

/**
 * Tells whether a value is a key that a verifier of this library made. See
 * {@link verifiedKeyByCaller} for an example.
 */
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
    verify: (publicKeyInfo, at) => {
      if (!known.some((one) => equal(one, publicKeyInfo)))
        throw new X509Error(fault.untrusted_public_key);
      return new Verified(publicKeyInfo, at);
    },
  };
}

/**
 * Takes the answer of a verifier outside this library (DANE, a list of pins)
 * that has accepted the key.
 *
 * @param at the context of the `verify()` that is answered, or of the need: the
 *   proof holds for its purpose, name and trust alone
 * @throws X509Error when the key cannot be read
 * @example
 * ```ts
 * import { isVerifiedKey, type RawKeyVerifier, verifiedKeyByCaller } from "puretls/x509";
 *
 * const verifier: RawKeyVerifier = {
 *   verify: (key, at) => verifiedKeyByCaller(key, at), // after a look at a list
 * };
 * if (isVerifiedKey(verifier)) throw new Error();
 * ```
 */
export function verifiedKeyByCaller(
  publicKeyInfo: BytesLike,
  at: VerifyContext,
): VerifiedKey {
  return new Verified(viewBytes(publicKeyInfo, "a public key"), at);
}
