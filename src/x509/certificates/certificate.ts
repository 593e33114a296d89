/** Certificates: RFC 5280 4.1. Decoded lazily; the bytes stay as received. */
import type { BytesLike } from "../../bytes.ts";
import { type Bytes, equal, viewBytes } from "../../bytes.ts";
import type { AlgorithmIdentifier } from "../keys/algorithms.ts";
import { readAlgorithm } from "../keys/algorithms.ts";
import type { DerReader } from "../der/der.ts";
import {
  bitStringBytes,
  constructedTag,
  contextTag,
  DerError,
  integerBytes,
  readSingle,
  smallInteger,
  timeValue,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { Extension } from "./extensions.ts";
import * as decode from "./extensions.ts";
import { keyOfCertificate } from "./key-of-certificate.ts";
import type { GeneralName } from "../names/general-name.ts";
import { Name } from "../names/name.ts";
import * as OID from "../der/oids.ts";
import * as policy from "./policy-extensions.ts";
import type { SubjectPublicKeyInfo } from "../keys/public-key.ts";
import { parseSubjectPublicKeyInfo } from "../keys/public-key.ts";

interface Fields {
  readonly tbs: Bytes;
  readonly version: 1 | 2 | 3;
  readonly serialNumber: Bytes;
  /** The algorithm named inside what is signed. */
  readonly innerAlgorithm: Bytes;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: Bytes;
  readonly issuer: Bytes;
  readonly subject: Bytes;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly usesGeneralizedTimeEarly: boolean;
  readonly subjectPublicKeyInfo: Bytes;
  readonly extensions: readonly Extension[];
}

/** The parts that were decoded so far; undefined: not yet read. */
interface Decoded {
  readonly fields: Fields;
  readonly issuer: Name;
  readonly subject: Name;
  /** The extensions, for who looks for one: there may be thousands. */
  byOid: ReadonlyMap<string, Extension> | undefined;
  subjectPublicKeyInfo: SubjectPublicKeyInfo | undefined;
  subjectAltName: Box<readonly GeneralName[]>;
  nameConstraints: Box<decode.NameConstraints>;
  basicConstraints: Box<decode.BasicConstraints>;
  keyUsage: Box<ReadonlySet<decode.KeyUsage>>;
  extendedKeyUsage: Box<readonly string[]>;
  authorityKeyIdentifier: Box<decode.AuthorityKeyIdentifier>;
}

/**
 * A certificate. Its frame is checked when it is parsed; keys, names and
 * extensions are decoded at the first look, and a getter throws X509Error when
 * what it looks at is malformed. All arrays are views on {@link der} and must
 * not be written to. See {@link matchHost} for an example.
 */
export class Certificate {
  /** The whole, a copy that this object owns. */
  readonly der: Bytes;
  #decoded: Decoded | undefined;
  /** Of a certificate of which nothing else was read. */
  #key: Bytes | undefined;

  private constructor(der: Bytes) {
    this.der = der;
  }

  /**
   * Reads one certificate, with nothing after it. The bytes are copied.
   *
   * @throws X509Error `malformed_certificate`, `malformed_extension` or
   *   `extensions_require_version_3`
   * @throws TypeError for anything but bytes
   */
  static parse(der: BytesLike): Certificate {
    const certificate = new Certificate(
      viewBytes(der, "a certificate").slice(),
    );
    certificate.#look();
    return certificate;
  }

  /**
   * Reads the key of a certificate whose other fields may be anything: a getter
   * throws when what it looks at is malformed. Only for peers that are not
   * verified. The bytes are copied.
   *
   * @throws X509Error where there is no key
   * @throws TypeError for anything but bytes
   */
  static parseKeyAlone(der: BytesLike): Certificate {
    const certificate = new Certificate(
      viewBytes(der, "a certificate").slice(),
    );
    certificate.#key = keyOfCertificate(certificate.der);
    return certificate;
  }

  /**
   * Drops all but {@link der}, for who keeps a certificate that is rarely
   * looked at: what was decoded weighs several times as much. The next look
   * decodes again.
   */
  forgetDecoded(): void {
    this.#decoded = undefined;
  }

  get issuer(): Name {
    return this.#look().issuer;
  }

  get subject(): Name {
    return this.#look().subject;
  }

  get version(): 1 | 2 | 3 {
    return this.#look().fields.version;
  }

  /** Content of the INTEGER, big-endian two's complement. */
  get serialNumber(): Bytes {
    return this.#look().fields.serialNumber;
  }

  /** Milliseconds since the epoch; the certificate is valid from then on. */
  get notBefore(): number {
    return this.#look().fields.notBefore;
  }

  /** Milliseconds since the epoch; the whole second is still valid. */
  get notAfter(): number {
    return this.#look().fields.notAfter;
  }

  /** The DER that is signed, as received. */
  get tbs(): Bytes {
    return this.#look().fields.tbs;
  }

  get signatureAlgorithm(): AlgorithmIdentifier {
    return this.#look().fields.algorithm;
  }

  /**
   * True when tbsCertificate.signature names the same algorithm (RFC 5280
   * 4.1.1.2).
   */
  get namesOneSignatureAlgorithm(): boolean {
    return equal(
      this.#look().fields.innerAlgorithm,
      this.#look().fields.algorithm.der,
    );
  }

  get signature(): Bytes {
    return this.#look().fields.signature;
  }

  /** RFC 5280 4.1.2.5 wants UTCTime through the year 2049. */
  get usesGeneralizedTimeEarly(): boolean {
    return this.#look().fields.usesGeneralizedTimeEarly;
  }

  /** DER of the key, to compare and to hash. */
  get subjectPublicKeyInfoDer(): Bytes {
    return this.#key ?? this.#look().fields.subjectPublicKeyInfo;
  }

  /** @throws X509Error for a malformed or unsupported key */
  get subjectPublicKeyInfo(): SubjectPublicKeyInfo {
    if (this.#key !== undefined) return parseSubjectPublicKeyInfo(this.#key);
    const decoded = this.#look();
    decoded.subjectPublicKeyInfo ??= parseSubjectPublicKeyInfo(
      decoded.fields.subjectPublicKeyInfo,
    );
    return decoded.subjectPublicKeyInfo;
  }

  /** In the order of the certificate; no OID stands twice. */
  get extensions(): readonly Extension[] {
    return this.#look().fields.extensions;
  }

  extension(oid: string): Extension | undefined {
    const decoded = this.#look();
    decoded.byOid ??= new Map(
      decoded.fields.extensions.map((one) => [one.oid, one]),
    );
    return decoded.byOid.get(oid);
  }

  get isSelfIssued(): boolean {
    return this.subject.equals(this.issuer);
  }

  get basicConstraints(): decode.BasicConstraints | undefined {
    const decoded = this.#look();
    decoded.basicConstraints ??= {
      value: this.#decode(OID.basicConstraints, decode.basicConstraints),
    };
    return decoded.basicConstraints.value;
  }

  get keyUsage(): ReadonlySet<decode.KeyUsage> | undefined {
    const decoded = this.#look();
    decoded.keyUsage ??= { value: this.#decode(OID.keyUsage, decode.keyUsage) };
    return decoded.keyUsage.value;
  }

  /** Dotted OIDs. */
  get extendedKeyUsage(): readonly string[] | undefined {
    const decoded = this.#look();
    decoded.extendedKeyUsage ??= {
      value: this.#decode(OID.extKeyUsage, decode.extKeyUsage),
    };
    return decoded.extendedKeyUsage.value;
  }

  get subjectAltName(): readonly GeneralName[] | undefined {
    const decoded = this.#look();
    decoded.subjectAltName ??= {
      value: this.#decode(OID.subjectAltName, decode.altNames),
    };
    return decoded.subjectAltName.value;
  }

  get issuerAltName(): readonly GeneralName[] | undefined {
    return this.#decode(OID.issuerAltName, decode.altNames);
  }

  get subjectKeyIdentifier(): Bytes | undefined {
    return this.#decode(OID.subjectKeyIdentifier, decode.subjectKeyIdentifier);
  }

  get authorityKeyIdentifier(): decode.AuthorityKeyIdentifier | undefined {
    const decoded = this.#look();
    decoded.authorityKeyIdentifier ??= {
      value: this.#decode(
        OID.authorityKeyIdentifier,
        decode.authorityKeyIdentifier,
      ),
    };
    return decoded.authorityKeyIdentifier.value;
  }

  get nameConstraints(): decode.NameConstraints | undefined {
    const decoded = this.#look();
    decoded.nameConstraints ??= {
      value: this.#decode(OID.nameConstraints, decode.nameConstraints),
    };
    return decoded.nameConstraints.value;
  }

  get authorityInfoAccess(): readonly decode.AccessDescription[] | undefined {
    return this.#decode(OID.authorityInfoAccess, decode.infoAccess);
  }

  get subjectInfoAccess(): readonly decode.AccessDescription[] | undefined {
    return this.#decode(OID.subjectInfoAccess, decode.infoAccess);
  }

  get crlDistributionPoints(): readonly decode.DistributionPoint[] | undefined {
    return this.#decode(
      OID.cRLDistributionPoints,
      decode.crlDistributionPoints,
    );
  }

  get freshestCRL(): readonly decode.DistributionPoint[] | undefined {
    return this.#decode(OID.freshestCRL, decode.crlDistributionPoints);
  }

  /** RFC 7633: TLS extension numbers that the server promises to answer. */
  get tlsFeatures(): readonly number[] | undefined {
    return this.#decode(OID.tlsFeature, decode.tlsFeature);
  }

  /** RFC 7633 4.2.1: the server promised to staple an OCSP response. */
  get mustStaple(): boolean {
    return this.tlsFeatures?.includes(5) ?? false;
  }

  get certificatePolicies(): readonly string[] | undefined {
    return this.#policy(OID.certificatePolicies, policy.certificatePolicies);
  }

  get policyMappings(): readonly policy.PolicyMapping[] | undefined {
    return this.#policy(OID.policyMappings, policy.policyMappings);
  }

  get policyConstraints(): policy.PolicyConstraints | undefined {
    return this.#policy(OID.policyConstraints, policy.policyConstraints);
  }

  get inhibitAnyPolicy(): number | undefined {
    return this.#policy(OID.inhibitAnyPolicy, policy.inhibitAnyPolicy);
  }

  #look(): Decoded {
    this.#decoded ??= decodeFrame(this.der);
    return this.#decoded;
  }

  #decode<T>(oid: string, decoder: (value: Uint8Array) => T): T | undefined {
    const extension = this.extension(oid);
    return (
      extension &&
      decoding(fault.malformed_extension, () => decoder(extension.value))
    );
  }

  #policy<T>(oid: string, decoder: (value: Uint8Array) => T): T | undefined {
    const extension = this.extension(oid);
    return (
      extension &&
      decoding(fault.malformed_policy_extension, () => decoder(extension.value))
    );
  }
}

