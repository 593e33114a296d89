/** Randomness from the host, looked up when it is wanted. */
import type { RandomSource } from "../provider.ts";

/**
 * Most bytes that `getRandomValues` fills in one call (Web Cryptography API
 * 10.1.1).
 */
const MOST_AT_ONCE = 65536;

// [9846-C.1-01]
/**
 * Random bytes from `globalThis.crypto.getRandomValues`, asked for at each call
 * and never before: there may be none, and some hosts refuse while modules
 * load. See {@link noble} for an example.
 *
 * @throws Error when the host has no such function
 */
export const systemRandom: RandomSource = (length) => {
  const host: unknown = Reflect.get(globalThis, "crypto");
  if (!hasRandomValues(host))
    throw new Error(
      "this runtime has no crypto.getRandomValues: pass a crypto provider with a `random` of your own, { ...noble, random }",
    );
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += MOST_AT_ONCE)
    host.getRandomValues(bytes.subarray(at, at + MOST_AT_ONCE));
  return bytes;
};

interface RandomValues {
  getRandomValues(array: Uint8Array): unknown;
}

function hasRandomValues(host: unknown): host is RandomValues {
  return (
    typeof host === "object" &&
    host !== null &&
    "getRandomValues" in host &&
    typeof host.getRandomValues === "function"
  );
}
