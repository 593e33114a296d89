/** Certification requests: PKCS#10, RFC 2986. */

import { type Bytes, unshared } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { readAlgorithm, signatureAlgorithm } from "../x509/keys/algorithms.ts";
import type { DerElement } from "../x509/der/der.ts";
import {
  bitStringBytes,
  constructedTag,
  DerError,
  objectIdentifier as readOid,
  readSingle,
  smallInteger,
} from "../x509/der/der.ts";
import * as TAG from "../x509/der/tags.ts";
import { decoding, X509Error } from "../x509/faults/errors.ts";
import * as fault from "../x509/faults/faults.ts";
import type { Extension } from "../x509/certificates/extensions.ts";
import { altNames, readExtensions } from "../x509/certificates/extensions.ts";
import type { GeneralName } from "../x509/names/general-name.ts";
import { Name } from "../x509/names/name.ts";
import { encodePem } from "../x509/keys/pem.ts";
import * as OID from "../x509/der/oids.ts";
import type { SubjectPublicKeyInfo } from "../x509/keys/public-key.ts";
import { parseSubjectPublicKeyInfo } from "../x509/keys/public-key.ts";
import {
  constructed,
  objectIdentifier,
  sequence,
  setOf,
  unsignedInteger,
} from "./der/asn1.ts";
import type { ExtensionInput } from "./der/extensions.ts";
import {
  encodeExtensions,
  mergeExtensions,
  subjectAlternativeName,
} from "./der/extensions.ts";
import type { KeyType } from "./keys/keys.ts";
import type { PkiKey } from "./keys/keys.ts";
import { keyFor } from "./keys/keys.ts";
import type { AlternativeNames, NameInput } from "./der/names.ts";
import { encodeName } from "./der/names.ts";
import { ipAddressText } from "./der/ip-address.ts";
import { derBlocks } from "./pem-input.ts";

import type { IssuingSignature } from "./keys/signatures.ts";
import { signedSequence, signingWith } from "./keys/signatures.ts";

const WHAT = "CertificationRequest";

/**
 * A request, read strictly and with its signature checked. See
 * {@link createRequest} for an example.
 */
export class CertificateRequest {
  readonly der: Bytes;
  readonly subject: Name;
  /** The key that asks; it signed the request, so the asker has it. */
  readonly publicKeyInfo: SubjectPublicKeyInfo;
  /** Extensions that the request asks for. */
  readonly extensions: readonly Extension[];
  /** Of subjectAltName: DNS names and IP addresses, mailboxes, URIs. */
  readonly names: Required<AlternativeNames>;

  private constructor(der: Bytes, fields: Fields) {
    this.der = der;
    this.subject = fields.subject;
    this.publicKeyInfo = fields.publicKeyInfo;
    this.extensions = fields.extensions;
    this.names = fields.names;
  }

  /**
   * Reads PEM or DER.
   *
   * @throws X509Error `malformed_pem`, `no_pem_block`, `malformed_certificate`,
   *   `malformed_public_key`, `unsupported_public_key`,
   *   `unsupported_signature_algorithm` or `signature_failure`
   */
  static parse(
    provider: CryptoProvider,
    pemOrDer: string | Uint8Array,
  ): CertificateRequest {
    const labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
    const der = derBlocks(pemOrDer, labels)[0].slice();
    return new CertificateRequest(
      der,
      decoding(fault.malformed_certificate, () => readRequest(provider, der)),
    );
  }

  /** PEM "CERTIFICATE REQUEST". */
  get pem(): string {
    return encodePem("CERTIFICATE REQUEST", this.der);
  }
}

export interface CreateRequestOptions extends AlternativeNames {
  readonly provider: CryptoProvider;
  /** The subject; empty unless given. */
  readonly name?: NameInput;
  /** A key, or the type of one to make; a new P-256 key unless given. */
  readonly key?: PkiKey | KeyType;
  /** More that the certificate should have. */
  readonly extensions?: readonly ExtensionInput[];
  readonly signature?: IssuingSignature;
}

export interface CreatedRequest {
  readonly der: Bytes;
  readonly pem: string;
  readonly key: PkiKey;
}

/**
 * Makes a request for a certificate over a key, signed by it.
 *
 * @throws TypeError when a name is malformed
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { CertificateRequest, createCertificateAuthority, createRequest } from "puretls/pki";
 *
 * const made = createRequest({ provider, hosts: ["a.example"] });
 * const request = CertificateRequest.parse(provider, made.pem);
 * ```
 */
