/** Listeners of Deno as sources of transports. */
import type { Listener } from "../../net/server.ts";
import type { Transport, TransportAddress } from "../../net/transport.ts";
import { startTimer } from "../../ssl/platform/timers.ts";
import {
  denoAddress,
  type DenoAddress,
  type DenoConn,
  fromDenoConn,
} from "./conn.ts";

/** The part of `Deno.Listener` that a server needs. */
export interface DenoListener {
  accept(): Promise<DenoConn>;
  close(): void;
  readonly addr: DenoAddress;
}

/** Milliseconds before a connection that could not be taken is tried again. */
const PAUSE = 100;

/** Errors of one connection, or of a moment, which end no server. */
const PASSING = /^(EMFILE|ENFILE|ENOBUFS|ENOMEM|ECONNABORTED|ECONNRESET)$/;

/** A listener of Deno as a source of transports, which it belongs to from then on. */
export class ListenerOfDeno implements Listener {
  readonly #listener: DenoListener;
  #closed = false;

  constructor(listener: DenoListener) {
    this.#listener = listener;
  }

  get address(): TransportAddress | undefined {
    return denoAddress(this.#listener.addr);
  }

  async accept(): Promise<Transport | null> {
    while (!this.#closed)
      try {
        return fromDenoConn(await this.#listener.accept());
      } catch (error) {
        // A function of its own: the compiler thinks that nothing has changed.
        if (this.#isClosed()) break;
        if (!isPassing(error)) throw error;
        await new Promise<void>((resolve) => startTimer({}, PAUSE, resolve));
      }
    return null;
  }

  close(): Promise<void> {
    if (!this.#closed) this.#listener.close();
    this.#closed = true;
    return Promise.resolve();
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}

function isPassing(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" && PASSING.test(code);
}
