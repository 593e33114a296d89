/** Ends of the kinds that a program names. */
import {
  MemoryBIO,
  type SSLContext,
  SSLServer,
  type SSLSession,
  type WrapOptions,
} from "../../../src/index.ts";
import { HOST } from "../engine/world.ts";
import type { Callbacks } from "./callbacks.ts";
import type { End } from "./end.ts";
import { MOST_PENDING } from "./expectations.ts";
import type { QueueListener } from "./listener.ts";
import { ObjectEnd } from "./object-end.ts";
import type { Program } from "./program.ts";
import { SocketEnd } from "./socket-end.ts";
import type { Endpoint } from "./transport.ts";

/** The parts that both ends of a run are made of. */
export interface Making {
  readonly program: Program;
  /** The context that calls of `setContext` set. */
  readonly other: SSLContext;
  readonly listener: QueueListener;
  readonly callbacks: Callbacks;
}

export function clientEnd(
  making: Making,
  context: SSLContext,
  endpoint: Endpoint,
  session: SSLSession | null,
): End {
  const { program, other } = making;
  const options = { serverSide: false, serverHostname: HOST, session };
  if (program.faces.client === "object")
    return new ObjectEnd(endpoint, bios(context, options), session, other);
  return socketEnd(making, context, endpoint, options);
}

export function serverEnd(
  making: Making,
  context: SSLContext,
  endpoint: Endpoint,
): End {
  const { program, other, listener, callbacks } = making;
  const options = { serverSide: true };
  if (program.faces.server === "object")
    return new ObjectEnd(endpoint, bios(context, options), null, other);
  if (program.faces.server === "socket")
    return socketEnd(making, context, endpoint, options);
  listener.offer(endpoint);
  const server = new SSLServer(listener, context, {
    maxPending: MOST_PENDING,
    suppressRaggedEofs: program.ragged,
    ...(callbacks.has("onHandshakeError") && {
      onHandshakeError: () =>
        callbacks.behave("onHandshakeError", () => undefined, {}),
    }),
  });
  return new SocketEnd(endpoint, server, null, other);
}

function socketEnd(
  { program: { atOnce, ragged }, other }: Making,
  context: SSLContext,
  endpoint: Endpoint,
  options: WrapOptions,
): End {
  const socket = context.wrapSocket(endpoint, {
    ...options,
    doHandshakeOnConnect: atOnce,
    suppressRaggedEofs: ragged,
  });
  return new SocketEnd(endpoint, socket, options.session ?? null, other);
}

function bios(context: SSLContext, options: WrapOptions) {
  const incoming = new MemoryBIO();
  const outgoing = new MemoryBIO();
  const object = context.wrapBio(incoming, outgoing, options);
  return { object, incoming, outgoing };
}
