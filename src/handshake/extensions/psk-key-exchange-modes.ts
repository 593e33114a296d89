import { ExtensionType } from "../../wire/code-points.ts";
import { PSK_MODES } from "../psk-modes.ts";
import { type BodyCodec, carriedAs, type ExtensionSpec } from "./spec.ts";

const modes: BodyCodec<readonly number[]> = {
  write: (writer, values) =>
    writer.vector8((w) => {
      for (const value of values) w.u8(value);
    }),
  read: (reader) => reader.list8((r) => r.u8(), 1),
};

/** RFC 8446 4.2.9: without it a server sends no tickets. */
export const pskKeyExchangeModes: ExtensionSpec = {
  name: "psk_key_exchange_modes",
  type: ExtensionType.psk_key_exchange_modes,
  carriers: { client_hello: carriedAs("psk_key_exchange_modes", modes) },
  offer: ({ config }, into) => {
    if (config.versions.includes("TLSv1.3"))
      into.psk_key_exchange_modes = config.pskModes.map(
        (name) => PSK_MODES[name],
      );
  },
};
