/** WHATWG streams as transports, and sockets as WHATWG streams. */
import { type BytesLike, viewBytes } from "../bytes.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import {
  ByteQueue,
  oneAtATime,
  type Transport,
  type TransportAddress,
  transportClosed,
} from "./transport.ts";

declare global {
  // Programs without a library of the DOM have no such types: with these, the
  // declarations of this module compile there too.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars
  interface ReadableStream<R> {}
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars
  interface WritableStream<W> {}
}

/** The two directions of a connection, as {@link toWebStreams} makes them. */
export interface WebStreamPair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * The common form of a `WebSocketStream` and the sockets of Workers and Deno: their
 * chunks are arrays, views or, as in Chromium, bare buffers.
 */
export interface WebByteStreams {
  readonly readable: ReadableStream<BytesLike>;
  readonly writable: WritableStream<Uint8Array>;
  /**
   * Ends the direction that is written, where closing `writable` would end both, as
   * on the connections of Deno.
   */
  readonly closeWrite?: (() => Promise<void>) | undefined;
}

/**
 * A pair of streams as a transport, which they belong to from then on: both
 * are locked. A chunk that is no bytes, as a text of a `WebSocketStream`, fails the
 * connection.
 *
 * @throws TypeError when one of them is locked already
 *
 * @example
 * ```ts
 * import { fromWebStreams } from "puretls";
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const transport = fromWebStreams({ readable, writable });
 * const reading = transport.read();
 * await transport.write(Uint8Array.of(1));
 * if ((await reading)?.length !== 1) throw new Error();
 * ```
 */
export function fromWebStreams(pair: WebByteStreams): Transport {
  const closeWrite = pair.closeWrite?.bind(pair);
  return new StreamTransport(pair, closeWrite && { closeWrite });
}

/**
 * Python: `makefile`. A socket's data as streams: reading ends at the peer's
 * close_notify, closing the writable says close_notify, cancelling the readable
 * closes the socket, aborting the writable destroys it.
 *
 * @example
 * ```ts
 * import { memoryPair, SSLContext, toWebStreams } from "puretls";
 *
 * const [near] = memoryPair();
 * const socket = new SSLContext({ checkHostname: false }).wrapSocket(near);
 * const { readable } = toWebStreams(socket);
 * await readable.cancel();
 * ```
 */
export function toWebStreams(socket: SSLSocket): WebStreamPair {
  return {
    readable: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const bytes = await socket.recv();
          if (bytes.length === 0) controller.close();
          else controller.enqueue(bytes);
        },
        cancel: () => socket.close(),
      },
      { highWaterMark: 0 },
    ),
    writable: new WritableStream<Uint8Array>({
      write: (bytes) => socket.sendAll(bytes),
      close: () => socket.shutdown("write"),
      abort: (reason: unknown) => {
        socket.destroy(reason);
      },
    }),
  };
}

/** Bytes that a writer is given ahead of the stream, whatever it would take. */
const HIGH_WATER_MARK = 256 * 1024;

/** Ways of a connection to end that its two streams do not have. */
export interface StreamEnds {
  /** Ends the direction that is written, in place of closing the writable. */
  readonly closeWrite?: (
    write: (bytes: Uint8Array) => Promise<void>,
  ) => Promise<void>;
  /** True where an empty chunk is the end of the direction that is read. */
  readonly emptyIsEnd?: boolean;
  /** Called when the readable has ended; throws where that is no end but a failure. */
  readonly checkEnd?: () => void | Promise<void>;
  /** Lets go of the connection, once both directions have ended or failed. */
  readonly release?: () => unknown;
  /** Ends all at once, in place of aborting the streams, which `abortStreams` does. */
  readonly abort?: (abortStreams: () => void) => void;
  readonly localAddress?: TransportAddress | undefined;
  readonly remoteAddress?: TransportAddress | undefined;
}

/** See {@link fromWebStreams}. */
export class StreamTransport implements Transport {
  readonly #ends: StreamEnds;
  readonly #reader: ReadableStreamDefaultReader<BytesLike>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #putBack = new ByteQueue();
  #reading = false;
  #writing = false;
  #bytesRead = 0;
  /** Number of bytes that were written and are not known to be sent. */
  #unsent = 0;
  #drained: () => void = () => undefined;
  /** Settles once the stream has taken, or refused, what was written last. */
  #lastWrite: Promise<void> = Promise.resolve();
  #writeClosed: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** True once the peer has ended its direction by an empty chunk. */
  #ended = false;

