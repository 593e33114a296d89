import { ExtensionType } from "../../wire/code-points.ts";
import { carriedAs, type ExtensionSpec, opaqueBody } from "./spec.ts";

/** RFC 9849 5: bytes here; who speaks ECH brings who reads them. */
export const encryptedClientHello: ExtensionSpec = {
  name: "encrypted_client_hello",
  type: ExtensionType.encrypted_client_hello,
  carriers: {
    client_hello: carriedAs("encrypted_client_hello", opaqueBody),
    hello_retry_request: carriedAs("encrypted_client_hello", opaqueBody),
    encrypted_extensions: carriedAs("encrypted_client_hello", opaqueBody),
  },
  offer: ({ ech }, into) => {
    if (ech !== undefined) into.encrypted_client_hello = ech;
  },
};
