import { type SSLError, stateError } from "../errors/errors.ts";
import {
  readLent,
  type Transport,
  type TransportAddress,
} from "./transport.ts";

/** A transport that is made when `SSLSocket.connect()` asks for it. */
export class LateTransport implements Transport {
  readonly #make: () => Transport | Promise<Transport>;
  #made: Transport | undefined;
  #making = false;

  constructor(make: () => Transport | Promise<Transport>) {
    this.#make = make;
  }

  /**
   * Makes it.
   *
   * @throws RangeError when that was done already, and what making it throws
   */
  async connect(): Promise<void> {
    if (this.#making)
      throw new RangeError("attempt to connect already-connected SSLSocket!");
    this.#making = true;
    try {
      this.#made = await this.#make();
    } finally {
      this.#making = this.#made !== undefined;
    }
  }

  /** @throws SSLError ERR_SOCKET_NOT_CONNECTED before {@link connect} is done */
  requireConnected(): void {
    this.#connected();
  }

  get buffered(): number {
    return this.#made?.buffered ?? 0;
  }

  get bytesRead(): number {
    return this.#made?.bytesRead ?? 0;
  }

  get localAddress(): TransportAddress | undefined {
    return this.#made?.localAddress;
  }

  get remoteAddress(): TransportAddress | undefined {
    return this.#made?.remoteAddress;
  }

  get setTimer(): Transport["setTimer"] {
    const made = this.#made;
    if (made?.setTimer === undefined) return undefined;
    return (callback, milliseconds) =>
      made.setTimer?.(callback, milliseconds) ?? (() => undefined);
  }

  get setNoDelay(): Transport["setNoDelay"] {
    return this.#made?.setNoDelay;
  }

  get setKeepAlive(): Transport["setKeepAlive"] {
    return this.#made?.setKeepAlive;
  }

  async read(): Promise<Uint8Array | null> {
    return this.#connected().read();
  }

  async readLent(take: (bytes: Uint8Array) => void): Promise<boolean> {
    return readLent(this.#connected(), take);
  }

  async write(bytes: Uint8Array): Promise<void> {
    return this.#connected().write(bytes);
  }

  async writeLent(bytes: Uint8Array): Promise<void> {
    const transport = this.#connected();
    return transport.writeLent === undefined
      ? transport.write(bytes.slice())
      : transport.writeLent(bytes);
  }

  async closeWrite(): Promise<void> {
    return this.#connected().closeWrite();
  }

  async close(): Promise<void> {
    await this.#made?.close();
  }

  abort(error?: unknown): void {
    this.#made?.abort(error);
  }

  unread(bytes: Uint8Array): void {
    this.#connected().unread(bytes);
  }

  #connected(): Transport {
    if (this.#made === undefined) throw notConnected();
    return this.#made;
  }
}

function notConnected(): SSLError {
  return stateError(
    "ERR_SOCKET_NOT_CONNECTED",
    "this socket is not connected: call connect()",
  );
}
