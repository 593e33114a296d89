/** Servers of HTTP over TLS by puretls. */
import {
  createServer as createHttp,
  type RequestListener,
  type Server as HttpServer,
  type ServerOptions as HttpOptions,
} from "node:http";
import {
  createServer as createH2c,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerOptions as Http2Options,
} from "node:http2";
import type { Socket } from "node:net";
import {
  secureBelow,
  type SecureServerMethods,
  type TlsOptions,
} from "../server.ts";

/** Listener of requests of HTTP/2, and of HTTP/1.1 where that is allowed. */
export type Http2Listener = (
  request: Http2ServerRequest,
  response: Http2ServerResponse,
) => void;

/**
 * Makes a server of HTTPS: Node's `http.Server`, with TLS by puretls below, and with the
 * options of `https.createServer()`.
 *
 * @throws what {@link createServer} throws
 *
 * @example
 * ```ts
 * import { createHttpsServer } from "puretls/node-tls";
 * import { noble } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { pem, key } = createSelfSigned({ provider: noble, hosts: ["localhost"] });
 * const server = createHttpsServer({ cert: pem, key: key.toPem() }, (_request, response) => {
 *   response.end("hello");
 * });
 * if (server.listening) throw new Error();
 * ```
 */
export function createHttpsServer(
  options: TlsOptions & HttpOptions,
  listener?: RequestListener,
): HttpServer & SecureServerMethods {
  const server = createHttp(options, listener);
  return refuseClients(
    secureBelow(server, {
      ...options,
      ...(!options.ALPNCallback && {
        ALPNProtocols: options.ALPNProtocols ?? ["http/1.1"],
      }),
    }),
  );
}

/**
 * Makes a server of HTTP/2 over TLS: Node's `Http2Server`, with TLS by puretls below,
 * and with the options of `http2.createSecureServer()`.
 *
 * @param options `allowHTTP1` serves clients without HTTP/2, too
 * @throws what {@link createServer} throws
 *
 * @example
 * ```ts
 * import { createHttp2SecureServer } from "puretls/node-tls";
 * import { noble } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { pem, key } = createSelfSigned({ provider: noble, hosts: ["localhost"] });
 * const server = createHttp2SecureServer({ cert: pem, key: key.toPem() });
 * server.on("stream", (stream) => stream.end("hello"));
 * ```
 */
export function createHttp2SecureServer(
  options: TlsOptions & Http2Options & { readonly allowHTTP1?: boolean },
  listener?: Http2Listener,
): Http2Server & SecureServerMethods {
  const { allowHTTP1 = false, ...rest } = options;
  const server = createH2c(rest, listener);
  if (allowHTTP1) serveHttp1(server, rest);
  return refuseClients(
    secureBelow(server, {
      ...options,
      ...(!options.ALPNCallback && {
        ALPNProtocols:
          options.ALPNProtocols ?? (allowHTTP1 ? ["h2", "http/1.1"] : ["h2"]),
      }),
    }),
  );
}

/** Events of a server of HTTP/1.1 that mean something by being listened to. */
const CHOICES = ["checkContinue", "checkExpectation", "upgrade", "connect"];

/**
 * Lets clients without HTTP/2 have a server of HTTP/1.1, whose events come at the one
 * of HTTP/2. That of Node lacks what its `allowHTTP1` needs unless its TLS is Node's.
 */
function serveHttp1(server: Http2Server, options: HttpOptions): void {
  const http1 = createHttp(options, (...exchange) => {
    server.emit("request", ...exchange);
  });
  const listeners = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (Reflect.get(socket, "alpnProtocol") === "h2") {
      for (const above of listeners) Reflect.apply(above, server, [socket]);
      return;
    }
    for (const name of CHOICES)
      if (server.listenerCount(name) > 0 && http1.listenerCount(name) === 0)
        http1.on(name, (...told: unknown[]) => server.emit(name, ...told));
    http1.emit("connection", socket);
  });
  // It listens nowhere, but looks after its connections: idle ones end with the server.
  server.on("listening", () => http1.emit("listening"));
  const close = server.close.bind(server);
  server.close = (done) => {
    http1.close();
    return close(done);
  };
}

/** As Node's servers: a client whose handshake failed is an event, and is let go. */
function refuseClients<Kind extends HttpServer | Http2Server>(
  server: Kind,
): Kind {
  server.on("tlsClientError", (error: Error, socket: { destroy(): void }) => {
    if (!server.emit("clientError", error, socket)) socket.destroy();
  });
  return server;
}
