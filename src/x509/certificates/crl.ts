/** Certificate revocation lists: RFC 5280 5. */
import type { BytesLike } from "../../bytes.ts";
import { type Bytes, latin1, viewBytes } from "../../bytes.ts";
import type { AlgorithmIdentifier } from "../keys/algorithms.ts";
import { readAlgorithm } from "../keys/algorithms.ts";
import type { DerElement } from "../der/der.ts";
import {
  bitStringBytes,
  booleanValue,
  constructedTag,
  contextTag,
  DerError,
  type DerReader,
  namedBits,
  readSingle,
  smallInteger,
  timeValue,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type {
  AuthorityKeyIdentifier,
  DistributionPoint,
  Extension,
} from "./extensions.ts";
import {
  authorityKeyIdentifier,
  crlNumber,
  distributionPointName,
  readExtensions,
} from "./extensions.ts";
import { Name } from "../names/name.ts";
import * as OID from "../der/oids.ts";
import { noPemBlock, readPemBlocks } from "../keys/pem.ts";
import type { RevokedCertificate } from "./crl-entries.ts";
import { indexEntries, indirectKey, readEntry } from "./crl-entries.ts";

interface Fields {
  readonly tbs: Bytes;
  readonly version: 1 | 2;
  readonly innerAlgorithm: Bytes;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Bytes;
  readonly issuer: Name;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly revoked: DerElement | undefined;
  readonly extensions: readonly Extension[];
}

/** RFC 5280 5.2.5. */
export interface IssuingDistributionPoint extends Pick<
  DistributionPoint,
  "fullName" | "nameRelativeToCRLIssuer"
> {
  readonly onlyContainsUserCerts: boolean;
  readonly onlyContainsCACerts: boolean;
  /** ReasonFlags; undefined means all. */
  readonly onlySomeReasons: number | undefined;
  readonly indirectCRL: boolean;
  readonly onlyContainsAttributeCerts: boolean;
}

/**
 * A list. Its frame is checked when parsed, its entries when the first
 * certificate is looked up; from then on a look-up is one step and copies
 * nothing. Arrays are views on {@link der}. See {@link CrlStore} for an
 * example.
 */
export class Crl {
  /** The whole, a copy that this object owns. */
  readonly der: Bytes;
  readonly #fields: Fields;
  #entries: ReadonlyMap<string, DerElement> | undefined;
  #indirect: boolean | undefined;

  private constructor(der: Bytes, fields: Fields) {
    this.der = der;
    this.#fields = fields;
  }

  /**
   * Reads one list, with nothing after it. The bytes are copied.
   *
   * @throws X509Error `malformed_crl`
   */
  static parse(der: BytesLike): Crl {
    const own = viewBytes(der, "a CRL").slice();
    return new Crl(own, readCrl(own));
  }

  get version(): 1 | 2 {
    return this.#fields.version;
  }
  get issuer(): Name {
    return this.#fields.issuer;
  }
  /** Milliseconds since the epoch. */
  get thisUpdate(): number {
    return this.#fields.thisUpdate;
  }
  /** Milliseconds since the epoch; undefined when the list does not say. */
  get nextUpdate(): number | undefined {
    return this.#fields.nextUpdate;
  }
  /** The DER that is signed, as received. */
  get tbs(): Bytes {
    return this.#fields.tbs;
  }
  get signatureAlgorithm(): AlgorithmIdentifier {
    return this.#fields.signatureAlgorithm;
  }
  /** DER of the algorithm named inside what is signed. */
  get innerAlgorithm(): Bytes {
    return this.#fields.innerAlgorithm;
  }
  get signature(): Bytes {
    return this.#fields.signature;
  }
  get extensions(): readonly Extension[] {
    return this.#fields.extensions;
  }

  extension(oid: string): Extension | undefined {
    return this.#fields.extensions.find((extension) => extension.oid === oid);
  }

  /** Big-endian bytes. @throws X509Error `malformed_crl` */
  get number(): Bytes | undefined {
    const extension = this.extension(OID.cRLNumber);
    return (
      extension &&
      decoding(fault.malformed_crl, () => crlNumber(extension.value))
    );
  }

  /** RFC 5280 5.2.4: a list of changes since another one. */
  get isDelta(): boolean {
    return this.extension(OID.deltaCRLIndicator) !== undefined;
  }

  /**
   * The number of the list that a delta list starts from, big-endian bytes.
   *
   * @throws X509Error `malformed_crl`
   */
  get baseNumber(): Bytes | undefined {
    const extension = this.extension(OID.deltaCRLIndicator);
    return (
      extension &&
      decoding(fault.malformed_crl, () => crlNumber(extension.value))
    );
  }

  /** @throws X509Error `malformed_crl` */
  get authorityKeyIdentifier(): AuthorityKeyIdentifier | undefined {
    const extension = this.extension(OID.authorityKeyIdentifier);
    return (
      extension &&
      decoding(fault.malformed_crl, () =>
        authorityKeyIdentifier(extension.value),
      )
    );
  }

  /** @throws X509Error `malformed_crl` */
  get issuingDistributionPoint(): IssuingDistributionPoint | undefined {
    const extension = this.extension(OID.issuingDistributionPoint);
    return (
      extension &&
      decoding(fault.malformed_crl, () =>
        readIssuingDistributionPoint(extension.value),
      )
    );
  }

  /** Number of entries. @throws X509Error as {@link find} */
  get size(): number {
    return this.#index().size;
  }

  /**
   * The entry for a serial number (content of the INTEGER).
   *
   * @param issuer of the certificate; an indirect list has entries of several.
   *   Default: the list's own
   * @throws X509Error `malformed_crl`, `unhandled_critical_crl_extension`
   */
  find(
    serialNumber: Uint8Array,
    issuer: Name = this.issuer,
  ): RevokedCertificate | undefined {
    const { isIndirect } = this;
    if (!isIndirect && !issuer.equals(this.issuer)) return undefined;
    const serial = latin1(serialNumber);
    const entry = this.#index().get(
      isIndirect ? indirectKey(serial, issuer.key) : serial,
    );
    return (
      entry && decoding(fault.malformed_crl, () => readEntry(entry, isIndirect))
    );
  }

  /** RFC 5280 5.2.5: has entries of other issuers than the list's own. */
  get isIndirect(): boolean {
    this.#indirect ??= this.issuingDistributionPoint?.indirectCRL ?? false;
    return this.#indirect;
  }

  #index(): ReadonlyMap<string, DerElement> {
    this.#entries ??= decoding(fault.malformed_crl, () =>
      indexEntries(
        this.#fields.revoked,
        this.isIndirect ? this.issuer : undefined,
      ),
    );
    return this.#entries;
  }
}

