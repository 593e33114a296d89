/**
 * The contract of `net.Socket` for a stream that has no handle of the system: the
 * parts of it that Node reads off the handle are asked of the stream below.
 *
 * A subclass has `_read`, `_writev`, `_final` and `closeBelow`; all else (half-open,
 * `setTimeout()`, `destroySoon()`, `readyState`, the order of events) is Node's own.
 */
import { Socket, type SocketConstructorOpts } from "node:net";
import { nextTick } from "node:process";
import type { Duplex } from "node:stream";

/** Options of the constructor of a {@link NodeSocket}. */
export interface NodeSocketOptions extends SocketConstructorOpts {
  /** Bytes that are buffered in each direction before it has to wait. */
  readonly highWaterMark?: number | undefined;
}

/** An end of a connection, as `net.Socket` has it. */
interface End {
  address?: string;
  family?: string;
  port?: number;
}

/** A piece of data that waits to be written, as a Writable hands it on. */
export interface Piece {
  readonly chunk: Uint8Array | string;
  readonly encoding: BufferEncoding;
}

/** Callback of a stream, for the end of a step. */
export type Done = (error?: Error | null) => void;

export abstract class NodeSocket extends Socket {
  /** Marks the connection as a secure one for `node:http` and others. */
  readonly encrypted = true;
  /** Bytes of data that came and that went. */
  #received = 0;
  #sent = 0;
  /** True once `unref()` was called, for a socket below that comes later. */
  #unrefed = false;

  /** Node's own: tells the timer of `setTimeout()` that something happened. */
  declare readonly _unrefTimer: () => void;

  /** The stream that carries the ciphertext; undefined while there is none. */
  protected abstract get below(): Duplex | undefined;

  /**
   * Lets go of the stream below.
   *
   * @param done is called when it has closed
   */
  protected abstract closeBelow(error: Error | null, done: () => void): void;

  /** Sends the pieces as one; calls back when the next ones may come. */
  protected abstract send(pieces: readonly Piece[], done: Done): void;

  /** Counts data and the activity that `setTimeout()` measures. */
  protected countReceived(bytes: number): void {
    this.#received += bytes;
    this._unrefTimer();
  }

  /** As {@link countReceived}, for data that the stream below has taken. */
  protected countSent(bytes: number): void {
    this.#sent += bytes;
    this._unrefTimer();
  }

  /** Tells a socket below that came late what `unref()` was told. */
  protected adopt(): void {
    if (this.#unrefed) this.unref();
  }

  /** Socket of the system below, through any number of layers. */
  #system(): Socket | undefined {
    const { below } = this;
    return below instanceof Socket ? below : undefined;
  }

  override _write(
    chunk: Uint8Array | string,
    encoding: BufferEncoding,
    done: Done,
  ): void {
    this.send([{ chunk, encoding }], done);
  }

  override _writev(pieces: Piece[], done: Done): void {
    this.send(pieces, done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.setTimeout(0);
    Object.assign(this, { connecting: false });
    // The error is emitted first: by the stream, on the next tick.
    done(error);
    this.closeBelow(error, () => {
      nextTick(() => this.emit("close", error !== null));
    });
  }

  override setNoDelay(noDelay = true): this {
    this.#system()?.setNoDelay(noDelay);
    return this;
  }

  override setKeepAlive(keepAlive = false, initialDelay = 0): this {
    this.#system()?.setKeepAlive(keepAlive, initialDelay);
    return this;
  }

  override ref(): this {
    this.#unrefed = false;
    this.#system()?.ref();
    return this;
  }

  override unref(): this {
    this.#unrefed = true;
    this.#system()?.unref();
    return this;
  }

  override resetAndDestroy(): this {
    const system = this.#system();
    if (!this.destroyed) system?.resetAndDestroy();
    return this.destroy();
  }

  /** The end here, for `localAddress`, `address()` and the like. */
  _getsockname(): End {
    const { localAddress, localFamily, localPort } = this.#system() ?? {};
    return endOf(localAddress, localFamily, localPort);
  }

  /** The end there, for `remoteAddress` and the like. */
  _getpeername(): End {
    const { remoteAddress, remoteFamily, remotePort } = this.#system() ?? {};
    return endOf(remoteAddress, remoteFamily, remotePort);
  }

  /** Properties that Node's types declare, which accessors cannot override. */
  static _accessors(): PropertyDescriptorMap {
    const own = (get: (this: NodeSocket) => unknown) => ({
      get,
      // Constructors of other runtimes set what Node's has accessors for.
      set: () => undefined,
      enumerable: true,
      configurable: true,
    });
    return {
      pending: own(function () {
        return this.connecting || this.destroyed || !this.below;
      }),
      bytesRead: own(function () {
        return this.#received;
      }),
      /** Of which `bytesWritten` is made, with what waits in the stream. */
      _bytesDispatched: own(function () {
        return this.#sent;
      }),
      bufferSize: own(function () {
        return this.destroyed ? undefined : this.writableLength;
      }),
    };
  }
}

Object.defineProperties(NodeSocket.prototype, NodeSocket._accessors());

function endOf(
  address: string | undefined,
  family: string | undefined,
  port: number | undefined,
): End {
  return {
    ...(address !== undefined && { address }),
    ...(family !== undefined && { family }),
    ...(port !== undefined && { port }),
  };
}
