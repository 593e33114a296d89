/**
 * `puretls/deno`: TLS over the connections of Deno.
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
import { withoutBrackets } from "../../ssl/names/hostname.ts";
import { type Names, picked, requireNames } from "../../ssl/names/arguments.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { globalWith, hasMethods, hostContext } from "../runtime.ts";
import { type DenoConn, fromDenoConn } from "./conn.ts";
import { type DenoListener, ListenerOfDeno } from "./listener.ts";

export type { ClientOptions, ContextChoice } from "../../net/connecting.ts";
export { type DenoAddress, type DenoConn, fromDenoConn } from "./conn.ts";

/** Options of {@link connect}: those of `Deno.connect`, and of TLS. */
export interface ConnectOptions extends ClientOptions {
  readonly port: number;
  /** Default "127.0.0.1", as in Deno. */
  readonly hostname?: string;
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
 * @throws SSLError when the handshake fails, and Deno's own errors
 *
 * @example
 * ```ts deno
 * import { connect } from "puretls/deno";
 *
 * const ca = await Deno.readTextFile("ca.pem");
 * const socket = await connect({ hostname: "example.org", port: 443, ca });
 * await socket.sendAll(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
 * for await (const bytes of socket) await Deno.stdout.write(bytes);
 * await socket.close();
 * ```
 */
export async function connect(options: ConnectOptions): Promise<SSLSocket> {
  requireNames("connect", options, CONNECT_OPTIONS);
  const deno = globalWith("puretls/deno", "Deno", isDeno);
  const { port } = options;
  const hostname = withoutBrackets(options.hostname ?? "127.0.0.1");
  return connectBy(options, {
    call: "connect",
    host: hostname,
    makeContext: hostContext,
    open: async () => {
      const conn = await deno.connect({ hostname, port });
      conn.setNoDelay?.(true);
      return fromDenoConn(conn);
    },
  });
}

/** Options of {@link listen}: those of `Deno.listen`, and of TLS. */
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
 * @throws SSLError for a certificate and key that do not fit, and Deno's own errors
 *
 * @example
 * ```ts deno
 * import { listen } from "puretls/deno";
 *
 * const cert = await Deno.readTextFile("server.crt");
 * const key = await Deno.readTextFile("server.key");
 * const server = await listen({ port: 8443, cert, key });
 * for await (const socket of server) {
 *   await socket.sendAll(await socket.recv());
 *   await socket.close();
 * }
 * ```
 */
export async function listen(options: ListenOptions): Promise<SSLServer> {
  requireNames("listen", options, LISTEN_OPTIONS);
  const deno = globalWith("puretls/deno", "Deno", isDeno);
  const context = await contextOf("listen", options, "clientAuth", hostContext);
  const { port = 0 } = options;
  const hostname = withoutBrackets(options.hostname ?? "127.0.0.1");
  return new SSLServer(
    new ListenerOfDeno(deno.listen({ hostname, port })),
    context,
    picked(options, SERVER_SOCKET_OPTIONS),
  );
}

/** The functions of Deno that are needed here. */
interface DenoSockets {
  connect(options: { hostname: string; port: number }): Promise<DenoConn>;
  listen(options: { hostname: string; port: number }): DenoListener;
}

function isDeno(value: object): value is DenoSockets {
  return hasMethods(value, "connect", "listen");
}
