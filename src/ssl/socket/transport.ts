/**
 * A transport carries the bytes of a connection: the contract between TLS and a
 * socket, a stream, a pipe. Adapters live in `net/`.
 */
import type { Names } from "../names/arguments.ts";

/** The address of an end of a transport, as far as it knows. */
export interface TransportAddress {
  /** IP address, host name or path. */
  readonly address: string;
  readonly port?: number;
  readonly family?: "IPv4" | "IPv6";
}

/**
 * A reliable, ordered stream of bytes in both directions.
 *
 * - Each direction ends by itself (half-close): {@link closeWrite} tells the
 *   peer that nothing more comes, reading goes on until `read()` gives null.
 * - One `read()` at a time, one `write()` at a time; the two directions do not
 *   wait for each other.
 * - Whoever reads does so for bytes that it wants: a transport must not take
 *   more from its source than a bounded buffer while nobody reads.
 * - An error of the transport rejects the calls under way and all later ones
 *   with that error. Data that came before it is read first.
 */
export interface Transport {
  /**
   * The next bytes, at least one; null at the end. The array is the caller's.
   */
  read(): Promise<Uint8Array | null>;
  /**
   * As {@link read}, for who is done with the bytes at once: they are lent to
   * `take` until it returns, so that a transport can read into one room over
   * and over. False at the end. A transport that has no such room need not have
   * this. `take` does not throw.
   */
  readLent?(take: (bytes: Uint8Array) => void): Promise<boolean>;
  /**
   * Sends bytes, and resolves when the transport may be given more. The array
   * belongs to the transport from then on: the caller must not change it.
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * As {@link write}, for bytes that are the caller's own again when it
   * resolves, and not before. A transport that would have to copy them need not
   * have this. Where it rejects, nobody knows who still reads them.
   */
  writeLent?(bytes: Uint8Array): Promise<void>;
  /** Sends all that was written, then the end. Harmless to repeat. */
  closeWrite(): Promise<void>;
  /**
   * Sends all that was written, then ends both directions and lets go of the
   * resources; resolves when that is done. Harmless to repeat.
   */
  close(): Promise<void>;
  /**
   * Ends both directions at once; what waits to be sent may be lost. Calls
   * under way reject with the error. Harmless to repeat.
   */
  abort(error?: unknown): void;
  /** Puts bytes back: the next `read()` gives them first. */
  unread(bytes: Uint8Array): void;
  /** Bytes written that still wait here for the system; undefined: unknown. */
  readonly unsent?: number | undefined;
  /** Bytes received (or put back) that nobody has read yet. */
  readonly buffered: number;
  /** Bytes that `read()` has given out, minus those that were put back. */
  readonly bytesRead: number;
  readonly localAddress?: TransportAddress | undefined;
  readonly remoteAddress?: TransportAddress | undefined;
  /** TCP_NODELAY. A function of its own, not bound to this object. */
  readonly setNoDelay?: ((noDelay: boolean) => void) | undefined;
  /** SO_KEEPALIVE; milliseconds of silence before the first probe. */
  readonly setKeepAlive?:
    ((keepAlive: boolean, initialDelay: number) => void) | undefined;
  /**
   * Calls back after so many milliseconds, and answers how to prevent that.
   * Where it is missing, `globalThis.setTimeout` does it.
   */
  readonly setTimer?:
    ((callback: () => void, milliseconds: number) => () => void) | undefined;
}

/** The members that every transport has. */
export const TRANSPORT_METHODS = [
  "read",
  "write",
  "closeWrite",
  "close",
  "abort",
  "unread",
] as const satisfies readonly (keyof Transport)[];

/** {@link Transport.readLent} of any transport. */
export async function readLent(
  transport: Transport,
  take: (bytes: Uint8Array) => void,
): Promise<boolean> {
  if (transport.readLent !== undefined) return transport.readLent(take);
  const bytes = await transport.read();
  if (bytes === null) return false;
  take(bytes);
  return true;
}

/** The part of `AbortSignal` that is needed here. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The names of {@link CallOptions}. */
export const CALL_OPTIONS: Names<CallOptions> = { timeout: true, signal: true };

/** Bounds on a call that waits. */
export interface CallOptions {
  /** Milliseconds for the whole call; undefined or null: the socket's own. */
  readonly timeout?: number | null | undefined;
  /** Ends the call with the signal's reason. */
  readonly signal?: AbortSignalLike | undefined;
}

/** Options of a new SSLSocket. */
export interface SocketOptions {
  /** Begin the handshake at once. Default true. */
  readonly doHandshakeOnConnect: boolean;
  /** An end without close_notify reads as an end. Default true, as in Python. */
  readonly suppressRaggedEofs: boolean;
  /** For the handshake that begins at once. */
  readonly handshake: CallOptions;
}
