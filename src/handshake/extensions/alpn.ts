import { latin1, latin1Bytes } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { listedProtocols } from "../registries/listing.ts";
import { type BodyCodec, carriedAs, type ExtensionSpec } from "./spec.ts";

/** Protocol names are bytes: one character stands for one byte. */
const protocolNames: BodyCodec<readonly string[]> = {
  write: (writer, names) =>
    writer.vector16((list) => {
      for (const name of names) list.opaque8(latin1Bytes(name));
    }),
  read: (reader) => reader.list16((r) => latin1(r.opaque8(1)), 1),
};

/** RFC 7301. */
export const applicationLayerProtocolNegotiation: ExtensionSpec = {
  name: "application_layer_protocol_negotiation",
  type: ExtensionType.application_layer_protocol_negotiation,
  carriers: {
    client_hello: carriedAs(
      "application_layer_protocol_negotiation",
      protocolNames,
    ),
    server_hello12: carriedAs(
      "application_layer_protocol_negotiation",
      protocolNames,
    ),
    encrypted_extensions: carriedAs(
      "application_layer_protocol_negotiation",
      protocolNames,
    ),
  },
  offer: ({ config }, into) => {
    if (config.alpnProtocols.length > 0)
      into.application_layer_protocol_negotiation = config.alpnProtocols;
  },
  answer: ({ alpnProtocol: name }, into, agreed) => {
    agreed.alpnProtocol = name;
    if (name !== undefined)
      into.application_layer_protocol_negotiation = [name];
  },
  // RFC 7301 3.1: "exactly one ProtocolName", and one of those offered.
  agree: (said, { config: { alpnProtocols } }, agreed) => {
    const names = said.application_layer_protocol_negotiation;
    if (names === undefined) return;
    const [name] = names;
    if (name === undefined || names.length > 1 || !alpnProtocols.includes(name))
      throw new TlsError(reason.wrong_protocol_returned, {
        detail: `it chose ${listedProtocols(names)}; this client offers ${listedProtocols(alpnProtocols)}`,
      });
    agreed.alpnProtocol = name;
  },
};
