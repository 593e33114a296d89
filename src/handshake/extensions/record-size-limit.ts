import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  type ExtensionSpec,
  u16Body,
} from "./spec.ts";

const limit: BodyCodec<number> = {
  write: (writer, value) => {
    u16Body.write(writer, value);
  },
  read: (reader) => {
    const value = u16Body.read(reader);
    // RFC 8449 4: "a fatal error". One above the protocol's own limit is allowed
    // and means no more than that.
    if (value < 64)
      throw new TlsError(reason.record_size_limit_too_small, {
        detail: `${value.toString()} bytes`,
      });
    return value;
  },
};

/** RFC 8449. */
export const recordSizeLimit: ExtensionSpec = {
  name: "record_size_limit",
  type: ExtensionType.record_size_limit,
  carriers: {
    client_hello: carriedAs("record_size_limit", limit),
    server_hello12: carriedAs("record_size_limit", limit),
    encrypted_extensions: carriedAs("record_size_limit", limit),
  },
  offer: ({ config }, into) => {
    if (config.recordSizeLimit !== undefined)
      into.record_size_limit = config.recordSizeLimit;
  },
};
