/** Arguments and names as programs give them: each is known or refused. */

import {
  found,
  type Names,
  requireNames as requireNamesOf,
  hasOwn,
} from "../../options.ts";

export { found, kindOf, refusePythonNames } from "../../options.ts";
export type { Names };

/** Names of other libraries that are not just another spelling of ours. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  servername: "serverHostname",
  rejectunauthorized: "verifyMode of an SSLContext",
  requestcert: "verifyMode of an SSLContext",
  checkserveridentity: "verifier of an SSLContext",
  secureprotocol: "minimumVersion and maximumVersion of an SSLContext",
  minversion: "minimumVersion of an SSLContext",
  maxversion: "maximumVersion of an SSLContext",
  securecontext: "context",
  passphrase: "password",
  ecdhcurve: "setGroups() of an SSLContext",
  sigalgs: "signatureAlgorithms of an SSLContext",
  honorcipherorder: "options.cipherServerPreference of an SSLContext",
  oid: "purpose",
  cadata: "ca",
  ca: "verifyLocations of an SSLContext",
  cafile: "verifyLocations of an SSLContext",
  capath: "verifyLocations of an SSLContext",
  cert: "certChain of an SSLContext",
  certfile: "certChain of an SSLContext",
  keyfile: "certChain of an SSLContext",
  pkcs12: "pfx",
  p12: "pfx",
  certificate: "cert",
  privatekey: "key",
  chain: "cert, with the certificates above it",
  completechain: "autoChain",
  nochain: "autoChain of an SSLContext",
};

/**
 * Sees that options are an object in which every name is one of theirs.
 *
 * @param call for the message
 * @throws TypeError for anything else, with the name that is meant if that is
 *   known
 */
export function requireNames<Options extends object>(
  call: string,
  given: Options,
  names: Names<Options>,
): void {
  requireNamesOf(call, given, names, { elsewhere: ELSEWHERE });
}

/** Those of the options that have these names. */
export function picked<Options extends object>(
  given: Options,
  names: Names<Options>,
): Options {
  const some = { ...given };
  for (const name in some)
    if (!hasOwn(names, name)) Reflect.deleteProperty(some, name);
  return some;
}

/** The options without those that are null, which is Python's None: not given. */
export function withoutNulls<Options extends object>(given: Options): Options {
  const some = { ...given };
  for (const name in some)
    if (some[name] === null) Reflect.deleteProperty(some, name);
  return some;
}

/** @throws TypeError for what is neither true nor false */
export function boolean(name: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`${name}: ${found(value)}; true or false is allowed`);
}

/** @throws RangeError for what is none of the words */
export function word<Word extends string>(
  name: string,
  value: Word,
  allowed: readonly Word[],
): Word {
  if (allowed.includes(value)) return value;
  throw new RangeError(
    `${name}: ${found(value)} is none of ${allowed.join(", ")}`,
  );
}

/**
 * A number of bytes to read.
 *
 * @throws TypeError for what is no number
 * @throws RangeError for a negative number and a fraction
 */
export function byteCount(call: string, count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  if (typeof count !== "number")
    throw new TypeError(`${call}: ${found(count)}; a number is allowed`);
  throw new RangeError(
    count < 0
      ? `size should not be negative: ${call}(${count.toString()})`
      : `${call}: ${count.toString()}; a whole number of bytes is allowed`,
  );
}

/**
 * Bytes to read into a buffer: as many as it has, but for a number from 1 on,
 * as Python's `read(len, buffer)`.
 *
 * @throws what {@link byteCount} throws for what is no whole number
 */
export function bufferCount(
  call: string,
  buffer: Uint8Array,
  count: number | undefined,
): number {
  if (count === undefined || (Number.isInteger(count) && count < 1))
    return buffer.length;
  return Math.min(byteCount(call, count), buffer.length);
}
