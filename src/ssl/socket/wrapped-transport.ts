import { stateError } from "../errors/errors.ts";
import { LateTransport } from "./late-transport.ts";
import { type Transport, TRANSPORT_METHODS } from "./transport.ts";

/** A transport, or what makes one when the socket connects. */
export type TransportSource =
  Transport | (() => Transport | Promise<Transport>);

/** The transport, or one that is made when the socket connects. */
export function lateTransport(source: TransportSource): Transport {
  return typeof source === "function" ? new LateTransport(source) : source;
}

/**
 * Sees that a transport can be wrapped.
 *
 * @throws TypeError for what is no transport
 * @throws SSLError ERR_SSL_PLAINTEXT_IN_BUFFER where bytes wait unread that came
 *   before TLS
 */
export function wrappable(transport: Transport): Transport {
  if (!isTransport(transport))
    throw new TypeError(
      "wrapSocket: a Transport is wanted, a byte stream: fromNodeSocket() of puretls/node makes one of a net.Socket, fromWebStreams() of a pair of WHATWG streams",
    );
  // CVE-2011-0411: commands that somebody slipped in before TLS began.
  if (transport.buffered > 0 && transport.bytesRead > 0)
    throw stateError(
      "ERR_SSL_PLAINTEXT_IN_BUFFER",
      "plaintext waits unread in the transport: it must not pass for what came through TLS",
    );
  return transport;
}

function isTransport(value: unknown): value is Transport {
  return (
    typeof value === "object" &&
    value !== null &&
    TRANSPORT_METHODS.every(
      (name) => typeof Reflect.get(value, name) === "function",
    )
  );
}
