/**
 * TLS as a `net.Socket`, over a socket or any duplex stream, without promises.
 *
 * How it is subclassed:
 *
 * - `super(options)`, then `attach(stream)` with the stream below (which may still
 *   connect), or `connect(…)`, which makes a socket. A server begins by itself when
 *   the stream is connected; a client begins at `_start()`, or when it writes.
 * - `openConnection()` makes the `Connection` (`connectionOf(context, { serverSide,
 *   serverHostname, session })`) at that moment, so that `setServername()` and
 *   `setSession()` can come before it. What it throws ends the socket.
 * - `onSecure()` is called once, in the handshake's last step and before any data:
 *   there `authorized`, `alpnProtocol` are set and `secureConnect` is emitted. It may
 *   call `destroy(error)`.
 * - `nodeError(error)` turns the error that ends the connection into Node's.
 * - `facts` answers what is known of the connection, from `openConnection()` on; in
 *   callbacks of the context the connection is that object, its `socket` is this one.
 * - Callbacks that answer with promises (SNI, ALPN, PSK, stores, verifiers) are waited
 *   for; nothing is read meanwhile.
 */
import type { Buffer } from "node:buffer";
import { Socket } from "node:net";
import { nextTick } from "node:process";
import type { Duplex } from "node:stream";
import {
  type Done,
  NodeSocket,
  type NodeSocketOptions,
  type Piece,
} from "../../net/node-socket.ts";
import { systemErrorOf } from "../../net/node-errors.ts";
import { asBuffer, lengthOf } from "../../net/node-pieces.ts";
import { asError } from "../../net/transport.ts";
import type { Connection } from "../../ssl/connection/connection.ts";
import { neverSecure, neverSent } from "./errors.ts";
import { SocketFacts } from "./facts.ts";
import { hasFlowed } from "./header-blocks.ts";
import { Sender } from "./sender.ts";
import { OwnSocket, Wire } from "./wire.ts";

export interface SecureSocketOptions extends NodeSocketOptions {
  readonly isServer?: boolean | undefined;
}

export abstract class SecureSocket extends NodeSocket {
  readonly #isServer: boolean;
  #wire: Wire | undefined;
  #connection: Connection | undefined;
  #sender: Sender | undefined;
  #facts: SocketFacts | undefined;
  /** True once the handshake is done and `onSecure()` was called. */
  #secure = false;
  /** The reader above has room. */
  #wanted = false;
  /** Bytes of a record that the last turn has left. */
  #rest: Buffer | undefined;
  /** Between two records: see {@link #deliverLater}. */
  #isBetween = false;
  /** The stream below waits for `resume()`. */
  #held = false;
  #wireEnded = false;
  #endPushed = false;
  /** Data, then perhaps the end, that wait for the handshake. */
  readonly #afterHandshake: Waiting[] = [];

  protected constructor(options: SecureSocketOptions) {
    super(options);
    this.#isServer = options.isServer ?? false;
  }

  /** Makes the connection, see above. */
  protected abstract openConnection(): Connection;

  /** Called when the handshake is done, before any data. */
  protected abstract onSecure(): void;

  /** Turns what ended the connection into the error that the program gets. */
  protected nodeError(error: unknown): Error {
    return asError(systemErrorOf(error));
  }

  protected override get below(): Duplex | undefined {
    return this.#wire?.stream;
  }

  /** Answers questions about the connection; undefined before it was begun. */
  get facts(): SocketFacts | undefined {
    return this.#facts;
  }

  /** The connection itself; undefined before it was begun. */
  protected get connection(): Connection | undefined {
    return this.#connection;
  }

  /** True from the end of the handshake on. */
  get isSecure(): boolean {
    return this.#secure;
  }

  /** True on the side of a server. */
  protected get isServer(): boolean {
    return this.#isServer;
  }

