/** Python's RAND functions, on a provider's random source. */
import { found } from "../../options.ts";
import {
  asciiBytes,
  type Bytes,
  type BytesLike,
  concat,
  unshared,
  viewBytes,
} from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { SSLError } from "../errors/errors.ts";

/**
 * Keys that were added to a provider's randomness: a stream of ours for each.
 */
const STIRRED = new WeakMap<CryptoProvider, Uint8Array>();

/**
 * Python: `RAND_bytes`. Strong random bytes, the caller's.
 *
 * @throws RangeError for a negative number
 * @throws SSLError PRNG_NOT_SEEDED where the runtime has no source of them
 *
 * @example
 * ```ts
 * import { randBytes } from "puretls";
 *
 * if (randBytes(16).length !== 16) throw new Error();
 * ```
 */
export function randBytes(
  length: number,
  provider: CryptoProvider = noble,
): Bytes {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new RangeError(
      `num must be positive: randBytes(${found(length)}); a whole number from 0 on is allowed`,
    );
  let bytes: Bytes;
  try {
    bytes = unshared(provider.random(length));
  } catch (error) {
    throw new SSLError("there is no source of random bytes", {
      library: "SSL",
      reason: "PRNG_NOT_SEEDED",
      cause: error,
    });
  }
  const key = STIRRED.get(provider);
  return key === undefined ? bytes : stir(bytes, key, provider);
}

/** Python: what `RAND_pseudo_bytes` returns. */
export interface PseudoBytes {
  readonly bytes: Bytes;
  /** Always true: there are no weaker ones. */
  readonly isCryptographic: true;
}

/**
 * Python: `RAND_pseudo_bytes`.
 *
 * @deprecated Take {@link randBytes}: the bytes are the same.
 * @param length bytes
 * @throws as {@link randBytes} does
 */
export function randPseudoBytes(
  length: number,
  provider: CryptoProvider = noble,
): PseudoBytes {
  return { bytes: randBytes(length, provider), isCryptographic: true };
}

/**
 * Python: `RAND_status`. Whether {@link randBytes} works here.
 *
 * @example
 * ```ts
 * import { randAdd, randBytes, randStatus } from "puretls";
 *
 * randAdd(Uint8Array.of(1, 2, 3), 0);
 * if (randStatus() && randBytes(16).length !== 16) throw new Error();
 * ```
 */
export function randStatus(provider: CryptoProvider = noble): boolean {
  try {
    return provider.random(1).length === 1;
  } catch {
    return false;
  }
}

/**
 * Python: `RAND_add`. Mixes bytes into what {@link randBytes} gives from now
 * on. They can only add to the provider's own randomness, never replace it;
 * connections take the provider's `random` as it is. See {@link randStatus} for
 * an example.
 *
 * @param bytes a string stands for its UTF-8 in Python; here bytes are wanted
 * @param entropy a lower bound on what they are worth, in bytes; 0 will do
 * @throws TypeError for what are no bytes or no number
 */
export function randAdd(
  bytes: BytesLike,
  entropy: number,
  provider: CryptoProvider = noble,
): void {
  const added = viewBytes(bytes, "randAdd: bytes");
  if (typeof entropy !== "number")
    throw new TypeError("randAdd: entropy is a number");
  const { hmac, outputLength } = provider.hashes["SHA-256"];
  const key = STIRRED.get(provider) ?? new Uint8Array(outputLength);
  STIRRED.set(provider, hmac(key, added));
}

/** XORs a stream of the key's into the bytes, and moves the key on. */
function stir(bytes: Bytes, key: Uint8Array, provider: CryptoProvider): Bytes {
  const { hmac, outputLength } = provider.hashes["SHA-256"];
  const nonce = hmac(key, bytes);
  for (let at = 0, block = 0; at < bytes.length; at += outputLength, block++) {
    const counter = Uint8Array.of(block >> 24, block >> 16, block >> 8, block);
    const mask = hmac(key, concat(nonce, counter));
    for (let i = 0; i < outputLength && at + i < bytes.length; i++)
      bytes[at + i] = (bytes[at + i] ?? 0) ^ (mask[i] ?? 0);
  }
  STIRRED.set(provider, hmac(key, asciiBytes("next")));
  return bytes;
}
