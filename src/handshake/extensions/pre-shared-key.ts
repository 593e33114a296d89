import { ExtensionType } from "../../wire/code-points.ts";
import { carriedAs, type ExtensionSpec, opaqueBody, u16Body } from "./spec.ts";

/**
 * RFC 8446 4.2.11. A server that knows none of the identities goes on with a
 * full handshake, so the offer is read as bytes; it has to come last.
 */
export const preSharedKey: ExtensionSpec = {
  name: "pre_shared_key",
  type: ExtensionType.pre_shared_key,
  carriers: {
    client_hello: carriedAs("pre_shared_key", opaqueBody),
    server_hello: carriedAs("pre_shared_key", u16Body),
  },
};
