/** Sockets and other duplex streams of Node as transports. */
import { Socket as NetSocket } from "node:net";
import type { Duplex } from "node:stream";
import { type BytesLike, viewBytes } from "../bytes.ts";
import {
  asError,
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
  const transport = new NodeTransport(socket);
  socket.on("data", (chunk: BytesLike) => {
    transport.give(chunk);
  });
  return transport;
}

/** Milliseconds that a peer has to end its side once this side has closed. */
const LINGER = 1000;

/** See {@link fromNodeSocket}. */
export class NodeTransport implements Transport {
  readonly #socket: Duplex;
  readonly #queue = new ByteQueue();
  /** The reader that waits for bytes that are lent. */
  #taker: ((bytes: Uint8Array) => void) | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #reader: (() => void) | undefined;
  #isWriting = false;
  #isClosing = false;
  #bytesRead = 0;

  constructor(socket: Duplex) {
    this.#socket = socket;
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

  /** The socket, or other stream, that it carries bytes over. */
  get stream(): Duplex {
    return this.#socket;
  }

  /**
   * Delivers bytes of the socket, to keep. Text, of a stream with an encoding, fails
   * the connection.
   */
  give(chunk: BytesLike): void {
    let view: Uint8Array;
    try {
      view = viewBytes(chunk, "a chunk of the stream");
    } catch (error) {
      this.abort(error);
      return;
    }
    // Never Node's Buffer: its slice() is no copy.
    const { buffer, byteOffset, byteLength } = view;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    if (!this.#hand(bytes)) this.#keep(bytes);
  }

  /** Delivers bytes of the socket, valid until this returns. */
  lend(bytes: Uint8Array): void {
    if (!this.#hand(bytes)) this.#keep(bytes.slice());
  }

  get buffered(): number {
    return this.#queue.length;
  }

  get unsent(): number {
    return this.#socket.writableLength;
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
      await this.#next();
    }
    const bytes = this.#queue.shift();
    if (this.#queue.length < HIGH_WATER_MARK / 2) this.#socket.resume();
    this.#bytesRead += bytes.length;
    return bytes;
  }

  async readLent(take: (bytes: Uint8Array) => void): Promise<boolean> {
    oneAtATime("read", this.#reader !== undefined);
    if (this.#queue.length === 0 && !this.#isOver) {
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

  async write(bytes: Uint8Array): Promise<void> {
    this.#requireWritable();
    this.#isWriting = true;
    try {
      if (!this.#socket.write(bytes)) await this.#drained();
    } finally {
      this.#isWriting = false;
    }
  }

  async writeLent(bytes: Uint8Array): Promise<void> {
    // Other streams may hold on to what they have taken: a pipe does.
    if (this.#socket.constructor !== NetSocket)
      return this.write(bytes.slice());
    this.#requireWritable();
    this.#isWriting = true;
    try {
      await this.#written(bytes);
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
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      const onClose = (): void => {
        // What was written and not taken is lost: that is no success.
        if (socket.writableFinished || this.#failure === undefined) resolve();
        else reject(asError(this.#failure.error));
      };
      if (socket.closed) {
        onClose();
        return;
      }
      let linger: ReturnType<typeof setTimeout> | undefined;
      socket.once("close", () => {
        clearTimeout(linger);
        onClose();
      });
      // What comes now is nobody's. It is read all the same: a socket closed
      // over unread data sends a reset, which can overtake an alert.
      this.#isClosing = true;
      this.#queue.clear();
      socket.resume();
      if (socket.destroyed) return;
      socket.end(() => {
        if (this.#ended) {
          socket.destroy();
          return;
        }
        // All is sent: the peer has this long to end its side.
        linger = setTimeout(() => socket.destroy(), LINGER);
        socket.once("end", () => socket.destroy());
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

  #requireWritable(): void {
    oneAtATime("write", this.#isWriting);
    if (this.#failure !== undefined) throw this.#failure.error;
    // A socket that has closed emits nothing more: nobody would be woken.
    if (this.#socket.destroyed) throw transportClosed();
  }

  /** Until the system has taken it all. */
  #written(bytes: Uint8Array): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      socket.write(bytes, (error) => {
        // Of what a destroyed socket has not written it says no more than this.
        if (!error && !socket.destroyed) resolve();
        else
          reject(asError(this.#failure?.error ?? error ?? transportClosed()));
      });
    });
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
    if (socket.closed) {
      reject(asError(this.#failure?.error ?? transportClosed()));
      return;
    }
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

  get #isOver(): boolean {
    return this.#ended || this.#failure !== undefined;
  }

  /** Until something has come, or will not come. */
  async #next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#reader = resolve;
      this.#socket.resume();
    });
    this.#reader = undefined;
  }

  /** To who waits for it at once; says whether the bytes are done with. */
  #hand(bytes: Uint8Array): boolean {
    if (this.#isClosing) return true;
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
