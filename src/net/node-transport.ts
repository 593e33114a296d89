/** Sockets and other duplex streams of Node as transports. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTcp, Socket as NetSocket } from "node:net";
import {
  ByteQueue,
  oneAtATime,
  type Transport,
  type TransportAddress,
  transportClosed,
} from "./transport.ts";

/** Bytes kept while nobody reads; then the source is told to wait. */
const HIGH_WATER_MARK = 256 * 1024;

/**
 * A socket of Node (or any duplex stream of bytes) as a transport, which it
 * belongs to from then on: nobody else must read from it or write to it.
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { connect, createServer, type AddressInfo } from "node:net";
 * import { fromNodeSocket } from "puretls/node";
 *
 * const server = createServer((socket) => socket.end("hello"));
 * server.listen(0, "127.0.0.1");
 * await once(server, "listening");
 * const { port } = server.address() as AddressInfo;
 *
 * const transport = fromNodeSocket(connect(port, "127.0.0.1"));
 * const bytes = await transport.read();
 * if (bytes?.length !== 5) throw new Error();
 * await transport.close();
 * server.close();
 * ```
 */
export function fromNodeSocket(socket: Duplex): Transport {
  return new NodeTransport(socket);
}

/** Where and how to connect a plain TCP socket. */
export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  readonly signal?: AbortSignal | undefined;
}

/** A connected TCP socket that reads on after the peer has ended. */
export function openTcp(options: TcpOptions): Promise<Socket> {
  const { host, port, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(asError(signal.reason));
      return;
    }
    const socket = connectTcp({
      host,
      port,
      allowHalfOpen: true,
      noDelay: true,
    });
    const onAbort = (): void => {
      settle();
      socket.destroy();
      reject(asError(signal?.reason));
    };
    const settle = (): void => {
      socket.off("error", onError);
      signal?.removeEventListener("abort", onAbort);
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    signal?.addEventListener("abort", onAbort);
    socket.once("error", onError);
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
  });
}

/** Milliseconds that a peer has to end its side once this side has closed. */
const LINGER = 1000;

class NodeTransport implements Transport {
  readonly #socket: Duplex;
  readonly #queue = new ByteQueue();
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #reader: (() => void) | undefined;
  #isWriting = false;
  #isClosing = false;
  #bytesRead = 0;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => {
      this.#onData(chunk);
    });
    socket.on("end", () => {
      this.#onEnd();
    });
    socket.on("error", (error) => {
      this.#onFailure(error);
    });
    socket.on("close", () => {
      if (!this.#ended) this.#onFailure(transportClosed());
    });
  }

  get buffered(): number {
    return this.#queue.length;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get localAddress(): TransportAddress | undefined {
    const socket = this.#socket;
    if (!(socket instanceof NetSocket)) return undefined;
    return addressOf(socket.localAddress, socket.localPort);
  }

  get remoteAddress(): TransportAddress | undefined {
    const socket = this.#socket;
    if (!(socket instanceof NetSocket)) return undefined;
    return addressOf(socket.remoteAddress, socket.remotePort);
  }

  get setNoDelay(): ((noDelay: boolean) => void) | undefined {
    const socket = this.#socket;
    if (!(socket instanceof NetSocket)) return undefined;
    return (noDelay) => void socket.setNoDelay(noDelay);
  }

  get setKeepAlive():
    ((keepAlive: boolean, initialDelay: number) => void) | undefined {
    const socket = this.#socket;
    if (!(socket instanceof NetSocket)) return undefined;
    return (keepAlive, delay) => void socket.setKeepAlive(keepAlive, delay);
  }

  async read(): Promise<Uint8Array | null> {
    oneAtATime("read", this.#reader !== undefined);
    while (this.#queue.length === 0) {
      if (this.#ended) return null;
      if (this.#failure !== undefined) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#reader = resolve;
        this.#socket.resume();
      });
      this.#reader = undefined;
    }
    const bytes = this.#queue.shift();
    if (this.#queue.length < HIGH_WATER_MARK / 2) this.#socket.resume();
    this.#bytesRead += bytes.length;
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    oneAtATime("write", this.#isWriting);
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#isWriting = true;
    try {
      if (!this.#socket.write(bytes)) await this.#drained();
    } finally {
      this.#isWriting = false;
    }
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      if (socket.writableFinished || socket.destroyed) {
        resolve();
        return;
      }
      this.#whenOver(resolve, reject, "finish");
      socket.end();
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      const socket = this.#socket;
      if (socket.closed) {
        resolve();
        return;
      }
      const linger = setTimeout(() => socket.destroy(), LINGER);
      socket.once("close", () => {
        clearTimeout(linger);
        resolve();
      });
      // What comes now is nobody's. It is read all the same: a socket closed
      // over unread data sends a reset, which can overtake an alert.
      this.#isClosing = true;
      this.#queue.clear();
      socket.resume();
      if (socket.destroyed) return;
      socket.end(() => {
        if (this.#ended) socket.destroy();
        else socket.once("end", () => socket.destroy());
      });
    });
  }

  abort(error: unknown = transportClosed()): void {
    this.#onFailure(error);
    this.#socket.destroy();
  }

  unread(bytes: Uint8Array): void {
    this.#bytesRead -= bytes.length;
    this.#queue.unshift(bytes.slice());
    this.#reader?.();
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#whenOver(resolve, reject, "drain");
    });
  }

  /** Settles with the first of: the event, an error, the end of the socket. */
  #whenOver(
    resolve: () => void,
    reject: (error: Error) => void,
    event: "drain" | "finish",
  ): void {
    const socket = this.#socket;
    const settle = (): void => {
      socket.off(event, onEvent);
      socket.off("close", onClose);
    };
    const onEvent = (): void => {
      settle();
      resolve();
    };
    const onClose = (): void => {
      settle();
      reject(asError(this.#failure?.error ?? transportClosed()));
    };
    socket.once(event, onEvent);
    socket.once("close", onClose);
  }

  #onData(chunk: Uint8Array): void {
    if (this.#isClosing) return;
    const { buffer, byteOffset, byteLength } = chunk;
    this.#queue.push(new Uint8Array(buffer, byteOffset, byteLength));
    if (this.#queue.length >= HIGH_WATER_MARK) this.#socket.pause();
    this.#reader?.();
  }

  #onEnd(): void {
    this.#ended = true;
    this.#reader?.();
  }

  #onFailure(error: unknown): void {
    this.#failure ??= { error };
    this.#reader?.();
  }
}

function addressOf(
  address: string | undefined,
  port: number | undefined,
): TransportAddress | undefined {
  if (address === undefined) return undefined;
  return {
    address,
    ...(port !== undefined && { port }),
    family: address.includes(":") ? "IPv6" : "IPv4",
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
