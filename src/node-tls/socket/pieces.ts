/** Pieces of data that are written together, as one run of bytes. */
import { Buffer } from "node:buffer";
import type { Piece } from "../../net/node-socket.ts";

/** Reused for data that is sealed before the next is joined. */
const ROOM = 64 * 1024;
let room: Buffer | undefined;

/** Returns the bytes of pieces, valid until the next call. */
export function joinPieces(pieces: readonly Piece[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) {
    const { chunk, encoding } = only;
    return typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
  }
  let total = 0;
  for (const { chunk, encoding } of pieces)
    total +=
      typeof chunk === "string"
        ? Buffer.byteLength(chunk, encoding)
        : chunk.length;
  const joined =
    total <= ROOM
      ? (room ??= Buffer.allocUnsafeSlow(ROOM))
      : Buffer.allocUnsafeSlow(total);
  let at = 0;
  for (const { chunk, encoding } of pieces)
    if (typeof chunk === "string") at += joined.write(chunk, at, encoding);
    else {
      joined.set(chunk, at);
      at += chunk.length;
    }
  return joined.subarray(0, total);
}
