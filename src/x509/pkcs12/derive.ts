/** Derivations of a PKCS#12 file, at once or without blocking for long. */
import type {
  CryptoProvider,
  KeyDecryptionAlgorithms,
} from "../../crypto/provider.ts";
import {
  derivePkcs12,
  type Deriving,
  type KeyDerivation,
  pkcs12Slices,
} from "../keys/derivation.ts";
import { Pkcs12Error } from "./error.ts";

/** Options of derivations that take their time. */
export interface AsyncDeriveOptions {
  /**
   * Told after each slice how many iterations it had; not told of those that the
   * runtime does by itself.
   */
  readonly onProgress?: (iterations: number) => void;
  /** Stops between two slices. */
  readonly signal?: AbortSignalLike;
}

/** The part of an AbortSignal that is looked at. */
export interface AbortSignalLike {
  throwIfAborted(): void;
}

/**
 * Runs the steps to their end without blocking for long. PBKDF2 of a provider
 * without `pbkdf2Async`, and scrypt, which no common program writes, block.
 *
 * @param before called before each derivation
 * @throws what the steps, `before`, the signal and `onProgress` throw
 */
export async function runLater<T>(
  provider: CryptoProvider,
  steps: Deriving<T>,
  { onProgress, signal }: AsyncDeriveOptions,
  before: (derivation: KeyDerivation) => void = () => undefined,
): Promise<T> {
  const pause = async (iterations: number): Promise<void> => {
    onProgress?.(iterations);
    await nextTask();
    signal?.throwIfAborted();
  };
  let step = steps.next();
  while (step.done !== true) {
    before(step.value);
    signal?.throwIfAborted();
    const key = await deriveLater(provider, step.value, pause);
    signal?.throwIfAborted();
    step = steps.next(key);
  }
  return step.value;
}

async function deriveLater(
  provider: CryptoProvider,
  derivation: KeyDerivation,
  pause: (iterations: number) => Promise<void>,
): Promise<Uint8Array> {
  if (derivation.type === "scrypt") return deriveKey(provider, derivation);
  const { hash, password, salt, iterations, length } = derivation;
  if (derivation.type === "PBKDF2")
    return (
      provider.keyDecryption?.pbkdf2Async?.(
        ...([hash, password, salt, iterations, length, pause] as const),
      ) ?? deriveKey(provider, derivation)
    );
  const slices = pkcs12Slices(derivation, provider.hashes[hash]);
  let slice = slices.next();
  while (slice.done !== true) {
    await pause(slice.value);
    slice = slices.next();
  }
  return slice.value;
}

/**
 * Derives a key at once.
 *
 * @throws Pkcs12Error `unsupported` where the provider has no `keyDecryption`
 */
export function deriveKey(
  provider: CryptoProvider,
  derivation: KeyDerivation,
): Uint8Array {
  const { password, salt, length } = derivation;
  if (derivation.type === "PKCS12")
    return derivePkcs12(derivation, provider.hashes[derivation.hash]);
  const crypto = decryptionOf(provider);
  return derivation.type === "scrypt"
    ? crypto.scrypt(password, salt, derivation.cost, length)
    : crypto.pbkdf2(
        derivation.hash,
        password,
        salt,
        derivation.iterations,
        length,
      );
}

function decryptionOf({
  keyDecryption,
}: CryptoProvider): KeyDecryptionAlgorithms {
  if (keyDecryption !== undefined) return keyDecryption;
  throw new Pkcs12Error(
    "unsupported",
    "the provider has no means to derive its keys (keyDecryption)",
  );
}

/** After what waits in the runtime's queue; a promise alone would go before. */
function nextTask(): Promise<void> {
  const later: unknown = Reflect.get(globalThis, "setTimeout");
  return new Promise((resolve) => {
    if (typeof later === "function")
      Reflect.apply(later, undefined, [resolve, 0]);
    else resolve();
  });
}
