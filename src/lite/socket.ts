/** A connected client: calls that wait, over an engine and a transport. */
import type { Bytes, BytesLike } from "../bytes.ts";
import { NO_BYTES, viewBytes } from "../bytes.ts";
import type { TlsEngine } from "../engine/tls-engine.ts";
import type { ConnectionInfo } from "../handshake/machine/io.ts";
import { closeInTime } from "../net/transport.ts";
import type { AbortSignalLike, Transport } from "../ssl/socket/transport.ts";

/** Plaintext that is sealed before the transport has to take it. */
const PIECE = 64 * 1024;

/**
 * A TLS connection of `connect()`. Calls of one kind are served in the order in which
 * they were made; reading and writing do not wait for each other. See {@link connect}
 * for an example.
 */
export class LiteSocket {
  readonly #engine: TlsEngine;
  readonly #transport: Transport;
  #reads: Promise<unknown> = Promise.resolve();
  #writes: Promise<unknown> = Promise.resolve();
  #sends: Promise<unknown> = Promise.resolve();
  #hasEnded = false;
  /** The error of destroy(). */
  #destroyed: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(engine: TlsEngine, transport: Transport) {
    this.#engine = engine;
    this.#transport = transport;
  }

  /**
   * Makes the handshake. What fails it closes the transport, after the alert.
   *
   * @throws TlsError, what the transport throws, and the signal's reason
   */
  async handshake(signal?: AbortSignalLike): Promise<void> {
    const abort = (): void => this.destroy(signal?.reason);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort);
    try {
      await this.#flush();
      while (this.#engine.info === undefined) await this.#receive();
    } catch (error) {
      void closeInTime(this.#transport);
      throw signal?.aborted === true ? signal.reason : error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** The parameters that were negotiated, and the peer's certificates. */
  get info(): ConnectionInfo {
    const { info, error } = this.#engine;
    if (info === undefined) throw error ?? new TypeError("not connected");
    return info;
  }

  /**
   * The next data that the peer sent, the caller's; empty at its end.
   *
   * @throws TlsError where the connection fails, as by a truncation, and what the
   *   transport throws
   */
  recv(): Promise<Bytes> {
    const turn = this.#reads.then(() => this.#next());
    this.#reads = turn.catch(() => undefined);
    return turn;
  }

  /** All that the peer sends, until its end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Bytes, void, void> {
    for (;;) {
      const bytes = await this.recv();
      if (bytes.length === 0) return;
      yield bytes;
    }
  }

  /**
   * Sends data; resolves when the transport may be given more. The bytes must not
   * change until then.
   *
   * @throws TlsError for a connection that has failed, TlsUsageError after
   *   {@link closeWrite}, and what the transport throws
   */
  sendAll(data: BytesLike): Promise<void> {
    const bytes = viewBytes(data, "sendAll: data");
    const turn = this.#sends.then(async () => {
      for (let at = 0; at < bytes.length; at += PIECE) {
        if (this.#engine.error !== undefined) throw this.#engine.error;
        this.#engine.write(bytes.subarray(at, at + PIECE));
        await this.#flush();
      }
    });
    this.#sends = turn.catch(() => undefined);
    return turn;
  }

  /** Ends this side's data, after what was sent before: the peer may go on. */
  async closeWrite(): Promise<void> {
    await this.#sends;
    this.#engine.close();
    await this.#flush();
    await this.#transport.closeWrite();
  }

  /** Says close_notify after what was sent before, and closes the transport. */
  close(): Promise<void> {
    return (this.#closing ??= (async () => {
      await this.#sends;
      this.#engine.close();
      try {
        await this.#flush();
      } finally {
        await closeInTime(this.#transport);
      }
    })());
  }

  /** Ends everything at once; calls under way reject with that error. */
  destroy(
    error: unknown = new Error("the connection was destroyed here"),
  ): void {
    this.#destroyed ??= { error };
    this.#engine.abandon();
    this.#transport.abort(error);
  }

  async #next(): Promise<Bytes> {
    while (!this.#hasEnded) {
      if (this.#destroyed !== undefined) throw this.#destroyed.error;
      const event = this.#engine.nextEvent();
      if (event === undefined) await this.#receive();
      else if (event.type === "data") return event.bytes;
      else if (event.type === "failed") throw event.error;
      else if (event.type === "peer_closed") this.#hasEnded = true;
    }
    return NO_BYTES.slice();
  }

  /** Takes what the transport has, and sends what the engine answers. */
  async #receive(): Promise<void> {
    if (this.#engine.error !== undefined) throw this.#engine.error;
    const bytes = await this.#transport.read();
    if (this.#destroyed !== undefined) throw this.#destroyed.error;
    if (bytes === null) this.#engine.receiveEof();
    else this.#engine.receive(bytes);
    await this.#flush();
  }

  /** Sends the engine's output, in its order. */
  #flush(): Promise<void> {
    const output = this.#engine.takeOutput();
    if (output.length === 0) return Promise.resolve();
    const turn = this.#writes.then(() => this.#transport.write(output));
    this.#writes = turn.catch(() => undefined);
    return turn;
  }
}
