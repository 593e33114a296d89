/**
 * `puretls/node`: TLS over Node's sockets, files and system certificates.
 *
 * @module
 */
import { env } from "node:process";
import type { EchClient } from "../handshake/ech.ts";
import type { SSLContext } from "../ssl/context.ts";
import {
  createDefaultContext as createContext,
  type DefaultContextOptions,
} from "../ssl/default-context.ts";
import type { CertChainSource } from "../ssl/key-material.ts";
import type { Encoded } from "../ssl/reading.ts";
import type { SSLSession } from "../ssl/session.ts";
import type { SSLSocket } from "../ssl/ssl-socket.ts";
import { SSLTimeoutError } from "../ssl/errors.ts";
import { derCertToPemCert } from "../ssl/functions.ts";
import type { CallOptions } from "../ssl/transport.ts";
import { listenTcp, type ListenOptions } from "./node-listener.ts";
import { nodePlatform } from "./node-platform.ts";
import { openTransport } from "./node-tcp.ts";
import { SSLServer, type ServerSocketOptions } from "./server.ts";

export { toNodeDuplex } from "./node-duplex.ts";
export { listenTcp, type ListenOptions } from "./node-listener.ts";
export { getDefaultVerifyPaths, nodePlatform } from "./node-platform.ts";
export { openTcp, type TcpOptions } from "./node-tcp.ts";
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
  /** What to go on from: it came to the same `context`. */
  readonly session?: SSLSession;
  /** What `echClient()` of `puretls/ech` makes of the host's configs. */
  readonly encryptedClientHello?: EchClient;
}

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
  const { host, port, suppressRaggedEofs = true } = options;
  const context = contextOf(options, "serverAuth");
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
      else transport.close().catch(() => undefined);
      throw error;
    }
  } finally {
    deadline.end();
  }
}

export interface ServeOptions
  extends ContextChoice, ListenOptions, ServerSocketOptions {}

/**
 * Listens on TCP and takes connections over TLS: `accept()` them, or go through
 * the server with `for await`. See {@link connect} for an example.
 *
 * @throws TypeError without a context and without a certificate
 * @throws SSLError for a certificate and key that do not fit, and Node's errors
 *   of sockets
 */
export async function serve(options: ServeOptions): Promise<SSLServer> {
  const context = contextOf(options, "clientAuth");
  return new SSLServer(await listenTcp(options), context, options);
}

/** Python: the arguments of `get_server_certificate`. */
export interface ServerCertificateOptions extends CallOptions {
  readonly host: string;
  readonly port: number;
  /** Verify by these, PEM or DER. Without them nothing is verified. */
  readonly ca?: Encoded | readonly Encoded[];
}

/** Python: `get_server_certificate`. The server's certificate, PEM. */
export async function getServerCertificate(
  options: ServerCertificateOptions,
): Promise<string> {
  const { ca, ...call } = options;
  const context = createDefaultContext({ ca: ca ?? [] });
  context.checkHostname = false;
  context.verifyMode = ca === undefined ? "none" : "required";
  const socket = await connect({ ...call, context });
  const der = socket.getPeerCert({ binary: true });
  await socket.close();
  return derCertToPemCert(der ?? new Uint8Array(0));
}

function contextOf(
  choice: ContextChoice,
  purpose: "serverAuth" | "clientAuth",
): SSLContext {
  const { ca, caFile, caPath, cert, certFile, alpnProtocols } = choice;
  if (choice.context !== undefined) return choice.context;
  const context = createDefaultContext({
    purpose,
    ...(ca !== undefined && { ca }),
    ...(caFile !== undefined && { caFile }),
    ...(caPath !== undefined && { caPath }),
  });
  if (cert !== undefined || certFile !== undefined)
    context.loadCertChain(choice);
  else if (purpose === "clientAuth")
    throw new TypeError("serve: a context, cert or certFile is needed");
  if (alpnProtocols !== undefined) context.setAlpnProtocols(alpnProtocols);
  return context;
}

/** One signal for the time that is left and the caller's own. */
function deadlineOf({ timeout, signal }: CallOptions) {
  const controller = new AbortController();
  const forward = (): void => {
    controller.abort(signal?.reason);
  };
  if (signal?.aborted === true) forward();
  signal?.addEventListener("abort", forward);
  const timer =
    timeout === undefined || timeout === null
      ? undefined
      : setTimeout(() => {
          controller.abort(new SSLTimeoutError("connect", timeout));
        }, timeout);
  return {
    signal: controller.signal,
    end: (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", forward);
    },
  };
}
