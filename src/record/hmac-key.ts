import type { HashAlgorithm, RunningHash } from "../crypto/provider.ts";

/** RFC 2104 2. */
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The bytes of padding that a CBC record has at most, padding_length aside. */
export const MOST_SPARED = 255;
const LONGEST_BLOCK = 128;
/** Hashed for time alone, never written to. One array, for every length. */
const IDLE = new Uint8Array(MOST_SPARED + 3 * LONGEST_BLOCK);

/**
 * HMAC under one key for many records: the two padded keys are hashed once,
 * and what is to be authenticated need not stand in one array.
 */
export class HmacKey {
  readonly length: number;
  readonly #blockLength: number;
  readonly #inner: RunningHash;
  readonly #outer: RunningHash;

  /** `key` is no longer than a block, as those of TLS are. */
  constructor(hash: HashAlgorithm, key: Uint8Array) {
    this.length = hash.outputLength;
    this.#blockLength = hash.blockLength;
    const padded = new Uint8Array(hash.blockLength);
    padded.set(key);
    this.#inner = keyed(hash, padded, INNER_PAD);
    this.#outer = keyed(hash, padded, OUTER_PAD);
    padded.fill(0);
  }

  /** HMAC of these parts, in this order. */
  mac(...parts: readonly Uint8Array[]): Uint8Array {
    const inner = this.#inner.clone();
    for (const part of parts) inner.update(part);
    const outer = this.#outer.clone();
    outer.update(inner.digest());
    return outer.digest();
  }

  // [5246-6.2.3.2-06]
  /**
   * HMAC of `covered`, whose length is secret: at most `most`, and at least
   * {@link MOST_SPARED} bytes less. What is hashed besides makes the bytes and the
   * blocks as many for every length, in the same calls. How long they take was
   * measured: see docs/timing.md.
   */
  macEvenly(covered: Uint8Array, most: number): Uint8Array {
    const mac = this.mac(covered);
    const idle = this.#inner.clone();
    const whole = this.#blockLength;
    const idleBytes = this.#idleBytes(covered.length, most);
    // A hash in JavaScript sets more up for a call with a whole block in it: where
    // there is none in `covered`, one of the idle blocks has a call of its own.
    const spared = whole & -(((covered.length - whole) >>> 31) & 1);
    idle.update(IDLE.subarray(0, spared));
    idle.update(IDLE.subarray(0, idleBytes - spared));
    return mac;
  }

  /**
   * The hash of n bytes after the padded key takes floor(x / B) + 1 blocks of B
   * bytes, where x is n, a one bit and the length (FIPS 180-4 5.1), less one.
   * KB - 1 - x more bytes fill K - 1 - floor(x / B) blocks, so that the sum of
   * either does not depend on x. K leaves two blocks for the longest content.
   */
  #idleBytes(length: number, most: number): number {
    const block = this.#blockLength;
    const tail = block / 8;
    const blocks = Math.floor((most + tail) / block) + 3;
    return blocks * block - 1 - (length + tail);
  }
}

function keyed(
  hash: HashAlgorithm,
  padded: Uint8Array,
  pad: number,
): RunningHash {
  const block = padded.map((byte) => byte ^ pad);
  const running = hash.create();
  running.update(block);
  block.fill(0);
  return running;
}
