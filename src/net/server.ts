/** Servers on any source of transports. */
import type { SSLContext, WrapSocketOptions } from "../ssl/ssl-context.ts";
import { Fifo } from "../queues.ts";
import { SSLTimeoutError, stateError } from "../ssl/errors/errors.ts";
import { found, type Names, requireNames } from "../ssl/names/arguments.ts";
import { startTimer } from "../ssl/platform/timers.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import { clientOf } from "./client-address.ts";
import { PendingHandshakes } from "./pending-handshakes.ts";
import {
  asError,
  closeInTime,
  type Transport,
  type TransportAddress,
} from "./transport.ts";

/** Source of connections. */
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
  /** Milliseconds that a client has for its handshake; null: no limit. Default 30,000. */
  readonly handshakeTimeout?: number | null;
  /**
   * Milliseconds that a client has for its first byte; null: no limit. Default
   * 10,000.
   */
  readonly firstByteTimeout?: number | null;
  /**
   * Connections in the handshake, and connections ready that nobody has
   * accepted, together. Default 512. When a client finds no place, the handshake
   * that has received least (to a factor of two, and 32 bytes are as good as
   * more), the oldest of those, gives up its own with the error ERR_SSL_EVICTED;
   * while all are ready, new ones wait.
   */
  readonly maxPending?: number;
  /**
   * Connections of one address in the handshake; a further one takes the place
   * of one of them as for `maxPending`. IPv6 addresses that have their first 64
   * bits in common count as one (RFC 4291 2.5.4), but for those of a link
   * (fe80::/10); an IPv4 address in an IPv6 one (RFC 4291 2.5.5.2) counts as
   * itself. Default: as many as `maxPending`, since a proxy has one address for
   * all.
   */
  readonly maxPendingPerAddress?: number;
  /**
   * Called for each connection whose handshake failed. An error that it throws,
   * or rejects with, rejects the next `accept()`; the server goes on.
   */
  readonly onHandshakeError?: (
    error: unknown,
    address: TransportAddress | undefined,
  ) => unknown;
}

/** The names of {@link ServerSocketOptions}. */
export const SERVER_SOCKET_OPTIONS: Names<ServerSocketOptions> = {
  doHandshakeOnConnect: true,
  suppressRaggedEofs: true,
  handshakeTimeout: true,
  firstByteTimeout: true,
  maxPending: true,
  maxPendingPerAddress: true,
  onHandshakeError: true,
};

/** Python: what `accept()` returns. */
export interface AcceptedConnection {
  readonly socket: SSLSocket;
  readonly address: TransportAddress | undefined;
}

/**
 * Python: a listening socket that was wrapped. Handshakes are made side by
 * side, so that one slow client does not keep the others waiting; a client
 * whose handshake fails is told to `onHandshakeError` and not accepted.
 *
 * @example
 * ```ts
 * import { SSLContext, SSLServer } from "puretls";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { listenTcp } from "puretls/node";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const made = createSelfSigned({ provider, hosts: ["localhost"] });
 * const context = new SSLContext("tlsServer");
 * context.loadCertChain({ cert: made.pem, key: made.key.toPem() });
 * const server = new SSLServer(await listenTcp({ port: 0 }), context);
 * await server.close();
 * ```
 */
