/** Trust anchors: found by subject and by key identifier. */
import type { BytesLike } from "../bytes.ts";
import { equal, latin1, toHex, viewBytes } from "../bytes.ts";
import { Certificate } from "./certificate.ts";
import { DerReader } from "./der.ts";
import * as TAG from "./tags.ts";
import { decoding, X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import type { Name } from "./name.ts";
import { parsePem } from "./pem.ts";

/** Finds certificates that the store does not hold yet, by their subject. */
export type AnchorLookup = (subject: Name) => readonly Certificate[];

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
 */
export class TrustStore {
  readonly #certificates: Certificate[] = [];
  /** Rough fingerprints to find duplicates without hashing. */
  readonly #byFingerprint = new Map<string, Certificate[]>();
  readonly #bySubject = new Map<string, Certificate[]>();
  readonly #byKeyIdentifier = new Map<string, Certificate[]>();
  readonly #lookups: AnchorLookup[] = [];
  /** How many of the certificates the two indexes hold. */
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
   * PEM text (also as bytes) with at least one CERTIFICATE block. Answers how
   * many were new.
   *
   * @throws X509Error `malformed_certificate`, `malformed_extension`,
   *   `malformed_pem`, `no_pem_block`; nothing is added then
   */
  add(source: Certificate | BytesLike | string): number {
    let added = 0;
    for (const certificate of parseCertificates(source))
      if (this.#addOne(certificate)) added++;
    return added;
  }

  /**
   * A source asked during verification for issuers that are not in the store:
   * a hashed directory, a key-value store. What it returns is trusted and kept.
   */
  addLookup(lookup: AnchorLookup): void {
    this.#lookups.push(lookup);
  }

  /** Whether this very certificate (same bytes) is trusted. */
  has(certificate: Certificate): boolean {
    return this.findBySubject(certificate.subject).some((anchor) =>
      equal(anchor.der, certificate.der),
    );
  }

  /** Anchors of a subject, in the order of arrival. */
  findBySubject(subject: Name): readonly Certificate[] {
    for (const lookup of this.#lookups)
      for (const certificate of lookup(subject)) this.#addOne(certificate);
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
    for (const certificate of this.#certificates) copy.#addOne(certificate);
    copy.#lookups.push(...this.#lookups);
    return copy;
  }

  #addOne(certificate: Certificate): boolean {
    const tail = certificate.signature.subarray(-24);
    const fingerprint = latin1(tail) + certificate.der.length.toString();
    const twins = this.#byFingerprint.get(fingerprint) ?? [];
    if (twins.some((twin) => equal(twin.der, certificate.der))) return false;
    this.#byFingerprint.set(fingerprint, [...twins, certificate]);
    this.#certificates.push(certificate);
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
 * Whether a certificate may act as a CA: basicConstraints says so, or it is a
 * self-issued one of version 1, from the time before extensions.
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
 * Certificates of any source that {@link TrustStore.add} takes, in order.
 *
 * @throws X509Error
 */
export function parseCertificates(
  source: Certificate | BytesLike | string,
): readonly Certificate[] {
  if (source instanceof Certificate) return [source];
  if (typeof source === "string") return fromPem(source);
  const bytes = viewBytes(source, "certificates");
  return bytes[0] === TAG.sequence ? fromDer(bytes) : fromPem(latin1(bytes));
}

const CERTIFICATE_LABELS = ["CERTIFICATE", "X509 CERTIFICATE"];

function fromPem(text: string): Certificate[] {
  const certificates: Certificate[] = [];
  for (const { label, der } of parsePem(text))
    if (CERTIFICATE_LABELS.includes(label))
      certificates.push(Certificate.parse(der));
  if (certificates.length === 0)
    throw new X509Error(fault.no_pem_block, "no certificate");
  return certificates;
}

function fromDer(bytes: Uint8Array): Certificate[] {
  return decoding(fault.malformed_certificate, () => {
    const certificates: Certificate[] = [];
    const reader = new DerReader(bytes);
    while (!reader.done)
      certificates.push(
        Certificate.parse(reader.read(TAG.sequence, "Certificate").der),
      );
    return certificates;
  });
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
