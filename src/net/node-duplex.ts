import type { X509Certificate } from "node:crypto";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { nodeCertificate } from "./node-certificate.ts";
import { systemErrorOf } from "./node-errors.ts";
import {
  type Done,
  NodeSocket,
  type NodeSocketOptions,
  type Piece,
} from "./node-socket.ts";
import { joinPieces, lengthOf } from "./node-pieces.ts";
import { NodeTransport } from "./node-transport.ts";
import { asError, CLOSING_TIME } from "./transport.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import { transportOf } from "../ssl/socket/stream-socket.ts";
import { type Names, requireNames } from "../ssl/names/arguments.ts";

/** Bytes that are sent at once. */
const SEND_SIZE = 64 * 1024;

/** Options of {@link toNodeDuplex}. */
export interface NodeDuplexOptions {
  /**
   * Keeps this side open when the peer has ended, as `node:http` wants it of a
   * server's connections. Default: false, as for every socket of Node.
   */
  readonly allowHalfOpen?: boolean;
  /** Bytes that are buffered in each direction. Default: Node's own. */
  readonly highWaterMark?: number;
  /** Destroys the stream. */
  readonly signal?: AbortSignal;
}

const OPTIONS: Names<NodeDuplexOptions> = {
  allowHalfOpen: true,
  highWaterMark: true,
  signal: true,
};

/**
 * An SSLSocket as a `net.Socket` of Node, which it belongs to from then on: for
 * `node:http` (`createConnection`, `server.emit("connection", …)`) and every other
 * client or server that wants a socket. It ends by close_notify, closes when both
 * sides have ended, and has Node's rules for all else: `timeout`, `destroySoon()`,
 * `unref()`, addresses, the system's own codes on `error.code`.
 *
 * @throws TypeError for an option that does not exist
 *
 * @example
 * ```ts
 * import { memoryPair, SSLContext } from "puretls";
 * import { toNodeDuplex } from "puretls/node";
 *
 * const [near] = memoryPair();
 * const socket = new SSLContext({ checkHostname: false }).wrapSocket(near);
 * const stream = toNodeDuplex(socket);
 * if (stream.sslSocket !== socket) throw new Error();
 * stream.destroy();
 * ```
 */
export function toNodeDuplex(
  socket: SSLSocket,
  options: NodeDuplexOptions = {},
): NodeDuplex {
  requireNames("toNodeDuplex", options, OPTIONS);
  return new SocketDuplex(socket, options);
}

/** A `net.Socket` over an SSLSocket. See {@link toNodeDuplex} for an example. */
export interface NodeDuplex extends Socket {
  /** The connection, for all that is known of it. */
  readonly sslSocket: SSLSocket;
  readonly encrypted: true;
  /** True when the peer's certificate was verified, or a pre-shared key stands for it. */
  readonly authorized: boolean;
  /** The protocol that ALPN chose; false where there is none. */
  readonly alpnProtocol: string | false;
  /** The name that the client asked for; false where there is none. */
  readonly servername: string | false;
  /** The peer's certificate as Node has it, verified or not; undefined: none. */
  getPeerX509Certificate(): X509Certificate | undefined;
  /** The same as a plain object, an empty one where there is none. */
  getPeerCertificate(): object;
  /** "TLSv1.2" or "TLSv1.3"; null before the handshake is done. */
  getProtocol(): string | null;
}

class SocketDuplex extends NodeSocket implements NodeDuplex {
  readonly sslSocket: SSLSocket;
  readonly #below: Duplex | undefined;
  #reading = false;

  constructor(socket: SSLSocket, options: NodeSocketOptions) {
    super(options);
    this.sslSocket = socket;
    const transport = transportOf(socket);
    if (transport instanceof NodeTransport) this.#below = transport.stream;
    const below = this.#below;
    if (below instanceof Socket && below.connecting) {
      Object.assign(this, { connecting: true });
      below.once("connect", () => {
        Object.assign(this, { connecting: false });
        for (const event of ["connect", "ready"]) this.emit(event);
      });
    }
    // Whether or not anybody reads: a handshake that fails is an error.
    socket.ready.then(
      () => {
        if (this.destroyed) return;
        if (!socket.serverSide) this.emit("secureConnect");
        this.read(0);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  protected override get below(): Duplex | undefined {
    return this.#below;
  }

  get authorized(): boolean {
    const { sslSocket } = this;
    if (!sslSocket.handshakeDone) return false;
    return sslSocket.getPeerCert({ binary: true }) === null
      ? !sslSocket.serverSide && sslSocket.getPeerPublicKey() === null
      : sslSocket.getVerifiedChain().length > 0;
  }

  get alpnProtocol(): string | false {
    return this.sslSocket.selectedAlpnProtocol() ?? false;
  }

  get servername(): string | false {
    return this.sslSocket.serverHostname ?? false;
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    const { sslSocket } = this;
    if (!sslSocket.handshakeDone) return undefined;
    const der = sslSocket.getPeerCert({ binary: true });
    return der === null ? undefined : nodeCertificate(der);
  }

  getPeerCertificate(): object {
    return this.getPeerX509Certificate()?.toLegacyObject() ?? {};
  }

  getProtocol(): string | null {
    return this.sslSocket.version();
  }

  override _read(): void {
    if (this.#reading) return;
    this.#reading = true;
    void this.#pull();
  }

  protected override send(pieces: readonly Piece[], done: Done): void {
    const total = lengthOf(pieces);
    const bytes = joinPieces(pieces, total);
    this.countSent(total);
    this.#sendAll(bytes).then(
      () => {
        done();
      },
      (error: unknown) => {
        done(errorOf(error));
      },
    );
  }

  /** Sends in parts: each that is taken is activity. */
  async #sendAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += SEND_SIZE) {
      await this.sslSocket.sendAll(bytes.subarray(at, at + SEND_SIZE));
      this._unrefTimer();
    }
  }

  override _final(done: Done): void {
    this.sslSocket.shutdown("write").then(
      () => {
        done();
      },
      (error: unknown) => {
        done(errorOf(error));
      },
    );
  }

  protected override closeBelow(error: Error | null, done: () => void): void {
    const { sslSocket } = this;
    if (error !== null) sslSocket.destroy(error);
    // Its close_notify is on its way when this returns.
    else sslSocket.close({ timeout: CLOSING_TIME }).catch(() => undefined);
    const below = this.#below;
    below?.destroy();
    if (below instanceof Socket && !below.closed) below.once("close", done);
    else done();
  }

  async #pull(): Promise<void> {
    try {
      for (;;) {
        const bytes = await this.sslSocket.recv();
        if (this.destroyed) return;
        this.countReceived(bytes.length);
        if (bytes.length === 0) break;
        if (this.push(bytes)) continue;
        this.#reading = false;
        return;
      }
      // An end that nobody reads up to is told all the same.
      this.push(null);
      this.read(0);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!this.destroyed) this.destroy(errorOf(error));
  }
}

function errorOf(error: unknown): Error {
  return asError(systemErrorOf(error));
}
