/** All that a browser has to carry bytes, as transports. */
import { TRANSPORT_METHODS } from "../../ssl/socket/transport.ts";
import type { Transport } from "../../net/transport.ts";
import { fromWebStreams, type WebByteStreams } from "../../net/web-streams.ts";
import { hasMethods } from "../runtime.ts";
import { fromMessagePort, type MessagePortLike } from "./message-port.ts";
import {
  fromTcpSocket,
  fromWebSocketStream,
  type TcpSocketLike,
  type WebSocketStreamLike,
} from "./web-socket-stream.ts";
import { fromWebSocket, type WebSocketLike } from "./web-socket.ts";

/** All that {@link connectOver} takes. */
export type ByteSource =
  | Transport
  | WebByteStreams
  | WebSocketLike
  | WebSocketStreamLike
  | TcpSocketLike
  | MessagePortLike;

/**
 * Makes a transport of a source, once it is open.
 *
 * @throws TypeError for what carries no bytes
 */
export async function transportOf(
  call: string,
  source: ByteSource,
): Promise<Transport> {
  if (isObject(source)) {
    if (isTransport(source)) return source;
    if ("bufferedAmount" in source) return fromWebSocket(source);
    if ("opened" in source)
      return isWebSocketStream(source)
        ? fromWebSocketStream(source)
        : fromTcpSocket(source);
    if ("readable" in source) return fromWebStreams(source);
    if ("postMessage" in source) return fromMessagePort(source);
  }
  throw new TypeError(
    `${call}: a WebSocket, a WebSocketStream, a pair of streams (as one of WebTransport), a TCPSocket, a MessagePort or a Transport is wanted`,
  );
}

function isObject(source: unknown): boolean {
  return typeof source === "object" && source !== null;
}

function isTransport(source: ByteSource): source is Transport {
  return hasMethods(source, ...TRANSPORT_METHODS);
}

function isWebSocketStream(
  source: WebSocketStreamLike | TcpSocketLike,
): source is WebSocketStreamLike {
  return "url" in source;
}
