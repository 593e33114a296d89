import type { HashAlgorithm, RunningHash } from "../crypto/provider.ts";

/** RFC 2104 2. */
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

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

  /** HMAC of `prefix` and `content`, in this order. */
  mac(prefix: Uint8Array, content: Uint8Array): Uint8Array {
    const inner = this.#inner.clone();
    inner.update(prefix);
    inner.update(content);
    const outer = this.#outer.clone();
    outer.update(inner.digest());
    return outer.digest();
  }

  /**
   * The same, with as many blocks hashed in all as `most` bytes of content
   * would take: how long it takes says little about how long the content is.
   */
  macEvenly(prefix: Uint8Array, content: Uint8Array, most: number): Uint8Array {
    const mac = this.mac(prefix, content);
    const spared =
      this.#blocks(prefix.length + most) -
      this.#blocks(prefix.length + content.length);
    const idle = this.#inner.clone();
    idle.update(new Uint8Array(spared * this.#blockLength));
    return mac;
  }

  /** FIPS 180-4 5.1: a one bit and the length, in 1/8 of a block, follow. */
  #blocks(length: number): number {
    const padding = 1 + this.#blockLength / 8;
    return Math.ceil((length + padding) / this.#blockLength);
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
