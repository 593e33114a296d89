/** Timestamps inside certificates and OCSP responses: RFC 6962 3.3. */
import { concat, equal } from "../../bytes.ts";
import type { Certificate } from "./certificate.ts";
import {
  constructedTag,
  type DerElement,
  DerError,
  objectIdentifier,
  readSingle,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { X509Error } from "../faults/errors.ts";
import { parseOcspResponse } from "./ocsp.ts";
import * as OID from "../der/oids.ts";

/** Those in the certificate's own extension; views. Malformed ones are none. */
export function embeddedTimestamps(leaf: Certificate): readonly Uint8Array[] {
  const extension = leaf.extension(OID.signedCertificateTimestamps);
  return extension === undefined ? [] : timestampsIn(extension.value);
}

/**
 * Those that an OCSP response has about the leaf. They speak for themselves:
 * whoever signed the response need not be known.
 */
export function timestampsOfResponse(
  response: Uint8Array,
  { serialNumber }: Certificate,
): readonly Uint8Array[] {
  try {
    return parseOcspResponse(response)
      .responses.filter((one) => equal(one.serialNumber, serialNumber))
      .flatMap(({ extensions }) => extensions)
      .filter(({ oid }) => oid === OID.ocspSignedCertificateTimestamps)
      .flatMap(({ value }) => timestampsIn(value));
  } catch (error) {
    if (error instanceof X509Error) return [];
    throw error;
  }
}

/**
 * RFC 6962 3.2: the TBSCertificate that a log signed before its timestamps came
 * into the certificate, "without the poison extension" and without them.
 */
export function tbsWithoutTimestamps({ tbs }: Certificate): Uint8Array {
  const fields: Uint8Array[] = [];
  const reader = readSingle(tbs, TAG.sequence, "tbsCertificate").reader();
  while (!reader.done) {
    const field = reader.readAny("tbsCertificate");
    if (field.tag !== constructedTag(3)) fields.push(field.der);
    else fields.push(...extensionsField(field));
  }
  return encoded(TAG.sequence, concat(...fields));
}

function extensionsField(field: DerElement): readonly Uint8Array[] {
  const kept: Uint8Array[] = [];
  const list = readSingle(field.content, TAG.sequence, "extensions").reader();
  while (!list.done) {
    const extension = list.read(TAG.sequence, "Extension");
    const id = extension.reader().read(TAG.objectIdentifier, "extnID");
    if (objectIdentifier(id, "extnID") !== OID.signedCertificateTimestamps)
      kept.push(extension.der);
  }
  if (kept.length === 0) return [];
  const sequence = encoded(TAG.sequence, concat(...kept));
  return [encoded(constructedTag(3), sequence)];
}

/** RFC 6962 3.3: an OCTET STRING with a SignedCertificateTimestampList. */
function timestampsIn(value: Uint8Array): readonly Uint8Array[] {
  try {
    return splitList(readSingle(value, TAG.octetString, "SCTs").content);
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}

/** "SerializedSCT sct_list <1..2^16-1>", each `opaque<1..2^16-1>`. */
function splitList(list: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(list.buffer, list.byteOffset, list.length);
  if (list.length < 2 || view.getUint16(0) !== list.length - 2) return [];
  const scts: Uint8Array[] = [];
  for (let at = 2; at < list.length;) {
    if (at + 2 > list.length) return [];
    const end = at + 2 + view.getUint16(at);
    if (end === at + 2 || end > list.length) return [];
    scts.push(list.subarray(at + 2, end));
    at = end;
  }
  return scts;
}

/** X.690 10.1: the length in its shortest form. */
function encoded(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256))
    size.unshift(rest % 256);
  const head = length < 0x80 ? [length] : [0x80 | size.length, ...size];
  return concat(Uint8Array.of(tag, ...head), content);
}