/** Something decoded, which may be "absent"; undefined: not yet looked at. */
type Box<T> = { readonly value: T | undefined } | undefined;

function decodeFrame(der: Uint8Array): Decoded {
  const fields = readCertificate(der);
  return {
    fields,
    issuer: Name.over(fields.issuer),
    subject: Name.over(fields.subject),
    byOid: undefined,
    subjectPublicKeyInfo: undefined,
    subjectAltName: undefined,
    nameConstraints: undefined,
    basicConstraints: undefined,
    keyUsage: undefined,
    extendedKeyUsage: undefined,
    authorityKeyIdentifier: undefined,
  };
}

function readCertificate(der: Uint8Array): Fields {
  return decoding(fault.malformed_certificate, () => {
    const reader = readSingle(der, TAG.sequence, "Certificate").reader();
    const tbs = reader.read(TAG.sequence, "tbsCertificate");
    const algorithm = readAlgorithm(
      reader.read(TAG.sequence, "signatureAlgorithm"),
    );
    const signature = bitStringBytes(
      reader.read(TAG.bitString, "signatureValue"),
      "signatureValue",
    );
    reader.end("Certificate");
    return {
      tbs: tbs.der,
      algorithm,
      signature,
      ...readTbs(tbs.reader()),
    };
  });
}

