import { ExtensionType } from "../../wire/code-points.ts";
import { carriedAs, type ExtensionSpec, u16Body } from "./spec.ts";

/** RFC 8449. */
export const recordSizeLimit: ExtensionSpec = {
  name: "record_size_limit",
  type: ExtensionType.record_size_limit,
  carriers: {
    client_hello: carriedAs("record_size_limit", u16Body),
    server_hello12: carriedAs("record_size_limit", u16Body),
    encrypted_extensions: carriedAs("record_size_limit", u16Body),
  },
  offer: ({ config }, into) => {
    if (config.recordSizeLimit !== undefined)
      into.record_size_limit = config.recordSizeLimit;
  },
};
