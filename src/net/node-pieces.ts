/** Pieces of data that are written together, as one run of bytes. */
import { Buffer } from "node:buffer";
import type { Piece } from "./node-socket.ts";

/** Counts the bytes of pieces. */
export function lengthOf(pieces: readonly Piece[]): number {
  let total = 0;
  for (const { chunk, encoding } of pieces)
    total +=
      typeof chunk === "string"
        ? Buffer.byteLength(chunk, encoding)
        : chunk.length;
  return total;
}

/**
 * Returns the bytes of pieces. One array alone is not copied.
 *
 * @param total their {@link lengthOf}
 * @param allocate makes room for that many bytes or more
 */
export function joinPieces(
  pieces: readonly Piece[],
  total: number,
  allocate: (length: number) => Buffer = (length) => Buffer.allocUnsafe(length),
): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) {
    const { chunk, encoding } = only;
    return typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
  }
  const joined = allocate(total);
  let at = 0;
  for (const { chunk, encoding } of pieces)
    if (typeof chunk === "string") at += joined.write(chunk, at, encoding);
    else {
      joined.set(chunk, at);
      at += chunk.length;
    }
  return joined.subarray(0, total);
}

/** The same memory as a Buffer. */
export function asBuffer({
  buffer,
  byteOffset,
  byteLength,
}: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
