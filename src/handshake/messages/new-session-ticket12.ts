import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** NewSessionTicket of TLS 1.2, RFC 5077 3.3. */
export interface NewSessionTicket12 extends Message {
  /** Seconds; 0 says nothing about it. */
  readonly lifetimeHint: number;
  /** Empty: the server changed its mind. */
  readonly ticket: Uint8Array;
}

export function encodeNewSessionTicket12(
  lifetimeHint: number,
  ticket: Uint8Array,
): Uint8Array {
  return encodeMessage("new_session_ticket", (writer) =>
    writer.u32(lifetimeHint).opaque16(ticket),
  );
}

/** @throws TlsError */
export function readNewSessionTicket12({
  body,
  raw,
}: RawMessage): NewSessionTicket12 {
  return Reader.all(body, "NewSessionTicket", (reader) => ({
    lifetimeHint: reader.u32(),
    ticket: reader.opaque16(),
    raw,
  }));
}
