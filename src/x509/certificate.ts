/** Certificates: RFC 5280 4.1. Decoded lazily; the bytes stay as received. */
import type { BytesLike } from "../bytes.ts";
import { equal, viewBytes } from "../bytes.ts";
import type { AlgorithmIdentifier } from "./algorithms.ts";
import { readAlgorithm } from "./algorithms.ts";
import type { DerReader } from "./der.ts";
import {
  bitStringBytes,
  constructedTag,
  contextTag,
  DerError,
  integerBytes,
  readSingle,
  smallInteger,
  TAG,
  timeValue,
} from "./der.ts";
import { decoding, X509Error } from "./errors.ts";
import type { Extension } from "./extensions.ts";
import * as decode from "./extensions.ts";
import type { GeneralName } from "./general-name.ts";
import { Name } from "./name.ts";
import { OID } from "./oids.ts";
import * as policy from "./policy-extensions.ts";
import type { SubjectPublicKeyInfo } from "./public-key.ts";
import { parseSubjectPublicKeyInfo } from "./public-key.ts";

interface Fields {
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  readonly serialNumber: Uint8Array;
  /** The algorithm named inside what is signed. */
  readonly innerAlgorithm: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly usesGeneralizedTimeEarly: boolean;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: readonly Extension[];
}

/**
 * A certificate. Its frame is checked when it is parsed; keys, names and
 * extensions are decoded at the first look, and a getter throws X509Error
 * when what it looks at is malformed. All arrays are views on {@link der} and
 * must not be written to.
 */
export class Certificate {
  /** The whole, a copy that this object owns. */
  readonly der: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly #fields: Fields;
  #subjectPublicKeyInfo: SubjectPublicKeyInfo | undefined;
  #subjectAltName: Box<readonly GeneralName[]>;
  #nameConstraints: Box<decode.NameConstraints>;
  #basicConstraints: Box<decode.BasicConstraints>;
  #keyUsage: Box<ReadonlySet<decode.KeyUsage>>;
  #extendedKeyUsage: Box<readonly string[]>;
  #authorityKeyIdentifier: Box<decode.AuthorityKeyIdentifier>;

  private constructor(der: Uint8Array, fields: Fields) {
    this.der = der;
    this.#fields = fields;
    this.issuer = Name.over(fields.issuer);
    this.subject = Name.over(fields.subject);
  }

  /**
   * Reads one certificate, with nothing after it. The bytes are copied.
   *
   * @throws X509Error `malformed_certificate`, `malformed_extension` or
   *   `extensions_require_version_3`
   * @throws TypeError for anything but bytes
   */
  static parse(der: BytesLike): Certificate {
    const own = viewBytes(der, "a certificate").slice();
    return new Certificate(own, readCertificate(own));
  }

  get version(): 1 | 2 | 3 {
    return this.#fields.version;
  }

  /** Content of the INTEGER, big-endian two's complement. */
  get serialNumber(): Uint8Array {
    return this.#fields.serialNumber;
  }

  /** Milliseconds since the epoch; the certificate is valid from then on. */
  get notBefore(): number {
    return this.#fields.notBefore;
  }

  /** Milliseconds since the epoch; the whole second is still valid. */
  get notAfter(): number {
    return this.#fields.notAfter;
  }

  /** The DER that is signed, as received. */
  get tbs(): Uint8Array {
    return this.#fields.tbs;
  }

  get signatureAlgorithm(): AlgorithmIdentifier {
    return this.#fields.algorithm;
  }

  /** Whether tbsCertificate.signature says the same (RFC 5280 4.1.1.2). */
  get namesOneSignatureAlgorithm(): boolean {
    return equal(this.#fields.innerAlgorithm, this.#fields.algorithm.der);
  }

  get signature(): Uint8Array {
    return this.#fields.signature;
  }

  /** RFC 5280 4.1.2.5 wants UTCTime through the year 2049. */
  get usesGeneralizedTimeEarly(): boolean {
    return this.#fields.usesGeneralizedTimeEarly;
  }

  /** DER of the key, to compare and to hash. */
  get subjectPublicKeyInfoDer(): Uint8Array {
    return this.#fields.subjectPublicKeyInfo;
  }

  /** @throws X509Error for a malformed or unsupported key */
  get subjectPublicKeyInfo(): SubjectPublicKeyInfo {
    this.#subjectPublicKeyInfo ??= parseSubjectPublicKeyInfo(
      this.#fields.subjectPublicKeyInfo,
    );
    return this.#subjectPublicKeyInfo;
  }

  /** In the order of the certificate; no OID stands twice. */
  get extensions(): readonly Extension[] {
    return this.#fields.extensions;
  }

  extension(oid: string): Extension | undefined {
    return this.#fields.extensions.find((extension) => extension.oid === oid);
  }

  get isSelfIssued(): boolean {
    return this.subject.equals(this.issuer);
  }

  get basicConstraints(): decode.BasicConstraints | undefined {
    this.#basicConstraints ??= {
      value: this.#decode(OID.basicConstraints, decode.basicConstraints),
    };
    return this.#basicConstraints.value;
  }

  get keyUsage(): ReadonlySet<decode.KeyUsage> | undefined {
    this.#keyUsage ??= { value: this.#decode(OID.keyUsage, decode.keyUsage) };
    return this.#keyUsage.value;
  }

  /** Dotted OIDs. */
  get extendedKeyUsage(): readonly string[] | undefined {
    this.#extendedKeyUsage ??= {
      value: this.#decode(OID.extKeyUsage, decode.extKeyUsage),
    };
    return this.#extendedKeyUsage.value;
  }

  get subjectAltName(): readonly GeneralName[] | undefined {
    this.#subjectAltName ??= {
      value: this.#decode(OID.subjectAltName, decode.altNames),
    };
    return this.#subjectAltName.value;
  }

  get issuerAltName(): readonly GeneralName[] | undefined {
    return this.#decode(OID.issuerAltName, decode.altNames);
  }

  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.#decode(OID.subjectKeyIdentifier, decode.subjectKeyIdentifier);
  }

  get authorityKeyIdentifier(): decode.AuthorityKeyIdentifier | undefined {
    this.#authorityKeyIdentifier ??= {
      value: this.#decode(
        OID.authorityKeyIdentifier,
        decode.authorityKeyIdentifier,
      ),
    };
    return this.#authorityKeyIdentifier.value;
  }

  get nameConstraints(): decode.NameConstraints | undefined {
    this.#nameConstraints ??= {
      value: this.#decode(OID.nameConstraints, decode.nameConstraints),
    };
    return this.#nameConstraints.value;
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

  #decode<T>(oid: string, decoder: (value: Uint8Array) => T): T | undefined {
    const extension = this.extension(oid);
    return (
      extension &&
      decoding("malformed_extension", () => decoder(extension.value))
    );
  }

  #policy<T>(oid: string, decoder: (value: Uint8Array) => T): T | undefined {
    const extension = this.extension(oid);
    return (
      extension &&
      decoding("malformed_policy_extension", () => decoder(extension.value))
    );
  }
}

/** Something decoded, which may be "absent"; undefined: not yet looked at. */
type Box<T> = { readonly value: T | undefined } | undefined;

function readCertificate(der: Uint8Array): Fields {
  return decoding("malformed_certificate", () => {
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
  if (version !== 3) throw new X509Error("extensions_require_version_3");
  const inner = field.reader();
  const sequence = inner.read(TAG.sequence, "extensions");
  inner.end("extensions");
  return decode.readExtensions(sequence);
}
