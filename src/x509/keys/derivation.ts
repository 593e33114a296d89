/**
 * Keys from passwords. Whoever decrypts asks for them step by step and is told
 * what they are, so that one reader serves those who derive at once and those who
 * derive elsewhere.
 */
import { concat, NO_BYTES } from "../../bytes.ts";
import type { HashAlgorithm, HashName } from "../../crypto/provider.ts";

interface Derivation {
  readonly salt: Uint8Array;
  /** Bytes wanted. */
  readonly length: number;
  /** In the encoding that the derivation has for it. */
  readonly password: Uint8Array;
}

interface IteratedDerivation extends Derivation {
  readonly hash: HashName;
  readonly iterations: number;
}

/** RFC 8018 5.2. */
export interface Pbkdf2Derivation extends IteratedDerivation {
  readonly type: "PBKDF2";
}

/** RFC 7292 B.2. */
export interface Pkcs12Derivation extends IteratedDerivation {
  readonly type: "PKCS12";
  readonly purpose: Pkcs12Purpose;
}

/** RFC 7914. */
export interface ScryptDerivation extends Derivation {
  readonly type: "scrypt";
  readonly cost: {
    readonly N: number;
    readonly r: number;
    readonly p: number;
  };
}

/** A key that is to be derived. */
export type KeyDerivation =
  Pbkdf2Derivation | Pkcs12Derivation | ScryptDerivation;

/** Steps to a result, each of which asks for a key. */
export type Deriving<T> = Generator<KeyDerivation, T, Uint8Array>;

/**
 * Runs the steps to their end.
 *
 * @throws what the steps and `derive` throw
 */
export function deriveNow<T>(
  steps: Deriving<T>,
  derive: (derivation: KeyDerivation) => Uint8Array,
): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next(derive(step.value));
  return step.value;
}

/** RFC 7292 B.3: what the bytes are for. */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/** A number of {@link PURPOSE}. */
export type Pkcs12Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

/** The hash that a derivation of PKCS#12 repeats. */
export type IteratedHash = Pick<
  HashAlgorithm,
  "blockLength" | "hash" | "outputLength"
>;

/** Iterations between two pauses: some milliseconds. */
const SLICE = 8192;

/**
 * RFC 7292 B.2, with a pause after each {@link SLICE} of iterations.
 */
export function* pkcs12Slices(
  { salt, iterations, length, password, purpose }: Pkcs12Derivation,
  hash: IteratedHash,
): Generator<number, Uint8Array, undefined> {
  const block = hash.blockLength;
  const diversifier = new Uint8Array(block).fill(purpose);
  const input = concat(stretched(salt, block), stretched(password, block));
  const parts: Uint8Array[] = [];
  for (let left = length; left > 0; left -= hash.outputLength) {
    let a = hash.hash(concat(diversifier, input));
    for (let i = 1; i < iterations; i++) {
      a = hash.hash(a);
      if (i % SLICE === 0) yield SLICE;
    }
    parts.push(a);
    addToBlocks(input, stretched(a, block), block);
  }
  return concat(...parts).subarray(0, length);
}

/** The same at once. */
export function derivePkcs12(
  derivation: Pkcs12Derivation,
  hash: IteratedHash,
): Uint8Array {
  const slices = pkcs12Slices(derivation, hash);
  let slice = slices.next();
  while (slice.done !== true) slice = slices.next();
  return slice.value;
}

/** Repeated up to the next multiple of the block; nothing stays nothing. */
function stretched(bytes: Uint8Array, block: number): Uint8Array {
  if (bytes.length === 0) return NO_BYTES;
  const out = new Uint8Array(block * Math.ceil(bytes.length / block));
  for (let at = 0; at < out.length; at += bytes.length)
    out.set(bytes.subarray(0, out.length - at), at);
  return out;
}

/** RFC 7292 B.2 step 6C: each block of the input becomes I + B + 1. */
function addToBlocks(
  input: Uint8Array,
  addend: Uint8Array,
  block: number,
): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1;
    for (let i = block - 1; i >= 0; i--) {
      const sum = (input[start + i] ?? 0) + (addend[i] ?? 0) + carry;
      input[start + i] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}

/** RFC 7292 B.1: UTF-16, big-endian, with two zero bytes at the end. */
export function bmpPassword(password: string): Uint8Array {
  const bytes = new Uint8Array(2 * password.length + 2);
  for (let i = 0; i < password.length; i++) {
    const unit = password.charCodeAt(i);
    bytes[2 * i] = unit >> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}
