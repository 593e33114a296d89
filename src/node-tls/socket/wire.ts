/**
 * The stream below a secure socket. Its bytes are taken below its events: whoever
 * calls `removeAllListeners()` on it, as clients of databases and FTP do, takes
 * nothing away.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isByteArray } from "../../bytes.ts";
import type { Done } from "../../net/node-socket.ts";

/** The socket above a {@link Wire}. */
export interface WireUser {
  /** Takes bytes, valid until it returns; false: no more until `resume()`. */
  onBytes(bytes: Uint8Array): boolean;
  /** The peer has ended its side of the stream below. */
  onWireEnd(): void;
  /** The stream below was destroyed, by whomever. */
  onWireClosed(error: Error | null): void;
}

export class Wire {
  readonly stream: Duplex;
  readonly #user: WireUser;
  #started = false;
  #ended = false;
  #closing = false;

  constructor(stream: Duplex, user: WireUser) {
    this.stream = stream;
    this.#user = user;
    const destroy = stream._destroy.bind(stream);
    stream._destroy = (error, done) => {
      // Told above: the stream itself throws it only where somebody listens.
      const isHeard = stream.listenerCount("error") > 0;
      destroy(isHeard ? error : null, (later) => {
        done(isHeard ? (later ?? null) : null);
      });
      this.#user.onWireClosed(error);
    };
  }

  /** True where bytes that were written may be changed once they are sent. */
  get sendsInPlace(): boolean {
    // Other streams may hold on to what they have taken: a pipe does.
    return this.stream.constructor === Socket;
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
    this.stream.write(bytes, done);
  }

  /** Ends this side of the stream, behind all that was written. */
  end(done: () => void): void {
    const { stream } = this;
    if (stream.writableFinished || stream.destroyed) done();
    else stream.end(done);
  }

  /** Lets go of the stream; calls back when it is closed. */
  close(done: () => void): void {
    const { stream } = this;
    this.#closing = true;
    if (stream.closed || !(stream instanceof Socket)) {
      stream.destroy();
      done();
      return;
    }
    stream.once("close", done);
    stream.destroy();
  }

  get isClosing(): boolean {
    return this.#closing;
  }

  #listens = false;

  /** Takes the place of the stream's own buffer. */
  #tap(stream: Socket): void {
    for (;;) {
      const waiting: unknown = stream.read();
      if (!isByteArray(waiting)) break;
      this.#user.onBytes(waiting);
    }
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
    if (this.#ended) return;
    this.#ended = true;
    this.#user.onWireEnd();
  }
}

/** Tells whether the system itself gives this socket its bytes, one read after another. */
function isOfTheSystem(socket: Socket): boolean {
  return Reflect.get(socket, "_handle") !== null;
}
