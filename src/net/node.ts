/**
 * `puretls/node`: TLS over Node's sockets, files and system certificates.
 *
 * @module
 */
import { env } from "node:process";
import type { SSLContext } from "../ssl/ssl-context.ts";
import {
  createDefaultContext as createContext,
  type DefaultContextOptions,
} from "../ssl/default-context.ts";
import type { Encoded } from "../ssl/material/reading.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import { derCertToPemCert } from "../ssl/functions.ts";
import { withoutBrackets } from "../ssl/names/hostname.ts";
import {
  type Names,
  picked,
  requireNames,
  withoutNulls,
} from "../ssl/names/arguments.ts";
import { CALL_OPTIONS, type CallOptions } from "../ssl/socket/transport.ts";
import {
  CLIENT_OPTIONS,
  type ClientOptions,
  connectBy,
  CONTEXT_CHOICE,
  type ContextChoice,
  contextOf,
} from "./connecting.ts";
import {
  LISTEN_OPTIONS,
  listenTcp,
  type ListenOptions,
} from "./node-listener.ts";
import { nodePlatform } from "./node-platform.ts";
import { openTransport } from "./node-tcp.ts";
import {
  SERVER_SOCKET_OPTIONS,
  type ServerSocketOptions,
  SSLServer,
} from "./server.ts";

export type { ClientOptions, ContextChoice } from "./connecting.ts";
export {
  type NodeDuplex,
  type NodeDuplexOptions,
  toNodeDuplex,
} from "./node-duplex.ts";
export { listenTcp, type ListenOptions } from "./node-listener.ts";
export { getDefaultVerifyPaths, nodePlatform } from "./node-platform.ts";
export { openTcp, type TcpOptions } from "./node-tcp.ts";
export {
  fetchOcspResponse,
  type FetchOcspOptions,
  type OcspStaple,
} from "./node-ocsp.ts";
export {
  keepOcspFile,
  type KeepOcspFileOptions,
  type OcspFileEvent,
  type OcspFileKeeper,
} from "./node-ocsp-file.ts";
export {
  type CertChainEvent,
  type CertChainWatch,
  watchCertChain,
  type WatchCertChainOptions,
} from "./node-reload.ts";
export { fromNodeSocket } from "./node-transport.ts";
export {
  type AcceptedConnection,
  type Listener,
  type ServerSocketOptions,
  SSLServer,
} from "./server.ts";

/**
 * Python: `create_default_context`, for Node: trusts what the system trusts
 * unless certificates are given, and honours `SSLKEYLOGFILE`.
 *
 * @throws SSLError for certificates that do not parse
 *
 * @example
 * ```ts
 * import { createDefaultContext } from "puretls/node";
 *
 * const context = createDefaultContext();
 * if (!context.checkHostname) throw new Error();
 * ```
 */
export function createDefaultContext(
  options: DefaultContextOptions = {},
): SSLContext {
  return createContext({ platform: nodePlatform, env, ...options });
}

export interface ConnectOptions extends ClientOptions {
  readonly host: string;
  readonly port: number;
}

const CONNECT_OPTIONS: Names<ConnectOptions> = {
  ...CLIENT_OPTIONS,
  host: true,
  port: true,
};

/**
 * Connects over TCP and makes the handshake; `timeout` and `signal` are for
 * both together.
 *
 * @throws SSLCertVerificationError when the server is not who it should be
 * @throws SSLError when the handshake fails, and Node's errors of sockets
 *
 * @example
 * ```ts
 * import { connect, serve } from "puretls/node";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 *
 * const made = createSelfSigned({ provider: noble, hosts: ["127.0.0.1"] });
 * const server = await serve({ cert: made.pem, key: made.key.toPem() });
 * const [client, { socket }] = await Promise.all([
 *   connect({ host: "127.0.0.1", port: server.port, ca: made.pem }),
 *   server.accept(),
 * ]);
 * await client.sendAll(Uint8Array.of(1, 2, 3));
 * const bytes = await socket.recv();
 * if (bytes.length !== 3) throw new Error();
 * await Promise.all([client.close(), socket.close(), server.close()]);
 * ```
 */
export async function connect(options: ConnectOptions): Promise<SSLSocket> {
  requireNames("connect", options, CONNECT_OPTIONS);
  const { port } = options;
  const host = withoutBrackets(options.host);
  return connectBy(options, {
    call: "connect",
    host,
    makeContext: createDefaultContext,
    open: (signal) => openTransport({ host, port, signal }),
  });
}

export interface ServeOptions
  extends ContextChoice, ListenOptions, ServerSocketOptions {}

const SERVE_OPTIONS: Names<ServeOptions> = {
  ...CONTEXT_CHOICE,
  ...LISTEN_OPTIONS,
  ...SERVER_SOCKET_OPTIONS,
};

/**
 * Listens on TCP and takes connections over TLS: `accept()` them, or go through
 * the server with `for await`. See {@link connect} for an example.
 *
 * @throws TypeError without a context and without a certificate
 * @throws SSLError for a certificate and key that do not fit, and Node's errors
 *   of sockets
 */
export async function serve(options: ServeOptions): Promise<SSLServer> {
  requireNames("serve", options, SERVE_OPTIONS);
  const context = await contextOf(
    "serve",
    options,
    "clientAuth",
    createDefaultContext,
  );
  const listener = await listenTcp(picked(options, LISTEN_OPTIONS));
  return new SSLServer(
    listener,
    context,
    picked(options, SERVER_SOCKET_OPTIONS),
  );
}

/** Python: the arguments of `get_server_certificate`. */
export interface ServerCertificateOptions extends CallOptions {
  readonly host: string;
  readonly port: number;
  /** Verify by these, PEM or DER. Without them nothing is verified. */
  readonly ca?: Encoded | readonly Encoded[];
}

const SERVER_CERTIFICATE_OPTIONS: Names<ServerCertificateOptions> = {
  ...CALL_OPTIONS,
  host: true,
  port: true,
  ca: true,
};

/**
 * Python: `get_server_certificate`. The server's certificate, PEM.
 *
 * @example
 * ```ts
 * import { getServerCertificate, serve } from "puretls/node";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 *
 * const made = createSelfSigned({ provider: noble, hosts: ["127.0.0.1"] });
 * const server = await serve({ cert: made.pem, key: made.key.toPem() });
 * const pem = await getServerCertificate({ host: "127.0.0.1", port: server.port });
 * if (pem !== made.pem) throw new Error();
 * await server.close();
 * ```
 */
export async function getServerCertificate(
  options: ServerCertificateOptions,
): Promise<string> {
  requireNames("getServerCertificate", options, SERVER_CERTIFICATE_OPTIONS);
  const { ca, ...call } = withoutNulls(options);
  const context = createDefaultContext({ ca: ca ?? [] });
  context.checkHostname = false;
  context.verifyMode = ca === undefined ? "none" : "required";
  const socket = await connect({ ...call, context });
  const der = socket.getPeerCert({ binary: true });
  await socket.close();
  return derCertToPemCert(der ?? new Uint8Array(0));
}
