import { Reader } from "../../wire/reader.ts";
import type { KeyExchange12 } from "../registries/cipher-suites12.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** Content of a ClientKeyExchange, once the suite tells how to read it. */
export interface ClientKeyExchangeFields {
  /** RFC 4279 2, with a PSK. */
  readonly pskIdentity: Uint8Array | undefined;
  /** The client's share or, with RSA, the encrypted preliminary secret. */
  readonly exchange: Uint8Array | undefined;
}

/** The message with a body that only the suite explains, RFC 5246 7.4.7. */
export interface ClientKeyExchange extends Message {
  readonly body: Uint8Array;
}

export function encodeClientKeyExchange(
  keyExchange: KeyExchange12,
  { pskIdentity, exchange }: ClientKeyExchangeFields,
): Uint8Array {
  return encodeMessage("client_key_exchange", (writer) => {
    if (pskIdentity !== undefined) writer.opaque16(pskIdentity);
    if (exchange === undefined) return;
    // RFC 8422 5.7: a point has one byte of length; the others have two.
    if (keyExchange.startsWith("EC")) writer.opaque8(exchange);
    else writer.opaque16(exchange);
  });
}

export function readClientKeyExchange({
  body,
  raw,
}: RawMessage): ClientKeyExchange {
  return { body, raw };
}

/**
 * Reads the body by the suite's key exchange.
 *
 * @throws TlsError
 */
export function parseClientKeyExchange(
  { body }: ClientKeyExchange,
  keyExchange: KeyExchange12,
): ClientKeyExchangeFields {
  return Reader.all(body, "ClientKeyExchange", (reader) => {
    const pskIdentity = keyExchange.endsWith("PSK")
      ? reader.opaque16()
      : undefined;
    const exchange =
      keyExchange === "PSK"
        ? undefined
        : keyExchange.startsWith("EC")
          ? reader.opaque8(1)
          : reader.opaque16(1);
    return { pskIdentity, exchange };
  });
}
