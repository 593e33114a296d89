/** Bytes that arrive by events, for a reader that asks for them. */
import { ByteQueue, oneAtATime } from "./transport.ts";

/** Bytes that wait in one direction before its source is told to wait. */
export const HIGH_WATER_MARK = 256 * 1024;

/** Stops and starts a source. Where it cannot be stopped, `pause` does nothing. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * The reading half of a transport over a source of events: a queue that tells its
 * source to wait. Data that came before a failure is read first.
 */
export class Incoming {
  readonly #flow: Flow;
  readonly #queue = new ByteQueue();
  /** The reader that waits for bytes that are lent. */
  #taker: ((bytes: Uint8Array) => void) | undefined;
  #reader: (() => void) | undefined;
  #ended = false;
  #discards = false;
  #failure: { readonly error: unknown } | undefined;
  #bytesRead = 0;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  get buffered(): number {
    return this.#queue.length;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** True once the peer has ended its direction. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The first error, in an object, since it may be undefined itself. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Delivers bytes, to keep. */
  give(bytes: Uint8Array): void {
    if (!this.#hand(bytes)) this.#keep(bytes);
  }

  /** Delivers bytes that are valid until this returns. */
  lend(bytes: Uint8Array): void {
    if (!this.#hand(bytes)) this.#keep(bytes.slice());
  }

  /** Notes that the peer has ended its direction: what comes then is dropped. */
  end(): void {
    // What has failed has not ended well, whatever its source says afterwards.
    if (this.#failure === undefined) this.#ended = true;
    this.#reader?.();
  }

  /** Rejects the call under way and later ones, once what has come is read. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#reader?.();
  }

  /** Drops what has come and what will come: nobody reads any more. */
  discard(): void {
    this.#discards = true;
    this.#queue.clear();
    this.#flow.resume();
  }

  /** {@link Transport.read}. */
  async read(): Promise<Uint8Array | null> {
    oneAtATime("read", this.#reader !== undefined);
    while (this.#queue.length === 0) {
      if (this.#ended) return null;
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#next();
    }
    const bytes = this.#queue.shift();
    if (this.#queue.length < HIGH_WATER_MARK / 2) this.#flow.resume();
    this.#bytesRead += bytes.length;
    return bytes;
  }

  /** {@link Transport.readLent}. */
  async readLent(take: (bytes: Uint8Array) => void): Promise<boolean> {
    oneAtATime("read", this.#reader !== undefined);
    const isOver = this.#ended || this.#failure !== undefined;
    if (this.#queue.length === 0 && !isOver) {
      let isTaken = false;
      this.#taker = (bytes) => {
        isTaken = true;
        take(bytes);
      };
      await this.#next();
      this.#taker = undefined;
      if (isTaken) return true;
    }
    const bytes = await this.read();
    if (bytes !== null) take(bytes);
    return bytes !== null;
  }

  /** {@link Transport.unread}. */
  unread(bytes: Uint8Array): void {
    this.#bytesRead -= bytes.length;
    this.#queue.unshift(bytes.slice());
    this.#reader?.();
  }

  /** Waits until something has come, or will not come. */
  async #next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#reader = resolve;
      this.#flow.resume();
    });
    this.#reader = undefined;
  }

  /** Hands bytes to a reader that waits for them; tells whether they are done with. */
  #hand(bytes: Uint8Array): boolean {
    const isOver = this.#ended || this.#failure !== undefined;
    if (this.#discards || isOver) return true;
    const taker = this.#taker;
    if (taker === undefined || this.#queue.length > 0) return false;
    this.#taker = undefined;
    this.#bytesRead += bytes.length;
    taker(bytes);
    this.#reader?.();
    return true;
  }

  #keep(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    if (this.#queue.length >= HIGH_WATER_MARK) this.#flow.pause();
    this.#reader?.();
  }
}
