import { Reader } from "../../wire/reader.ts";
import type { Extensions } from "../extensions/spec.ts";
import {
  type ExtensionShape,
  type ExtensionTable,
  readExtensions,
  writeExtensions,
} from "../extensions/table.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** Content of a NewSessionTicket of TLS 1.3, RFC 9846 4.7.1. */
export interface NewSessionTicket13Fields {
  /** Seconds. */
  readonly lifetime: number;
  readonly ageAdd: number;
  readonly nonce: Uint8Array;
  readonly ticket: Uint8Array;
  readonly extensions: Extensions<"new_session_ticket">;
}

export interface NewSessionTicket13 extends NewSessionTicket13Fields, Message {}

export function encodeNewSessionTicket13(
  table: ExtensionTable,
  fields: NewSessionTicket13Fields,
  shape?: ExtensionShape,
): Uint8Array {
  return encodeMessage("new_session_ticket", (writer) => {
    writer
      .u32(fields.lifetime)
      .u32(fields.ageAdd)
      .opaque8(fields.nonce)
      .opaque16(fields.ticket);
    writeExtensions(
      table,
      writer,
      "new_session_ticket",
      fields.extensions,
      shape,
    );
  });
}

/** @throws TlsError */
export function readNewSessionTicket13(
  { body, raw }: RawMessage,
  table: ExtensionTable,
): NewSessionTicket13 {
  return Reader.all(body, "NewSessionTicket", (reader) => ({
    lifetime: reader.u32(),
    ageAdd: reader.u32(),
    nonce: reader.opaque8(),
    ticket: reader.opaque16(1),
    extensions: readExtensions(table, reader, "new_session_ticket").known,
    raw,
  }));
}
