import { MAX_PLAINTEXT } from "./protection.ts";

/** TLSInnerPlaintext at its longest, RFC 9846 5.4. */
const ROOM = MAX_PLAINTEXT + 1;

let idle: Uint8Array | undefined;

/**
 * Lends out one aligned room, the same for all connections, since only one of
 * them seals at a time, and clears it after. Whoever asks for it while it is
 * lent gets one of its own.
 */
export function withScratch(
  length: number,
  use: (room: Uint8Array) => void,
): void {
  const lent = idle;
  const room =
    lent !== undefined && lent.length >= length
      ? lent
      : new Uint8Array(Math.max(ROOM, length));
  idle = undefined;
  try {
    use(room.subarray(0, length));
  } finally {
    room.fill(0, 0, length);
    idle = room;
  }
}
