import { ExtensionType } from "../../wire/code-points.ts";
import { carriedAs, emptyBody, type ExtensionSpec } from "./spec.ts";

/** RFC 7366 2, for the CBC suites of TLS 1.2. */
export const encryptThenMac: ExtensionSpec = {
  name: "encrypt_then_mac",
  type: ExtensionType.encrypt_then_mac,
  carriers: {
    client_hello: carriedAs("encrypt_then_mac", emptyBody),
    server_hello12: carriedAs("encrypt_then_mac", emptyBody),
  },
  offer: ({ config }, into) => {
    if (config.suites12.some(({ protection }) => protection.kind === "cbc"))
      into.encrypt_then_mac = true;
  },
};
