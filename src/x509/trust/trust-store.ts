/** Trust anchors: found by subject and by key identifier. */
import type { BytesLike } from "../../bytes.ts";
import { equal, latin1, toHex } from "../../bytes.ts";
import { Certificate } from "../certificates/certificate.ts";
import { X509Error } from "../faults/errors.ts";
import type { Name } from "../names/name.ts";
import {
  type Bundle,
  type BundledCertificate,
  readBundle,
  type SkippedEntry,
  trustFor,
  type TrustSettings,
} from "./bundle.ts";

/** Finds certificates that the store does not hold yet, by their subject. */
export type AnchorLookup = (
  subject: Name,
) => readonly (Certificate | BundledCertificate)[];

/** Counts as Python's `cert_store_stats` gives them. */
export interface TrustStoreStatistics {
  /** All certificates. */
  readonly x509: number;
  /** Those that may act as a CA. */
  readonly x509Ca: number;
}

/**
 * The certificates that a caller trusts. Whatever is in here ends a path.
 * Duplicates are merged.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 * import { parseCertificates, TrustStore } from "puretls/x509";
 *
 * const made = createSelfSigned({ provider, hosts: ["a.example"] });
 * const trustStore = new TrustStore();
 * for (const one of parseCertificates(made.pem)) trustStore.add(one);
 * if (trustStore.size !== 1) throw new Error();
 * ```
 */
export class TrustStore {
  readonly #certificates: Certificate[] = [];
  /** Rough fingerprints to find duplicates without hashing. */
  readonly #byFingerprint = new Map<string, Certificate[]>();
  readonly #bySubject = new Map<string, Certificate[]>();
  readonly #byKeyIdentifier = new Map<string, Certificate[]>();
  readonly #lookups: AnchorLookup[] = [];
  readonly #settings = new Map<Certificate, TrustSettings>();
  readonly #skipped: SkippedEntry[] = [];
  /** Number of the certificates that the two indexes hold. */
  #indexed = 0;

  /** A store of these; see {@link add}. */
  static of(
    ...sources: readonly (Certificate | BytesLike | string)[]
  ): TrustStore {
    const store = new TrustStore();
    for (const source of sources) store.add(source);
    return store;
  }

  /**
   * Adds a certificate, DER bytes (one certificate or several in a row), or
   * PEM text (also as bytes) with at least one CERTIFICATE or TRUSTED CERTIFICATE
   * block. A certificate that cannot be read costs no other: {@link skipped} tells
   * of it.
   *
   * @param name of the source, for `skipped`
   * @returns how many were new
   * @throws X509Error `malformed_certificate`, `malformed_extension`,
   *   `malformed_pem`, `no_pem_block` where none can be read
   */
  add(source: Certificate | BytesLike | string, name = "certificates"): number {
    if (source instanceof Certificate) return this.#addOne(source) ? 1 : 0;
    return this.addBundle(readBundle(source), name);
  }

