/**
 * Writes TLS presentation language (RFC 8446 3). Lengths of vectors are filled
 * in when their content is known.
 */
export class Writer {
  #bytes: Uint8Array;
  #at = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
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

  /** A copy of what was written; it belongs to the caller. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #vector(width: 1 | 2 | 3, content: (writer: this) => void): this {
    this.#room(width);
    const start = this.#at;
    this.#at += width;
    content(this);
    const length = this.#at - start - width;
    if (length >= 2 ** (8 * width))
      throw new RangeError(
        `${length} bytes do not fit a vector with a length of ${width} bytes`,
      );
    for (let i = 0; i < width; i++)
      this.#bytes[start + i] = length >>> (8 * (width - 1 - i));
    return this;
  }

  #room(length: number): void {
    const needed = this.#at + length;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
