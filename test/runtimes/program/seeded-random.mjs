/**
 * Random bytes for engines that have none: a seed, which the runner drew, is
 * stretched by SHA-256 with a counter. A program takes them from its host.
 */
import { noble } from "puretls/crypto/noble";

export function seededRandom(seedHex) {
  const input = new Uint8Array(36);
  for (let at = 0; at < 32; at++)
    input[at] = parseInt(seedHex.slice(2 * at, 2 * at + 2), 16);
  const counter = new DataView(input.buffer, 32);
  let blocks = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      counter.setUint32(0, blocks++);
      const block = noble.hashes["SHA-256"].hash(input);
      bytes.set(block.subarray(0, length - at), at);
    }
    return bytes;
  };
}
