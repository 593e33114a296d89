import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { withoutBrackets } from "../ssl/names/hostname.ts";
import { type Names, requireNames } from "../ssl/names/arguments.ts";
import { fromNodeSocket } from "./node-transport.ts";
import type { Listener } from "./server.ts";
import type { Transport, TransportAddress } from "./transport.ts";

export interface ListenOptions {
  /** 0 or left out: one that is free. */
  readonly port?: number;
  /** Default "127.0.0.1": nobody but this machine. */
  readonly host?: string;
  /** Connections that nobody has taken; more are dropped. Default 511. */
  readonly backlog?: number;
}

/** The names of {@link ListenOptions}. */
export const LISTEN_OPTIONS: Names<ListenOptions> = {
  port: true,
  host: true,
  backlog: true,
};

/**
 * A TCP server of Node, listening, as a source of transports.
 *
 * @example
 * ```ts
 * import { listenTcp, openTcp } from "puretls/node";
 *
 * const listener = await listenTcp({ host: "127.0.0.1", port: 0 });
 * const { port = 0 } = listener.address ?? {};
 * const socket = await openTcp({ host: "127.0.0.1", port });
 * socket.destroy();
 * await listener.close();
 * ```
 */
export function listenTcp(options: ListenOptions): Promise<Listener> {
  requireNames("listenTcp", options, LISTEN_OPTIONS);
  const { port = 0, host = "127.0.0.1", backlog = 511 } = options;
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.once("error", reject);
    server.listen({ port, host: withoutBrackets(host), backlog }, () => {
      server.off("error", reject);
      resolve(new NodeListener(server, backlog));
    });
  });
}

class NodeListener implements Listener {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #address: TransportAddress | undefined;
  #waiter: (() => void) | undefined;
  #closed = false;

  constructor(server: Server, backlog: number) {
    this.#server = server;
    this.#address = addressOf(server.address());
    server.on("connection", (socket) => {
      // Without anybody who listens, an error would end the process.
      socket.on("error", () => undefined);
      if (this.#sockets.length >= backlog) socket.destroy();
      else this.#sockets.push(socket);
      this.#waiter?.();
    });
    // One connection could not be taken, for want of a descriptor or of memory:
    // that ends no server, or a flood of connections would.
    server.on("error", () => undefined);
  }

  get address(): TransportAddress | undefined {
    return this.#address;
  }

  async accept(): Promise<Transport | null> {
    for (;;) {
      const socket = this.#sockets.shift();
      if (socket !== undefined) return fromNodeSocket(socket);
      if (this.#closed) return null;
      await new Promise<void>((resolve) => (this.#waiter = resolve));
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    // Its callback waits for connections that live on: not our business.
    this.#server.close();
    this.#waiter?.();
    return Promise.resolve();
  }
}

function addressOf(
  address: AddressInfo | string | null,
): TransportAddress | undefined {
  if (address === null) return undefined;
  if (typeof address === "string") return { address };
  return {
    address: address.address,
    port: address.port,
    family: address.family === "IPv6" ? "IPv6" : "IPv4",
  };
}
