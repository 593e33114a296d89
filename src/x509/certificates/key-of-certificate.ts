import type { Bytes } from "../../bytes.ts";
import { readSingle, constructedTag } from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";

/** Between the version and the key, RFC 5280 4.1. */
const BEFORE_KEY = [
  "serialNumber",
  "signature",
  "issuer",
  "validity",
  "subject",
] as const;

/**
 * DER of the key in a certificate whose other fields may be anything at all: a
 * view on the bytes.
 *
 * @throws X509Error `malformed_certificate` where there is no such field
 */
export function keyOfCertificate(der: Uint8Array): Bytes {
  return decoding(fault.malformed_certificate, () => {
    const tbs = readSingle(der, TAG.sequence, "Certificate")
      .reader()
      .read(TAG.sequence, "tbsCertificate")
      .reader();
    tbs.optional(constructedTag(0), "version");
    for (const field of BEFORE_KEY) tbs.readAny(field);
    return tbs.read(TAG.sequence, "subjectPublicKeyInfo").der;
  });
}
