/**
 * `puretls/duplex`: TLS over any duplex stream in the manner of Node, without a
 * module of Node: sockets of React Native, streams of bundlers.
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
import {
  type DuplexLike,
  DuplexTransport,
} from "../../net/duplex-transport.ts";
import type { Transport } from "../../net/transport.ts";
import { createDefaultContext } from "../../ssl/default-context.ts";
import { requireNames } from "../../ssl/names/arguments.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { hasMethods } from "../runtime.ts";

export type {
  AcceptOptions,
  ClientOptions,
  ContextChoice,
} from "../../net/connecting.ts";
export type { DuplexEvent, DuplexLike } from "../../net/duplex-transport.ts";

/**
 * Makes the handshake of a client over a stream, which may still connect; `timeout`
 * and `signal` are for all of it.
 *
 * @throws SSLCertVerificationError when the server is not who it should be
 * @throws SSLError when the handshake fails, and the stream's own errors
 *
 * @example
 * ```ts
 * import { duplexPair } from "node:stream";
 * import { acceptOver, connectOver } from "puretls/duplex";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { pem, key } = createSelfSigned({ provider, hosts: ["a.test"] });
 * const [near, far] = duplexPair();
 * const [socket, there] = await Promise.all([
 *   connectOver(near, { serverHostname: "a.test", ca: pem }),
 *   acceptOver(far, { cert: pem, key: key.toPem() }),
 * ]);
 * await socket.sendAll(Uint8Array.of(1, 2, 3));
 * if ((await there.recv()).length !== 3) throw new Error();
 * await Promise.all([socket.close(), there.close()]);
 * ```
 */
export async function connectOver(
  stream: DuplexLike,
  options: ClientOptions,
): Promise<SSLSocket> {
  requireNames("connectOver", options, CLIENT_OPTIONS);
  return connectBy(options, {
    call: "connectOver",
    makeContext: createDefaultContext,
    open: () => fromDuplex(stream),
  });
}

/**
 * Makes the handshake of a server over a stream. See {@link connectOver} for an
 * example.
 *
 * @throws SSLError when the handshake fails, and the stream's own errors
 * @throws TypeError without a context and without a certificate
 */
export async function acceptOver(
  stream: DuplexLike,
  options: AcceptOptions,
): Promise<SSLSocket> {
  requireNames("acceptOver", options, ACCEPT_OPTIONS);
  return acceptBy(options, {
    call: "acceptOver",
    makeContext: createDefaultContext,
    open: () => fromDuplex(stream),
  });
}

/**
 * A stream as a transport, which it belongs to from then on: nobody else must read
 * from it or write to it. A stream that emits no `finish`, as the sockets of React
 * Native, is not half-closed: it ends when the transport is closed. See
 * {@link connectOver} for an example.
 *
 * @throws TypeError for what is no duplex stream
 */
export function fromDuplex(stream: DuplexLike): Transport {
  if (!hasMethods(stream, "on", "write", "end", "destroy", "pause", "resume"))
    throw new TypeError(
      "fromDuplex: a duplex stream is wanted, with on(), write(), end(), destroy(), pause() and resume()",
    );
  const transport = new DuplexTransport(stream);
  stream.on("data", (chunk) => {
    transport.give(chunk);
  });
  return transport;
}
