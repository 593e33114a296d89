import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** RFC 9846 4.5.3. */
export interface Finished extends Message {
  readonly verifyData: Uint8Array;
}

export function encodeFinished(verifyData: Uint8Array): Uint8Array {
  return encodeMessage("finished", (writer) => writer.bytes(verifyData));
}

/** Its length is the hash's, which the state knows. */
export function readFinished({ body, raw }: RawMessage): Finished {
  return { verifyData: body, raw };
}
