/**
 * Looking at TLS: what each record and message says, with a key log also
 * behind the encryption, and as a ladder for people; and what a ClientHello gives
 * away of the software that wrote it.
 *
 * @module
 */
export { TraceDecoder, type TraceMessage, type TraceRecord } from "./decode.ts";

export { ja3, ja3Text, ja4, ja4Text } from "./fingerprint.ts";
export { formatLadder, type LadderOptions } from "./format.ts";
export { KeyLog } from "./keylog.ts";
export type { Direction, Field } from "./words.ts";
