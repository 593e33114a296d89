/** Puts the members of this module in the place of Node's. */
import { syncBuiltinESMExports } from "node:module";
import https from "node:https";
import tls from "node:tls";
import {
  getCACertificates,
  setDefaultCACertificates,
} from "./context/authorities.ts";
import {
  getCertificateCompressionAlgorithms,
  getCiphers,
} from "./context/ciphers.ts";
import { connect } from "./connect.ts";
import { native } from "./base/native.ts";
import { createSecureContext } from "./context/secure-context.ts";
import { callMembersOfNode } from "./in-use.ts";
import { createServer, Server } from "./server.ts";
import { wrapsOurs } from "./socket/http2-wrap.ts";
import { TLSSocket } from "./tls-socket.ts";

/**
 * Node's class where it is called itself and without options, for packages that read the
 * inside of what comes out; ours otherwise, in a class that extends it too. Both are
 * instances of it, and no more than their own are of a class that extends it.
 */
const EitherSocket: typeof TLSSocket = new Proxy(TLSSocket, {
  construct(target, parameters: readonly unknown[], newTarget): object {
    const [, options] = parameters;
    const isExtended = newTarget !== EitherSocket;
    if (isExtended || (options !== undefined && options !== null))
      return asObject(Reflect.construct(target, parameters, newTarget));
    return asObject(Reflect.construct(native.TLSSocket, parameters));
  },
  get(target, name, receiver): unknown {
    return name === Symbol.hasInstance && receiver === EitherSocket
      ? isSecureSocket
      : Reflect.get(target, name, receiver);
  },
});

function asObject(made: unknown): object {
  return typeof made === "object" && made !== null ? made : {};
}

function isSecureSocket(value: unknown): boolean {
  const isOne = value instanceof TLSSocket || value instanceof native.TLSSocket;
  return isOne || wrapsOurs(value);
}

const REPLACED: Readonly<Record<string, unknown>> = {
  connect,
  createServer,
  Server,
  TLSSocket: EitherSocket,
  createSecureContext,
  getCiphers,
  getCertificateCompressionAlgorithms,
  getCACertificates,
  setDefaultCACertificates,
};

/**
 * Lets `node:tls`, and with it `https`, `http2` and what stands on them, run on
 * puretls in this process.
 */
export function replaceNodeTls(): void {
  for (const [name, value] of Object.entries(REPLACED))
    Reflect.set(tls, name, value);
  // Loaded before, perhaps: its class stands on Node's own server.
  Reflect.setPrototypeOf(https.Server, Server);
  Reflect.setPrototypeOf(https.Server.prototype, Server.prototype);
  callMembersOfNode();
  syncBuiltinESMExports();
}
