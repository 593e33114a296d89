import { ExtensionType, ProtocolVersion } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  type ExtensionSpec,
  u16Body,
} from "./spec.ts";

const versions: BodyCodec<readonly number[]> = {
  write: (writer, values) =>
    writer.vector8((w) => {
      for (const value of values) w.u16(value);
    }),
  read: (reader) => reader.list8((r) => r.u16(), 1),
};

/** RFC 9846 4.3.1. */
export const supportedVersions: ExtensionSpec = {
  name: "supported_versions",
  type: ExtensionType.supported_versions,
  carriers: {
    client_hello: carriedAs("supported_versions", versions),
    server_hello: carriedAs("supported_versions", u16Body),
    hello_retry_request: carriedAs("supported_versions", u16Body),
  },
  // [9846-4.2.2-06] [9846-4.3.1-01]
  // A client of TLS 1.2 alone says so with legacy_version.
  offer: ({ config: { versions } }, into) => {
    if (versions.includes("TLSv1.3"))
      into.supported_versions = versions
        .map((name) => ProtocolVersion[name])
        .sort((a, b) => b - a);
  },
};
