/**
 * Certificates, CRLs and OCSP responses by hand, for tests: every byte can be
 * wrong on purpose. Keys are Ed25519 unless a test brings its own.
 */
import { asciiBytes, concat, Secret } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { PrivateKey, SignatureName } from "../../src/crypto/provider.ts";
import { encodePem, OID } from "../../src/x509/index.ts";
import {
  bits,
  bool,
  bytes,
  explicit,
  generalizedTime,
  implicit,
  int,
  name,
  octets,
  oid,
  seq,
  time,
  tlv,
} from "./der-encode.ts";
import { KEY_OIDS } from "../../src/pki/keys/keys.ts";

export * from "./der-encode.ts";

// Keys.

export interface TestKey {
  readonly key: PrivateKey;
  /** DER of SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly signature: SignatureName;
  /** DER of the signature's AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  /** In place of noble, which signs with no key that it finds too weak. */
  readonly signer?: (message: Uint8Array) => Uint8Array;
}

/** An Ed25519 key of a number: the same number is the same key. */
export function ed25519Key(number: number): TestKey {
  const seed = new Uint8Array(32).fill(number & 0xff);
  seed[0] = number >> 8;
  const key: PrivateKey = { type: "ed25519", seed: new Secret(seed) };
  return testKey(key, "ed25519");
}

const SIGNATURE_OIDS: Partial<Record<SignatureName, string>> = {
  ed25519: OID.ed25519,
  "ecdsa-sha1": OID.ecdsaWithSHA1,
  "ecdsa-sha256": OID.ecdsaWithSHA256,
  "ecdsa-sha384": OID.ecdsaWithSHA384,
  "ecdsa-sha512": OID.ecdsaWithSHA512,
  "rsa-pkcs1-sha1": OID.sha1WithRSAEncryption,
  "rsa-pkcs1-sha256": OID.sha256WithRSAEncryption,
};

/** Any key that the provider can sign with. */
export function testKey(key: PrivateKey, signature: SignatureName): TestKey {
  const parameters = key.type === "rsa" ? [bytes(5, 0)] : [];
  const algorithm = seq(
    oid(SIGNATURE_OIDS[signature] ?? "1.2.3"),
    ...parameters,
  );
  return { key, signature, algorithm, spki: spkiOf(key) };
}

function spkiOf(key: PrivateKey): Uint8Array {
  const publicKey = noble.publicKeyOf(key);
  switch (publicKey.type) {
    case "rsa":
      return seq(
        seq(oid(OID.rsaEncryption), bytes(5, 0)),
        bits(seq(positive(publicKey.modulus), positive(publicKey.exponent))),
      );
    case "ec":
      return seq(
        seq(oid(OID.ecPublicKey), oid(OID[publicKey.curve])),
        bits(publicKey.point),
      );
    default:
      return seq(seq(oid(KEY_OIDS[publicKey.type])), bits(publicKey.key));
  }
}

function positive(magnitude: Uint8Array): Uint8Array {
  return int(
    (magnitude[0] ?? 0) >= 0x80 ? concat(bytes(0), magnitude) : magnitude,
  );
}

export function sign(key: TestKey, message: Uint8Array): Uint8Array {
  if (key.signer !== undefined) return key.signer(message);
  const signer = noble.signers[key.signature];
  if (signer === undefined) throw new Error(`no signer for ${key.signature}`);
  return signer(key.key, message, noble.random);
}

// Extensions.

export const extension = (
  type: string,
  value: Uint8Array,
  critical = false,
): Uint8Array =>
  seq(oid(type), ...(critical ? [bool(true)] : []), octets(value));

export const basicConstraints = (
  cA: boolean,
  pathLength?: number,
  critical = true,
): Uint8Array =>
  extension(
    OID.basicConstraints,
    seq(
      ...(cA ? [bool(true)] : []),
      ...(pathLength === undefined ? [] : [int(pathLength)]),
    ),
    critical,
  );

/** Bits by number: 0 digitalSignature, 5 keyCertSign, 6 cRLSign. */
export function keyUsage(...numbers: readonly number[]): Uint8Array {
  return extension(OID.keyUsage, namedBits(numbers), true);
}

export function namedBits(numbers: readonly number[]): Uint8Array {
  return tlv(3, namedBitsContent(numbers));
}

/** Content of a BIT STRING, for implicit tags. */
export function namedBitsContent(numbers: readonly number[]): Uint8Array {
  const highest = Math.max(...numbers);
  const content = new Uint8Array((highest >> 3) + 1);
  for (const n of numbers)
    content[n >> 3] = (content[n >> 3] ?? 0) | (0x80 >> (n & 7));
  return concat(bytes(7 - (highest & 7)), content);
}

export const extKeyUsage = (...oids: readonly string[]): Uint8Array =>
  extension(OID.extKeyUsage, seq(...oids.map(oid)));

export const dns = (text: string): Uint8Array =>
  implicit(
    2,
    Uint8Array.from(text, (c) => c.charCodeAt(0)),
  );
export const email = (text: string): Uint8Array =>
  implicit(1, asciiBytes(text));
