import {
  type Bytes,
  type BytesLike,
  unshared,
  viewBytes,
} from "../../bytes.ts";
import { byteCount, refusePythonNames } from "../names/arguments.ts";
import { SSLError } from "../errors/errors.ts";
import { ByteQueue } from "../../queues.ts";

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
  readonly #queue = new ByteQueue();
  #ended = false;

  /** Python: `pending`. Bytes that wait to be read. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Python: `eof`. {@link writeEof} was called and all has been read. */
  get eof(): boolean {
    return this.#ended && this.#queue.length === 0;
  }

  /**
   * Python: `read(n=-1)`. Up to `n` bytes, all when it is left out or negative;
   * none when there are none.
   *
   * @throws TypeError for what is no number, RangeError for a fraction
   */
  read(n = -1): Bytes {
    const all = Number.isInteger(n) && n < 0;
    const count = all ? this.#queue.length : byteCount("read", n);
    return unshared(this.#queue.take(count));
  }

  /**
   * As {@link read}, for a reader that neither keeps nor changes what it gets:
   * the array may be a view.
   *
   * @param length bytes
   */
  view(length: number): Uint8Array {
    return this.#queue.view(length);
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
    this.#queue.push(bytes);
  }

  /**
   * The byte that stands `index` bytes ahead, undefined when there is none. For
   * the few bytes of a header.
   */
  peek(index: number): number | undefined {
    return this.#queue.peek(index);
  }
}

refusePythonNames(MemoryBIO);
