/** Two transports that are each other's peer, in memory. */
import {
  ByteQueue,
  oneAtATime,
  type Transport,
  transportClosed,
} from "./transport.ts";

export interface MemoryPairOptions {
  /** Bytes that a direction holds before its writer has to wait. */
  readonly highWaterMark?: number;
}

/**
 * A connected pair of transports with bounded buffers, for tests, for
 * tunnels, and to see what TLS does.
 *
 * @example
 * ```ts
 * import { memoryPair } from "puretls";
 *
 * const [near, far] = memoryPair();
 * await near.write(Uint8Array.of(1));
 * await near.closeWrite();
 * if ((await far.read())?.[0] !== 1) throw new Error();
 * if ((await far.read()) !== null) throw new Error();
 * ```
 */
export function memoryPair(
  options: MemoryPairOptions = {},
): [Transport, Transport] {
  const { highWaterMark = 64 * 1024 } = options;
  const there = new Channel(highWaterMark);
  const back = new Channel(highWaterMark);
  return [new MemoryTransport(back, there), new MemoryTransport(there, back)];
}

/** One direction. */
class Channel {
  readonly queue = new ByteQueue();
  readonly #highWaterMark: number;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #reader: (() => void) | undefined;
  #writer: (() => void) | undefined;

  constructor(highWaterMark: number) {
    this.#highWaterMark = highWaterMark;
  }

  async read(): Promise<Uint8Array | null> {
    oneAtATime("read", this.#reader !== undefined);
    while (this.queue.length === 0) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => (this.#reader = resolve));
      this.#reader = undefined;
    }
    const bytes = this.queue.shift();
    this.#writer?.();
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    oneAtATime("write", this.#writer !== undefined);
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#ended) throw transportClosed();
    this.queue.push(bytes);
    this.#reader?.();
    while (this.queue.length > this.#highWaterMark && !this.#failure) {
      await new Promise<void>((resolve) => (this.#writer = resolve));
      this.#writer = undefined;
    }
    this.#throwFailure();
  }

  /** Nothing more is written. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Nothing goes through any more. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  unread(bytes: Uint8Array): void {
    this.queue.unshift(bytes);
    this.#reader?.();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #wake(): void {
    this.#reader?.();
    this.#writer?.();
  }
}

class MemoryTransport implements Transport {
  readonly #incoming: Channel;
  readonly #outgoing: Channel;
  #closed = false;
  #bytesRead = 0;

  constructor(incoming: Channel, outgoing: Channel) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get buffered(): number {
    return this.#incoming.queue.length;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  async read(): Promise<Uint8Array | null> {
    const bytes = await this.#incoming.read();
    this.#bytesRead += bytes?.length ?? 0;
    return bytes;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#outgoing.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.#outgoing.end();
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#outgoing.end();
    // The peer that goes on writing is told that nobody listens.
    this.#incoming.queue.clear();
    this.#incoming.fail(transportClosed());
    return Promise.resolve();
  }

  abort(error: unknown = transportClosed()): void {
    this.#closed = true;
    this.#incoming.queue.clear();
    this.#incoming.fail(error);
    this.#outgoing.fail(error);
  }

  unread(bytes: Uint8Array): void {
    this.#bytesRead -= bytes.length;
    this.#incoming.unread(bytes.slice());
  }
}
