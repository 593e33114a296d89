import { asciiBytes, equal, fromHex, latin1 } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import type { Carrier, Extensions } from "../extensions/spec.ts";
import {
  type ExtensionShape,
  type ExtensionTable,
  readOptionalExtensions,
  writeExtensions,
} from "../extensions/table.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** RFC 9846 4.2.3: SHA-256 of "HelloRetryRequest" stands for the random. */
export const HELLO_RETRY_RANDOM: Uint8Array = fromHex(
  "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c",
);

/** RFC 9846 4.2.3: before the last byte of a random, which names the version. */
const DOWNGRADE = "DOWNGRD";

/** Says in a random of TLS 1.2 that its sender also speaks TLS 1.3; changes it. */
export function markDowngrade(random: Uint8Array): void {
  // [9846-4.2.3-12]
  random.set(asciiBytes(`${DOWNGRADE}\x01`), 24);
}

/**
 * Tells whether the sender of a random speaks a newer version than was chosen.
 */
export function isDowngrade(random: Uint8Array): boolean {
  const [version = 2] = random.subarray(31);
  // [9846-4.2.3-14]
  return version < 2 && latin1(random.subarray(24, 31)) === DOWNGRADE;
}

interface Fields<C extends Carrier> {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly legacySessionIdEcho: Uint8Array;
  readonly cipherSuite: number;
  readonly extensions: Extensions<C>;
}

export type ServerHelloFields = Fields<"server_hello">;
export type HelloRetryRequestFields = Fields<"hello_retry_request">;
export type ServerHello12Fields = Fields<"server_hello12">;

interface Received extends Message {
  readonly extensionTypes: readonly number[];
}

/**
 * One message on the wire, three in meaning: the random and the extension
 * supported_versions tell them apart.
 */
export type ServerHelloMessage =
  | ({ readonly kind: "server_hello" } & ServerHelloFields & Received)
  | ({ readonly kind: "server_hello12" } & ServerHello12Fields & Received)
  | ({ readonly kind: "hello_retry_request" } & HelloRetryRequestFields &
      Received);

export type ServerHello = Extract<ServerHelloMessage, { kind: "server_hello" }>;
export type ServerHello12 = Extract<
  ServerHelloMessage,
  { kind: "server_hello12" }
>;
export type HelloRetryRequest = Extract<
  ServerHelloMessage,
  { kind: "hello_retry_request" }
>;

export function encodeServerHello(
  table: ExtensionTable,
  hello: ServerHelloFields,
  shape?: ExtensionShape,
): Uint8Array {
  return encode(table, "server_hello", hello, shape);
}

export function encodeHelloRetryRequest(
  table: ExtensionTable,
  retry: HelloRetryRequestFields,
  shape?: ExtensionShape,
): Uint8Array {
  return encode(table, "hello_retry_request", retry, shape);
}

export function encodeServerHello12(
  table: ExtensionTable,
  hello: ServerHello12Fields,
  shape?: ExtensionShape,
): Uint8Array {
  return encode(table, "server_hello12", hello, shape);
}

/** @throws TlsError */
export function readServerHello(
  { body, raw }: RawMessage,
  table: ExtensionTable,
): ServerHelloMessage {
  return Reader.all(body, "ServerHello", (reader): ServerHelloMessage => {
    const legacyVersion = reader.u16();
    const random = reader.bytes(32);
    const legacySessionIdEcho = reader.opaque8();
    // RFC 5246 7.4.1.3, RFC 9846 4.2.3: `opaque SessionID<0..32>`.
    if (legacySessionIdEcho.length > 32)
      throw new TlsError(reason.malformed_message, {
        detail: "ServerHello: a session id of more than 32 bytes",
      });
    const cipherSuite = reader.u16();
    const compression = reader.u8();
    const fields = { legacyVersion, random, legacySessionIdEcho, cipherSuite };
    // [9846-4.2.3-10]
    const isRetry = equal(random, HELLO_RETRY_RANDOM);
    checkCompression(compression);
    if (isRetry) {
      const read = readOptionalExtensions(table, reader, "hello_retry_request");
      return {
        kind: "hello_retry_request",
        ...fields,
        extensions: read.known,
        extensionTypes: read.types,
        raw,
      };
    }
    // [9846-4.3.1-11]
    if (!saysVersion(reader)) {
      const read = readOptionalExtensions(table, reader, "server_hello12");
      return {
        kind: "server_hello12",
        ...fields,
        extensions: read.known,
        extensionTypes: read.types,
        raw,
      };
    }
    const read = readOptionalExtensions(table, reader, "server_hello");
    return {
      kind: "server_hello",
      ...fields,
      extensions: read.known,
      extensionTypes: read.types,
      raw,
    };
  });
}

/** RFC 9846 4.2.3; RFC 5246 7.4.1.3: it has to be one that was offered. */
function checkCompression(method: number): void {
  // [9846-4.2.3-07]
  if (method !== 0)
    throw new TlsError(reason.illegal_parameter, {
      detail: "legacy_compression_method: not the null method",
    });
}

/** RFC 9846 4.2.3: the version stands in an extension since TLS 1.3. */
function saysVersion(reader: Reader): boolean {
  if (reader.left === 0) return false;
  const types = reader.fork().list16((entry) => {
    const type = entry.u16();
    entry.opaque16();
    return type;
  });
  // [9846-4.3.1-12]
  return types.includes(ExtensionType.supported_versions);
}

function encode<
  C extends "server_hello" | "server_hello12" | "hello_retry_request",
>(
  table: ExtensionTable,
  carrier: C,
  fields: Fields<C>,
  shape?: ExtensionShape,
): Uint8Array {
  return encodeMessage("server_hello", (writer) => {
    // [9846-4.2.3-06]
    writer
      .u16(fields.legacyVersion)
      .bytes(fields.random)
      .opaque8(fields.legacySessionIdEcho)
      .u16(fields.cipherSuite)
      .u8(0);
    writeExtensions(table, writer, carrier, fields.extensions, shape);
  });
}
