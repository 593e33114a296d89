/**
 * Bytes that depend on a seed and their place in the stream, and their
 * receiver.
 */
import { createHash } from "node:crypto";

/** The bytes of a stream from `offset` on. */
export function streamBytes(
  seed: number,
  offset: number,
  length: number,
): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length;) {
    const at = offset + i;
    const word = mix(seed, at >>> 2);
    for (let part = at & 3; part < 4 && i < length; part++, i++)
      out[i] = word >>> (8 * part);
  }
  return out;
}

/** A word that depends on all bits of both. */
function mix(seed: number, index: number): number {
  let word = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 15), 0xc2b2ae35);
  return word ^ (word >>> 13);
}

/** Reads a stream and compares every byte, and the digest of all. */
export class Receiver {
  readonly #seed: number;
  readonly #expected: number;
  readonly #hash = createHash("sha256");
  #received = 0;
  #wrong: string | undefined;
  #waiters: (() => void)[] = [];
  #ended = false;

  constructor(seed: number, expected: number) {
    this.#seed = seed;
    this.#expected = expected;
  }

  get received(): number {
    return this.#received;
  }

  /** A sentence about the first byte that was not the one that was sent. */
  get wrong(): string | undefined {
    return this.#wrong;
  }

  get complete(): boolean {
    return this.#received === this.#expected && this.#wrong === undefined;
  }

  take(bytes: Uint8Array): void {
    const right = streamBytes(this.#seed, this.#received, bytes.length);
    const at = bytes.findIndex((byte, i) => byte !== right[i]);
    if (at >= 0) this.#wrong ??= `byte ${String(this.#received + at)} is wrong`;
    this.#hash.update(bytes);
    this.#received += bytes.length;
    if (this.#received > this.#expected)
      this.#wrong ??= `${String(this.#received)} bytes came of ${String(this.#expected)}`;
    this.#wake();
  }

  /** No more comes. */
  end(): void {
    const isFirst = !this.#ended;
    this.#ended = true;
    if (isFirst && this.complete) {
      const all = streamBytes(this.#seed, 0, this.#expected);
      const right = createHash("sha256").update(all).digest("hex");
      if (this.#hash.digest("hex") !== right)
        this.#wrong = "the checksum is another";
    }
    this.#wake();
  }

  /** Resolves when so many bytes have come, or no more will. */
  async until(count: number): Promise<void> {
    while (this.#received < count && !this.#ended)
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
