/** Servers on any source of transports. */
import type { SSLContext, WrapSocketOptions } from "../ssl/context.ts";
import { SSLTimeoutError, stateError } from "../ssl/errors.ts";
import type { SSLSocket } from "../ssl/ssl-socket.ts";
import type { Transport, TransportAddress } from "./transport.ts";

/** Where connections come from. */
export interface Listener {
  /** The next connection; null when there will be no more. */
  accept(): Promise<Transport | null>;
  /** Takes no more connections. Those accepted live on. */
  close(): Promise<void>;
  readonly address: TransportAddress | undefined;
}

export interface ServerSocketOptions {
  readonly doHandshakeOnConnect?: boolean;
  readonly suppressRaggedEofs?: boolean;
  /** Milliseconds that a client has for its handshake. Default 30,000. */
  readonly handshakeTimeout?: number | null;
  /**
   * Connections in the handshake, and connections ready that nobody has
   * accepted, together. Default 512; more have to wait.
   */
  readonly maxPending?: number;
  /** Told of each connection whose handshake failed. Nothing else is. */
  readonly onHandshakeError?: (
    error: unknown,
    address: TransportAddress | undefined,
  ) => void;
}

/** Python: what `accept()` returns. */
export interface AcceptedConnection {
  readonly socket: SSLSocket;
  readonly address: TransportAddress | undefined;
}

/**
 * Python: a listening socket that was wrapped. Handshakes are made side by
 * side, so that one slow client does not keep the others waiting; a client
 * whose handshake fails is told to `onHandshakeError` and not accepted.
 */
export class SSLServer {
  readonly #listener: Listener;
  readonly #context: SSLContext;
  readonly #options: ServerSocketOptions;
  readonly #ready: AcceptedConnection[] = [];
  readonly #handshakes = new Set<SSLSocket>();
  readonly #waiters: ((next: AcceptedConnection | null) => void)[] = [];
  #room: (() => void) | undefined;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    listener: Listener,
    context: SSLContext,
    options: ServerSocketOptions = {},
  ) {
    this.#listener = listener;
    this.#context = context;
    this.#options = options;
    void this.#run();
  }

  /** Where the server listens, as far as the listener knows. */
  get address(): TransportAddress | undefined {
    return this.#listener.address;
  }

  /** The port that the server listens on; 0 where there is none. */
  get port(): number {
    return this.address?.port ?? 0;
  }

  /**
   * Python: `accept`. The next connection, its handshake done.
   *
   * @throws SSLError when the server is closed, or what the listener failed
   *   with
   */
  async accept(): Promise<AcceptedConnection> {
    const next = await this.#next();
    if (next !== null) return next;
    throw this.#failure === undefined
      ? stateError("ERR_SOCKET_CLOSED", "this server was closed")
      : this.#failure.error;
  }

  /** Connections, their handshakes done, until the server is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SSLSocket, void, undefined> {
    for (;;) {
      const next = await this.#next();
      if (next !== null) yield next.socket;
      else if (this.#failure === undefined) return;
      else throw this.#failure.error;
    }
  }

  /** Takes no more connections and drops those that nobody has accepted. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#room?.();
    for (const socket of this.#handshakes) socket.destroy();
    for (const { socket } of this.#ready.splice(0)) socket.destroy();
    await this.#listener.close();
    this.#endWaiters();
  }

  /** `await using`: as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { maxPending = 512 } = this.#options;
    try {
      for (;;) {
        while (
          !this.#closed &&
          this.#handshakes.size + this.#ready.length >= maxPending
        )
          await new Promise<void>((resolve) => (this.#room = resolve));
        const transport = await this.#listener.accept();
        if (transport === null) break;
        if (this.#closed) {
          transport.abort();
          break;
        }
        void this.#welcome(transport);
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#closed = true;
    this.#endWaiters();
  }

  async #welcome(transport: Transport): Promise<void> {
    const { doHandshakeOnConnect = true, onHandshakeError } = this.#options;
    const { suppressRaggedEofs = true, handshakeTimeout } = this.#options;
    const address = transport.remoteAddress;
    const options: WrapSocketOptions = {
      serverSide: true,
      doHandshakeOnConnect: false,
      suppressRaggedEofs,
    };
    try {
      const socket = this.#context.wrapSocket(transport, options);
      if (doHandshakeOnConnect)
        await this.#handshake(socket, handshakeTimeout ?? 30_000);
      this.#offer({ socket, address });
    } catch (error) {
      if (error instanceof SSLTimeoutError) transport.abort(error);
      else transport.close().catch(() => undefined);
      if (!this.#closed) onHandshakeError?.(error, address);
    }
    this.#room?.();
  }

  async #handshake(socket: SSLSocket, timeout: number): Promise<void> {
    this.#handshakes.add(socket);
    try {
      await socket.doHandshake({ timeout });
    } finally {
      this.#handshakes.delete(socket);
    }
  }

  #offer(connection: AcceptedConnection): void {
    if (this.#closed) {
      connection.socket.destroy();
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#ready.push(connection);
    else waiter(connection);
  }

  #next(): Promise<AcceptedConnection | null> {
    const ready = this.#ready.shift();
    if (ready !== undefined) {
      this.#room?.();
      return Promise.resolve(ready);
    }
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #endWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) waiter(null);
  }
}
