/** Connections of Deno as transports. */
import {
  ByteQueue,
  oneAtATime,
  type Transport,
  type TransportAddress,
  transportClosed,
} from "../../net/transport.ts";
import { lingered } from "../lingering.ts";

/** An address, as Deno has it: of TCP, or of a Unix socket. */
export interface DenoAddress {
  readonly transport: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly path?: string;
}

/** The part of `Deno.Conn` that a transport needs. */
export interface DenoConn {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  readonly localAddr: DenoAddress;
  readonly remoteAddr: DenoAddress;
  setNoDelay?(noDelay?: boolean): void;
  setKeepAlive?(keepAlive?: boolean): void;
}

/** Most bytes that one read takes. */
const READ_SIZE = 64 * 1024;

/**
 * A connection of Deno as a transport, which it belongs to from then on. See
 * {@link connect} for an example; `Deno.connect({ transport: "unix", path })` and
 * connections that speak in plain first come in by this.
 */
export function fromDenoConn(conn: DenoConn): Transport {
  return new DenoTransport(conn);
}

class DenoTransport implements Transport {
  readonly #conn: DenoConn;
  readonly #putBack = new ByteQueue();
  #room = new Uint8Array(0);
  #reading: Promise<unknown> | undefined;
  #writing: Promise<unknown> | undefined;
  #ended = false;
  #bytesRead = 0;
  #unsent = 0;
  #failure: { readonly error: unknown } | undefined;
  #writeClosed: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #released = false;

  constructor(conn: DenoConn) {
    this.#conn = conn;
  }

  get buffered(): number {
    return this.#putBack.length;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get unsent(): number {
    return this.#unsent;
  }

  get localAddress(): TransportAddress | undefined {
    return denoAddress(this.#conn.localAddr);
  }

  get remoteAddress(): TransportAddress | undefined {
    return denoAddress(this.#conn.remoteAddr);
  }

  get setNoDelay(): ((noDelay: boolean) => void) | undefined {
    const conn = this.#conn;
    return conn.setNoDelay && ((noDelay) => conn.setNoDelay?.(noDelay));
  }

  get setKeepAlive():
    ((keepAlive: boolean, initialDelay: number) => void) | undefined {
    const conn = this.#conn;
    return conn.setKeepAlive && ((keepAlive) => conn.setKeepAlive?.(keepAlive));
  }

  async read(): Promise<Uint8Array | null> {
    let bytes: Uint8Array | null = null;
    await this.readLent((lent) => (bytes = lent.slice()));
    return bytes;
  }

  async readLent(take: (bytes: Uint8Array) => void): Promise<boolean> {
    oneAtATime("read", this.#reading !== undefined);
    const bytes =
      this.#putBack.length > 0 ? this.#putBack.shift() : await this.#next();
    if (bytes === null) return false;
    this.#bytesRead += bytes.length;
    take(bytes);
    return true;
  }

  async write(bytes: Uint8Array): Promise<void> {
    oneAtATime("write", this.#writing !== undefined);
    this.#throwFailure();
    const writing = this.#send(bytes);
    this.#writing = writing;
    try {
      await writing;
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#writing = undefined;
    }
  }

  /** A write resolves when the system has taken all: nothing is kept of it. */
  writeLent(bytes: Uint8Array): Promise<void> {
    return this.write(bytes);
  }

  closeWrite(): Promise<void> {
    return (this.#writeClosed ??= this.#endWriting());
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  abort(error: unknown = transportClosed()): void {
    this.#failed(error);
    this.#release();
  }

  unread(bytes: Uint8Array): void {
    this.#bytesRead -= bytes.length;
    this.#putBack.unshift(bytes.slice());
  }

  async #send(bytes: Uint8Array): Promise<void> {
    this.#unsent = bytes.length;
    while (this.#unsent > 0)
      this.#unsent -= await this.#conn.write(
        bytes.subarray(bytes.length - this.#unsent),
      );
  }

  async #endWriting(): Promise<void> {
    await this.#writing;
    await this.#conn.closeWrite();
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.#ended) return null;
    this.#throwFailure();
    if (this.#room.length === 0) this.#room = new Uint8Array(READ_SIZE);
    const reading = this.#conn.read(this.#room);
    this.#reading = reading;
    try {
      const count = await reading;
      // Closed meanwhile: that must not look like the peer's end.
      this.#throwFailure();
      this.#ended = count === null;
      return count === null ? null : this.#room.subarray(0, count);
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#reading = undefined;
    }
  }

  async #close(): Promise<void> {
    try {
      if (!this.#released) {
        await this.closeWrite();
        await lingered(this.#peerEnds());
      }
    } catch {
      // What the system has taken is not lost by an end that fails.
    }
    this.#release();
    const closed = this.#failed(transportClosed());
    if (this.#unsent > 0) throw closed;
  }

  /** Reads what nobody wants any more. */
  async #peerEnds(): Promise<void> {
    await this.#reading;
    while (!this.#ended && !this.#released)
      this.#ended = (await this.#conn.read(new Uint8Array(READ_SIZE))) === null;
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    try {
      this.#conn.close();
    } catch {
      // Deno has closed it already.
    }
  }

  /** Notes the first error, and returns it. */
  #failed(error: unknown): unknown {
    this.#failure ??= { error };
    return this.#failure.error;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Returns the same as transports have it. */
export function denoAddress(
  address: DenoAddress | undefined,
): TransportAddress | undefined {
  const name = address?.hostname ?? address?.path;
  if (name === undefined) return undefined;
  const { port } = address ?? {};
  if (port === undefined) return { address: name };
  return { address: name, port, family: name.includes(":") ? "IPv6" : "IPv4" };
}
