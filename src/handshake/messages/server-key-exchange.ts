import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { Reader } from "../../wire/reader.ts";
import type { Writer } from "../../wire/writer.ts";
import type { KeyExchange12 } from "../registries/cipher-suites12.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** ECCurveType, RFC 8422 5.4: the other two are gone. */
const NAMED_CURVE = 3;

/** ServerECDHParams or ServerDHParams. */
export type KeyExchangeParams =
  | {
      readonly kind: "named_curve";
      /** NamedGroup. */
      readonly group: number;
      readonly share: Uint8Array;
    }
  | {
      readonly kind: "dh";
      /** Big-endian, as they came. */
      readonly p: Uint8Array;
      readonly g: Uint8Array;
      readonly share: Uint8Array;
    };

/** Content of a ServerKeyExchange, once the suite tells how to read it. */
export interface ServerKeyExchangeFields {
  /** RFC 4279 2, with a PSK. */
  readonly pskIdentityHint: Uint8Array | undefined;
  readonly params: KeyExchangeParams | undefined;
  /** The parameters as they stand in the message: what is signed. */
  readonly signedParams: Uint8Array;
  /** Absent with a PSK. */
  readonly signature:
    { readonly scheme: number; readonly signature: Uint8Array } | undefined;
}

/** The message with a body that only the suite explains, RFC 5246 7.4.3. */
export interface ServerKeyExchange extends Message {
  readonly body: Uint8Array;
}

/** The parameters alone: what a server signs before it sends them. */
export function writeParams(writer: Writer, params: KeyExchangeParams): Writer {
  return params.kind === "named_curve"
    ? writer.u8(NAMED_CURVE).u16(params.group).opaque8(params.share)
    : writer.opaque16(params.p).opaque16(params.g).opaque16(params.share);
}

export function encodeServerKeyExchange(
  fields: Omit<ServerKeyExchangeFields, "params">,
): Uint8Array {
  const { pskIdentityHint: hint, signedParams, signature } = fields;
  return encodeMessage(
    "server_key_exchange",
    (writer) => {
      if (hint !== undefined) writer.opaque16(hint);
      writer.bytes(signedParams);
      if (signature !== undefined)
        writer.u16(signature.scheme).opaque16(signature.signature);
    },
    2048,
  );
}

export function readServerKeyExchange({
  body,
  raw,
}: RawMessage): ServerKeyExchange {
  return { body, raw };
}

/**
 * Reads the body by the suite's key exchange.
 *
 * @throws TlsError
 */
export function parseServerKeyExchange(
  { body }: ServerKeyExchange,
  keyExchange: Exclude<KeyExchange12, "RSA">,
): ServerKeyExchangeFields {
  return Reader.all(body, "ServerKeyExchange", (reader) => {
    const pskIdentityHint = keyExchange.endsWith("PSK")
      ? reader.opaque16()
      : undefined;
    const before = body.length - reader.left;
    const params = readParams(reader, keyExchange);
    const signedParams = body.subarray(before, body.length - reader.left);
    const signature =
      pskIdentityHint === undefined
        ? { scheme: reader.u16(), signature: reader.opaque16() }
        : undefined;
    return { pskIdentityHint, params, signedParams, signature };
  });
}

function readParams(
  reader: Reader,
  keyExchange: Exclude<KeyExchange12, "RSA">,
): KeyExchangeParams | undefined {
  switch (keyExchange) {
    case "PSK":
      return undefined;
    case "DHE":
    case "DHE_PSK":
      return {
        kind: "dh",
        p: reader.opaque16(1),
        g: reader.opaque16(1),
        share: reader.opaque16(1),
      };
    case "ECDHE":
    case "ECDHE_PSK":
      if (reader.u8() !== NAMED_CURVE)
        throw new TlsError(reason.illegal_parameter, {
          detail: "ServerKeyExchange: a curve without a name",
        });
      return {
        kind: "named_curve",
        group: reader.u16(),
        share: reader.opaque8(1),
      };
  }
}
