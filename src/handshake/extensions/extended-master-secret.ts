import { ExtensionType } from "../../wire/code-points.ts";
import { carriedAs, emptyBody, type ExtensionSpec } from "./spec.ts";

/** RFC 7627 5.1, for TLS 1.2. */
export const extendedMasterSecret: ExtensionSpec = {
  name: "extended_master_secret",
  type: ExtensionType.extended_master_secret,
  carriers: {
    client_hello: carriedAs("extended_master_secret", emptyBody),
    server_hello12: carriedAs("extended_master_secret", emptyBody),
  },
  offer: ({ config }, into) => {
    if (config.versions.includes("TLSv1.2")) into.extended_master_secret = true;
  },
};