/**
 * Lists by issuer.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCertificateAuthority } from "puretls/pki";
 * import { CrlStore, parseCrls } from "puretls/x509";
 *
 * const ca = createCertificateAuthority({ provider, name: "CA" });
 * const lists = new CrlStore();
 * for (const list of parseCrls(ca.createCrl().der)) lists.add(list);
 * if (lists.size !== 1) throw new Error();
 * ```
 */
export class CrlStore {
  readonly #byIssuer = new Map<string, Crl[]>();
  #size = 0;

  /** A store of these; see {@link add}. */
  static of(...sources: readonly (Crl | BytesLike | string)[]): CrlStore {
    const store = new CrlStore();
    for (const source of sources) store.add(source);
    return store;
  }

  /**
   * Adds a list, DER bytes, or PEM text (also as bytes) with at least one X509
   * CRL block. Answers how many were new.
   *
   * @throws X509Error `malformed_crl`, `malformed_pem`, `no_pem_block`
   */
  add(source: Crl | BytesLike | string): number {
    let added = 0;
    for (const crl of parseCrls(source)) {
      const others = this.#byIssuer.get(crl.issuer.key) ?? [];
      if (others.some((other) => sameBytes(other.der, crl.der))) continue;
      this.#byIssuer.set(crl.issuer.key, [...others, crl]);
      added++;
    }
    this.#size += added;
    return added;
  }

