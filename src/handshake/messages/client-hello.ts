import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import type { Extensions } from "../extensions/spec.ts";
import {
  type ExtensionShape,
  type ExtensionTable,
  readOptionalExtensions,
  writeExtensions,
} from "../extensions/table.ts";
import { versionText } from "../registries/listing.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

const SSL3 = 0x0300;

/** Content of a ClientHello, RFC 9846 4.2.2. */
export interface ClientHelloFields {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly legacySessionId: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly extensions: Extensions<"client_hello">;
}

export interface ClientHello extends ClientHelloFields, Message {
  readonly legacyCompressionMethods: Uint8Array;
  /** Extension types as they came, the unknown ones too. */
  readonly extensionTypes: readonly number[];
}

export function encodeClientHello(
  table: ExtensionTable,
  hello: ClientHelloFields,
  shape?: ExtensionShape,
): Uint8Array {
  return encodeMessage(
    "client_hello",
    (writer) => {
      // [5246-7.4.1.2-06] [9846-4.2.2-14]
      writer
        .u16(hello.legacyVersion)
        .bytes(hello.random)
        .opaque8(hello.legacySessionId)
        .vector16((w) => {
          for (const suite of hello.cipherSuites) w.u16(suite);
        })
        .vector8((w) => w.u8(0));
      writeExtensions(table, writer, "client_hello", hello.extensions, shape);
    },
    2048,
  );
}

/** @throws TlsError */
export function readClientHello(
  { body, raw }: RawMessage,
  table: ExtensionTable,
): ClientHello {
  // [9846-4.2.2-19]
  return Reader.all(body, "ClientHello", (reader) => {
    const legacyVersion = reader.u16();
    // RFC 9846 E.5: SSL 3.0 ends the handshake, whatever supported_versions
    // says; and below it there is nothing that this format could be.
    if (legacyVersion <= SSL3)
      throw new TlsError(reason.unsupported_protocol, {
        detail: `the client speaks ${versionText(legacyVersion)} at most`,
      });
    const random = reader.bytes(32);
    const legacySessionId = reader.opaque8();
    if (legacySessionId.length > 32)
      throw new TlsError(reason.malformed_message, {
        detail: "ClientHello: a session id of more than 32 bytes",
      });
    const cipherSuites = reader.list16((r) => r.u16(), 1);
    const legacyCompressionMethods = reader.opaque8(1);
    // [5246-7.4.1.2-10]
    const { known, types } = readOptionalExtensions(
      table,
      reader,
      "client_hello",
    );
    // RFC 9846 4.3.11: pre_shared_key "MUST be the last extension".
    const psk = types.indexOf(ExtensionType.pre_shared_key);
    // [9846-4.3.11-16]
    if (psk !== -1 && psk !== types.length - 1)
      throw new TlsError(reason.illegal_parameter, {
        detail: "pre_shared_key: not the last extension",
      });
    return {
      legacyVersion,
      random,
      legacySessionId,
      cipherSuites,
      legacyCompressionMethods,
      extensions: known,
      extensionTypes: types,
      raw,
    };
  });
}
