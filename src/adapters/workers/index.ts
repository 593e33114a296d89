/**
 * `puretls/workers`: TLS over the sockets of Cloudflare Workers and workerd.
 *
 * @module
 */
import type { BytesLike } from "../../bytes.ts";
import {
  ACCEPT_OPTIONS,
  acceptBy,
  type AcceptOptions,
  CLIENT_OPTIONS,
  type ClientOptions,
  connectBy,
  type ContextChoice,
  contextOf,
} from "../../net/connecting.ts";
import type { Transport } from "../../net/transport.ts";
import { StreamTransport } from "../../net/web-streams.ts";
import { lingered } from "../lingering.ts";
import { createDefaultContext } from "../../ssl/default-context.ts";
import { withoutBrackets } from "../../ssl/names/hostname.ts";
import { type Names, picked, requireNames } from "../../ssl/names/arguments.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { CALL_OPTIONS } from "../../ssl/socket/transport.ts";

export type {
  AcceptOptions,
  ClientOptions,
  ContextChoice,
} from "../../net/connecting.ts";

/** The part of a socket of `cloudflare:sockets` that a transport needs. */
export interface WorkerSocket {
  readonly readable: ReadableStream<BytesLike>;
  readonly writable: WritableStream<Uint8Array>;
  /** Rejects when the socket does not connect. */
  readonly opened: Promise<unknown>;
  close(): Promise<void>;
}

/** The function `connect` of `cloudflare:sockets`. */
export type WorkerConnect = (
  address: { readonly hostname: string; readonly port: number },
  options: { readonly secureTransport: "off"; readonly allowHalfOpen: true },
) => WorkerSocket;

/** Options of {@link connect}. */
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
 * together. A Worker has no certificates of a system: give it `ca` or a context.
 *
 * @param tcp the function `connect` of `cloudflare:sockets`, which is the
 *   program's to import
 * @throws SSLCertVerificationError when the server is not who it should be
 * @throws SSLError when the handshake fails, and the runtime's own errors
 *
 * @example
 * ```ts workers
 * import { connect as tcp } from "cloudflare:sockets";
 * import { connect } from "puretls/workers";
 *
 * export default {
 *   async fetch(_request, { CA: ca }) {
 *     const socket = await connect(tcp, { hostname: "example.org", port: 443, ca });
 *     await socket.sendAll(new TextEncoder().encode("hello"));
 *     return new Response(await socket.recv());
 *   },
 * };
 * ```
 */
export async function connect(
  tcp: WorkerConnect,
  options: ConnectOptions,
): Promise<SSLSocket> {
  if (typeof tcp !== "function")
    throw new TypeError(
      "connect: the first argument is the function connect of cloudflare:sockets",
    );
  requireNames("connect", options, CONNECT_OPTIONS);
  const { port } = options;
  const hostname = withoutBrackets(options.hostname);
  return connectBy(options, {
    call: "connect",
    host: hostname,
    makeContext: createDefaultContext,
    open: async () => {
      const socket = tcp(
        { hostname, port },
        { secureTransport: "off", allowHalfOpen: true },
      );
      const transport = fromWorkerSocket(socket);
      await socket.opened;
      return transport;
    },
  });
}

/** The options that are for each connection, not for their context. */
const EACH_CONNECTION: Names<Omit<AcceptOptions, keyof ContextChoice>> = {
  ...CALL_OPTIONS,
  suppressRaggedEofs: true,
};

/**
 * Makes the handler `connect` of a Worker that takes connections over TLS. The
 * context is made for the first of them: a Worker has no random bytes before.
 *
 * @param handler is given each connection, its handshake done
 * @throws TypeError for a name that is no option; the handler rejects for a
 *   certificate and key that do not fit, and when the handshake fails
 *
 * @example
 * ```ts workers
 * import { serve } from "puretls/workers";
 * import { cert, key } from "./certificate.js";
 *
 * export default {
 *   connect: serve({ cert, key }, async (socket) => {
 *     await socket.sendAll(await socket.recv());
 *     await socket.close();
 *   }),
 * };
 * ```
 */
export function serve(
  options: AcceptOptions,
  handler: (socket: SSLSocket) => unknown,
): (socket: WorkerSocket) => Promise<void> {
  requireNames("serve", options, ACCEPT_OPTIONS);
  let making: Promise<SSLContext> | undefined;
  return async (socket) => {
    const transport = fromWorkerSocket(socket);
    const context = await (making ??= contextOf(
      "serve",
      options,
      "clientAuth",
      createDefaultContext,
    ));
    const secure = await acceptBy(
      { ...picked(options, EACH_CONNECTION), context },
      {
        call: "serve",
        makeContext: createDefaultContext,
        open: () => transport,
      },
    );
    await handler(secure);
  };
}

/**
 * A socket of `cloudflare:sockets`, or one that a Worker was given, as a transport,
 * which it belongs to from then on. See {@link connect} for an example; sockets that
 * speak in plain first come in by this.
 */
export function fromWorkerSocket(socket: WorkerSocket): Transport {
  return new StreamTransport(socket, {
    release: () => socket.close(),
    // Once its streams are aborted, close() leaves the connection open as long as
    // the request lives; while a write waits for the peer, it waits too.
    abort: (abortStreams) => void lingered(socket.close()).then(abortStreams),
  });
}
