import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  emptyBody,
  type ExtensionSpec,
} from "./spec.ts";

/** CertificateStatusType ocsp, RFC 6066 8. */
export const OCSP = 1;

/** RFC 6066 8: any responder, and no extensions, as everybody asks. */
const certificateStatusRequest: BodyCodec<number> = {
  write: (writer, type) => writer.u8(type).u16(0).u16(0),
  read: (reader) => {
    const type = reader.u8();
    // A type that is not known has a body that is not known.
    if (type !== OCSP) {
      reader.rest();
      return type;
    }
    reader.list16((r) => r.opaque16(1));
    reader.opaque16();
    return type;
  },
};

/** CertificateStatus, RFC 6066 8: here, and as a message of TLS 1.2. */
export const certificateStatus: BodyCodec<Uint8Array> = {
  write: (writer, response) => writer.u8(OCSP).opaque24(response),
  read: (reader) => {
    if (reader.u8() !== OCSP)
      throw new TlsError(reason.malformed_message, {
        detail: "CertificateStatus: not of type ocsp",
      });
    return reader.opaque24(1);
  },
};

/** RFC 6066 8, RFC 8446 4.4.2.1. */
export const statusRequest: ExtensionSpec = {
  name: "status_request",
  type: ExtensionType.status_request,
  carriers: {
    client_hello: carriedAs("status_request", certificateStatusRequest),
    server_hello12: carriedAs("status_request", emptyBody),
    certificate_request: carriedAs("status_request", emptyBody),
    certificate: carriedAs("status_request", certificateStatus),
  },
  offer: ({ config }, into) => {
    if (config.ocspStapling) into.status_request = OCSP;
  },
  request: (config, into) => {
    if (config.ocspStapling) into.status_request = true;
  },
  staple: ({ ocspResponse }, { status_request: asked }, into) => {
    if (ocspResponse !== undefined && (asked === true || asked === OCSP))
      into.status_request = ocspResponse;
  },
};