  /**
   * Adds the certificates of a bundle, and notes what was skipped of it.
   *
   * @returns how many were new
   */
  addBundle(
    { certificates, skipped }: Omit<Bundle, "lists">,
    name: string,
  ): number {
    let added = 0;
    for (const { certificate, settings } of certificates)
      if (this.#addOne(certificate, settings)) added++;
    for (const entry of skipped) this.#skipped.push({ source: name, ...entry });
    return added;
  }

  /** The entries of the added sources that could not be read. */
  get skipped(): readonly SkippedEntry[] {
    return this.#skipped.slice();
  }

  /**
   * Returns the store's setting for this very certificate (same bytes) as an
   * anchor: "trusted" and "rejected" are OpenSSL's trust settings for that use,
   * "distrusted" is an anchor of certificates that began earlier, "anchor" a
   * certificate without such settings, undefined one that the store does not have.
   *
   * @param use dotted OID of an extendedKeyUsage
   * @param anchors those of its subject, where they were found already
   * @param notBefore of the leaf, milliseconds since the epoch
   */
  trust(
    certificate: Certificate,
    use: string,
    anchors = this.findBySubject(certificate.subject),
    notBefore?: number,
  ): "trusted" | "rejected" | "distrusted" | "anchor" | undefined {
    const anchor = anchors.find((one) => equal(one.der, certificate.der));
    if (anchor === undefined) return undefined;
    const settings = this.#settings.get(anchor);
    if (settings === undefined) return "anchor";
    const { distrustAfter = Infinity } = settings;
    if (notBefore !== undefined && notBefore > distrustAfter)
      return "distrusted";
    return trustFor(settings, use) ?? "anchor";
  }

  /**
   * A source asked during verification for issuers that are not in the store:
   * a hashed directory, a key-value store. What it returns is trusted and kept.
   */
  addLookup(lookup: AnchorLookup): void {
    this.#lookups.push(lookup);
  }

  /** Tells whether this very certificate (same bytes) is trusted. */
  has(certificate: Certificate): boolean {
    return this.findBySubject(certificate.subject).some((anchor) =>
      equal(anchor.der, certificate.der),
    );
  }

  /** Anchors of a subject, in the order of arrival. */
  findBySubject(subject: Name): readonly Certificate[] {
    for (const lookup of this.#lookups)
      for (const found of lookup(subject))
        if (found instanceof Certificate) this.#addOne(found);
        else this.#addOne(found.certificate, found.settings);
    this.#index();
    return this.#bySubject.get(subject.key) ?? [];
  }

  /** Anchors with that subjectKeyIdentifier. */
  findByKeyIdentifier(identifier: Uint8Array): readonly Certificate[] {
    this.#index();
    return this.#byKeyIdentifier.get(toHex(identifier)) ?? [];
  }

  /** All certificates, in the order of arrival. */
  get certificates(): readonly Certificate[] {
    return this.#certificates.slice();
  }

  /** Number of certificates. */
  get size(): number {
    return this.#certificates.length;
  }

  get statistics(): TrustStoreStatistics {
    return {
      x509: this.size,
      x509Ca: this.#certificates.filter(mayBeCa).length,
    };
  }

  /** An independent store with the same content. */
  clone(): TrustStore {
    const copy = new TrustStore();
    for (const certificate of this.#certificates)
      copy.#addOne(certificate, this.#settings.get(certificate));
    copy.#skipped.push(...this.#skipped);
    copy.#lookups.push(...this.#lookups);
    return copy;
  }

  #addOne(certificate: Certificate, settings?: TrustSettings): boolean {
    const tail = certificate.signature.subarray(-24);
    const fingerprint = latin1(tail) + certificate.der.length.toString();
    const twins = this.#byFingerprint.get(fingerprint) ?? [];
    const twin = twins.find((one) => equal(one.der, certificate.der));
    if (twin !== undefined) {
      // Settings count wherever they come from: a rejection is not lost to a
      // bundle that has the bare certificate and was loaded before.
      if (settings !== undefined && !this.#settings.has(twin))
        this.#settings.set(twin, settings);
      return false;
    }
    this.#byFingerprint.set(fingerprint, [...twins, certificate]);
    this.#certificates.push(certificate);
    if (settings !== undefined) this.#settings.set(certificate, settings);
    return true;
  }

  /** Names cost more than frames: they are read at the first search. */
  #index(): void {
    for (; this.#indexed < this.#certificates.length; this.#indexed++) {
      const certificate = this.#certificates[this.#indexed];
      if (certificate === undefined) break;
      put(
        this.#bySubject,
        readOr("", () => certificate.subject.key),
        certificate,
      );
      const identifier = readOr(
        undefined,
        () => certificate.subjectKeyIdentifier,
      );
      if (identifier !== undefined)
        put(this.#byKeyIdentifier, toHex(identifier), certificate);
      // Of a bundle's hundreds few are ever asked for.
      certificate.forgetDecoded();
    }
  }
}

/**
 * Tells whether a certificate may act as a CA: basicConstraints says so, or it
 * is a self-issued one of version 1, from the time before extensions.
 */
export function mayBeCa(certificate: Certificate): boolean {
  return readOr(
    false,
    () =>
      certificate.basicConstraints?.cA ??
      (certificate.version === 1 && certificate.isSelfIssued),
  );
}

/**
 * Certificates of any source that {@link TrustStore.add} takes, in order: all
 * of them, or an error. See {@link TrustStore} for an example.
 *
 * @throws X509Error
 */
export function parseCertificates(
  source: Certificate | BytesLike | string,
): readonly Certificate[] {
  if (source instanceof Certificate) return [source];
  const { certificates, skipped } = readBundle(source);
  if (skipped[0] !== undefined) throw skipped[0].error;
  return certificates.map(({ certificate }) => certificate);
}

function put(
  map: Map<string, Certificate[]>,
  key: string,
  certificate: Certificate,
): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [certificate]);
  else found.push(certificate);
}

/** A trusted certificate with a malformed corner is no reason to fail. */
function readOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof X509Error) return otherwise;
    throw error;
  }
}
