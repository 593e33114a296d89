import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** RFC 9846 4.7.3. */
export interface KeyUpdate extends Message {
  readonly updateRequested: boolean;
}

export function encodeKeyUpdate(updateRequested: boolean): Uint8Array {
  return encodeMessage("key_update", (w) => w.u8(updateRequested ? 1 : 0));
}

/** @throws TlsError */
export function readKeyUpdate({ body, raw }: RawMessage): KeyUpdate {
  return Reader.all(body, "KeyUpdate", (reader) => {
    const request = reader.u8();
    // [9846-4.7.3-04]
    // RFC 9846 4.7.3: any other value ends with an illegal_parameter alert.
    if (request > 1) throw new TlsError(reason.bad_key_update);
    return { updateRequested: request === 1, raw };
  });
}
