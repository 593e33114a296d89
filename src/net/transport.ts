/** The contract of transports, and what adapters share. */
export type { Transport, TransportAddress } from "../ssl/transport.ts";
import { NO_BYTES } from "../bytes.ts";

/** Bytes in the order in which they came, with some put back in front. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  unshift(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(bytes);
    this.#length += bytes.length;
  }

  /** The first chunk; empty when there is none. */
  shift(): Uint8Array {
    const chunk = this.#chunks.shift() ?? NO_BYTES;
    this.#length -= chunk.length;
    return chunk;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#length = 0;
  }
}

/** Refuses a second call of a kind while one is under way. */
export function oneAtATime(what: string, underWay: boolean): void {
  if (underWay)
    throw new Error(`${what}: one is under way on this transport already`);
}

/** What calls on a transport that was closed here reject with. */
export function transportClosed(): Error {
  return new Error("this transport was closed");
}
