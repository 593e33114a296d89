/** Arguments and names as programs give them: each is known or refused. */

/** The names of an options object, one and all: the compiler sees to it. */
export type Names<Options> = { readonly [Name in keyof Options]-?: true };

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
  if (typeof given !== "object" || given === null)
    throw new TypeError(
      `${call}: ${unquoted(given)}; an object of options is allowed: ${Object.keys(names).join(", ")}`,
    );
  for (const name in given)
    if (Object.hasOwn(given, name) && !Object.hasOwn(names, name))
      throw noOption(call, name, given[name], Object.keys(names));
}

/** Those of the options that have these names. */
export function picked<Options extends object>(
  given: Options,
  names: Names<Options>,
): Options {
  const some = { ...given };
  for (const name in some)
    if (!Object.hasOwn(names, name)) Reflect.deleteProperty(some, name);
  return some;
}

function noOption(
  call: string,
  name: string,
  value: unknown,
  allowed: readonly string[],
): TypeError {
  const plain = normal(name);
  const meant =
    allowed.find((one) => normal(one) === plain) ?? ELSEWHERE[plain];
  const hint =
    meant === undefined
      ? `allowed are ${allowed.join(", ")}`
      : `it is ${meant} here`;
  return new TypeError(
    `${call}: ${name} (${unquoted(value)}) is no option; ${hint}`,
  );
}

/** As {@link found}, but for text: under a wrong name it may be a secret. */
function unquoted(value: unknown): string {
  return typeof value === "string" ? "text" : found(value);
}

/**
 * Makes a class's members throw under the names that Python has for them, so
 * that neither reading nor setting one does nothing.
 *
 * @param others Python's names that are not another spelling, and ours for them
 */
export function refusePythonNames(
  { name: className, prototype }: { name: string; prototype: object },
  others: Readonly<Record<string, string>> = {},
): void {
  const refused = new Map(Object.entries(others));
  for (const name of Object.getOwnPropertyNames(prototype)) {
    refused.set(name.toLowerCase(), name);
    refused.set(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      name,
    );
  }
  for (const [name, ours] of refused) {
    if (name in prototype) continue;
    const refuse = (): never => {
      throw new TypeError(`${className}: ${name} is ${ours} here`);
    };
    Object.defineProperty(prototype, name, {
      configurable: true,
      get: refuse,
      set: refuse,
    });
  }
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

/** A value as an error names it. */
export function found(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}

function normal(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