function readTbs(
  reader: DerReader,
): Omit<Fields, "tbs" | "algorithm" | "signature"> {
  const version = readVersion(reader);
  const serialNumber = integerBytes(
    reader.read(TAG.integer, "serialNumber"),
    "serialNumber",
  );
  const innerAlgorithm = reader.read(TAG.sequence, "signature").der;
  const issuer = reader.read(TAG.sequence, "issuer").der;
  const validity = readValidity(reader.read(TAG.sequence, "validity").reader());
  const subject = reader.read(TAG.sequence, "subject").der;
  const subjectPublicKeyInfo = reader.read(
    TAG.sequence,
    "subjectPublicKeyInfo",
  ).der;
  // RFC 5280 4.1.2.8: unique identifiers "MUST NOT appear if the version is 1".
  const uniqueIdentifiers = [
    reader.optional(contextTag(1), "issuerUniqueID"),
    reader.optional(contextTag(2), "subjectUniqueID"),
  ];
  if (version === 1 && uniqueIdentifiers.some((id) => id !== undefined))
    throw new DerError("version 1 with a unique identifier");
  const extensions = readExtensionsField(reader, version);
  reader.end("tbsCertificate");
  return {
    version,
    serialNumber,
    innerAlgorithm,
    issuer,
    ...validity,
    subject,
    subjectPublicKeyInfo,
    extensions,
  };
}

