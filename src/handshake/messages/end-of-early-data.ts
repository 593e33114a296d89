import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** RFC 8446 4.5: no content. */
export function encodeEndOfEarlyData(): Uint8Array {
  return encodeMessage("end_of_early_data", () => undefined);
}

/** @throws TlsError */
export function readEndOfEarlyData({ body, raw }: RawMessage): Message {
  return Reader.all(body, "EndOfEarlyData", () => ({ raw }));
}
