/** Listeners of Bun as sources of transports. */
import { Fifo } from "../../queues.ts";
import type { Listener } from "../../net/server.ts";
import type { Transport, TransportAddress } from "../../net/transport.ts";
import {
  type BunHandlers,
  type BunTransport,
  handlersFor,
} from "./transport.ts";

/** The part of what `Bun.listen` returns that a server needs. */
export interface BunListening {
  stop(closeActiveConnections?: boolean): unknown;
  readonly hostname: string;
  readonly port: number;
}

/** Connections that nobody has taken; more are dropped. */
const BACKLOG = 511;

/** Source of the connections that `Bun.listen` tells its handlers of. */
export class ListenerOfBun implements Listener {
  readonly #listening: BunListening;
  readonly #opened = new Fifo<BunTransport>();
  #waiter: (() => void) | undefined;
  #closed = false;

  /** @param listen calls `Bun.listen` with these handlers */
  constructor(listen: (handlers: BunHandlers) => BunListening) {
    this.#listening = listen(
      handlersFor((transport) => {
        if (this.#closed || this.#opened.length >= BACKLOG) transport.abort();
        else this.#opened.push(transport);
        this.#waiter?.();
      }),
    );
  }

  get address(): TransportAddress {
    const { hostname, port } = this.#listening;
    const family = hostname.includes(":") ? "IPv6" : "IPv4";
    return { address: hostname, port, family };
  }

  async accept(): Promise<Transport | null> {
    for (;;) {
      const transport = this.#opened.shift();
      if (transport !== undefined) return transport;
      if (this.#closed) return null;
      await new Promise<void>((resolve) => (this.#waiter = resolve));
    }
  }

  close(): Promise<void> {
    if (!this.#closed) this.#listening.stop(false);
    this.#closed = true;
    for (const transport of this.#opened.takeAll()) transport.abort();
    this.#waiter?.();
    return Promise.resolve();
  }
}
