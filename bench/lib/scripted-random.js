import { createHash } from "node:crypto";

/**
 * The same "random" bytes for the same seed, so that a recorded handshake can
 * be replayed to one side. For measuring only.
 *
 * @param {string} seed
 * @returns {(length: number) => Uint8Array}
 */
export function scriptedRandom(seed) {
  let count = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = createHash("sha256").update(`${seed} ${count++}`).digest();
      bytes.set(block.subarray(0, length - at), at);
    }
    return bytes;
  };
}
