/**
 * Looking at TLS: what each record and message says, with a key log also
 * behind the encryption, and as a ladder for people.
 *
 * @module
 */
export {
  type Direction,
  TraceDecoder,
  type TraceMessage,
  type TraceRecord,
} from "./decode.ts";
export type { Field } from "./describe.ts";
export { formatLadder, type LadderOptions } from "./format.ts";
export { KeyLog } from "./keylog.ts";
