/**
 * `puretls/bun`: TLS over the sockets of Bun.
 *
 * @module
 */
import {
  CLIENT_OPTIONS,
  type ClientOptions,
  connectBy,
  CONTEXT_CHOICE,
  type ContextChoice,
  contextOf,
} from "../../net/connecting.ts";
import {
  SERVER_SOCKET_OPTIONS,
  type ServerSocketOptions,
  SSLServer,
} from "../../net/server.ts";
import type { Transport } from "../../net/transport.ts";
import { withoutBrackets } from "../../ssl/names/hostname.ts";
import { type Names, picked, requireNames } from "../../ssl/names/arguments.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { globalWith, hasMethods, hostContext } from "../runtime.ts";
import { type BunListening, ListenerOfBun } from "./listener.ts";
import { type BunHandlers, handlersFor } from "./transport.ts";

export type { ClientOptions, ContextChoice } from "../../net/connecting.ts";

/** Options of {@link connect}: those of `Bun.connect`, and of TLS. */
export interface ConnectOptions extends ClientOptions {
  readonly hostname: string;
  readonly port: number;
}

const CONNECT_OPTIONS: Names<ConnectOptions> = {
  ...CLIENT_OPTIONS,
  hostname: true,
  port: true,
};

/**
 * Connects over TCP and makes the handshake; `timeout` and `signal` are for both
 * together. Without `ca` and without a context it trusts what the system trusts.
 *
 * @throws SSLCertVerificationError when the server is not who it should be
 * @throws SSLError when the handshake fails, and Bun's own errors
 *
 * @example
 * ```ts bun
 * import { connect } from "puretls/bun";
 *
 * const ca = await Bun.file("ca.pem").text();
 * const socket = await connect({ hostname: "example.org", port: 443, ca });
 * await socket.sendAll(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
 * for await (const bytes of socket) await Bun.write(Bun.stdout, bytes);
 * await socket.close();
 * ```
 */
export async function connect(options: ConnectOptions): Promise<SSLSocket> {
  requireNames("connect", options, CONNECT_OPTIONS);
  const bun = globalWith("puretls/bun", "Bun", isBun);
  const { port } = options;
  const hostname = withoutBrackets(options.hostname);
  return connectBy(options, {
    call: "connect",
    host: hostname,
    makeContext: hostContext,
    open: () =>
      new Promise<Transport>((resolve, reject) => {
        const socket = handlersFor(resolve);
        bun
          .connect({ hostname, port, allowHalfOpen: true, socket })
          .catch(reject);
      }),
  });
}

/** Options of {@link listen}: those of `Bun.listen`, and of TLS. */
export interface ListenOptions extends ContextChoice, ServerSocketOptions {
  /** 0 or left out: one that is free. */
  readonly port?: number;
  /** Default "127.0.0.1": nobody but this machine. */
  readonly hostname?: string;
}

const LISTEN_OPTIONS: Names<ListenOptions> = {
  ...CONTEXT_CHOICE,
  ...SERVER_SOCKET_OPTIONS,
  port: true,
  hostname: true,
};

/**
 * Listens on TCP and takes connections over TLS: `accept()` them, or go through
 * the server with `for await`. See {@link connect} for the other side.
 *
 * @throws TypeError without a context and without a certificate
 * @throws SSLError for a certificate and key that do not fit, and Bun's own errors
 *
 * @example
 * ```ts bun
 * import { listen } from "puretls/bun";
 *
 * const cert = await Bun.file("server.crt").text();
 * const key = await Bun.file("server.key").text();
 * const server = await listen({ port: 8443, cert, key });
 * for await (const socket of server) {
 *   await socket.sendAll(await socket.recv());
 *   await socket.close();
 * }
 * ```
 */
export async function listen(options: ListenOptions): Promise<SSLServer> {
  requireNames("listen", options, LISTEN_OPTIONS);
  const bun = globalWith("puretls/bun", "Bun", isBun);
  const context = await contextOf("listen", options, "clientAuth", hostContext);
  const { port = 0 } = options;
  const hostname = withoutBrackets(options.hostname ?? "127.0.0.1");
  const listener = new ListenerOfBun((socket) =>
    bun.listen({ hostname, port, allowHalfOpen: true, socket }),
  );
  return new SSLServer(
    listener,
    context,
    picked(options, SERVER_SOCKET_OPTIONS),
  );
}

/** The address that a socket of Bun connects to or listens on, and its handlers. */
interface BunPlace {
  readonly hostname: string;
  readonly port: number;
  readonly allowHalfOpen: boolean;
  readonly socket: BunHandlers;
}

/** The functions of Bun that are needed here. */
interface BunSockets {
  connect(options: BunPlace): Promise<unknown>;
  listen(options: BunPlace): BunListening;
}

function isBun(value: object): value is BunSockets {
  return hasMethods(value, "connect", "listen");
}