export const uri = (text: string): Uint8Array => implicit(6, asciiBytes(text));
export const ip = (...address: readonly number[]): Uint8Array =>
  implicit(7, Uint8Array.from(address));
export const directory = (der: Uint8Array): Uint8Array => explicit(4, der);
export const otherName = (type: string, value: Uint8Array): Uint8Array =>
  explicit(0, oid(type), explicit(0, value));

export const subjectAltName = (
  names: readonly Uint8Array[],
  critical = false,
): Uint8Array => extension(OID.subjectAltName, seq(...names), critical);

/** The key identifier of RFC 5280 4.2.1.2 (1). */
export function keyIdentifier(key: TestKey): Uint8Array {
  return noble.hashes["SHA-1"].hash(key.spki);
}

export const subjectKeyIdentifier = (key: TestKey): Uint8Array =>
  extension(OID.subjectKeyIdentifier, octets(keyIdentifier(key)));

export const authorityKeyIdentifier = (key: TestKey): Uint8Array =>
  extension(OID.authorityKeyIdentifier, seq(implicit(0, keyIdentifier(key))));

export const nameConstraints = (
  permitted: readonly Uint8Array[],
  excluded: readonly Uint8Array[] = [],
): Uint8Array => {
  const subtrees = (n: number, bases: readonly Uint8Array[]): Uint8Array[] =>
    bases.length === 0 ? [] : [explicit(n, ...bases.map((base) => seq(base)))];
  return extension(
    OID.nameConstraints,
    seq(...subtrees(0, permitted), ...subtrees(1, excluded)),
    true,
  );
};

// Certificates.

export interface CertificateSpec {
  /** Common name, or DER of a Name. */
  readonly subject?: string | Uint8Array;
  /** Common name, or DER of a Name: the issuer field of the certificate. */
  readonly issuerName?: string | Uint8Array;
  readonly key: TestKey;
  /** Signs; the key itself when absent. */
  readonly issuer?: Issued;
  readonly serialNumber?: Uint8Array;
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** The number on the wire: 2 is version 3; undefined leaves it out. */
  readonly version?: number | undefined;
  readonly extensions?: readonly Uint8Array[];
  /** Replaces parts of the outside. */
  readonly innerAlgorithm?: Uint8Array;
  readonly outerAlgorithm?: Uint8Array;
  readonly spki?: Uint8Array;
  readonly damageSignature?: boolean;
}

export interface Issued {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: TestKey;
  /** DER of the subject. */
  readonly subject: Uint8Array;
}

/** The time at which all test certificates are valid unless they say so. */
export const NOW = Date.UTC(2030, 0, 15, 12);
const DAY = 86_400_000;
let nextSerial = 1;

export function issue(spec: CertificateSpec): Issued {
  const asName = (given: string | Uint8Array): Uint8Array =>
    typeof given === "string" ? name(given) : given;
  const subject = asName(spec.subject ?? "subject");
  const issuer =
    spec.issuerName === undefined
      ? (spec.issuer?.subject ?? subject)
      : asName(spec.issuerName);
  const signer = spec.issuer?.key ?? spec.key;
  const version = "version" in spec ? spec.version : 2;
  const { extensions = [] } = spec;
  const tbs = seq(
    ...(version === undefined ? [] : [explicit(0, int(version))]),
    spec.serialNumber ?? int(1000 + nextSerial++),
    spec.innerAlgorithm ?? signer.algorithm,
    issuer,
    seq(
      time(spec.notBefore ?? NOW - 30 * DAY),
      time(spec.notAfter ?? NOW + 30 * DAY),
    ),
    subject,
    spec.spki ?? spec.key.spki,
    ...(extensions.length === 0 ? [] : [explicit(3, seq(...extensions))]),
  );
  const signature = sign(signer, tbs);
  if (spec.damageSignature === true)
    signature[signature.length - 1] =
      (signature[signature.length - 1] ?? 0) ^ 1;
  const der = seq(
    tbs,
    spec.outerAlgorithm ?? signer.algorithm,
    bits(signature),
  );
  return { der, pem: encodePem("CERTIFICATE", der), key: spec.key, subject };
}

/** Extensions of a CA as the strict profile wants them. */
export const caExtensions = (
  key: TestKey,
  issuer?: TestKey,
  pathLength?: number,
): Uint8Array[] => [
  basicConstraints(true, pathLength),
  keyUsage(5, 6),
  subjectKeyIdentifier(key),
  ...(issuer === undefined ? [] : [authorityKeyIdentifier(issuer)]),
];

/** Extensions of a server's leaf as the strict profile wants them. */
export const leafExtensions = (
  issuer: TestKey,
  host = "example.com",
): Uint8Array[] => [
  keyUsage(0),
  extKeyUsage(OID.serverAuth),
  authorityKeyIdentifier(issuer),
  subjectAltName([dns(host)]),
];

export function root(
  number: number,
  spec: Partial<CertificateSpec> = {},
): Issued {
  const key = ed25519Key(number);
  return issue({
    key,
    subject: `Root ${number.toString()}`,
    extensions: caExtensions(key),
    ...spec,
  });
}

