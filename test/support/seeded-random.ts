import { createHash } from "node:crypto";
import type { RandomSource } from "../../src/crypto/provider.ts";
import { utf8Bytes } from "../../src/bytes.ts";

/** A random source that gives the same bytes for the same seed. */
export function seededRandom(seed: string): RandomSource {
  const start = utf8Bytes(seed);
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = createHash("sha256")
        .update(start)
        .update(Uint8Array.of(counter >> 16, counter >> 8, counter))
        .digest();
      counter++;
      out.set(block.subarray(0, Math.min(32, length - at)), at);
    }
    return out;
  };
}
