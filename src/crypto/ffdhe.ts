/**
 * The finite field groups of RFC 7919 as numbers. Their primes are made from
 * the formula of its appendix A, which is shorter than their digits.
 */
import { fromHex } from "../bytes.ts";

export type FfdheName =
  "ffdhe2048" | "ffdhe3072" | "ffdhe4096" | "ffdhe6144" | "ffdhe8192";

interface FfdheRow {
  readonly bits: number;
  /** The smallest number that makes p and (p - 1) / 2 prime. */
  readonly x: bigint;
  /** RFC 7919 5.2 and appendix A: bits of a private exponent. */
  readonly exponentBits: number;
}

const ROWS: Readonly<Record<FfdheName, FfdheRow>> = {
  ffdhe2048: { bits: 2048, x: 560316n, exponentBits: 225 },
  ffdhe3072: { bits: 3072, x: 2625351n, exponentBits: 275 },
  ffdhe4096: { bits: 4096, x: 5736041n, exponentBits: 325 },
  ffdhe6144: { bits: 6144, x: 15705020n, exponentBits: 375 },
  ffdhe8192: { bits: 8192, x: 10965728n, exponentBits: 400 },
};

/** Their names, the smallest first. */
export const FFDHE_NAMES: readonly FfdheName[] = [
  "ffdhe2048",
  "ffdhe3072",
  "ffdhe4096",
  "ffdhe6144",
  "ffdhe8192",
];

export interface FfdheGroup {
  readonly prime: bigint;
  readonly bits: number;
  readonly exponentBits: number;
}

/** RFC 7919 appendix A; the generator is 2. Made once a process. */
export function ffdheGroup(name: FfdheName): FfdheGroup {
  const known = made.get(name);
  if (known !== undefined) return known;
  const { bits, x, exponentBits } = ROWS[name];
  const b = BigInt(bits);
  // p = 2^b - 2^{b-64} + {[2^{b-130} e] + X} * 2^64 - 1
  const prime =
    (1n << b) - (1n << (b - 64n)) + ((floorOfE(bits - 130) + x) << 64n) - 1n;
  const group = { prime, bits, exponentBits };
  made.set(name, group);
  return group;
}

const made = new Map<FfdheName, FfdheGroup>();

/** The group as ServerDHParams name it; the arrays belong to the caller. */
export function ffdheParameters(name: FfdheName): {
  readonly prime: Uint8Array;
  readonly generator: Uint8Array;
} {
  const prime = fromHex(ffdheGroup(name).prime.toString(16));
  return { prime, generator: Uint8Array.of(2) };
}

/** The group with that prime, if it is one of RFC 7919. */
export function ffdheOfPrime(
  prime: bigint,
  bits: number,
): FfdheName | undefined {
  return FFDHE_NAMES.find(
    (name) => ROWS[name].bits === bits && ffdheGroup(name).prime === prime,
  );
}

/** [2^bits e], by the series of 1/k!, with 64 bits to spare. */
function floorOfE(bits: number): bigint {
  const spare = 64n;
  let sum = 0n;
  let term = 1n << (BigInt(bits) + spare);
  for (let k = 1n; term > 0n; k++) {
    sum += term;
    term /= k;
  }
  return sum >> spare;
}