function readVersion(reader: DerReader): 1 | 2 | 3 {
  const field = reader.optional(constructedTag(0), "version")?.reader();
  if (field === undefined) return 1;
  const number = smallInteger(field.read(TAG.integer, "version"), "version");
  field.end("version");
  // X.690 11.5: version 1 is the default and would not stand there.
  if (number !== 1 && number !== 2)
    throw new DerError(`version ${number.toString()} is not 1 or 2`);
  return number === 1 ? 2 : 3;
}

function readValidity(
  reader: DerReader,
): Pick<Fields, "notBefore" | "notAfter" | "usesGeneralizedTimeEarly"> {
  const from = reader.readAny("notBefore");
  const to = reader.readAny("notAfter");
  reader.end("validity");
  const notBefore = timeValue(from, "notBefore");
  const notAfter = timeValue(to, "notAfter");
  const usesGeneralizedTimeEarly =
    (from.tag === TAG.generalizedTime && notBefore < YEAR_2050) ||
    (to.tag === TAG.generalizedTime && notAfter < YEAR_2050);
  return { notBefore, notAfter, usesGeneralizedTimeEarly };
}

const YEAR_2050 = Date.UTC(2050, 0, 1);

function readExtensionsField(
  reader: DerReader,
  version: 1 | 2 | 3,
): readonly Extension[] {
  const field = reader.optional(constructedTag(3), "extensions");
  if (field === undefined) return [];
  // RFC 5280 4.1.2.9: "This field MUST only appear if the version is 3".
  if (version !== 3) throw new X509Error(fault.extensions_require_version_3);
  const inner = field.reader();
  const sequence = inner.read(TAG.sequence, "extensions");
  inner.end("extensions");
  return decode.readExtensions(sequence);
}