export class SSLServer {
  readonly #listener: Listener;
  readonly #context: SSLContext;
  readonly #options: ServerSocketOptions;
  readonly #ready = new Fifo<
    AcceptedConnection | { readonly thrown: unknown }
  >();
  /** Handshakes under way. */
  readonly #handshakes = newPending();
  /** The same by the peer's address, where there is a limit to those. */
  readonly #ofAddress = new Map<string, PendingHandshakes<Handshake>>();
  readonly #waiters = new Fifo<{
    resolve(next: AcceptedConnection | null): void;
    reject(error: unknown): void;
  }>();
  #room: (() => void) | undefined;
  /** Takes no more connections. */
  #closed = false;
  #closing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @throws TypeError for a name that is no option, RangeError for a number of
   *   connections below 1 and a time of 0 or less
   */
  constructor(
    listener: Listener,
    context: SSLContext,
    options: ServerSocketOptions = {},
  ) {
    requireNames("SSLServer", options, SERVER_SOCKET_OPTIONS);
    checkNumbers(options);
    this.#listener = listener;
    this.#context = context;
    this.#options = options;
    void this.#run();
  }

  /** The address that the server listens on, as far as the listener knows. */
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
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#room?.();
    for (const { socket } of this.#handshakes.values()) socket.destroy();
    for (const next of this.#ready.takeAll())
      if ("socket" in next) next.socket.destroy();
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
        // A place can be made as long as a handshake has one.
        while (!this.#closed && this.#ready.length >= maxPending)
          await new Promise<void>((resolve) => (this.#room = resolve));
        const transport = await this.#listener.accept();
        if (transport === null) break;
        if (this.#closed) {
          transport.abort();
          break;
        }
        this.#makePlace(transport, maxPending);
        void this.#welcome(transport);
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#closed = true;
    this.#endWaiters();
  }

  /** Ends handshakes for a connection that would be one too many. */
  #makePlace(transport: Transport, maxPending: number): void {
    const { maxPendingPerAddress = maxPending } = this.#options;
    const same = this.#ofAddress.get(addressOf(transport) ?? "");
    if (same !== undefined && same.size >= maxPendingPerAddress)
      this.#evict(same.least());
    if (this.#handshakes.size + this.#ready.length >= maxPending)
      this.#evict(this.#handshakes.least());
  }

  #evict(handshake: Handshake | undefined): void {
    if (handshake === undefined) return;
    this.#remove(handshake);
    handshake.socket.destroy(
      stateError(
        "ERR_SSL_EVICTED",
        "the handshake made room for a newer connection: the server had as many as maxPending",
      ),
    );
  }

  #add(handshake: Handshake): void {
    this.#handshakes.add(handshake);
    const { address } = handshake;
    if (address === undefined) return;
    const same = this.#ofAddress.get(address) ?? newPending();
    same.add(handshake);
    this.#ofAddress.set(address, same);
  }

  #remove(handshake: Handshake): void {
    this.#handshakes.delete(handshake);
    const { address = "" } = handshake;
    const same = this.#ofAddress.get(address);
    same?.delete(handshake);
    if (same?.size === 0) this.#ofAddress.delete(address);
  }

  async #welcome(transport: Transport): Promise<void> {
    const { doHandshakeOnConnect = true } = this.#options;
    const { suppressRaggedEofs = true } = this.#options;
    const address = transport.remoteAddress;
    const options: WrapSocketOptions = {
      serverSide: true,
      doHandshakeOnConnect: false,
      suppressRaggedEofs,
    };
    try {
      const socket = this.#context.wrapSocket(transport, options);
      if (doHandshakeOnConnect) await this.#handshake(socket, transport);
      this.#offer({ socket, address });
    } catch (error) {
      if (error instanceof SSLTimeoutError) transport.abort(error);
      else void closeInTime(transport);
      await this.#report(error, address);
    }
    this.#room?.();
  }

  async #report(
    error: unknown,
    address: TransportAddress | undefined,
  ): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#options.onHandshakeError?.(error, address);
    } catch (thrown) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) this.#ready.push({ thrown });
      else waiter.reject(thrown);
    }
  }

  async #handshake(socket: SSLSocket, transport: Transport): Promise<void> {
    const { handshakeTimeout = 30_000, firstByteTimeout = 10_000 } =
      this.#options;
    const counts = this.#options.maxPendingPerAddress !== undefined;
    const address = counts ? addressOf(transport) : undefined;
    const handshake = { socket, transport, address };
    this.#add(handshake);
    const timer =
      firstByteTimeout === null
        ? undefined
        : startTimer(transport, firstByteTimeout, () => {
            if (transport.bytesRead === 0)
              socket.destroy(
                new SSLTimeoutError("doHandshake", firstByteTimeout),
              );
          });
    try {
      await socket.doHandshake({ timeout: handshakeTimeout });
    } finally {
      timer?.();
      this.#remove(handshake);
    }
  }

  #offer(connection: AcceptedConnection): void {
    if (this.#closed) {
      connection.socket.destroy();
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#ready.push(connection);
    else waiter.resolve(connection);
  }

  #next(): Promise<AcceptedConnection | null> {
    const ready = this.#ready.shift();
    if (ready !== undefined) {
      this.#room?.();
      return "socket" in ready
        ? Promise.resolve(ready)
        : Promise.reject(asError(ready.thrown));
    }
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  #endWaiters(): void {
    for (const waiter of this.#waiters.takeAll()) waiter.resolve(null);
  }
}

function checkNumbers(options: ServerSocketOptions): void {
  for (const name of ["maxPending", "maxPendingPerAddress"] as const) {
    const value = options[name] ?? 1;
    if (!(value >= 1) || !(Number.isInteger(value) || value === Infinity))
      throw new RangeError(
        `SSLServer: ${name}: ${found(value)}; a whole number of connections from 1 is allowed`,
      );
  }
  for (const name of ["handshakeTimeout", "firstByteTimeout"] as const) {
    const value = options[name] ?? 1;
    if (typeof value !== "number" || !(value > 0))
      throw new RangeError(
        `SSLServer: ${name}: ${found(value)}; milliseconds above 0, or null for none, are allowed`,
      );
  }
}

/** A connection whose handshake is under way. */
interface Handshake {
  readonly socket: SSLSocket;
  readonly transport: Transport;
  /**
   * The address that it is counted under: a transport that has ended knows it
   * no more.
   */
  readonly address: string | undefined;
}

function newPending(): PendingHandshakes<Handshake> {
  return new PendingHandshakes(({ transport }) => transport.bytesRead);
}

function addressOf({ remoteAddress }: Transport): string | undefined {
  return remoteAddress && clientOf(remoteAddress.address);
}
