/**
 * The defaults of Node's module, which programs change by assignment: they are
 * kept in Node's own object, so that there is one of each.
 */
import nodeTls from "node:tls";

/** The names of the defaults that a program may set. */
export const DEFAULT_NAMES = [
  "DEFAULT_CIPHERS",
  "DEFAULT_ECDH_CURVE",
  "DEFAULT_MAX_VERSION",
  "DEFAULT_MIN_VERSION",
] as const;

export type DefaultName = (typeof DEFAULT_NAMES)[number];

/** The default as it is now. */
export function currentDefault(name: DefaultName): unknown {
  return Reflect.get(nodeTls, name);
}

/** Sets a default, for this module and for Node's. */
export function setDefault(name: DefaultName, value: unknown): void {
  Reflect.set(nodeTls, name, value);
}

/**
 * The suites of connections that name none, in OpenSSL's language: Node's text, which
 * stands for the suites that puretls has by default. A program changes this and the
 * other defaults by assigning to the member of `node:tls`.
 *
 * @example
 * ```ts
 * import { DEFAULT_CIPHERS, DEFAULT_MAX_VERSION } from "puretls/node-tls";
 *
 * if (!DEFAULT_CIPHERS.includes("TLS_AES_128_GCM_SHA256")) throw new Error();
 * if (DEFAULT_MAX_VERSION !== "TLSv1.3") throw new Error();
 * ```
 */
export const DEFAULT_CIPHERS: string = nodeTls.DEFAULT_CIPHERS;
/**
 * The groups of connections that name none, "auto": puretls chooses. See {@link
 * DEFAULT_CIPHERS} for an example.
 */
export const DEFAULT_ECDH_CURVE: string = nodeTls.DEFAULT_ECDH_CURVE;
/**
 * The newest version that connections speak unless they say otherwise. See {@link
 * DEFAULT_CIPHERS} for an example.
 */
export const DEFAULT_MAX_VERSION: string = nodeTls.DEFAULT_MAX_VERSION;
/**
 * The oldest version that connections speak unless they say otherwise. See {@link
 * DEFAULT_CIPHERS} for an example.
 */
export const DEFAULT_MIN_VERSION: string = nodeTls.DEFAULT_MIN_VERSION;
/**
 * The renegotiations that Node allows a client; puretls refuses each. See {@link
 * DEFAULT_CIPHERS} for an example.
 */
export const CLIENT_RENEG_LIMIT = 3;
/**
 * The time of {@link CLIENT_RENEG_LIMIT} in seconds. See {@link DEFAULT_CIPHERS} for
 * an example.
 */
export const CLIENT_RENEG_WINDOW = 600;
