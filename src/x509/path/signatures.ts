/** Signatures under certificates and lists, with a cache of the right ones. */
import { concat, equal, latin1 } from "../../bytes.ts";
import type { CryptoProvider, PublicKey } from "../../crypto/provider.ts";
import type {
  AlgorithmIdentifier,
  SignatureAlgorithm,
} from "../keys/algorithms.ts";
import { signatureAlgorithm } from "../keys/algorithms.ts";
import type { Budget } from "./budget.ts";
import type { X509Fault } from "../faults/errors.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { modulusBits, type SubjectPublicKeyInfo } from "../keys/public-key.ts";

/** Common parts of certificates, CRLs and OCSP responses. */
export interface Signed {
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/**
 * Checks signatures through a provider and remembers those that were right.
 * Only a digest of what was checked is kept, so that an entry can never stand
 * for anything else; the oldest entry goes first when it is full.
 */
export class SignatureChecker {
  readonly #provider: CryptoProvider;
  readonly #capacity: number;
  readonly #acceptsWeak: boolean;
  readonly #right = new Map<string, true>();
  /** Objects with a right signature, and the DER of the key that made it. */
  readonly #objects = new WeakMap<Signed, Uint8Array>();

  /** @param acceptsWeak true where signatures over SHA-1 are to do */
  constructor(provider: CryptoProvider, capacity: number, acceptsWeak = false) {
    this.#provider = provider;
    this.#capacity = capacity;
    this.#acceptsWeak = acceptsWeak;
  }

  /** Entries in the cache. */
  get size(): number {
    return this.#right.size;
  }

  /**
   * Checks that `key` signed it.
   *
   * @param failure the fault of a signature that is wrong
   * @throws X509Error that fault, `weak_signature_digest`, `weak_ca_key`,
   *   `unsupported_signature_algorithm`, `signature_key_mismatch` or
   *   `signature_budget_exceeded`
   */
  check(
    signed: Signed,
    key: SubjectPublicKeyInfo,
    budget: Budget,
    failure: X509Fault = fault.signature_failure,
  ): void {
    const algorithm = signatureAlgorithm(signed.signatureAlgorithm);
    const verifier = algorithm && this.#provider.verifiers[algorithm.name];
    if (algorithm === undefined || verifier === undefined)
      // [9846-4.5.1.3-04]
      throw new X509Error(
        fault.unsupported_signature_algorithm,
        signed.signatureAlgorithm.oid,
      );
    // [9846-4.5.1.3-05]
    if (algorithm.weak && !this.#acceptsWeak)
      throw new X509Error(fault.weak_signature_digest);
    // [9846-4.3.3-01]
    if (!fits(algorithm, key))
      throw new X509Error(fault.signature_key_mismatch);
    requireVerifiableKey(key);
    const digest = this.#digest(signed, key);
    if (digest !== undefined && this.#right.delete(digest)) {
      this.#right.set(digest, true);
      return;
    }
    budget.spendSignature(costOf(key.key));
    if (!verifier(key.key, signed.tbs, signed.signature))
      throw new X509Error(failure);
    if (digest !== undefined) this.#remember(digest);
  }

  /**
   * As {@link check}, for long-lived objects (a CRL of megabytes): the object
   * itself is remembered, so that it is not hashed again.
   */
  checkObject(
    signed: Signed,
    key: SubjectPublicKeyInfo,
    budget: Budget,
    failure: X509Fault,
  ): void {
    const seen = this.#objects.get(signed);
    if (seen !== undefined && equal(seen, key.der)) return;
    this.check(signed, key, budget, failure);
    this.#objects.set(signed, key.der.slice());
  }

  #digest(signed: Signed, key: SubjectPublicKeyInfo): string | undefined {
    if (this.#capacity === 0) return undefined;
    // Each part is DER or follows DER, so no two inputs join to the same bytes.
    const joined = concat(
      key.der,
      signed.signatureAlgorithm.der,
      signed.tbs,
      signed.signature,
    );
    return latin1(this.#provider.hashes["SHA-256"].hash(joined));
  }

  #remember(digest: string): void {
    this.#right.set(digest, true);
    if (this.#right.size <= this.#capacity) return;
    const [oldest] = this.#right.keys();
    if (oldest !== undefined) this.#right.delete(oldest);
  }
}

/** Providers verify nothing with a shorter key: it proves nothing. */
export const LEAST_RSA_BITS = 1024;

/**
 * Refuses a key with which no provider verifies, so that a right signature by it
 * is not called a wrong one.
 *
 * @throws X509Error `weak_ca_key`
 */
export function requireVerifiableKey({ key }: SubjectPublicKeyInfo): void {
  if (key.type !== "rsa") return;
  const bits = modulusBits(key.modulus);
  if (bits < LEAST_RSA_BITS)
    throw new X509Error(
      fault.weak_ca_key,
      `RSA with ${bits.toString()} bits, at least ${LEAST_RSA_BITS.toString()} are required`,
    );
}

/** Returns the cost of a check by that key; by P-256 and RSA-2048 it is one. */
function costOf(key: PublicKey): number {
  switch (key.type) {
    case "rsa":
      return Math.max(1, Math.floor((key.modulus.length / 512) ** 2));
    case "ec":
      return EC_COST[key.curve];
    default:
      return key.type === "ed448" ? 2 : 1;
  }
}

const EC_COST = { secp256r1: 1, secp384r1: 2, secp521r1: 3 };

function fits(
  algorithm: SignatureAlgorithm,
  key: SubjectPublicKeyInfo,
): boolean {
  switch (algorithm.keyType) {
    case "rsa":
      // [9846-4.3.3-12a]
      // RFC 4055 1.2: a key of id-RSASSA-PSS is for nothing else, and its
      // parameters bind the hash.
      return (
        key.key.type === "rsa" &&
        (key.algorithm === "rsaEncryption" ||
          (algorithm.pss &&
            (key.pssHash === undefined ||
              algorithm.name === `rsa-pss-${key.pssHash}`)))
      );
    case "ec":
      return key.key.type === "ec";
    default:
      return key.key.type === algorithm.name;
  }
}