export function createRequest(options: CreateRequestOptions): CreatedRequest {
  const { provider } = options;
  const key = keyFor(provider, options.key);
  const subject = encodeName(options.name ?? {});
  const names = subjectAlternativeName(options, subject.length <= 2);
  const extensions = mergeExtensions(
    names === undefined ? [] : [names],
    options.extensions,
  );
  const attributes =
    extensions.length === 0
      ? []
      : [
          sequence(
            objectIdentifier(EXTENSION_REQUEST),
            setOf(encodeExtensions(extensions)),
          ),
        ];
  const signing = signingWith(key, options.signature);
  const info = sequence(
    unsignedInteger(0),
    subject,
    key.publicKeyInfo(),
    constructed(0, ...attributes),
  );
  const der = unshared(signedSequence(provider, key, signing, info));
  return { der, pem: encodePem("CERTIFICATE REQUEST", der), key };
}

/** RFC 2985 5.4.2. */
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

interface Fields {
  readonly subject: Name;
  readonly publicKeyInfo: SubjectPublicKeyInfo;
  readonly extensions: readonly Extension[];
  readonly names: Required<AlternativeNames>;
}

function readRequest(provider: CryptoProvider, der: Uint8Array): Fields {
  const reader = readSingle(der, TAG.sequence, WHAT).reader();
  const info = reader.read(TAG.sequence, "CertificationRequestInfo");
  const algorithm = reader.read(TAG.sequence, "signatureAlgorithm");
  const signature = bitStringBytes(
    reader.read(TAG.bitString, "signature"),
    "signature",
  );
  reader.end(WHAT);
  const fields = readInfo(info);
  checkSignature(provider, fields.publicKeyInfo, {
    algorithm,
    message: info.der,
    signature,
  });
  return fields;
}

function readInfo(info: DerElement): Fields {
  const reader = info.reader();
  if (smallInteger(reader.read(TAG.integer, "version"), "version") !== 0)
    throw new DerError("a request of unknown version");
  const subject = Name.over(reader.read(TAG.sequence, "subject").der);
  const publicKeyInfo = parseSubjectPublicKeyInfo(
    reader.read(TAG.sequence, "subjectPKInfo").der,
  );
  const attributes = reader.optional(constructedTag(0), "attributes");
  reader.end("CertificationRequestInfo");
  const extensions = attributes === undefined ? [] : readAttributes(attributes);
  const san = extensions.find(({ oid }) => oid === OID.subjectAltName);
  const names = sortNames(san === undefined ? [] : altNames(san.value));
  // Looks into the name, so that what is wrong with it comes out here.
  if (subject.key.length > MOST_NAME)
    throw new DerError("a subject of more than 64 KiB");
  return { subject, publicKeyInfo, extensions, names };
}

const MOST_NAME = 65_536;

function readAttributes(attributes: DerElement): readonly Extension[] {
  const reader = attributes.reader();
  let extensions: readonly Extension[] | undefined;
  while (!reader.done) {
    const attribute = reader.read(TAG.sequence, "Attribute").reader();
    const type = readOid(
      attribute.read(TAG.objectIdentifier, "Attribute type"),
      "Attribute type",
    );
    const values = attribute.read(TAG.set, "Attribute values").reader();
    attribute.end("Attribute");
    if (type !== EXTENSION_REQUEST) continue;
    if (extensions !== undefined)
      throw new DerError("two attributes extensionRequest");
    extensions = readExtensions(values.read(TAG.sequence, "Extensions"));
    values.end("extensionRequest");
  }
  return extensions ?? [];
}

/** Names of other kinds cannot be asked for and are passed over. */
function sortNames(names: readonly GeneralName[]): Required<AlternativeNames> {
  const hosts: string[] = [];
  const emails: string[] = [];
  const uris: string[] = [];
  for (const name of names) {
    if (name.type === "dNSName") hosts.push(name.value);
    if (name.type === "rfc822Name") emails.push(name.value);
    if (name.type === "uniformResourceIdentifier") uris.push(name.value);
    if (name.type !== "iPAddress") continue;
    const address = ipAddressText(name.value);
    if (address === undefined)
      throw new DerError("an IP address of neither 4 nor 16 bytes");
    hosts.push(address);
  }
  return { hosts, emails, uris };
}

function checkSignature(
  provider: CryptoProvider,
  info: SubjectPublicKeyInfo,
  signed: {
    readonly algorithm: DerElement;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  },
): void {
  const identifier = readAlgorithm(signed.algorithm);
  const algorithm = signatureAlgorithm(identifier);
  const verifier = algorithm && provider.verifiers[algorithm.name];
  if (algorithm === undefined || algorithm.weak || verifier === undefined)
    throw new X509Error(fault.unsupported_signature_algorithm, identifier.oid);
  // RFC 4055 1.2: an id-RSASSA-PSS key signs in no other way.
  const mayUse = algorithm.pss || info.algorithm !== "id-RSASSA-PSS";
  if (!mayUse || !verifier(info.key, signed.message, signed.signature))
    throw new X509Error(
      fault.signature_failure,
      "the request is not signed by the key that it names",
    );
}
