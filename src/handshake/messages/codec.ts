import {
  HandshakeType,
  type HandshakeTypeName,
} from "../../wire/code-points.ts";
import { Writer } from "../../wire/writer.ts";

/** A whole handshake message as the record layer joined it. */
export interface RawMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body, for the transcript. */
  readonly raw: Uint8Array;
}

/** Members of every parsed message. */
export interface Message {
  /** Header and body, for the transcript. */
  readonly raw: Uint8Array;
}

/** Header and body of a message, RFC 9846 4. */
export function encodeMessage(
  type: HandshakeTypeName,
  body: (writer: Writer) => void,
  capacity?: number,
): Uint8Array {
  return new Writer(capacity)
    .u8(HandshakeType[type])
    .vector24((w) => body(w))
    .finish();
}
