/** Sockets of Bun, whose handlers are given before they connect, as transports. */
import { viewBytes } from "../../bytes.ts";
import { Incoming } from "../../net/incoming.ts";
import {
  oneAtATime,
  type Transport,
  type TransportAddress,
  transportClosed,
} from "../../net/transport.ts";
import { lingered } from "../lingering.ts";

/** The part of a socket of Bun that a transport needs. */
export interface BunSocket {
  /** The bytes that were taken, which may be fewer; negative: it is closed. */
  write(bytes: Uint8Array): number;
  /** Ends the direction that is written. */
  shutdown(): unknown;
  /** Ends both directions. */
  end(): unknown;
  /** Ends both at once, with a reset. */
  terminate(): unknown;
  pause(): unknown;
  resume(): unknown;
  setNoDelay(noDelay?: boolean): unknown;
  setKeepAlive(keepAlive?: boolean, initialDelay?: number): unknown;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
}

/** The handlers that Bun calls, for any number of sockets. */
export interface BunHandlers {
  open(socket: BunSocket): void;
  data(socket: BunSocket, bytes: Uint8Array): void;
  drain(socket: BunSocket): void;
  end(socket: BunSocket): void;
  error(socket: BunSocket, error: unknown): void;
  close(socket: BunSocket, error?: unknown): void;
}

/** Handlers that find the transport of each socket, and hand out those that open. */
export function handlersFor(
  opened: (transport: BunTransport) => void,
): BunHandlers {
  const transports = new WeakMap<BunSocket, BunTransport>();
  return {
    open: (socket) => {
      const transport = new BunTransport(socket);
      transports.set(socket, transport);
      opened(transport);
    },
    data: (socket, bytes) => transports.get(socket)?.give(bytes),
    drain: (socket) => transports.get(socket)?.drained(),
    end: (socket) => transports.get(socket)?.ended(),
    error: (socket, error) => transports.get(socket)?.failed(error),
    close: (socket, error) => transports.get(socket)?.closed(error),
  };
}

/** See {@link connect} of `puretls/bun`. */
export class BunTransport implements Transport {
  readonly #socket: BunSocket;
  readonly #incoming: Incoming;
  readonly localAddress: TransportAddress | undefined;
  readonly remoteAddress: TransportAddress | undefined;
  /** The rest of what was written, which the system has not taken. */
  #rest: Uint8Array | undefined;
  #isShut = false;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  /** Calls that wait for the socket to say something. */
  #waiters: (() => void)[] = [];

  constructor(socket: BunSocket) {
    this.#socket = socket;
    this.#incoming = new Incoming(socket);
    // A socket that has closed knows them no more.
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    this.localAddress = bunAddress(localAddress, localPort);
    this.remoteAddress = bunAddress(remoteAddress, remotePort);
    socket.setNoDelay(true);
  }

  give(bytes: Uint8Array): void {
    // Never a Buffer: its slice() is no copy.
    const { buffer, byteOffset, byteLength } = viewBytes(bytes);
    this.#incoming.give(new Uint8Array(buffer, byteOffset, byteLength));
  }

  drained(): void {
    const rest = this.#rest;
    if (rest !== undefined) this.#send(rest);
    this.#wake();
  }

  ended(): void {
    this.#incoming.end();
    this.#wake();
  }

  failed(error: unknown): void {
    this.#incoming.fail(error);
    this.#wake();
  }

  closed(error: unknown): void {
    this.#isClosed = true;
    // Where this side has ended too, Bun tells the peer's end by this alone.
    if (error === undefined && this.#isShut) this.#incoming.end();
    else this.#incoming.fail(error ?? transportClosed());
    this.#wake();
  }

  get buffered(): number {
    return this.#incoming.buffered;
  }

  get bytesRead(): number {
    return this.#incoming.bytesRead;
  }

  get unsent(): number {
    return this.#rest?.length ?? 0;
  }

  get setNoDelay(): (noDelay: boolean) => void {
    return (noDelay) => void this.#socket.setNoDelay(noDelay);
  }

  get setKeepAlive(): (keepAlive: boolean, initialDelay: number) => void {
    return (keepAlive, delay) =>
      void this.#socket.setKeepAlive(keepAlive, delay);
  }

  async read(): Promise<Uint8Array | null> {
    return this.#incoming.read();
  }

  async readLent(take: (bytes: Uint8Array) => void): Promise<boolean> {
    return this.#incoming.readLent(take);
  }

  async write(bytes: Uint8Array): Promise<void> {
    oneAtATime("write", this.#rest !== undefined);
    this.#requireOpen();
    if (this.#isShut) throw transportClosed();
    this.#send(bytes);
    await this.#flushed();
  }

  /** Bun keeps nothing of what the system has taken. */
  writeLent(bytes: Uint8Array): Promise<void> {
    return this.write(bytes);
  }

  async closeWrite(): Promise<void> {
    await this.#flushed();
    if (this.#isShut || this.#isClosed) return;
    this.#isShut = true;
    this.#socket.shutdown();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  abort(error: unknown = transportClosed()): void {
    this.#incoming.fail(error);
    if (!this.#isClosed) this.#socket.terminate();
    this.#wake();
  }

  unread(bytes: Uint8Array): void {
    this.#incoming.unread(bytes);
  }

  /** Gives the socket what it takes, and keeps the rest. */
  #send(bytes: Uint8Array): void {
    const taken = bytes.length === 0 ? 0 : this.#socket.write(bytes);
    if (taken < 0) this.#incoming.fail(transportClosed());
    this.#rest = taken < bytes.length ? bytes.subarray(taken) : undefined;
  }

  /** Waits until the system has all that was written. */
  async #flushed(): Promise<void> {
    while (this.#rest !== undefined) {
      this.#requireOpen();
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #requireOpen(): void {
    const { failure } = this.#incoming;
    if (failure !== undefined) throw failure.error;
    if (this.#isClosed) throw transportClosed();
  }

  async #close(): Promise<void> {
    // What comes now is nobody's, and is read all the same.
    this.#incoming.discard();
    try {
      await this.closeWrite();
    } finally {
      if (!this.#isClosed) {
        await lingered(this.#peerEnds());
        this.#socket.end();
      }
      this.#incoming.fail(transportClosed());
    }
  }

  async #peerEnds(): Promise<void> {
    while (!this.#isClosed && !this.#incoming.ended)
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

function bunAddress(
  address: string | undefined,
  port: number | undefined,
): TransportAddress | undefined {
  if (address === undefined) return undefined;
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return { address, ...(port !== undefined && { port }), family };
}
