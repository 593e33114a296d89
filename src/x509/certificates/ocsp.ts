/** Stapled OCSP responses: RFC 6960, read and verified. */
import type { BytesLike } from "../../bytes.ts";
import { type Bytes, viewBytes } from "../../bytes.ts";
import type { AlgorithmIdentifier } from "../keys/algorithms.ts";
import { readAlgorithm } from "../keys/algorithms.ts";
import { Certificate } from "./certificate.ts";
import type { DerElement, DerReader } from "../der/der.ts";
import {
  bitStringBytes,
  constructedTag,
  contextTag,
  DerError,
  integerBytes,
  objectIdentifier,
  readSingle,
  smallInteger,
  timeValue,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { type Extension, readExtensions } from "./extensions.ts";
import { Name } from "../names/name.ts";
import * as OID from "../der/oids.ts";

/** RFC 6960 2.2. */
export type CertificateStatus = "good" | "revoked" | "unknown";

/** The answer about one certificate, RFC 6960 4.2.1. */
export interface SingleResponse {
  readonly hashAlgorithm: string;
  readonly issuerNameHash: Bytes;
  readonly issuerKeyHash: Bytes;
  readonly serialNumber: Bytes;
  readonly status: CertificateStatus;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  /** Milliseconds since the epoch; undefined where newer ones are always to be had. */
  readonly nextUpdate: number | undefined;
  /** None of them critical. */
  readonly extensions: readonly Extension[];
}

/** RFC 6960 4.2.1: who signed, by name or by SHA-1 of the key. */
export type ResponderId =
  | { readonly type: "byName"; readonly name: Name }
  | { readonly type: "byKey"; readonly keyHash: Bytes };

/** A BasicOCSPResponse. Arrays are views on the bytes that were copied. */
export interface OcspResponse {
  readonly tbs: Bytes;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Bytes;
  readonly responderId: ResponderId;
  /** Milliseconds since the epoch. */
  readonly producedAt: number;
  readonly responses: readonly SingleResponse[];
  /** Certificates that came along, DER: a delegated responder's own. */
  readonly certificates: readonly Certificate[];
}

/**
 * Reads a successful response. The bytes are copied.
 *
 * @throws X509Error `malformed_ocsp_response`; `ocsp_verify_failed` when the
 *   responder reports an error instead of an answer
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCertificateAuthority } from "puretls/pki";
 * import { parseOcspResponse } from "puretls/x509";
 *
 * const ca = createCertificateAuthority({ provider, name: "CA" });
 * const server = ca.issueServer({ hosts: ["a.example"] });
 * const { responses } = parseOcspResponse(ca.createOcspResponse(server));
 * if (responses[0]?.status !== "good") throw new Error();
 * ```
 */
export function parseOcspResponse(der: BytesLike): OcspResponse {
  const own = viewBytes(der, "an OCSP response").slice();
  return decoding(fault.malformed_ocsp_response, () => {
    const reader = readSingle(own, TAG.sequence, "OCSPResponse").reader();
    const status = smallInteger(
      reader.read(TAG.enumerated, "responseStatus"),
      "responseStatus",
    );
    if (status !== 0)
      throw new X509Error(
        fault.ocsp_verify_failed,
        `the responder answers with status ${status.toString()}`,
      );
    const bytes = reader
      .read(constructedTag(0), "responseBytes")
      .reader()
      .read(TAG.sequence, "ResponseBytes")
      .reader();
    reader.end("OCSPResponse");
    const type = objectIdentifier(
      bytes.read(TAG.objectIdentifier, "responseType"),
      "responseType",
    );
    const response = bytes.read(TAG.octetString, "response");
    bytes.end("ResponseBytes");
    if (type !== OID.ocspBasic) throw new DerError("not a BasicOCSPResponse");
    return readBasic(response.content);
  });
}

function readBasic(der: Uint8Array): OcspResponse {
  const what = "BasicOCSPResponse";
  const reader = readSingle(der, TAG.sequence, what).reader();
  const data = reader.read(TAG.sequence, "tbsResponseData");
  const signatureAlgorithm = readAlgorithm(
    reader.read(TAG.sequence, "signatureAlgorithm"),
  );
  const signature = bitStringBytes(
    reader.read(TAG.bitString, "signature"),
    "signature",
  );
  const certificates: Certificate[] = [];
  const field = reader.optional(constructedTag(0), "certs");
  reader.end(what);
  if (field !== undefined) {
    const list = readSingle(field.content, TAG.sequence, "certs").reader();
    while (!list.done)
      certificates.push(
        Certificate.parse(list.read(TAG.sequence, "Certificate").der),
      );
  }
  return {
    tbs: data.der,
    signatureAlgorithm,
    signature,
    certificates,
    ...readResponseData(data.reader()),
  };
}

function readResponseData(
  reader: DerReader,
): Pick<OcspResponse, "responderId" | "producedAt" | "responses"> {
  // Version 1 is the default and all there is.
  if (reader.nextTag === constructedTag(0))
    throw new DerError("a version of OCSP that is not known");
  const responderId = readResponderId(reader.readAny("responderID"));
  const producedAt = generalizedTime(reader.readAny("producedAt"));
  const list = reader.read(TAG.sequence, "responses").reader();
  const responses: SingleResponse[] = [];
  while (!list.done)
    responses.push(
      readSingleResponse(list.read(TAG.sequence, "SingleResponse").reader()),
    );
  uncriticalExtensions(
    reader.optional(constructedTag(1), "responseExtensions"),
  );
  reader.end("tbsResponseData");
  return { responderId, producedAt, responses };
}

function readResponderId(element: DerElement): ResponderId {
  if (element.tag === constructedTag(1))
    return {
      type: "byName",
      name: Name.over(
        readSingle(element.content, TAG.sequence, "responder name").der,
      ),
    };
  if (element.tag !== constructedTag(2))
    throw new DerError("responderID is neither a name nor a key");
  const hash = readSingle(element.content, TAG.octetString, "KeyHash");
  return { type: "byKey", keyHash: hash.content };
}

function readSingleResponse(reader: DerReader): SingleResponse {
  const id = reader.read(TAG.sequence, "certID").reader();
  const hashAlgorithm = readAlgorithm(
    id.read(TAG.sequence, "hashAlgorithm"),
  ).oid;
  const issuerNameHash = id.read(TAG.octetString, "issuerNameHash").content;
  const issuerKeyHash = id.read(TAG.octetString, "issuerKeyHash").content;
  const serialNumber = integerBytes(
    id.read(TAG.integer, "serialNumber"),
    "serialNumber",
  );
  id.end("certID");
  const status = readStatus(reader.readAny("certStatus"));
  const thisUpdate = generalizedTime(reader.readAny("thisUpdate"));
  const next = reader.optional(constructedTag(0), "nextUpdate");
  const extensions = uncriticalExtensions(
    reader.optional(constructedTag(1), "singleExtensions"),
  );
  reader.end("SingleResponse");
  return {
    hashAlgorithm,
    issuerNameHash,
    issuerKeyHash,
    serialNumber,
    status,
    thisUpdate,
    extensions,
    nextUpdate:
      next &&
      generalizedTime(
        readSingle(next.content, TAG.generalizedTime, "nextUpdate"),
      ),
  };
}

function readStatus(element: DerElement): CertificateStatus {
  if (element.tag === contextTag(0) && element.length === 0) return "good";
  if (element.tag === constructedTag(1)) return "revoked";
  if (element.tag === contextTag(2) && element.length === 0) return "unknown";
  throw new DerError("certStatus is none of good, revoked and unknown");
}

function generalizedTime(element: DerElement): number {
  if (element.tag !== TAG.generalizedTime)
    throw new DerError("a time of OCSP is not a GeneralizedTime");
  return timeValue(element, "a time of OCSP");
}

/** Nothing critical is known; a nonce (none was sent) may be ignored. */
function uncriticalExtensions(
  field: DerElement | undefined,
): readonly Extension[] {
  if (field === undefined) return [];
  const list = readSingle(field.content, TAG.sequence, "extensions");
  const extensions = readExtensions(list);
  for (const { oid, critical } of extensions)
    if (critical) throw new DerError(`critical extension ${oid}`);
  return extensions;
}
