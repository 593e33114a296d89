/**
 * `puretls/node`: TLS over Node's sockets, files and system certificates.
 *
 * @module
 */
import { env } from "node:process";
import type { EchClient } from "../handshake/config/ech-interfaces.ts";
import type { SSLContext } from "../ssl/ssl-context.ts";
import {
  createDefaultContext as createContext,
  type DefaultContextOptions,
} from "../ssl/default-context.ts";
import {
  CERT_CHAIN_OPTIONS,
  type CertChainSource,
} from "../ssl/material/key-material.ts";
import type { Encoded } from "../ssl/material/reading.ts";
import type { SSLSession } from "../ssl/context/session.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import { SSLTimeoutError } from "../ssl/errors/errors.ts";
import { derCertToPemCert } from "../ssl/functions.ts";
import { startTimer } from "../ssl/platform/timers.ts";
import { limitsOf } from "../ssl/socket/deadline.ts";
import { withoutBrackets } from "../ssl/names/hostname.ts";
import {
  type Names,
  picked,
  requireNames,
  withoutNulls,
} from "../ssl/names/arguments.ts";
import { CALL_OPTIONS, type CallOptions } from "../ssl/socket/transport.ts";
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
import { closeInTime } from "./transport.ts";

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

/** A context, or what to make one of. */
export interface ContextChoice extends CertChainSource {
  /** All that follows is in here then. */
  readonly context?: SSLContext;
  readonly ca?: Encoded | readonly Encoded[];
  readonly caFile?: string;
  readonly caPath?: string;
  readonly alpnProtocols?: readonly string[];
}

export interface ConnectOptions extends ContextChoice, CallOptions {
  readonly host: string;
  readonly port: number;
  /** The name in SNI and in the certificate. Default: the host. */
  readonly serverHostname?: string;
  readonly suppressRaggedEofs?: boolean;
  /** The session to resume: it came to the same `context`. Null: none. */
  readonly session?: SSLSession | null;
  /**
   * The offer that `createEchClient()` of `puretls/ech` makes of the host's configs.
   */
  readonly encryptedClientHello?: EchClient;
}

const CONTEXT_CHOICE: Names<ContextChoice> = {
  ...CERT_CHAIN_OPTIONS,
  context: true,
  ca: true,
  caFile: true,
  caPath: true,
  alpnProtocols: true,
};

const CONNECT_OPTIONS: Names<ConnectOptions> = {
  ...CONTEXT_CHOICE,
  ...CALL_OPTIONS,
  host: true,
  port: true,
  serverHostname: true,
  suppressRaggedEofs: true,
  session: true,
  encryptedClientHello: true,
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
  const { port, suppressRaggedEofs = true } = options;
  const host = withoutBrackets(options.host);
  const context = await contextOf(options, "serverAuth");
  const deadline = deadlineOf(options);
  try {
    const { signal } = deadline;
    const transport = await openTransport({ host, port, signal });
    try {
      const secure = context.wrapSocket(transport, {
        serverHostname: options.serverHostname ?? host,
        doHandshakeOnConnect: false,
        suppressRaggedEofs,
        ...(options.session && { session: options.session }),
        encryptedClientHello: options.encryptedClientHello ?? null,
      });
      await secure.doHandshake({ signal: deadline.signal });
      return secure;
    } catch (error) {
      // A peer that kept us waiting is not waited for again.
      if (deadline.signal.aborted) transport.abort(error);
      else void closeInTime(transport);
      throw error;
    }
  } finally {
    deadline.end();
  }
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
  const context = await contextOf(options, "clientAuth");
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

async function contextOf(
  choice: ContextChoice,
  purpose: "serverAuth" | "clientAuth",
): Promise<SSLContext> {
  const given = withoutNulls(choice);
  const { ca, caFile, caPath, cert, certFile, alpnProtocols } = given;
  const { pfx, pfxFile } = given;
  if (given.context !== undefined) return given.context;
  const context = createDefaultContext({
    purpose,
    ...(ca !== undefined && { ca }),
    ...(caFile !== undefined && { caFile }),
    ...(caPath !== undefined && { caPath }),
  });
  if ((pfx ?? pfxFile ?? cert ?? certFile) !== undefined)
    await context.loadCertChainAsync(picked(choice, CERT_CHAIN_OPTIONS));
  else if (purpose === "clientAuth")
    throw new TypeError(
      "serve: a context, cert, certFile, pfx or pfxFile is needed",
    );
  if (alpnProtocols !== undefined) context.setAlpnProtocols(alpnProtocols);
  return context;
}

/** One signal for the time that is left and the caller's own. */
function deadlineOf(options: CallOptions) {
  const call = picked(options, CALL_OPTIONS);
  const { timeout, signal } = limitsOf("connect", call, null);
  const controller = new AbortController();
  const forward = (): void => {
    controller.abort(signal?.reason);
  };
  if (signal?.aborted === true) forward();
  signal?.addEventListener("abort", forward);
  const cancel =
    timeout === null
      ? undefined
      : startTimer({}, timeout, () => {
          controller.abort(new SSLTimeoutError("connect", timeout));
        });
  return {
    signal: controller.signal,
    end: (): void => {
      cancel?.();
      signal?.removeEventListener("abort", forward);
    },
  };
}
