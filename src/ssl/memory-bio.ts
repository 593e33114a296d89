import { type BytesLike, NO_BYTES, viewBytes } from "../bytes.ts";
import { SSLError } from "./errors.ts";

/**
 * Python: `ssl.MemoryBIO`. A queue of bytes between a TLS object and whoever
 * moves its bytes. What is written is copied; what is read belongs to the
 * caller.
 *
 * @example
 * ```ts
 * import { MemoryBIO } from "puretls";
 *
 * const bio = new MemoryBIO();
 * bio.write(Uint8Array.of(1, 2, 3));
 * bio.writeEof();
 * if (bio.read(2).length !== 2 || bio.eof) throw new Error();
 * bio.read();
 * if (!bio.eof) throw new Error();
 * ```
 */
export class MemoryBIO {
  readonly #chunks: Uint8Array[] = [];
  /** Where the first chunk's unread part begins. */
  #offset = 0;
  #pending = 0;
  #ended = false;

  /** Python: `pending`. Bytes that wait to be read. */
  get pending(): number {
    return this.#pending;
  }

  /** Python: `eof`. {@link writeEof} was called and all has been read. */
  get eof(): boolean {
    return this.#ended && this.#pending === 0;
  }

  /**
   * Python: `read(n=-1)`. Up to `n` bytes, all when it is left out or negative;
   * none when there are none.
   */
  read(n = -1): Uint8Array {
    const length = n < 0 ? this.#pending : Math.min(n, this.#pending);
    if (length === 0) return NO_BYTES;
    const [first = NO_BYTES] = this.#chunks;
    if (this.#offset === 0 && first.length === length) return this.#cut(length);
    return this.#copy(length);
  }

  /**
   * As {@link read}, for a reader that neither keeps nor changes what it gets:
   * the array may be a view.
   */
  view(length: number): Uint8Array {
    const [first = NO_BYTES] = this.#chunks;
    return first.length - this.#offset >= length
      ? this.#cut(length)
      : this.#copy(Math.min(length, this.#pending));
  }

  /**
   * Python: `write(buf)`. Takes a copy of all of it and answers its length.
   *
   * @throws TypeError for anything but bytes
   * @throws SSLError after {@link writeEof}
   */
  write(buf: BytesLike): number {
    const bytes = viewBytes(buf, "MemoryBIO.write: buf");
    if (this.#ended)
      throw new SSLError("cannot write() after write_eof()", {
        code: "ERR_SSL_WRITE_AFTER_EOF",
      });
    this.put(bytes.slice());
    return bytes.length;
  }

  /** Python: `write_eof()`. Nothing will be written any more. */
  writeEof(): void {
    this.#ended = true;
  }

  /** Takes an array over instead of copying it, even behind the end. */
  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#pending += bytes.length;
  }

  /**
   * The byte that stands `index` bytes ahead, undefined when there is none. For
   * the few bytes of a header.
   */
  peek(index: number): number | undefined {
    let at = index + this.#offset;
    for (const chunk of this.#chunks) {
      if (at < chunk.length) return chunk[at];
      at -= chunk.length;
    }
    return undefined;
  }

  #copy(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const [chunk = NO_BYTES] = this.#chunks;
      const part = this.#cut(
        Math.min(chunk.length - this.#offset, length - at),
      );
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  /** A part of the first chunk, taken out without a copy. */
  #cut(length: number): Uint8Array {
    const [chunk = NO_BYTES] = this.#chunks;
    const end = this.#offset + length;
    const part =
      length === chunk.length ? chunk : chunk.subarray(this.#offset, end);
    if (end === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
    } else this.#offset = end;
    this.#pending -= length;
    return part;
  }
}
