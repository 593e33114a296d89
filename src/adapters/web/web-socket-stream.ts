/** WebSocketStreams to a gateway, and sockets of Direct Sockets, as transports. */
import { NO_BYTES } from "../../bytes.ts";
import type { Transport, TransportAddress } from "../../net/transport.ts";
import { StreamTransport, type WebByteStreams } from "../../net/web-streams.ts";
import { closedBy, isNormalEnd } from "./web-socket.ts";

/** The part of a `WebSocketStream` that a transport needs. */
export interface WebSocketStreamLike {
  readonly url: string;
  readonly opened: Promise<WebByteStreams>;
  readonly closed: Promise<{ readonly closeCode?: number }>;
  close(info?: { closeCode?: number; reason?: string }): void;
}

/**
 * A `WebSocketStream` to a gateway as a transport, once it is open: messages wait
 * where nobody reads. An empty message ends its direction, as for
 * {@link fromWebSocket}. See {@link connectOver} for an example.
 *
 * @throws what `opened` of the stream rejects with
 */
export async function fromWebSocketStream(
  socket: WebSocketStreamLike,
): Promise<Transport> {
  // A failure shows in the streams; what `closed` says of it may never be asked for.
  socket.closed.catch(() => undefined);
  return new StreamTransport(await socket.opened, {
    emptyIsEnd: true,
    checkEnd: async () => {
      const { closeCode = NO_CODE } = await socket.closed;
      if (!isNormalEnd(closeCode)) throw closedBy(closeCode);
    },
    closeWrite: (write) => write(NO_BYTES),
    release: () => {
      socket.close({ closeCode: 1000 });
    },
  });
}

/** The code of an end that has none (RFC 6455 7.4.1). */
const NO_CODE = 1005;

/** The streams and addresses of an open `TCPSocket` of Direct Sockets. */
export interface TcpSocketOpened extends WebByteStreams {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly localAddress?: string;
  readonly localPort?: number;
}

/** The part of a `TCPSocket` of Direct Sockets that a transport needs. */
export interface TcpSocketLike {
  readonly opened: Promise<TcpSocketOpened>;
  close(): Promise<void>;
}

/**
 * A `TCPSocket` of Direct Sockets as a transport, once it is open. See
 * {@link connectOver} for an example.
 *
 * @throws what `opened` of the socket rejects with
 */
export async function fromTcpSocket(socket: TcpSocketLike): Promise<Transport> {
  const opened = await socket.opened;
  const { remoteAddress, remotePort, localAddress, localPort } = opened;
  return new StreamTransport(opened, {
    remoteAddress: addressOf(remoteAddress, remotePort),
    localAddress: addressOf(localAddress, localPort),
    release: () => socket.close(),
  });
}

function addressOf(
  address: string | undefined,
  port: number | undefined,
): TransportAddress | undefined {
  if (address === undefined) return undefined;
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return { address, ...(port !== undefined && { port }), family };
}
