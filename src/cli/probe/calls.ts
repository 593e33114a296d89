/**
 * Calls to the one server that was named: one at a time, with pauses, and so many in
 * all at most.
 */
import { once } from "node:events";
import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fromNodeSocket } from "../../net/node.ts";
import type { Transport } from "../../ssl/socket/transport.ts";
import { startTls, type StarttlsName } from "../connect/starttls/starttls.ts";
import { explain } from "../text/explain.ts";
import { type Answer, Answers } from "./answer.ts";
import { type Hello, inRecords, writeHello } from "./hello.ts";

export interface CallOptions {
  readonly host: string;
  readonly port: number;
  readonly family: 0 | 4 | 6;
  readonly serverName: string;
  readonly starttls: StarttlsName | null;
  /** Milliseconds between two calls. */
  readonly delay: number;
  /** Milliseconds for the part of a call that waits for the server. */
  readonly timeout: number;
  /** The most calls. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** No further call is allowed. */
export class TooManyCalls extends Error {
  override readonly name = "TooManyCalls";
}

/** The server accepts no connection, or does not turn to TLS on it. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
}

/** The ways to send a hello. */
export interface Sending {
  /** Bytes of the message in a record. */
  readonly record?: number;
  /** Sends the first bytes, waits, and then sends the rest. */
  readonly split?: number;
}

/** Milliseconds between two parts of a hello: longer than packets wait. */
const SPLIT_PAUSE = 60;
/** Milliseconds before a call that was refused is made again. */
const SECOND_TRY = 500;

export class Caller {
  readonly #options: CallOptions;
  /** The address that answered first: all calls are to that one. */
  #address: string | undefined;
  #made = 0;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  get timeout(): number {
    return this.#options.timeout;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Calls so far. */
  get made(): number {
    return this.#made;
  }

  get address(): string {
    return this.#address ?? this.#options.host;
  }

  /**
   * A connection as far as TLS begins on it.
   *
   * @throws TooManyCalls, and why there is none
   */
  async open(): Promise<Transport> {
    const { delay, signal, starttls, serverName } = this.#options;
    if (this.#made > 0 && delay > 0) await pause(delay, undefined, { signal });
    const transport = await this.#connect();
    if (starttls === null) return transport;
    const end = this.#limit(transport);
    try {
      const started = await startTls(starttls, transport, serverName);
      return started.transport;
    } catch (error) {
      transport.abort();
      signal.throwIfAborted();
      throw new NoConnection(explain(error), { cause: error });
    } finally {
      end();
    }
  }

  /** Sends a hello, reads the answer and ends the connection. */
  async ask(
    hello: Hello,
    until: "hello" | "done" = "hello",
    sending: Sending = {},
  ): Promise<Answer> {
    const message = writeHello(hello);
    const bytes = inRecords(message, hello.version, sending.record);
    return this.exchange(async (transport) => {
      const { split = 0 } = sending;
      if (split > 0) {
        await transport.write(bytes.slice(0, split));
        await pause(SPLIT_PAUSE);
      }
      await transport.write(bytes.slice(split));
      return new Answers(transport).next(until);
    });
  }

  /** Runs a talk on a connection of its own; one that takes too long is silent. */
  async exchange(
    talk: (transport: Transport) => Promise<Answer>,
  ): Promise<Answer> {
    const transport = await this.open();
    const { signal } = this.#options;
    let late = false;
    const end = this.#limit(transport, () => (late = true));
    try {
      const answer = await talk(transport);
      const isOver = answer.kind === "closed";
      signal.throwIfAborted();
      return late && isOver ? { kind: "silent" } : answer;
    } catch (error) {
      signal.throwIfAborted();
      if (late) return { kind: "silent" };
      // A server may end a connection while we still write.
      if (isNetworkError(error)) return { kind: "closed" };
      throw error;
    } finally {
      end();
      transport.abort();
    }
  }

  /** Ends a transport that takes too long; returns how to stop the clock. */
  #limit(transport: Transport, note?: () => void): () => void {
    const { timeout, signal } = this.#options;
    const stop = (): void => {
      note?.();
      transport.abort(new Error(`no answer after ${timeout / 1000} s`));
    };
    const timer = setTimeout(stop, timeout);
    signal.addEventListener("abort", stop);
    return () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
  }

  async #connect(): Promise<Transport> {
    if (this.#address !== undefined)
      return this.#call(this.#address).catch(async (error: unknown) => {
        if (!(error instanceof NoConnection)) throw error;
        const { signal } = this.#options;
        await pause(SECOND_TRY, undefined, { signal });
        return this.#call(this.address);
      });
    const { host, family } = this.#options;
    const found = await lookup(host, { all: true, family });
    let fault: unknown = new Error(`${host} has no address`);
    for (const { address } of found)
      try {
        const transport = await this.#call(address);
        this.#address = address;
        return transport;
      } catch (error) {
        if (error instanceof TooManyCalls) throw error;
        fault = error;
      }
    throw fault;
  }

  async #call(host: string): Promise<Transport> {
    const { most, port, signal, timeout } = this.#options;
    signal.throwIfAborted();
    if (this.#made >= most)
      throw new TooManyCalls(
        `${most} connections were made, and --max-connections allows no more`,
      );
    this.#made++;
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const late = AbortSignal.timeout(timeout);
    try {
      await once(socket, "connect", {
        signal: AbortSignal.any([signal, late]),
      });
      return fromNodeSocket(socket);
    } catch (error) {
      socket.destroy();
      signal.throwIfAborted();
      if (late.aborted)
        throw new NoConnection(
          `${host} did not accept a connection in ${timeout / 1000} s`,
          { cause: error },
        );
      throw new NoConnection(explain(error), { cause: error });
    }
  }
}

/** Tells errors of a socket, which have a system's code, from faults of ours. */
function isNetworkError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^E[A-Z]+$/.test(error.code)
  );
}
