/**
 * The stream below a secure socket. Its bytes are taken below its events: whoever
 * calls `removeAllListeners()` on it, as clients of databases and FTP do, takes
 * nothing away.
 */
import { type OnReadOpts, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isByteArray } from "../../bytes.ts";
import type { Done } from "../../net/node-socket.ts";
import { CAN_SHARE, sharedRoom } from "../../net/node-tcp.ts";

/** The socket above a {@link Wire}. */
export interface WireUser {
  /** Takes bytes, valid until it returns; false: no more until `resume()`. */
  onBytes(bytes: Uint8Array): boolean;
  /** The peer has ended its side of the stream below. */
  onWireEnd(): void;
  /** The stream below was destroyed, by whomever. */
  onWireClosed(error: Error | null): void;
}

/**
 * A socket of the system that is nobody else's: what it reads goes into a room that
 * such sockets share, for an array made for each read costs as much as the reading.
 */
export class OwnSocket extends Socket {
  #take: ((bytes: Uint8Array) => boolean) | undefined;

  constructor() {
    const onread: OnReadOpts = {
      buffer: sharedRoom(),
      callback: (length, bytes) =>
        this.#take?.(bytes.subarray(0, length)) ?? false,
    };
    const options = { allowHalfOpen: true };
    super(CAN_SHARE ? { ...options, ...{ onread } } : options);
  }

  /** Hands on what is read from now on. */
  handTo(take: (bytes: Uint8Array) => boolean): void {
    this.#take = take;
  }
}

export class Wire {
  readonly stream: Duplex;
  readonly #user: WireUser;
  #started = false;
  #listens = false;
  /** A write has failed: the peer is gone, and all that is left is what it said. */
  #isGone = false;
  /** Nothing of the program failed to go out: a peer that is gone misses no close_notify. */
  #saidInVain = false;
  #ended = false;

  constructor(stream: Duplex, user: WireUser) {
    this.stream = stream;
    this.#user = user;
    this.#delayFailures(stream);
    const destroy = stream._destroy.bind(stream);
    stream._destroy = (error, done) => {
      // Told above: the stream itself throws it only where somebody listens.
      const isHeard = stream.listenerCount("error") > 0;
      const isOfSystem = stream instanceof Socket && isOfTheSystem(stream);
      destroy(isHeard ? error : null, (later) => {
        done(isHeard ? (later ?? null) : null);
      });
      const tell = (): void => {
        this.#user.onWireClosed(error);
      };
      // As in Node: what stands above is there until the system has closed it.
      if (error === null && isOfSystem)
        stream.prependOnceListener("close", tell);
      else tell();
    };
  }

  /** True where bytes that were written may be changed once they are sent. */
  get sendsInPlace(): boolean {
    // Other streams may hold on to what they have taken: a pipe does.
    const { constructor } = this.stream;
    return constructor === Socket || constructor === OwnSocket;
  }

  /** Begins to read. Bytes that wait in the stream come first. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    const { stream } = this;
    if (stream instanceof Socket && isOfTheSystem(stream)) this.#tap(stream);
    else this.#listen(stream);
  }

  /** Reads on, after `onBytes()` has returned false. */
  resume(): void {
    if (!this.#started || this.#ended || this.stream.destroyed) return;
    if (this.#listens) this.stream.resume();
    else this.stream._read(this.stream.readableHighWaterMark);
  }

  /** Sends bytes; calls back when the system has taken them. */
  write(bytes: Uint8Array, done: Done): void {
    this.stream.write(bytes, (error) => {
      if (!isFailedWrite(error)) {
        done(error);
        return;
      }
      this.#isGone = true;
      afterReading(() => {
        done(error);
      });
    });
  }

  /** Sends an alert, or a part of the handshake: nothing of the program's. */
  say(bytes: Uint8Array): void {
    this.stream.write(bytes, (error) => {
      if (isFailedWrite(error)) this.#saidInVain = true;
    });
  }

  /** Ends this side of the stream, behind all that was written. */
  end(done: () => void): void {
    const { stream } = this;
    if (stream.writableFinished || stream.destroyed) done();
    else
      stream.end(() => {
        done();
      });
  }

  /** Lets go of the stream; calls back when it is closed. */
  close(done: () => void): void {
    const { stream } = this;
    if (stream.closed || !(stream instanceof Socket)) {
      stream.destroy();
      done();
      return;
    }
    stream.once("close", done);
    stream.destroy();
  }

  /**
   * A peer that refuses us says why in an alert and closes: the first write that
   * fails on that is no reason to leave the alert unread.
   */
  #delayFailures(stream: Duplex): void {
    const destroy = stream.destroy.bind(stream);
    let isDelayed = false;
    stream.destroy = (error?: Error): Duplex => {
      if (isDelayed || !isFailedWrite(error)) return destroy(error);
      isDelayed = true;
      this.#isGone = true;
      afterReading(() => destroy(this.#saidInVain ? undefined : error));
      return stream;
    };
  }

  /** Takes the place of the stream's own buffer. */
  #tap(stream: Socket): void {
    for (;;) {
      const waiting: unknown = stream.read();
      if (!isByteArray(waiting)) break;
      this.#user.onBytes(waiting);
    }
    if (stream instanceof OwnSocket)
      stream.handTo((bytes) => this.#user.onBytes(bytes));
    stream.push = (chunk: unknown): boolean => {
      if (isByteArray(chunk)) return this.#user.onBytes(chunk);
      if (chunk === null) this.#end();
      return false;
    };
    if (stream.readableEnded) this.#end();
    else stream._read(stream.readableHighWaterMark);
  }

  #listen(stream: Duplex): void {
    this.#listens = true;
    stream.on("error", () => undefined);
    stream.on("data", (chunk: Uint8Array) => {
      if (!this.#user.onBytes(chunk)) stream.pause();
    });
    stream.on("end", () => {
      this.#end();
    });
    if (stream.readableEnded) this.#end();
  }

  #end(): void {
    // The system tells of a reset once: to the write that failed.
    if (this.#ended || this.#isGone) return;
    this.#ended = true;
    this.#user.onWireEnd();
  }
}

/** Tells of a peer that is gone, by a write. */
function isFailedWrite(error: Error | null | undefined): boolean {
  if (!error || Reflect.get(error, "syscall") !== "write") return false;
  const code: unknown = Reflect.get(error, "code");
  return code === "EPIPE" || code === "ECONNRESET";
}

/** Waits until the event loop has read what the system has. */
function afterReading(call: () => void): void {
  setImmediate(() => setImmediate(call));
}

/** Tells whether the system itself gives this socket its bytes, one read after another. */
function isOfTheSystem(socket: Socket): boolean {
  return Reflect.get(socket, "_handle") !== null;
}
