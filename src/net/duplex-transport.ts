/** Duplex streams in the manner of Node as transports, without a module of Node. */
import { viewAnyBytes } from "../bytes.ts";
import { hasTimers, startTimer } from "../ssl/platform/timers.ts";
import { Incoming } from "./incoming.ts";
import {
  asError,
  oneAtATime,
  type Transport,
  transportClosed,
} from "./transport.ts";

/** The events of a {@link DuplexLike}. */
export type DuplexEvent =
  "connect" | "data" | "drain" | "end" | "error" | "close";

/**
 * The part of a duplex stream of Node that a transport needs: a `net.Socket`, a
 * `Duplex` of `readable-stream` or of a bundler, a socket of React Native.
 */
export interface DuplexLike {
  on(event: DuplexEvent, listener: (value?: unknown) => void): unknown;
  /** False: `drain` says when there is room for more. */
  write(bytes: Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
  pause(): unknown;
  resume(): unknown;
  readonly destroyed?: boolean;
  /** True while a socket connects; `connect` is emitted when it has. */
  readonly connecting?: boolean;
  readonly closed?: boolean;
  /** Undefined where `finish` is never emitted: nothing can be half-closed then. */
  readonly writableFinished?: boolean;
  /** Bytes that wait to be written. */
  readonly writableLength?: number;
}

/** Milliseconds that a peer has to end its side once this side has closed. */
const LINGER = 1000;

/**
 * A duplex stream as a transport. All that is known of the stream comes from its
 * events: not every implementation has Node's properties.
 */
export class DuplexTransport<
  Stream extends DuplexLike = DuplexLike,
> implements Transport {
  readonly stream: Stream;
  readonly #incoming: Incoming;
  /** A stream without it ends by `close` alone, and both directions at once. */
  readonly #halfCloses: boolean;
  #isWriting = false;
  #needsDrain = false;
  #finished: boolean;
  #closed: boolean;
  /** Calls that wait for the stream to say something. */
  #waiters: (() => void)[] = [];

  /** @param stream carries the bytes, and belongs to this object from then on */
  constructor(stream: Stream) {
    this.stream = stream;
    this.#halfCloses = stream.writableFinished !== undefined;
    this.#finished = stream.writableFinished === true;
    this.#closed = stream.closed === true;
    this.#incoming = new Incoming(stream);
    stream.on("connect", () => {
      this.#wake();
    });
    stream.on("drain", () => {
      this.#needsDrain = false;
      this.#wake();
    });
    const onFinish = (): void => {
      this.#finished = true;
      this.#wake();
    };
    // The types of sockets of React Native allow no listener for what they never emit.
    Reflect.apply(stream.on, stream, ["finish", onFinish]);
    stream.on("end", () => {
      this.#incoming.end();
      this.#wake();
    });
    stream.on("error", (error) => {
      // Text, of a socket of React Native.
      this.#incoming.fail(asError(error));
    });
    stream.on("close", () => {
      this.#onClose();
    });
  }

  /**
   * Delivers bytes of the stream, to keep. Text, of a stream with an encoding, fails
   * the connection.
   */
  give(chunk: unknown): void {
    let view: Uint8Array;
    try {
      view = viewAnyBytes(chunk, "a chunk of the stream");
    } catch (error) {
      this.abort(error);
      return;
    }
    // Never Node's Buffer: its slice() is no copy.
    const { buffer, byteOffset, byteLength } = view;
    this.#incoming.give(new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** Delivers bytes of the stream, valid until this returns. */
  lend(bytes: Uint8Array): void {
    this.#incoming.lend(bytes);
  }

  get buffered(): number {
    return this.#incoming.buffered;
  }

  get unsent(): number | undefined {
    return this.stream.writableLength;
  }

  get bytesRead(): number {
    return this.#incoming.bytesRead;
  }

  async read(): Promise<Uint8Array | null> {
    return this.#incoming.read();
  }

  async readLent(take: (bytes: Uint8Array) => void): Promise<boolean> {
    return this.#incoming.readLent(take);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.writing(async () => {
      const { stream } = this;
      // Streams of Node keep what is written before they have connected.
      if (stream.connecting === true && !this.#halfCloses)
        await this.#until(() => stream.connecting !== true);
      this.#needsDrain = true;
      if (stream.write(bytes)) this.#needsDrain = false;
      else await this.#until(() => !this.#needsDrain);
    });
  }

  /** Runs `write` as the one call that writes. */
  protected async writing(write: () => Promise<void>): Promise<void> {
    oneAtATime("write", this.#isWriting);
    const { failure } = this.#incoming;
    if (failure !== undefined) throw failure.error;
    // A stream that has closed emits nothing more: nobody would be woken.
    if (this.#isDestroyed) throw transportClosed();
    this.#isWriting = true;
    try {
      await write();
    } finally {
      this.#isWriting = false;
    }
  }

  /** Returns the stream's own error, if it has one. */
  protected failureOr(error: unknown): Error {
    return asError(this.#incoming.failure?.error ?? error);
  }

  async closeWrite(): Promise<void> {
    const { stream } = this;
    // The end of one that cannot be half-closed would end reading: close() has it.
    if (this.#finished || this.#isDestroyed || !this.#halfCloses) return;
    stream.end();
    await this.#until(() => this.#finished);
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      // What comes now is nobody's. It is read all the same: a socket closed
      // over unread data sends a reset, which can overtake an alert.
      this.#incoming.discard();
      if (!this.#isDestroyed) await this.#endInTime();
      await new Promise<void>((resolve) => {
        this.#onceClosed(resolve);
      });
    }
    // What was written and not taken is lost: that is no success.
    const { failure } = this.#incoming;
    if (failure !== undefined && !this.#finished) throw failure.error;
  }

  abort(error: unknown = transportClosed()): void {
    this.#incoming.fail(error);
    this.stream.destroy();
    this.#wake();
  }

  unread(bytes: Uint8Array): void {
    this.#incoming.unread(bytes);
  }

  get #isDestroyed(): boolean {
    return this.#closed || this.stream.destroyed === true;
  }

  /** Ends the stream, and destroys it when the peer has ended or taken too long. */
  async #endInTime(): Promise<void> {
    const { stream } = this;
    stream.end();
    try {
      // All is sent: the peer has a while to end its side.
      await this.#until(() =>
        this.#halfCloses ? this.#finished : !this.#needsDrain,
      );
      let isOver = this.#incoming.ended || !hasTimers();
      if (isOver) return;
      const cancel = startTimer({}, LINGER, () => {
        isOver = true;
        this.#wake();
      });
      await this.#until(() => isOver || this.#incoming.ended).finally(cancel);
    } catch {
      // It has closed meanwhile.
    } finally {
      stream.destroy();
    }
  }

  #onceClosed(then: () => void): void {
    if (this.#closed) then();
    else
      this.#waiters.push(() => {
        this.#onceClosed(then);
      });
  }

  /** Waits for that to be so; rejects when the stream closes before. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#closed) throw this.failureOr(transportClosed());
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #onClose(): void {
    this.#closed = true;
    const { failure, ended } = this.#incoming;
    // Where there is no `end`, the peer's is this.
    if (!this.#halfCloses && failure === undefined) this.#incoming.end();
    else if (!ended) this.#incoming.fail(transportClosed());
    this.#wake();
  }
}
