/**
 * PBKDF2 (RFC 8018 5.2) that does not block the thread: WebCrypto's where the
 * runtime has it, and in slices where it has not.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { HashName, KeyDecryptionAlgorithms } from "../provider.ts";

/** The hashes of key files. */
export const HASHES = {
  "SHA-1": sha1,
  "SHA-256": sha256,
  "SHA-384": sha384,
  "SHA-512": sha512,
};

/** The functions of WebCrypto's SubtleCrypto that are called. */
interface Subtle {
  importKey(
    format: "raw",
    key: Uint8Array,
    algorithm: "PBKDF2",
    extractable: false,
    usages: readonly ["deriveBits"],
  ): Promise<object>;
  deriveBits(
    algorithm: {
      readonly name: "PBKDF2";
      readonly hash: HashName;
      readonly salt: Uint8Array;
      readonly iterations: number;
    },
    key: object,
    bits: number,
  ): Promise<ArrayBuffer>;
}

/** As the provider has it. */
export const pbkdf2Async: NonNullable<
  KeyDecryptionAlgorithms["pbkdf2Async"]
> = (...[hash, password, salt, iterations, length, pause]) => {
  const host: unknown = Reflect.get(globalThis, "crypto");
  // Without HTTPS a page has no WebCrypto, and not each takes an empty password.
  return password.length > 0 && hasSubtle(host)
    ? deriveBits(host.subtle, hash, password, salt, iterations, length)
    : inSlices(hash, password, salt, iterations, length, pause);
};

/** Iterations between two pauses: some milliseconds. */
const SLICE = 4096;

async function inSlices(
  ...[hash, password, salt, iterations, length, pause]: Parameters<
    typeof pbkdf2Async
  >
): Promise<Uint8Array> {
  const keyed = hmac.create(HASHES[hash], password);
  const key = new Uint8Array(length);
  const last = new Uint8Array(keyed.outputLen);
  let running = keyed.clone();
  for (let part = 1, at = 0; at < length; part++, at += last.length) {
    running = keyed._cloneInto(running);
    // INT(i), four bytes; a key has few parts.
    running
      .update(salt)
      .update(Uint8Array.of(0, 0, 0, part))
      .digestInto(last);
    const sum = last.slice();
    for (let i = 1; i < iterations; i++) {
      running = keyed._cloneInto(running);
      running.update(last).digestInto(last);
      for (let j = 0; j < sum.length; j++)
        sum[j] = (sum[j] ?? 0) ^ (last[j] ?? 0);
      if (i % SLICE === 0) await pause(SLICE);
    }
    key.set(sum.subarray(0, length - at), at);
  }
  return key;
}

async function deriveBits(
  subtle: Subtle,
  hash: HashName,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  const usages = ["deriveBits"] as const;
  const key = await subtle.importKey("raw", password, "PBKDF2", false, usages);
  const algorithm = { name: "PBKDF2", hash, salt, iterations } as const;
  return new Uint8Array(await subtle.deriveBits(algorithm, key, 8 * length));
}

function hasSubtle(host: unknown): host is { readonly subtle: Subtle } {
  return (
    typeof host === "object" &&
    host !== null &&
    "subtle" in host &&
    typeof host.subtle === "object" &&
    host.subtle !== null &&
    "deriveBits" in host.subtle &&
    typeof host.subtle.deriveBits === "function"
  );
}
