import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  emptyBody,
  type ExtensionSpec,
} from "./spec.ts";

/** SignedCertificateTimestampList, RFC 6962 3.3. */
export const timestampList: BodyCodec<readonly Uint8Array[]> = {
  write: (writer, scts) =>
    writer.vector16((list) => {
      for (const sct of scts) list.opaque16(sct);
    }),
  read: (reader) => reader.list16((r) => r.opaque16(1), 1),
};

/** RFC 6962 3.3.1; its places in TLS 1.3: RFC 8446 4.2. */
export const signedCertificateTimestamp: ExtensionSpec = {
  name: "signed_certificate_timestamp",
  type: ExtensionType.signed_certificate_timestamp,
  carriers: {
    client_hello: carriedAs("signed_certificate_timestamp", emptyBody),
    server_hello12: carriedAs("signed_certificate_timestamp", timestampList),
    certificate_request: carriedAs("signed_certificate_timestamp", emptyBody),
    certificate: carriedAs("signed_certificate_timestamp", timestampList),
  },
  offer: ({ config }, into) => {
    if (config.signedCertificateTimestamps)
      into.signed_certificate_timestamp = true;
  },
  request: (config, into) => {
    if (config.signedCertificateTimestamps)
      into.signed_certificate_timestamp = true;
  },
  staple: ({ scts }, { signed_certificate_timestamp: asked }, into) => {
    if (scts !== undefined && asked !== undefined)
      into.signed_certificate_timestamp = scts;
  },
};
