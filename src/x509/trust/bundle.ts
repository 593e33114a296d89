/**
 * Bundles: files of certificates to trust, and lists beside them, that others
 * wrote. What cannot be read costs nothing but itself, and is told.
 */
import { type BytesLike, latin1, viewBytes } from "../../bytes.ts";
import { Certificate } from "../certificates/certificate.ts";
import { type DerElement, DerReader, objectIdentifier } from "../der/der.ts";
import * as OID from "../der/oids.ts";
import * as TAG from "../der/tags.ts";
import { decoding, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { noPemBlock, readPemBlocks } from "../keys/pem.ts";

/** Limits of the trust in a certificate: OpenSSL's settings, and those of a list of roots. */
export interface TrustSettings {
  /** Dotted OIDs of the uses that it is trusted for; absent: it names none. */
  readonly trusted?: readonly string[];
  /** Dotted OIDs of the uses that it is rejected for. */
  readonly rejected?: readonly string[];
  /**
   * Milliseconds since the epoch: the path of a certificate that is valid from later
   * on does not end here.
   */
  readonly distrustAfter?: number;
}

/** A certificate of a bundle, and what it is trusted for, if the bundle says so. */
export interface BundledCertificate {
  readonly certificate: Certificate;
  readonly settings?: TrustSettings;
}

/** An entry of a bundle that cannot be read. */
export interface SkippedEntry {
  /** The name of the bundle that whoever added it gave: a file, an option. */
  readonly source: string;
  /** Of the certificates and lists in the bundle, from 1. */
  readonly position: number;
  readonly error: X509Error;
}

/** The contents of a bundle, in their order. */
export interface Bundle<List = never> {
  readonly certificates: readonly BundledCertificate[];
  readonly lists: readonly List[];
  readonly skipped: readonly Omit<SkippedEntry, "source">[];
}

/**
 * Reads certificates, and lists where a reader of lists is given: PEM text or
 * bytes with any text around the blocks, or DER of one or several in a row.
 * Other blocks are ignored.
 *
 * @param parseList reads the DER of a CRL; a program that looks at no lists has no
 *   reader of them in its bundle
 * @throws X509Error for DER that is not one value after the other, and where
 *   nothing can be read: the first entry's fault, or `no_pem_block` without any
 */
export function readBundle<List = never>(
  source: BytesLike | string,
  parseList?: (der: Uint8Array) => List,
): Bundle<List> {
  const bundle = new BundleReader<List>(parseList);
  if (typeof source === "string") bundle.addText(source);
  else {
    const bytes = viewBytes(source, "certificates");
    if (bytes[0] === TAG.sequence) bundle.addDer(bytes);
    else bundle.addText(latin1(bytes));
  }
  return bundle;
}

const CERTIFICATE = new Set(["CERTIFICATE", "X509 CERTIFICATE"]);
const TRUSTED = "TRUSTED CERTIFICATE";
const LIST = "X509 CRL";

class BundleReader<List> implements Bundle<List> {
  readonly certificates: BundledCertificate[] = [];
  readonly lists: List[] = [];
  readonly skipped: Omit<SkippedEntry, "source">[] = [];
  readonly #parseList: ((der: Uint8Array) => List) | undefined;
  #position = 0;

  constructor(parseList: ((der: Uint8Array) => List) | undefined) {
    this.#parseList = parseList;
  }

  addText(text: string): void {
    for (const { label, der } of readPemBlocks(text))
      if (CERTIFICATE.has(label))
        this.#add(() => {
          this.certificates.push({ certificate: Certificate.parse(der()) });
        });
      else if (label === TRUSTED)
        this.#add(() => {
          this.certificates.push(trustedCertificate(der()));
        });
      else if (label === LIST) this.#addList(der);
    this.#requireOne(() => noPemBlock(this.#wanted, text));
  }

  addDer(bytes: Uint8Array): void {
    const reader = new DerReader(bytes);
    // An entry of unknown length is no entry: where is the next one?
    const entries = decoding(fault.malformed_certificate, () => {
      const found: DerElement[] = [];
      while (!reader.done) found.push(reader.read(TAG.sequence, "Certificate"));
      return found;
    });
    for (const { der } of entries)
      this.#add(() => {
        this.#addEntry(der);
      });
    this.#requireOne(
      () => new X509Error(fault.malformed_certificate, `no ${this.#wanted}`),
    );
  }

  get #wanted(): string {
    return this.#parseList === undefined
      ? "certificate"
      : "certificate and no CRL";
  }

  #addList(der: () => Uint8Array): void {
    const parse = this.#parseList;
    if (parse !== undefined)
      this.#add(() => {
        this.lists.push(parse(der()));
      });
  }

  #addEntry(der: Uint8Array): void {
    try {
      this.certificates.push({ certificate: Certificate.parse(der) });
    } catch (error) {
      if (this.#parseList === undefined) throw error;
      try {
        this.lists.push(this.#parseList(der));
      } catch {
        throw error;
      }
    }
  }

  #add(read: () => void): void {
    this.#position++;
    try {
      read();
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
      this.skipped.push({ position: this.#position, error });
    }
  }

  #requireOne(nothing: () => X509Error): void {
    if (this.certificates.length + this.lists.length > 0) return;
    throw this.skipped[0]?.error ?? nothing();
  }
}

/**
 * A certificate, and after it OpenSSL's X509_CERT_AUX: SEQUENCE { trust SEQUENCE
 * OF OBJECT IDENTIFIER OPTIONAL, reject [0] of the same OPTIONAL, alias, key
 * identifier and others }. The certificate may stand alone.
 */
function trustedCertificate(der: Uint8Array): BundledCertificate {
  return decoding(fault.malformed_certificate, () => {
    const parts = new DerReader(der);
    const certificate = Certificate.parse(
      parts.read(TAG.sequence, "Certificate").der,
    );
    if (parts.done) return { certificate };
    const settings = parts.read(TAG.sequence, "X509_CERT_AUX").reader();
    parts.end("TRUSTED CERTIFICATE");
    const trusted = settings.optional(TAG.sequence, "trust");
    const rejected = settings.optional(REJECT, "reject");
    return {
      certificate,
      settings: {
        ...(trusted && { trusted: identifiers(trusted) }),
        ...(rejected && { rejected: identifiers(rejected) }),
      },
    };
  });
}

/**
 * Returns the settings for a use, as OpenSSL has it: what is rejected, and what
 * a list of trusted uses leaves out, is rejected; undefined where they say
 * nothing.
 *
 * @param use dotted OID of an extendedKeyUsage
 */
export function trustFor(
  { trusted = [], rejected = [] }: TrustSettings,
  use: string,
): "trusted" | "rejected" | undefined {
  const names = (uses: readonly string[]): boolean =>
    uses.includes(use) || uses.includes(OID.anyExtendedKeyUsage);
  if (names(rejected)) return "rejected";
  if (trusted.length === 0) return undefined;
  return names(trusted) ? "trusted" : "rejected";
}

/** Context tag 0, constructed. */
const REJECT = 0xa0;

function identifiers(list: DerElement): readonly string[] {
  const reader = list.reader();
  const found: string[] = [];
  while (!reader.done)
    found.push(
      objectIdentifier(reader.read(TAG.objectIdentifier, "a use"), "a use"),
    );
  return found;
}
