/** Sockets and other duplex streams of Node as transports. */
import { Socket as NetSocket } from "node:net";
import type { Duplex } from "node:stream";
import type { BytesLike } from "../bytes.ts";
import { DuplexTransport } from "./duplex-transport.ts";
import {
  type Transport,
  type TransportAddress,
  transportClosed,
} from "./transport.ts";

/**
 * A socket of Node (or any duplex stream of bytes) as a transport, which it
 * belongs to from then on: nobody else must read from it or write to it.
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { connect, createServer, type AddressInfo } from "node:net";
 * import { fromNodeSocket } from "puretls/node";
 *
 * const server = createServer((socket) => socket.end("hello"));
 * server.listen(0, "127.0.0.1");
 * await once(server, "listening");
 * const { port } = server.address() as AddressInfo;
 *
 * const transport = fromNodeSocket(connect(port, "127.0.0.1"));
 * const bytes = await transport.read();
 * if (bytes?.length !== 5) throw new Error();
 * await transport.close();
 * server.close();
 * ```
 */
export function fromNodeSocket(socket: Duplex): Transport {
  const transport = new NodeTransport(socket);
  socket.on("data", (chunk: BytesLike) => {
    transport.give(chunk);
  });
  return transport;
}

/** See {@link fromNodeSocket}. */
export class NodeTransport extends DuplexTransport<Duplex> {
  get localAddress(): TransportAddress | undefined {
    const socket = this.stream;
    if (!(socket instanceof NetSocket)) return undefined;
    return addressOf(socket.localAddress, socket.localPort);
  }

  get remoteAddress(): TransportAddress | undefined {
    const socket = this.stream;
    if (!(socket instanceof NetSocket)) return undefined;
    return addressOf(socket.remoteAddress, socket.remotePort);
  }

  get setNoDelay(): ((noDelay: boolean) => void) | undefined {
    const socket = this.stream;
    if (!(socket instanceof NetSocket)) return undefined;
    return (noDelay) => void socket.setNoDelay(noDelay);
  }

  get setKeepAlive():
    ((keepAlive: boolean, initialDelay: number) => void) | undefined {
    const socket = this.stream;
    if (!(socket instanceof NetSocket)) return undefined;
    return (keepAlive, delay) => void socket.setKeepAlive(keepAlive, delay);
  }

  async writeLent(bytes: Uint8Array): Promise<void> {
    // Other streams may hold on to what they have taken: a pipe does.
    if (this.stream.constructor !== NetSocket) return this.write(bytes.slice());
    await this.writing(() => this.#written(bytes));
  }

  /** Until the system has taken it all. */
  #written(bytes: Uint8Array): Promise<void> {
    const socket = this.stream;
    return new Promise((resolve, reject) => {
      socket.write(bytes, (error) => {
        // Of what a destroyed socket has not written it says no more than this.
        if (!error && !socket.destroyed) resolve();
        else reject(this.failureOr(error ?? transportClosed()));
      });
    });
  }
}

function addressOf(
  address: string | undefined,
  port: number | undefined,
): TransportAddress | undefined {
  if (address === undefined) return undefined;
  return {
    address,
    ...(port !== undefined && { port }),
    family: address.includes(":") ? "IPv6" : "IPv4",
  };
}
