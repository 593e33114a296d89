import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  type ExtensionSpec,
  type OfferedPsks,
  u16Body,
} from "./spec.ts";

const offered: BodyCodec<OfferedPsks> = {
  write: (writer, { identities, binders }) => {
    writer.vector16((list) => {
      for (const { identity, obfuscatedTicketAge } of identities)
        list.opaque16(identity).u32(obfuscatedTicketAge);
    });
    writer.vector16((list) => {
      for (const binder of binders) list.opaque8(binder);
    });
  },
  read: (reader) => ({
    identities: reader.list16(
      (r) => ({ identity: r.opaque16(1), obfuscatedTicketAge: r.u32() }),
      1,
    ),
    // One of a wrong length is a wrong binder, where it is looked at.
    binders: reader.list16((r) => r.opaque8(), 1),
  }),
};

/** RFC 8446 4.2.11: "MUST be the last extension in the ClientHello". */
export const preSharedKey: ExtensionSpec = {
  name: "pre_shared_key",
  type: ExtensionType.pre_shared_key,
  carriers: {
    client_hello: carriedAs("pre_shared_key", offered),
    server_hello: carriedAs("pre_shared_key", u16Body),
  },
  offer: ({ psks }, into) => {
    if (psks !== undefined) into.pre_shared_key = psks;
  },
};