export function intermediate(
  number: number,
  issuer: Issued,
  spec: Partial<CertificateSpec> = {},
): Issued {
  const key = ed25519Key(number);
  return issue({
    key,
    issuer,
    subject: `Intermediate ${number.toString()}`,
    extensions: caExtensions(key, issuer.key),
    ...spec,
  });
}

export function leaf(
  issuer: Issued,
  spec: Partial<CertificateSpec> = {},
): Issued {
  return issue({
    key: ed25519Key(9000),
    issuer,
    subject: "leaf",
    extensions: leafExtensions(issuer.key),
    ...spec,
  });
}

// Revocation.

export interface CrlSpec {
  readonly revoked?: readonly Uint8Array[];
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | undefined;
  readonly extensions?: readonly Uint8Array[];
  readonly signer?: TestKey;
  readonly damageSignature?: boolean;
}

export const crlNumber = (critical = false): Uint8Array =>
  extension(OID.cRLNumber, int(1), critical);

/** DER of an entry: serial INTEGER and extensions. */
export const crlEntry = (
  serialNumber: Uint8Array,
  ...extensions: readonly Uint8Array[]
): Uint8Array =>
  seq(
    serialNumber,
    time(NOW - DAY),
    ...(extensions.length === 0 ? [] : [seq(...extensions)]),
  );

export function crl(
  issuer: Issued,
  spec: CrlSpec = {},
): { der: Uint8Array; pem: string } {
  const signer = spec.signer ?? issuer.key;
  const { revoked = [], extensions = [crlNumber()] } = spec;
  const nextUpdate = "nextUpdate" in spec ? spec.nextUpdate : NOW + 7 * DAY;
  const tbs = seq(
    int(1),
    signer.algorithm,
    issuer.subject,
    time(spec.thisUpdate ?? NOW - DAY),
    ...(nextUpdate === undefined ? [] : [time(nextUpdate)]),
    ...(revoked.length === 0 ? [] : [seq(...revoked)]),
    ...(extensions.length === 0 ? [] : [explicit(0, seq(...extensions))]),
  );
  const signature = sign(signer, tbs);
  if (spec.damageSignature === true) signature[0] = (signature[0] ?? 0) ^ 1;
  const der = seq(tbs, signer.algorithm, bits(signature));
  return { der, pem: encodePem("X509 CRL", der) };
}

export interface OcspSpec {
  /** DER of the issuer whose hashes stand in the CertID. */
  readonly issuer: Issued;
  readonly serialNumber: Uint8Array;
  readonly status?: "good" | "revoked" | "unknown";
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | undefined;
  readonly producedAt?: number;
  /** The signer: the issuer itself unless given. */
  readonly responder?: Issued;
  readonly byName?: boolean;
  readonly certificates?: readonly Issued[];
  readonly damageSignature?: boolean;
  readonly hash?: "SHA-1" | "SHA-256";
  readonly responseExtensions?: readonly Uint8Array[];
}

/** The key's BIT STRING content, without the unused-bits byte (Ed25519). */
const rawKey = (key: TestKey): Uint8Array => key.spki.subarray(-32);

export function ocspResponse(spec: OcspSpec): Uint8Array {
  const { hash } = noble.hashes[spec.hash ?? "SHA-1"];
  const responder = spec.responder ?? spec.issuer;
  const certId = seq(
    seq(oid(spec.hash === "SHA-256" ? OID.sha256 : OID.sha1), bytes(5, 0)),
    octets(hash(spec.issuer.subject)),
    octets(hash(rawKey(spec.issuer.key))),
    spec.serialNumber,
  );
  const status = {
    good: implicit(0, bytes()),
    revoked: explicit(1, generalizedTime(NOW - DAY)),
    unknown: implicit(2, bytes()),
  }[spec.status ?? "good"];
  const nextUpdate = "nextUpdate" in spec ? spec.nextUpdate : NOW + DAY;
  const single = seq(
    certId,
    status,
    generalizedTime(spec.thisUpdate ?? NOW - 3_600_000),
    ...(nextUpdate === undefined
      ? []
      : [explicit(0, generalizedTime(nextUpdate))]),
  );
  const data = seq(
    spec.byName === true
      ? explicit(1, responder.subject)
      : explicit(2, octets(noble.hashes["SHA-1"].hash(rawKey(responder.key)))),
    generalizedTime(spec.producedAt ?? NOW - 3_600_000),
    seq(single),
    ...(spec.responseExtensions === undefined
      ? []
      : [explicit(1, seq(...spec.responseExtensions))]),
  );
  const signature = sign(responder.key, data);
  if (spec.damageSignature === true) signature[0] = (signature[0] ?? 0) ^ 1;
  const basic = seq(
    data,
    responder.key.algorithm,
    bits(signature),
    ...(spec.certificates === undefined
      ? []
      : [explicit(0, seq(...spec.certificates.map(({ der }) => der)))]),
  );
  return seq(
    tlv(10, bytes(0)),
    explicit(0, seq(oid(OID.ocspBasic), octets(basic))),
  );
}
