/** WebSockets to a gateway as transports. */
import {
  type Bytes,
  isArrayBuffer,
  NO_BYTES,
  viewAnyBytes,
} from "../../bytes.ts";
import { HIGH_WATER_MARK, Incoming } from "../../net/incoming.ts";
import {
  CLOSING_TIME,
  oneAtATime,
  type Transport,
  transportClosed,
} from "../../net/transport.ts";
import { found } from "../../options.ts";
import { startTimer } from "../../ssl/platform/timers.ts";

/** The facts in the events of a WebSocket. */
export interface WebSocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
  readonly wasClean?: boolean;
}

/** The part of a WebSocket, of a browser or of the package `ws`, that is needed. */
export interface WebSocketLike {
  binaryType: string;
  /** 0: connecting, 1: open, 2: closing, 3: closed. */
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(bytes: Bytes): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "open" | "message" | "close" | "error",
    listener: (event: WebSocketEvent) => void,
  ): void;
  /** Stops the messages, where the WebSocket can: those of browsers cannot. */
  pause?(): void;
  resume?(): void;
}

/** Options of {@link fromWebSocket}. */
export interface WebSocketOptions {
  /**
   * Bytes that may wait unread where messages cannot be stopped, as in browsers; more
   * fail the connection. Default 64 MiB.
   */
  readonly maxBuffered?: number;
}

const MAX_BUFFERED = 64 * 1024 * 1024;

/** Milliseconds between looks at `bufferedAmount`, which has no event. */
const POLL = 10;

/** Tells whether a code says a normal end, or none was given (RFC 6455 7.4.1). */
export function isNormalEnd(code: number): boolean {
  return code === 1000 || code === 1005;
}

/**
 * A WebSocket to a gateway as a transport, which it belongs to from then on. Each
 * binary message carries bytes; an empty one ends its direction, for a WebSocket has
 * no half-close of its own. See {@link connectWebSocket} for an example.
 *
 * @throws RangeError for a `maxBuffered` below 1
 */
export function fromWebSocket(
  socket: WebSocketLike,
  { maxBuffered = MAX_BUFFERED }: WebSocketOptions = {},
): Transport {
  if (!(maxBuffered >= 1))
    throw new RangeError(
      `fromWebSocket: maxBuffered: ${found(maxBuffered)}; a number of bytes from 1 is allowed`,
    );
  return new WebSocketTransport(socket, maxBuffered);
}

class WebSocketTransport implements Transport {
  readonly #socket: WebSocketLike;
  readonly #incoming: Incoming;
  readonly #maxBuffered: number;
  #isWriting = false;
  #writeClosed: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isClosed: boolean;
  /** Calls that wait for the WebSocket to open or to close. */
  #waiters: (() => void)[] = [];

