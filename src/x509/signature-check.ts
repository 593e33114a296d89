/** Signatures under certificates and lists, with a cache of the right ones. */
import { concat, equal, latin1 } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { AlgorithmIdentifier, SignatureAlgorithm } from "./algorithms.ts";
import { signatureAlgorithm } from "./algorithms.ts";
import type { Budget } from "./budget.ts";
import type { X509Fault } from "./errors.ts";
import { X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import type { SubjectPublicKeyInfo } from "./public-key.ts";

/** What certificates, CRLs and OCSP responses have in common. */
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
  readonly #right = new Map<string, true>();
  /** Objects with a right signature, and the DER of the key that made it. */
  readonly #objects = new WeakMap<Signed, Uint8Array>();

  constructor(provider: CryptoProvider, capacity: number) {
    this.#provider = provider;
    this.#capacity = capacity;
  }

  /** Entries in the cache. */
  get size(): number {
    return this.#right.size;
  }

  /**
   * Checks that `key` signed it.
   *
   * @param failure the fault of a signature that is wrong
   * @throws X509Error that fault, `weak_signature_digest`,
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
      throw new X509Error(
        fault.unsupported_signature_algorithm,
        signed.signatureAlgorithm.oid,
      );
    if (algorithm.weak) throw new X509Error(fault.weak_signature_digest);
    if (!fits(algorithm, key))
      throw new X509Error(fault.signature_key_mismatch);
    const digest = this.#digest(signed, key);
    if (digest !== undefined && this.#right.delete(digest)) {
      this.#right.set(digest, true);
      return;
    }
    budget.spendSignature();
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

function fits(
  algorithm: SignatureAlgorithm,
  key: SubjectPublicKeyInfo,
): boolean {
  switch (algorithm.keyType) {
    case "rsa":
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
