/** Extensions by which a client offers PSKs, RFC 9846 4.3.9 to 4.3.11. */
import {
  type BodyCodec,
  type ExtensionSpec,
  type OfferedPsks,
  carriedAs,
  emptyBody,
  u16Body,
} from "./spec.ts";
import { PSK_MODES } from "../registries/psk-modes.ts";
import { ExtensionType } from "../../wire/code-points.ts";

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

/** RFC 9846 4.3.11: "MUST be the last extension in the ClientHello". */
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

const modes: BodyCodec<readonly number[]> = {
  write: (writer, values) =>
    writer.vector8((w) => {
      for (const value of values) w.u8(value);
    }),
  read: (reader) => reader.list8((r) => r.u8(), 1),
};

/** RFC 9846 4.3.9: without it a server sends no tickets. */
export const pskKeyExchangeModes: ExtensionSpec = {
  name: "psk_key_exchange_modes",
  type: ExtensionType.psk_key_exchange_modes,
  // [9846-4.3.9-06]
  carriers: { client_hello: carriedAs("psk_key_exchange_modes", modes) },
  offer: ({ config }, into) => {
    if (config.versions.includes("TLSv1.3"))
      // [9846-4.3.9-01] [9846-4.3.9-02]
      into.psk_key_exchange_modes = config.pskModes.map(
        (name) => PSK_MODES[name],
      );
  },
};

/** RFC 8773 5: a certificate beside an external PSK. */
export const certificateWithPsk: ExtensionSpec = {
  name: "tls_cert_with_extern_psk",
  type: ExtensionType.tls_cert_with_extern_psk,
  carriers: {
    client_hello: carriedAs("tls_cert_with_extern_psk", emptyBody),
    server_hello: carriedAs("tls_cert_with_extern_psk", emptyBody),
  },
  offer: ({ config, psks }, into) => {
    if (config.certificateWithPsk && psks !== undefined)
      into.tls_cert_with_extern_psk = true;
  },
};

/** max_early_data_size */
const maxEarlyDataSize: BodyCodec<number> = {
  write: (writer, size) => writer.u32(size),
  read: (reader) => reader.u32(),
};

/** RFC 9846 4.3.10; a server that wants none reads it so as to skip the data. */
export const earlyData: ExtensionSpec = {
  name: "early_data",
  type: ExtensionType.early_data,
  carriers: {
    client_hello: carriedAs("early_data", emptyBody),
    encrypted_extensions: carriedAs("early_data", emptyBody),
    new_session_ticket: carriedAs("early_data", maxEarlyDataSize),
  },
  offer: ({ earlyData: offered }, into) => {
    if (offered) into.early_data = true;
  },
  answer: ({ earlyData: accepted }, into, agreed) => {
    agreed.earlyData = accepted;
    // [9846-4.3.10-05c] [9846-4.3.10-10a]
    if (accepted) into.early_data = true;
  },
  agree: ({ early_data: accepted = false }, _context, agreed) => {
    agreed.earlyData = accepted;
  },
};
