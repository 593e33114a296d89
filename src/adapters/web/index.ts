/**
 * `puretls/web`: TLS in pages and their workers, over all that carries bytes there.
 *
 * @module
 */
import {
  ACCEPT_OPTIONS,
  acceptBy,
  type AcceptOptions,
  CLIENT_OPTIONS,
  type ClientOptions,
  connectBy,
} from "../../net/connecting.ts";
import type { Transport } from "../../net/transport.ts";
import { createDefaultContext } from "../../ssl/default-context.ts";
import { type Names, requireNames } from "../../ssl/names/arguments.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { globalWith } from "../runtime.ts";
import { type ByteSource, transportOf } from "./source.ts";
import {
  fromWebSocketStream,
  type WebSocketStreamLike,
} from "./web-socket-stream.ts";
import {
  fromWebSocket,
  type WebSocketLike,
  type WebSocketOptions,
} from "./web-socket.ts";

export type {
  AcceptOptions,
  ClientOptions,
  ContextChoice,
} from "../../net/connecting.ts";
export { fromMessagePort, type MessagePortLike } from "./message-port.ts";
export type { ByteSource } from "./source.ts";
export {
  fromTcpSocket,
  fromWebSocketStream,
  type TcpSocketLike,
  type TcpSocketOpened,
  type WebSocketStreamLike,
} from "./web-socket-stream.ts";
export {
  fromWebSocket,
  type WebSocketEvent,
  type WebSocketLike,
  type WebSocketOptions,
} from "./web-socket.ts";

/** A class of WebSockets: that of browsers, or of the package `ws`. */
export type WebSocketClass = new (
  url: string,
  protocols?: string[],
) => WebSocketLike;

/** Options of {@link connectWebSocket}. */
export interface ConnectWebSocketOptions
  extends ClientOptions, WebSocketOptions {
  /** Subprotocols that the gateway is offered (RFC 6455 1.9). */
  readonly protocols?: readonly string[];
  /**
   * The class of the WebSocket. Default: `WebSocketStream` where there is one, since
   * it does not take messages that nobody reads, else `WebSocket`.
   */
  readonly WebSocket?: WebSocketClass;
}

const CONNECT_WEB_SOCKET_OPTIONS: Names<ConnectWebSocketOptions> = {
  ...CLIENT_OPTIONS,
  maxBuffered: true,
  protocols: true,
  WebSocket: true,
};

/**
 * Connects to a gateway that carries the bytes of a WebSocket to a server over TCP,
 * and makes the handshake with that server: the gateway sees ciphertext alone.
 * `timeout` and `signal` are for both together. Each binary message carries bytes,
 * and an empty one ends its direction.
 *
 * @param url the gateway's, "wss://…" or "ws://…", or a URL
 * @throws SSLCertVerificationError when the server is not who it should be
 * @throws SSLError when the handshake fails, and an Error when the gateway does
 *
 * @example
 * ```ts browser
 * import { connectWebSocket } from "puretls/web";
 *
 * const ca = await (await fetch("ca.pem")).text();
 * const socket = await connectWebSocket("wss://gateway.example/example.org:443", {
 *   serverHostname: "example.org",
 *   ca,
 * });
 * await socket.sendAll(new TextEncoder().encode("hello"));
 * console.log(new TextDecoder().decode(await socket.recv()));
 * await socket.close();
 * ```
 */
export async function connectWebSocket(
  url: string | { readonly href: string },
  options: ConnectWebSocketOptions,
): Promise<SSLSocket> {
  requireNames("connectWebSocket", options, CONNECT_WEB_SOCKET_OPTIONS);
  return connectBy(options, {
    call: "connectWebSocket",
    makeContext: createDefaultContext,
    open: () =>
      openWebSocket(typeof url === "string" ? url : url.href, options),
  });
}

/**
 * Makes the handshake of a client over what carries bytes to the server: a
 * WebSocket or WebSocketStream to a gateway, a stream of WebTransport or any other
 * pair of streams, a TCPSocket of Direct Sockets, a MessagePort, a Transport.
 *
 * @throws SSLCertVerificationError when the server is not who it should be
 * @throws SSLError when the handshake fails, TypeError for what carries no bytes
 *
 * @example
 * ```ts
 * import { acceptOver, connectOver } from "puretls/web";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { pem, key } = createSelfSigned({ provider, hosts: ["a.test"] });
 * const { port1, port2 } = new MessageChannel();
 * const [socket, there] = await Promise.all([
 *   connectOver(port1, { serverHostname: "a.test", ca: pem }),
 *   acceptOver(port2, { cert: pem, key: key.toPem() }),
 * ]);
 * await socket.sendAll(Uint8Array.of(1, 2, 3));
 * if ((await there.recv()).length !== 3) throw new Error();
 * await Promise.all([socket.close(), there.close()]);
 * ```
 */
export async function connectOver(
  source: ByteSource,
  options: ClientOptions,
): Promise<SSLSocket> {
  requireNames("connectOver", options, CLIENT_OPTIONS);
  return connectBy(options, {
    call: "connectOver",
    makeContext: createDefaultContext,
    open: () => transportOf("connectOver", source),
  });
}

/**
 * Makes the handshake of a server over what carries bytes to the client. See
 * {@link connectOver} for an example.
 *
 * @throws SSLError when the handshake fails, TypeError for what carries no bytes,
 *   and without a context and without a certificate
 */
export async function acceptOver(
  source: ByteSource,
  options: AcceptOptions,
): Promise<SSLSocket> {
  requireNames("acceptOver", options, ACCEPT_OPTIONS);
  return acceptBy(options, {
    call: "acceptOver",
    makeContext: createDefaultContext,
    open: () => transportOf("acceptOver", source),
  });
}

async function openWebSocket(
  url: string,
  options: ConnectWebSocketOptions,
): Promise<Transport> {
  const { maxBuffered } = options;
  const protocols = [...(options.protocols ?? [])];
  const Stream: unknown = Reflect.get(globalThis, "WebSocketStream");
  if (options.WebSocket === undefined && isWebSocketStreamClass(Stream))
    return fromWebSocketStream(
      new Stream(url, protocols.length === 0 ? {} : { protocols }),
    );
  const Socket =
    options.WebSocket ??
    globalWith("connectWebSocket", "WebSocket", isWebSocketClass);
  const socket =
    protocols.length === 0 ? new Socket(url) : new Socket(url, protocols);
  return fromWebSocket(socket, {
    ...(maxBuffered !== undefined && { maxBuffered }),
  });
}

type WebSocketStreamClass = new (
  url: string,
  options: { readonly protocols?: string[] },
) => WebSocketStreamLike;

function isWebSocketStreamClass(value: unknown): value is WebSocketStreamClass {
  return typeof value === "function";
}

function isWebSocketClass(value: object): value is WebSocketClass {
  return typeof value === "function";
}
