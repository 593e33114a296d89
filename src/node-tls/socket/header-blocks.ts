/**
 * Finds where a header block of HTTP/2 ends, behind which a program gets a turn.
 *
 * Node runs ticks and promises between two frames when it reads its own sockets, and
 * not when it reads a stream of JavaScript: there all frames of a piece are handled in
 * one go. Its own server writes a response's HEADERS and the first DATA into one record,
 * so undici, which listens to the data once `response` was emitted, lost the first
 * 16 to 32 KiB of an echo of 10 MiB without any error, and a program that awaits
 * `response` found the stream closed.
 */

import type { Readable } from "node:stream";

/** RFC 9113 3.4: the bytes that a client sends before its first frame. */
const PREFACE_LENGTH = 24;
/** RFC 9113 4.1: length (3), type (1), flags (1), stream (4). */
const HEAD_LENGTH = 9;
const HEADERS = 1;
const CONTINUATION = 9;
const END_HEADERS = 4;

/** Follows the frames of one direction of a connection. */
export class HeaderBlocks {
  /** Bytes of the preface or of a frame's payload that are still to come. */
  #left: number;
  #endsBlock = false;
  readonly #head: number[] = [];

  /** @param hasPreface True where a client's bytes are read. */
  constructor(hasPreface: boolean) {
    this.#left = hasPreface ? PREFACE_LENGTH : 0;
  }

  /**
   * Reads on, and returns how many bytes may be handed on in one go: up to the end of
   * the first header block in them, or all. The next call begins behind these.
   */
  next(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at);
        this.#left -= step;
        at += step;
      } else {
        this.#head.push(bytes[at++] ?? 0);
        if (this.#head.length < HEAD_LENGTH) continue;
        this.#readHead();
      }
      if (this.#left === 0 && this.#endsBlock) {
        this.#endsBlock = false;
        return at;
      }
    }
    return at;
  }

  #readHead(): void {
    const [high = 0, middle = 0, low = 0, type, flags = 0] = this.#head;
    this.#left = (high << 16) | (middle << 8) | low;
    const isBlock = type === HEADERS || type === CONTINUATION;
    this.#endsBlock = isBlock && (flags & END_HEADERS) !== 0;
    this.#head.length = 0;
  }
}

/**
 * Returns true where the reader has what was pushed before, so that the next piece
 * comes to it in another turn; else false, and `later` is called when it may have.
 */
export function hasFlowed(stream: Readable, later: () => void): boolean {
  const { readableFlowing: isFlowing, readableLength } = stream;
  const isOfData =
    stream.listenerCount("data") > 0 && stream.listenerCount("readable") === 0;
  if (readableLength === 0 || isFlowing === null || !isOfData) return true;
  if (isFlowing) later();
  else if (!stream.listeners("resume").includes(later))
    stream.once("resume", later);
  return false;
}
