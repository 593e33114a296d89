/** Groups, key shares, and the cookie of a second hello: RFC 9846 4.3.2, 4.3.7, 4.3.8. */
import {
  type BodyCodec,
  type ExtensionSpec,
  type KeyShareEntry,
  carriedAs,
  u16Body,
  u16ListBody,
} from "./spec.ts";
import type { GroupName } from "../../crypto/provider.ts";
import type { CipherSuite12 } from "../registries/cipher-suites12.ts";
import { GROUPS } from "../registries/groups.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import type { Reader } from "../../wire/reader.ts";
import type { Writer } from "../../wire/writer.ts";

const codeOf = (name: GroupName): number => GROUPS[name];

/** Tells whether a suite of TLS 1.2 has a key exchange on a curve. */
export function isElliptic({ keyExchange }: CipherSuite12): boolean {
  return keyExchange.startsWith("EC");
}

// [9846-4.3.7-04]
/** RFC 9846 4.3.7. */
export const supportedGroups: ExtensionSpec = {
  name: "supported_groups",
  type: ExtensionType.supported_groups,
  carriers: {
    client_hello: carriedAs("supported_groups", u16ListBody),
    // No server should, and some do: it says nothing that binds anybody.
    server_hello12: carriedAs("supported_groups", u16ListBody),
    // [9846-4.3.7-03]
    encrypted_extensions: carriedAs("supported_groups", u16ListBody),
  },
  offer: ({ groups, config }, into) => {
    // [8422-4-03]
    // RFC 8422 4: no curves without a suite that has a use for them.
    const named =
      config.versions.includes("TLSv1.3") || config.suites12.some(isElliptic)
        ? groups
        : groups.filter((name) => name.startsWith("ffdhe"));
    if (named.length > 0) into.supported_groups = named.map(codeOf);
  },
  // RFC 9846 4.3.7: a group would be preferred to those with a share.
  answer: ({ version, config: { groups }, hello: { extensions } }, into) => {
    const { key_share: shares } = extensions;
    const [best] = groups;
    if (version !== "TLSv1.3" || shares === undefined || best === undefined)
      return;
    if (!shares.some(({ group }) => group === GROUPS[best]))
      into.supported_groups = groups.map(codeOf);
  },
};

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

/** RFC 9846 4.3.8. */
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

const cookieBody: BodyCodec<Uint8Array> = {
  write: (writer, value) => writer.opaque16(value),
  read: (reader) => reader.opaque16(1),
};

/** RFC 9846 4.3.2. */
export const cookie: ExtensionSpec = {
  name: "cookie",
  type: ExtensionType.cookie,
  carriers: {
    client_hello: carriedAs("cookie", cookieBody),
    hello_retry_request: carriedAs("cookie", cookieBody),
  },
  offer: (context, into) => {
    // [9846-4.3.2-02]
    if (context.cookie !== undefined) into.cookie = context.cookie;
  },
};
