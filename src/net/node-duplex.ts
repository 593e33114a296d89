import { Duplex } from "node:stream";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import { asError, CLOSING_TIME } from "./transport.ts";

/**
 * A duplex stream of Node over an SSLSocket, which belongs to it from then on:
 * for `node:http` (`createConnection`, `server.emit("connection", …)`) and
 * whatever else wants a socket. Ending it says close_notify; both ends are
 * needed before it closes.
 *
 * @example
 * ```ts
 * import { memoryPair, SSLContext } from "puretls";
 * import { toNodeDuplex } from "puretls/node";
 *
 * const [near] = memoryPair();
 * const socket = new SSLContext({ checkHostname: false }).wrapSocket(near);
 * const stream = toNodeDuplex(socket);
 * stream.destroy();
 * ```
 */
export function toNodeDuplex(socket: SSLSocket): Duplex {
  return new SocketDuplex(socket);
}

class SocketDuplex extends Duplex {
  readonly #socket: SSLSocket;
  /** Marks the connection as a secure one for `node:http`. */
  readonly encrypted = true;

  constructor(socket: SSLSocket) {
    super({ allowHalfOpen: true, autoDestroy: true, emitClose: true });
    this.#socket = socket;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress?.address;
  }

  get remotePort(): number | undefined {
    return this.#socket.remoteAddress?.port;
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress?.address;
  }

  get localPort(): number | undefined {
    return this.#socket.localAddress?.port;
  }

  override _read(): void {
    this.#socket.recv().then(
      (bytes) => {
        this.push(bytes.length === 0 ? null : bytes);
      },
      (error: unknown) => {
        this.destroy(asError(error));
      },
    );
  }

  override _write(
    chunk: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    settle(this.#socket.sendAll(chunk), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    settle(this.#socket.shutdown("write"), done);
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    if (error === null)
      this.#socket.close({ timeout: CLOSING_TIME }).catch(() => undefined);
    else this.#socket.destroy(error);
    done(error);
  }

  // node:http calls these on its sockets.
  setTimeout(_milliseconds: number): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

function settle(
  call: Promise<void>,
  done: (error?: Error | null) => void,
): void {
  call.then(
    () => {
      done();
    },
    (error: unknown) => {
      done(asError(error));
    },
  );
}
