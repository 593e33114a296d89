/** Keys from passwords in PKCS#12's own way (RFC 7292 B). */
import { concat } from "../../bytes.ts";
import type { HashAlgorithm } from "../../crypto/provider.ts";
import { Pkcs12Error } from "./error.ts";

/**
 * Counts hash iterations over a whole file, so that its author cannot make
 * reading it take for ever.
 */
export class IterationBudget {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** @throws Pkcs12Error `too_expensive` */
  spend(iterations: number): void {
    this.#left -= iterations;
    if (this.#left < 0)
      throw new Pkcs12Error(
        "too_expensive",
        "it asks for more iterations than allowed: raise maximumIterations if you trust it",
      );
  }
}

export interface Derivation {
  readonly hash: HashAlgorithm;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Bytes wanted. */
  readonly length: number;
  readonly budget: IterationBudget;
}

/** RFC 7292 B.3: what the bytes are for. */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/**
 * RFC 7292 B.2.
 *
 * @param password undefined: no password at all, which some writers take
 *   instead of an empty one
 */
export function pkcs12Derivation(
  password: string | undefined,
  purpose: 1 | 2 | 3,
  derivation: Derivation,
): Uint8Array {
  const { hash, iterations, length, budget } = derivation;
  const block = hash.blockLength;
  const diversifier = new Uint8Array(block).fill(purpose);
  const input = concat(
    stretched(derivation.salt, block),
    stretched(bmpPassword(password), block),
  );
  const count = Math.ceil(length / hash.outputLength);
  budget.spend(count * iterations);
  const parts: Uint8Array[] = [];
  for (let part = 0; part < count; part++) {
    let a = hash.hash(concat(diversifier, input));
    for (let i = 1; i < iterations; i++) a = hash.hash(a);
    parts.push(a);
    addToBlocks(input, stretched(a, block), block);
  }
  return concat(...parts).subarray(0, length);
}

/** Repeated up to the next multiple of the block; nothing stays nothing. */
function stretched(bytes: Uint8Array, block: number): Uint8Array {
  return Uint8Array.from(
    { length: block * Math.ceil(bytes.length / block) },
    (_, i) => bytes[i % bytes.length] ?? 0,
  );
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
function bmpPassword(password: string | undefined): Uint8Array {
  if (password === undefined) return new Uint8Array(0);
  const bytes = new Uint8Array(2 * password.length + 2);
  for (let i = 0; i < password.length; i++) {
    const unit = password.charCodeAt(i);
    bytes[2 * i] = unit >> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}
