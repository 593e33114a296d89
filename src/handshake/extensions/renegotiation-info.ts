import { NO_BYTES } from "../../bytes.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { type BodyCodec, carriedAs, type ExtensionSpec } from "./spec.ts";

/** `opaque renegotiated_connection<0..255>` */
const renegotiatedConnection: BodyCodec<Uint8Array> = {
  write: (writer, value) => writer.opaque8(value),
  read: (reader) => reader.opaque8(),
};

/**
 * RFC 5746 3.2, for TLS 1.2. puretls never renegotiates: it says so with an
 * empty value, which shows a peer that nobody spliced two connections.
 */
export const renegotiationInfo: ExtensionSpec = {
  name: "renegotiation_info",
  type: ExtensionType.renegotiation_info,
  carriers: {
    client_hello: carriedAs("renegotiation_info", renegotiatedConnection),
    server_hello12: carriedAs("renegotiation_info", renegotiatedConnection),
  },
  offer: ({ config }, into) => {
    if (config.versions.includes("TLSv1.2")) into.renegotiation_info = NO_BYTES;
  },
};
