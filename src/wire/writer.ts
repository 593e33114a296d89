import { type Bytes, NO_BYTES } from "../bytes.ts";

/**
 * Room that a writer is done with, wiped, for the next one: making an array of
 * that size takes longer than writing most messages.
 */
let spare: Bytes = NO_BYTES;
/** Larger ones are let go. */
const LARGEST_SPARE = 8192;

/**
 * Writes TLS presentation language (RFC 9846 3). Lengths of vectors are filled
 * in when their content is known.
 */
export class Writer {
  #bytes: Bytes;
  #at = 0;

  constructor(capacity = 256) {
    this.#bytes = spare.length < capacity ? new Uint8Array(capacity) : spare;
    spare = NO_BYTES;
  }

  get length(): number {
    return this.#at;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value);
  }

  u24(value: number): this {
    return this.u8(value >>> 16).u16(value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  bytes(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** A vector with a length of one byte. */
  vector8(content: (writer: this) => void): this {
    return this.#vector(1, content);
  }

  /** A vector with a length of two bytes. */
  vector16(content: (writer: this) => void): this {
    return this.#vector(2, content);
  }

  /** A vector with a length of three bytes. */
  vector24(content: (writer: this) => void): this {
    return this.#vector(3, content);
  }

  /** `opaque x<..2^8-1>` */
  opaque8(bytes: Uint8Array): this {
    return this.#opaque(1, bytes);
  }

  /** `opaque x<..2^16-1>` */
  opaque16(bytes: Uint8Array): this {
    return this.#opaque(2, bytes);
  }

  /** `opaque x<..2^24-1>` */
  opaque24(bytes: Uint8Array): this {
    return this.#opaque(3, bytes);
  }

  /**
   * Returns the bytes that were written, which belong to the caller. The writer
   * is empty then, and without room: this is its last call.
   */
  finish(): Bytes {
    const written = this.#bytes.slice(0, this.#at);
    if (this.#bytes.length <= LARGEST_SPARE) {
      this.#bytes.fill(0, 0, this.#at);
      spare = this.#bytes;
    }
    this.#bytes = NO_BYTES;
    this.#at = 0;
    return written;
  }

  #vector(width: 1 | 2 | 3, content: (writer: this) => void): this {
    this.#room(width);
    const start = this.#at;
    this.#at += width;
    content(this);
    this.#length(start, width, this.#at - start - width);
    return this;
  }

  #opaque(width: 1 | 2 | 3, bytes: Uint8Array): this {
    this.#room(width);
    this.#length(this.#at, width, bytes.length);
    this.#at += width;
    return this.bytes(bytes);
  }

  #length(at: number, width: 1 | 2 | 3, length: number): void {
    if (length >= 2 ** (8 * width))
      throw new RangeError(
        `${length} bytes do not fit a vector with a length of ${width} bytes`,
      );
    for (let i = 0; i < width; i++)
      this.#bytes[at + i] = length >>> (8 * (width - 1 - i));
  }

  #room(length: number): void {
    const needed = this.#at + length;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
