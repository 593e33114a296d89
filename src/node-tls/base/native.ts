/**
 * Node's own module, as it was when this one was loaded: `puretls/register` puts
 * other functions in its place later.
 */
import * as nodeTls from "node:tls";

/** The functions of Node that this room asks, before anything replaces them. */
export const native = {
  createSecureContext: nodeTls.createSecureContext,
  checkServerIdentity: nodeTls.checkServerIdentity,
  TLSSocket: nodeTls.TLSSocket,
  rootCertificates: nodeTls.rootCertificates,
  getCiphers: nodeTls.getCiphers,
  defaultCiphers: nodeTls.DEFAULT_CIPHERS,
  /** Of Node 22.15 and later. */
  getCACertificates: memberOf("getCACertificates"),
  SecureContext: memberOf("SecureContext"),
} as const;

function memberOf(name: string): Callable | undefined {
  const member: unknown = Reflect.get(nodeTls, name);
  return isCallable(member) ? member : undefined;
}

type Callable = (...parameters: unknown[]) => unknown;

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}