  constructor({ readable, writable }: WebByteStreams, ends: StreamEnds = {}) {
    this.#ends = ends;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    // Failures are told to those who read and write.
    this.#writer.closed.catch(() => undefined);
    this.#reader.closed.catch(() => undefined);
  }

  get buffered(): number {
    return this.#putBack.length;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get unsent(): number {
    return this.#unsent;
  }

  get localAddress(): TransportAddress | undefined {
    return this.#ends.localAddress;
  }

  get remoteAddress(): TransportAddress | undefined {
    return this.#ends.remoteAddress;
  }

  async read(): Promise<Uint8Array | null> {
    oneAtATime("read", this.#reading);
    this.#reading = true;
    try {
      const bytes = await this.#next();
      this.#bytesRead += bytes?.length ?? 0;
      return bytes;
    } finally {
      this.#reading = false;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    oneAtATime("write", this.#writing);
    this.#throwFailure();
    this.#writing = true;
    try {
      await this.#writer.ready;
      this.#send(bytes);
      await this.#writer.ready;
      // A stream may count its chunks, not their bytes, as those of Node do.
      while (this.#unsent > HIGH_WATER_MARK) {
        this.#throwFailure();
        await new Promise<void>((resolve) => (this.#drained = resolve));
      }
    } finally {
      this.#writing = false;
    }
  }

  closeWrite(): Promise<void> {
    return (this.#writeClosed ??= this.#endWriting());
  }

  async close(): Promise<void> {
    this.#failure ??= { error: transportClosed() };
    const [written] = await Promise.allSettled([
      this.closeWrite(),
      this.#reader.cancel(transportClosed()),
    ]);
    await this.#letGo();
    // What was written and not taken is lost: that is no success.
    if (written.status === "rejected" && this.#unsent > 0) throw written.reason;
  }

  abort(error: unknown = transportClosed()): void {
    this.#failure ??= { error };
    this.#drained();
    const abortStreams = (): void => {
      this.#writer.abort(error).catch(() => undefined);
      this.#reader.cancel(error).catch(() => undefined);
    };
    const { abort } = this.#ends;
    if (abort !== undefined) {
      abort(abortStreams);
      return;
    }
    abortStreams();
    void this.#letGo();
  }

  unread(bytes: Uint8Array): void {
    this.#bytesRead -= bytes.length;
    this.#putBack.unshift(bytes.slice());
  }

  /** Sends bytes; a failure shows at the next write, or at the end. */
  #send(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#unsent += length;
    this.#lastWrite = this.#writer
      .write(bytes)
      .then(
        () => {
          this.#unsent -= length;
        },
        (error: unknown) => {
          this.#failure ??= { error };
        },
      )
      .finally(() => {
        this.#drained();
      });
  }

  async #endWriting(): Promise<void> {
    const { closeWrite } = this.#ends;
    if (closeWrite === undefined) return this.#writer.close();
    await this.#lastWrite;
    if (this.#unsent > 0) this.#throwFailure();
    await closeWrite((bytes) => this.#writer.write(bytes));
  }

  /** Ends what the two streams leave open; its failure changes nothing. */
  async #letGo(): Promise<void> {
    const { closeWrite, release } = this.#ends;
    try {
      if (closeWrite !== undefined) await this.#writer.close();
    } catch {
      // It has ended already.
    }
    try {
      await release?.();
    } catch {
      // As above.
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#putBack.length > 0) return this.#putBack.shift();
      if (this.#ended) return null;
      const { done, value } = await this.#reader.read();
      // A cancelled stream ends quietly: an abort must not look like an end.
      if (this.#failure !== undefined) throw this.#failure.error;
      if (done) {
        await this.#ends.checkEnd?.();
        return null;
      }
      const bytes = this.#bytesOf(value);
      if (bytes.length > 0) return bytes;
      this.#ended = this.#ends.emptyIsEnd === true;
    }
  }

  /** @throws TypeError, and the connection has failed, for what is no bytes */
  #bytesOf(chunk: BytesLike): Uint8Array {
    try {
      return viewBytes(chunk, "a chunk of the readable stream");
    } catch (error) {
      this.abort(error);
      throw error;
    }
  }
}