  constructor(socket: WebSocketLike, maxBuffered: number) {
    this.#socket = socket;
    this.#maxBuffered = maxBuffered;
    this.#incoming = new Incoming({
      pause: () => socket.pause?.(),
      resume: () => socket.resume?.(),
    });
    socket.binaryType = "arraybuffer";
    this.#isClosed = socket.readyState === CLOSED;
    if (this.#isClosed) this.#incoming.fail(transportClosed());
    socket.addEventListener("open", () => {
      this.#wake();
    });
    socket.addEventListener("message", ({ data }) => {
      this.#onMessage(data);
    });
    // An error has no text; its code comes with the end.
    socket.addEventListener("error", () => undefined);
    socket.addEventListener("close", (event) => {
      this.#onClose(event);
    });
  }

  get buffered(): number {
    return this.#incoming.buffered;
  }

  get bytesRead(): number {
    return this.#incoming.bytesRead;
  }

  get unsent(): number {
    return this.#socket.bufferedAmount;
  }

  async read(): Promise<Uint8Array | null> {
    return this.#incoming.read();
  }

  async readLent(take: (bytes: Uint8Array) => void): Promise<boolean> {
    return this.#incoming.readLent(take);
  }

  async write(bytes: Uint8Array): Promise<void> {
    oneAtATime("write", this.#isWriting);
    this.#requireOpen();
    if (this.#writeClosed !== undefined) throw transportClosed();
    // An empty message would be the end.
    if (bytes.length === 0) return;
    this.#isWriting = true;
    try {
      await this.#opened();
      this.#socket.send(isPlain(bytes) ? bytes : new Uint8Array(bytes));
      while (this.#socket.bufferedAmount > HIGH_WATER_MARK) {
        await this.#pause(POLL);
        this.#requireOpen();
      }
    } finally {
      this.#isWriting = false;
    }
  }

  closeWrite(): Promise<void> {
    return (this.#writeClosed ??= this.#endWriting());
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  abort(error: unknown = transportClosed()): void {
    this.#incoming.fail(error);
    this.#socket.close();
    this.#wake();
  }

  unread(bytes: Uint8Array): void {
    this.#incoming.unread(bytes);
  }

  async #endWriting(): Promise<void> {
    if (this.#isClosed) return;
    await this.#opened();
    this.#socket.send(NO_BYTES);
  }

  async #close(): Promise<void> {
    this.#incoming.discard();
    const { failure } = this.#incoming;
    if (failure === undefined && !this.#isClosed) {
      await this.closeWrite();
      // What was sent before goes out before the end.
      this.#socket.close(1000);
      await this.#closed();
    }
    const lost = this.#socket.bufferedAmount;
    this.#incoming.fail(transportClosed());
    if (lost > 0) throw failure?.error ?? transportClosed();
  }

  /** Waits for the gateway's end; a gateway that gives none is left. */
  async #closed(): Promise<void> {
    let isOver = false;
    const cancel = startTimer({}, CLOSING_TIME, () => {
      isOver = true;
      this.#wake();
    });
    while (!this.#isClosed && !isOver) await this.#event();
    cancel();
  }

  async #opened(): Promise<void> {
    while (this.#socket.readyState === CONNECTING) {
      this.#requireOpen();
      await this.#event();
    }
    this.#requireOpen();
  }

  #onMessage(data: unknown): void {
    let bytes: Uint8Array;
    try {
      bytes = viewAnyBytes(data, "a message of the WebSocket");
    } catch (error) {
      this.abort(error);
      return;
    }
    if (bytes.length === 0) this.#incoming.end();
    else this.#incoming.give(bytes);
    if (this.#incoming.buffered > this.#maxBuffered)
      this.abort(
        new RangeError(
          `more than maxBuffered (${String(this.#maxBuffered)} bytes) wait unread, and messages of this WebSocket cannot be stopped: read faster, or allow more`,
        ),
      );
  }

  #onClose({ code = 1006 }: WebSocketEvent): void {
    this.#isClosed = true;
    if (isNormalEnd(code)) this.#incoming.end();
    else if (!this.#incoming.ended) this.#incoming.fail(closedBy(code));
    this.#wake();
  }

  #requireOpen(): void {
    const { failure } = this.#incoming;
    if (failure !== undefined) throw failure.error;
    if (this.#isClosed) throw transportClosed();
  }

  /** Waits for an event, or for so many milliseconds. */
  async #pause(milliseconds: number): Promise<void> {
    const cancel = startTimer({}, milliseconds, () => {
      this.#wake();
    });
    await this.#event();
    cancel();
  }

  #event(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

/** A WebSocket takes no shared memory. */
function isPlain(bytes: Uint8Array): bytes is Bytes {
  return isArrayBuffer(bytes.buffer);
}

const CONNECTING = 0;
const CLOSED = 3;

/** Makes the error for a close code that says a failure. */
export function closedBy(code: number): Error {
  return new Error(
    code === 1006
      ? "the WebSocket to the gateway failed (1006): it cannot be reached, refuses this address, or went away"
      : `the gateway closed the WebSocket with the code ${String(code)}`,
  );
}
