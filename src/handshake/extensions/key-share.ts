import type { Reader } from "../../wire/reader.ts";
import type { Writer } from "../../wire/writer.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  type ExtensionSpec,
  type KeyShareEntry,
  u16Body,
} from "./spec.ts";

const entry: BodyCodec<KeyShareEntry> = {
  write: (writer: Writer, { group, share }) =>
    writer.u16(group).opaque16(share),
  read: (reader: Reader) => ({
    group: reader.u16(),
    share: reader.opaque16(1),
  }),
};

const entries: BodyCodec<readonly KeyShareEntry[]> = {
  write: (writer, values) =>
    writer.vector16((list) => {
      for (const value of values) entry.write(list, value);
    }),
  read: (reader) => reader.list16((r) => entry.read(r)),
};

/** RFC 8446 4.2.8. */
export const keyShare: ExtensionSpec = {
  name: "key_share",
  type: ExtensionType.key_share,
  carriers: {
    client_hello: carriedAs("key_share", entries),
    server_hello: carriedAs("key_share", entry),
    hello_retry_request: carriedAs("key_share", u16Body),
  },
  offer: ({ config, keyShares }, into) => {
    if (config.versions.includes("TLSv1.3")) into.key_share = keyShares;
  },
};