  findByIssuer(issuer: Name): readonly Crl[] {
    return this.#byIssuer.get(issuer.key) ?? [];
  }

  /** Number of lists. */
  get size(): number {
    return this.#size;
  }

  /** An independent store with the same content. */
  clone(): CrlStore {
    const copy = new CrlStore();
    for (const crls of this.#byIssuer.values())
      for (const crl of crls) copy.add(crl);
    return copy;
  }
}

/**
 * Lists of any source that {@link CrlStore.add} takes, in order. See
 * {@link CrlStore} for an example.
 *
 * @throws X509Error
 */
export function parseCrls(source: Crl | BytesLike | string): readonly Crl[] {
  if (source instanceof Crl) return [source];
  if (typeof source !== "string") {
    const bytes = viewBytes(source, "a CRL");
    if (bytes[0] === TAG.sequence) return [Crl.parse(bytes)];
    return parseCrls(latin1(bytes));
  }
  const crls = [...readPemBlocks(source)]
    .filter(({ label }) => label === "X509 CRL")
    .map(({ der }) => Crl.parse(der()));
  if (crls.length === 0) throw noPemBlock("CRL", source);
  return crls;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function readCrl(der: Uint8Array): Fields {
  return decoding(fault.malformed_crl, () => {
    const reader = readSingle(der, TAG.sequence, "CertificateList").reader();
    const tbs = reader.read(TAG.sequence, "tbsCertList");
    const signatureAlgorithm = readAlgorithm(
      reader.read(TAG.sequence, "signatureAlgorithm"),
    );
    const signature = bitStringBytes(
      reader.read(TAG.bitString, "signatureValue"),
      "signatureValue",
    );
    reader.end("CertificateList");
    return {
      tbs: tbs.der,
      signatureAlgorithm,
      signature,
      ...readTbs(tbs.reader()),
    };
  });
}

function readTbs(
  reader: DerReader,
): Omit<Fields, "tbs" | "signatureAlgorithm" | "signature"> {
  const field = reader.optional(TAG.integer, "version");
  if (field !== undefined && smallInteger(field, "version") !== 1)
    throw new DerError("the version is not 2");
  const version = field === undefined ? 1 : 2;
  const innerAlgorithm = reader.read(TAG.sequence, "signature").der;
  const issuer = Name.over(reader.read(TAG.sequence, "issuer").der);
  const thisUpdate = timeValue(reader.readAny("thisUpdate"), "thisUpdate");
  const nextUpdate =
    reader.nextTag === TAG.utcTime || reader.nextTag === TAG.generalizedTime
      ? timeValue(reader.readAny("nextUpdate"), "nextUpdate")
      : undefined;
  const revoked = reader.optional(TAG.sequence, "revokedCertificates");
  const extensionsField = reader.optional(constructedTag(0), "crlExtensions");
  reader.end("tbsCertList");
  if (extensionsField !== undefined && version === 1)
    throw new DerError("extensions in a list of version 1");
  const extensions =
    extensionsField === undefined
      ? []
      : readExtensions(
          readSingle(extensionsField.content, TAG.sequence, "crlExtensions"),
        );
  return {
    version,
    innerAlgorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    extensions,
  };
}

function readIssuingDistributionPoint(
  value: Uint8Array,
): IssuingDistributionPoint {
  const what = "issuingDistributionPoint";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const flag = (number: number): boolean => {
    const element = reader.optional(contextTag(number), what);
    return element !== undefined && booleanValue(element, what);
  };
  const name = distributionPointName(reader.optional(constructedTag(0), what));
  const onlyContainsUserCerts = flag(1);
  const onlyContainsCACerts = flag(2);
  const reasons = reader.optional(contextTag(3), what);
  const indirectCRL = flag(4);
  const onlyContainsAttributeCerts = flag(5);
  reader.end(what);
  return {
    ...name,
    onlyContainsUserCerts,
    onlyContainsCACerts,
    onlySomeReasons: reasons && namedBits(reasons, what),
    indirectCRL,
    onlyContainsAttributeCerts,
  };
}
