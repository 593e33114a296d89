/** Test data that is the same in each run and shows where it was cut or moved. */
import { utf8Bytes } from "../../../../src/bytes.ts";

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** Letters that s_client takes for commands when a read starts with them. */
const COMMAND_LETTERS = new Set(utf8Bytes("QqRrKkBPSC"));

/**
 * Bytes of a fixed pseudo-random sequence (xorshift32), with s_client's command
 * letters replaced by zeros.
 */
export function binaryPayload(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 0x2545f491;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const byte = state & 0xff;
    bytes[i] = COMMAND_LETTERS.has(byte) ? 0 : byte;
  }
  return bytes;
}

/**
 * Numbered lines of 64 bytes for peers that echo text by the line.
 *
 * @throws RangeError when the length is not a multiple of 64
 */
export function textPayload(length: number): Uint8Array {
  if (length % 64 !== 0) throw new RangeError("not a multiple of 64");
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 64) {
    const line = `${String(at)} `.padEnd(63, "the quick brown fox ");
    for (let i = 0; i < 63; i++) bytes[at + i] = line.charCodeAt(i);
    bytes[at + 63] = 10;
  }
  return bytes;
}
