/** Queues in which adding and taking cost the same for any length. */
import { NO_BYTES } from "./bytes.ts";

/** Shorter chunks are copied into a shared block; longer ones are kept as they are. */
const SMALL = 1024;
/** The sizes of those blocks: each is twice as long as the one before. */
const FIRST_BLOCK = 256;
const LAST_BLOCK = 16 * 1024;

/** Items in the order in which they came. An array's own shift() moves them all. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  /** Items that wait. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** The first item, left where it is. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Puts an item in the place of the first one. */
  replaceFirst(item: T): void {
    this.#items[this.#head] = item;
  }

  /** Takes the first item; undefined when there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // What is left moves once half is taken: each item once on average.
    if (2 * this.#head >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes all items. */
  takeAll(): T[] {
    const all: T[] = [];
    for (const item of this.#items.slice(this.#head))
      if (item !== undefined) all.push(item);
    this.#items = [];
    this.#head = 0;
    return all;
  }
}

/**
 * Bytes in the order in which they came, with some put back in front. Adding
 * and taking cost the same for any number of chunks, and small chunks are
 * joined: a peer that sends single bytes makes no more objects than one that
 * sends kilobytes.
 *
 * The queue owns what it is given. The arrays that it returns do not overlap
 * with anything that it still holds.
 */
export class ByteQueue {
  /** Taken chunks are overwritten with NO_BYTES until half of the list is. */
  #chunks: Uint8Array[] = [];
  #head = 0;
  #length = 0;
  /** The block that the last chunk lies in, and how much of it is used. */
  #block: Uint8Array = NO_BYTES;
  #used = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Chunks that wait: at most one for each 512 bytes, and a few. */
  get chunks(): number {
    return this.#chunks.length - this.#head;
  }

  /** Adds bytes at the end. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    if (bytes.length < SMALL && this.#join(bytes)) return;
    this.#chunks.push(bytes);
    this.#block = NO_BYTES;
  }

  /** Puts bytes back in front. */
  unshift(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    if (this.#head > 0) this.#chunks[--this.#head] = bytes;
    else this.#chunks.unshift(bytes);
  }

  /** Takes the first chunk; empty when there is none. */
  shift(): Uint8Array {
    return this.view(this.#first().length);
  }

  /** Takes exactly that many bytes, or all if there are fewer. */
  take(length: number): Uint8Array {
    const first = this.#first();
    const isWhole = first.length === length;
    if (isWhole && first.buffer !== this.#block.buffer) return this.shift();
    const out = new Uint8Array(Math.min(length, this.#length));
    for (let at = 0; at < out.length;) {
      const part = this.#cut(out.length - at);
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  /**
   * As {@link take}, for a reader that neither keeps nor changes what it gets:
   * a view where one chunk has all of it.
   */
  view(length: number): Uint8Array {
    return this.#first().length >= length
      ? this.#cut(length)
      : this.take(length);
  }

  /**
   * The byte that stands `index` bytes ahead, undefined when there is none. For
   * the few bytes of a header.
   */
  peek(index: number): number | undefined {
    let at = index;
    for (let i = this.#head; i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i] ?? NO_BYTES;
      if (at < chunk.length) return chunk[at];
      at -= chunk.length;
    }
    return undefined;
  }

  /** Drops everything. */
  clear(): void {
    this.#chunks = [];
    this.#head = this.#length = this.#used = 0;
    this.#block = NO_BYTES;
  }

  #first(): Uint8Array {
    return this.#chunks[this.#head] ?? NO_BYTES;
  }

  /** Copies bytes behind the last chunk; false when there is none to join. */
  #join(bytes: Uint8Array): boolean {
    const last = this.#chunks.length - 1;
    if (last < this.#head) return false;
    if (
      this.#used + bytes.length > this.#block.length ||
      this.#block === NO_BYTES
    ) {
      const before = this.#chunks[last] ?? NO_BYTES;
      const size = Math.min(
        LAST_BLOCK,
        Math.max(FIRST_BLOCK, 2 * (before.length + bytes.length)),
      );
      this.#block = new Uint8Array(size);
      this.#used = 0;
      // The chunk before moves in where it is small itself.
      if (before.length < SMALL) {
        this.#block.set(before);
        this.#used = before.length;
      } else this.#chunks.push(NO_BYTES);
    }
    const joined = this.#chunks[this.#chunks.length - 1] ?? NO_BYTES;
    const start = this.#used - joined.length;
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#chunks[this.#chunks.length - 1] = this.#block.subarray(
      start,
      this.#used,
    );
    return true;
  }

  /** Takes up to that many bytes of the first chunk, without a copy. */
  #cut(most: number): Uint8Array {
    const first = this.#first();
    const part = first.length <= most ? first : first.subarray(0, most);
    this.#length -= part.length;
    if (part.length < first.length) {
      this.#chunks[this.#head] = first.subarray(most);
      return part;
    }
    this.#chunks[this.#head++] = NO_BYTES;
    if (this.#head === this.#chunks.length) this.#block = NO_BYTES;
    if (2 * this.#head >= this.#chunks.length) this.#forget();
    return part;
  }

  /** Moves what is left once half is taken: each chunk moves once on average. */
  #forget(): void {
    this.#chunks = this.#chunks.slice(this.#head);
    this.#head = 0;
  }
}
