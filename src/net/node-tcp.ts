/** TCP connections of Node, as sockets and as transports. */
import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { platform, versions } from "node:process";
import { fromNodeSocket, NodeTransport } from "./node-transport.ts";
import type { AbortSignalLike } from "../ssl/socket/transport.ts";
import { asError } from "./transport.ts";
import type { Transport } from "./transport.ts";

/** Options of a plain TCP connection. */
export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  readonly signal?: AbortSignalLike | undefined;
}

/**
 * A connected TCP socket that reads on after the peer has ended. See
 * {@link listenTcp} for an example.
 */
export function openTcp(options: TcpOptions): Promise<Socket> {
  return connected(connect(connectOptions(options)), options.signal);
}

/**
 * The same as a transport. Its socket was nobody else's, so that it can read
 * into a room which it shares: an array made for each read costs as much as
 * the reading.
 */
export async function openTransport(options: TcpOptions): Promise<Transport> {
  if (!CAN_SHARE) return fromNodeSocket(await openTcp(options));
  const socket = connect({
    ...connectOptions(options),
    onread: {
      buffer: sharedRoom(),
      callback(length, buffer) {
        transport.lend(buffer.subarray(0, length));
        return true;
      },
    },
  });
  const transport = new NodeTransport(socket);
  await connected(socket, options.signal);
  return transport;
}

/** Most bytes that one read of a socket takes. */
const ROOM = 256 * 1024;

/** One for all sockets: what was read is taken before the next one reads. */
let room: Uint8Array | undefined;

/** Returns the room that sockets share: see {@link openTransport}. */
export function sharedRoom(): Uint8Array {
  return (room ??= new Uint8Array(ROOM));
}

/** Windows is given the room before there is something to read. */
export const CAN_SHARE =
  platform !== "win32" && !("bun" in versions) && !("deno" in versions);

function connectOptions({ host, port }: TcpOptions): TcpNetConnectOpts {
  return { host, port, allowHalfOpen: true, noDelay: true };
}

function connected(
  socket: Socket,
  signal: AbortSignalLike | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off("error", onError);
      signal?.removeEventListener("abort", onAbort);
    };
    const onAbort = (): void => {
      settle();
      socket.destroy();
      reject(asError(signal?.reason));
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    socket.once("error", onError);
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener("abort", onAbort);
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
  });
}