  /** Bytes of data in a record, 512 to 16384. */
  protected set maxFragment(bytes: number) {
    this.#maxFragment = bytes;
    if (this.#sender !== undefined) this.#sender.maxFragment = bytes;
  }
  #maxFragment: number | undefined;

  /** Takes the stream below, whose bytes are this socket's alone from now on. */
  protected attach(stream: Duplex): void {
    const wire = new Wire(stream, {
      onBytes: (bytes) => this.#onBytes(bytes),
      onWireEnd: () => {
        this.#onWireEnd();
      },
      onWireClosed: (error) => {
        this.#onWireClosed(error);
      },
    });
    this.#wire = wire;
    this.adopt();
    if (stream.destroyed) nextTick(() => void this.destroy());
    else if (stream instanceof Socket && stream.pending) {
      // It connects now, or whoever made it calls `connect()` of it later.
      Object.assign(this, { connecting: true });
      stream.once("connect", () => {
        this.#onConnected();
      });
    } else
      nextTick(() => {
        this.#begin();
      });
  }

  /** Makes a socket of the system, with the arguments of `net.Socket.connect()`. */
  override connect(...options: readonly unknown[]): this {
    const last = options.at(-1);
    const listener = typeof last === "function" ? last : undefined;
    if (listener !== undefined)
      this.once("connect", () => {
        Reflect.apply(listener, this, []);
      });
    const socket = new OwnSocket();
    for (const event of FORWARDED)
      socket.on(event, (...told: unknown[]) => this.emit(event, ...told));
    const given = listener === undefined ? options : options.slice(0, -1);
    Reflect.apply(socket.connect, socket, given);
    this.attach(socket);
    return this;
  }

  /** Begins a client's handshake, when the stream below is connected. */
  _start(): void {
    if (!this.connecting) {
      this.#openTls();
      return;
    }
    this.once("connect", () => {
      this._start();
    });
  }

  override _read(): void {
    this.#wanted = true;
    this.#turn();
  }

  protected override send(pieces: readonly Piece[], done: Done): void {
    const bytes = lengthOf(pieces);
    this.countSent(bytes);
    const run = (): void => {
      this.#sender?.send(pieces, bytes, (error) => {
        if (error) done(this.nodeError(this.#connection?.failure ?? error));
        else done();
      });
    };
    if (this.#secure) {
      run();
      return;
    }
    this.#afterHandshake.push({ run, done });
    if (!this.connecting) this.#openTls();
  }

  override _final(done: Done): void {
    if (!this.#secure && !this.#wireEnded && this.#wire !== undefined) {
      const run = (): void => {
        this._final(done);
      };
      this.#afterHandshake.push({ run, done });
      return;
    }
    this.#connection?.close();
    this.#sender?.flush();
    if (this.#wire === undefined) done();
    else this.#wire.end(done);
  }

  protected override closeBelow(error: Error | null, done: () => void): void {
    const connection = this.#connection;
    // A peer that reads no close_notify takes the end for a truncation.
    if (error === null && this.#secure && connection?.failure === undefined) {
      connection?.close();
      this.#sender?.flush();
    }
    connection?.abandon();
    const closed = (): void => {
      done();
      const waiting = this.#afterHandshake.splice(0);
      if (waiting.length === 0) return;
      const lost = neverSent(connection !== undefined);
      nextTick(() => {
        for (const step of waiting) step.done(lost);
      });
    };
    if (this.#wire === undefined) closed();
    else this.#wire.close(closed);
  }

  #onConnected(): void {
    Object.assign(this, { connecting: false });
    this.emit("connect");
    this.#begin();
  }

  /** Reads on from here; a server makes its handshake. */
  #begin(): void {
    if (this.destroyed) return;
    if (this.#isServer) this.#openTls();
    this.read(0);
    this.#wire?.start();
  }

  #openTls(): void {
    if (this.#connection !== undefined || this.destroyed) return;
    try {
      const connection = this.openConnection();
      this.#connection = connection;
      this.#sender =
        this.#wire &&
        new Sender(connection, this.#wire, () => {
          this._unrefTimer();
        });
      if (this.#maxFragment !== undefined) this.maxFragment = this.#maxFragment;
      this.#facts = new SocketFacts(connection, this);
      connection.start();
    } catch (error) {
      this.destroy(this.nodeError(error));
      return;
    }
    this.#turn();
  }

  #onBytes(bytes: Uint8Array): boolean {
    if (this.#connection === undefined) this.#openTls();
    const connection = this.#connection;
    if (connection === undefined || this.destroyed) return false;
    try {
      connection.receive(bytes);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#held = false;
    this.#turn();
    this.#held = !this.#takesMore;
    return !this.#held;
  }

  get #hasData(): boolean {
    const { pending = 0 } = this.#connection ?? {};
    return pending > 0 || this.#rest !== undefined;
  }

  get #takesMore(): boolean {
    const connection = this.#connection;
    if (this.destroyed || connection?.waiting !== undefined) return false;
    return this.#wanted || !this.#hasData;
  }

  /** Does what there is to do after any step of the connection. */
  #turn(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#sender?.flush();
    if (connection.waiting !== undefined) {
      this.#waitFor(connection.waiting);
      return;
    }
    if (!this.#secure && connection.handshakeDone) this.#becomeSecure();
    this.#deliver(connection);
    // What came before the end is read before the end is told.
    if (this.destroyed || this.#isBetween) return;
    if (connection.failure !== undefined) this.#fail(connection.failure);
    else if (!this.#hasData && this.#isAtEnd(connection)) this.#pushEnd();
    else if (this.#held && this.#takesMore) {
      this.#held = false;
      this.#wire?.resume();
    }
  }

  #isAtEnd(connection: Connection): boolean {
    return connection.peerClosed || (this.#wireEnded && this.#secure);
  }

  #becomeSecure(): void {
    this.#secure = true;
    try {
      this.onSecure();
    } finally {
      // Whatever a listener throws, data that was written before goes out.
      while (!this.destroyed && this.#afterHandshake.length > 0)
        this.#afterHandshake.shift()?.run();
      if (this.#hasData) this.#deliverLater();
    }
  }

  /**
   * Tells how many bytes of a record are handed on at once; the others are, as the next
   * record is, in a turn of their own.
   */
  protected turnLength(bytes: Uint8Array): number {
    return bytes.length;
  }

  /** True where a piece is handed on when the last one was read, and no sooner. */
  protected cutsTurns = false;

  /** Hands on one record; the next one in a turn of its own. */
  #deliver(connection: Connection): void {
    if (this.#isBetween || !this.#wanted || !this.#hasData) return;
    if (this.cutsTurns && !hasFlowed(this, this.#goOn)) return;
    const record = this.#rest ?? asBuffer(connection.takeData(Infinity));
    const length = this.turnLength(record);
    this.#rest = length < record.length ? record.subarray(length) : undefined;
    this.countReceived(length);
    // False until `_read()` is called once more.
    this.#wanted = false;
    this.#isBetween = this.#hasData;
    try {
      if (this.push(record.subarray(0, length))) this.#wanted = true;
    } catch (error) {
      // Of a listener: whoever catches it is to get the data that follows.
      this.#wanted = true;
      throw error;
    } finally {
      if (this.#isBetween) this.#deliverLater();
    }
  }

  readonly #goOn = (): void => {
    this.#deliverLater();
  };

  /**
   * Goes on when promises have run, as they do between two records of Node's own
   * sockets, where each is a callback from the system: a program that awaits an event
   * has its next listener in time.
   */
  #deliverLater(): void {
    this.#isBetween = true;
    queueMicrotask(() => {
      nextTick(() => {
        this.#isBetween = false;
        if (!this.destroyed) this.#turn();
      });
    });
  }

  #pushEnd(): void {
    if (this.#endPushed) return;
    this.#endPushed = true;
    this.push(null);
    this.read(0);
  }

  #waitFor(waiting: Promise<void>): void {
    if (this.#waiting === waiting) return;
    this.#waiting = waiting;
    this.#held = true;
    const goOn = (): void => {
      if (!this.destroyed) this.#turn();
    };
    waiting.then(goOn, (error: unknown) => {
      this.#fail(error);
    });
  }
  #waiting: Promise<void> | undefined;

  #onWireEnd(): void {
    this.#wireEnded = true;
    const connection = this.#connection;
    if (this.#secure && connection !== undefined) {
      this.#turn();
      return;
    }
    // Half-open is for data: a handshake never ends without the peer.
    this.allowHalfOpen = false;
    // A server tells its own listeners; a bare socket has ended, and that is all.
    this.once("end", () => {
      if (!this.#isServer) this.destroy(neverSecure());
      else if (this.#afterHandshake.length > 0) this.destroy();
    });
    this.#pushEnd();
  }

  #onWireClosed(error: Error | null): void {
    if (this.destroyed) return;
    const { peerClosed, closeSent } = this.#connection ?? {};
    // Both sides have ended: a close_notify that found nobody is no loss.
    if (peerClosed === true && closeSent === true) this.destroy();
    else if (error !== null) this.destroy(this.nodeError(error));
    else if (this.#secure || this.#isServer) this.destroy();
    else this.destroy(neverSecure());
  }

  /** Ends the socket; the alert for the peer goes out first. */
  #fail(error: unknown): void {
    this.#sender?.flush();
    this.destroy(this.nodeError(error));
  }
}

/** A step that waits; its callback, where it never comes to it. */
interface Waiting {
  readonly run: () => void;
  readonly done: Done;
}

/** Events of the socket below that this one emits too. */
const FORWARDED = [
  "ready",
  "lookup",
  "connectionAttempt",
  "connectionAttemptFailed",
  "connectionAttemptTimeout",
] as const;
