/**
 * RSA key pairs (FIPS 186-5 A.1.3): probable primes by Miller-Rabin over
 * BigInt. Slow beside a native library, and in no constant time.
 */
import { Secret, wipe } from "../../bytes.ts";
import type { PrivateKey, RandomSource } from "../../crypto/provider.ts";

type RsaPrivateKey = Extract<PrivateKey, { type: "rsa" }>;

/**
 * A key with the public exponent 65537 and primes of half the length.
 *
 * @param bits length of the modulus: 2048 or more, a multiple of 16
 * @throws Error when the random source never gives two fit primes
 */
export function generateRsaKey(
  bits: number,
  random: RandomSource,
): RsaPrivateKey {
  if (!(bits >= 2048 && bits <= 16384 && bits % 16 === 0))
    throw new TypeError("an RSA key has 2048 to 16384 bits, in steps of 16");
  const half = bits / 2;
  const p = findPrime(half, random, () => true);
  // FIPS 186-5 A.1.3 step 5.4: the primes differ in their first 100 bits.
  const apart = 1n << BigInt(half - 100);
  const q = findPrime(half, random, (n) => (n > p ? n - p : p - n) > apart);
  const modulus = p * q;
  const lambda = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n);
  const d = invert(EXPONENT, lambda);
  const length = bits / 8;
  const secret = (value: bigint, size: number): Secret =>
    new Secret(toBytes(value, size));
  return {
    type: "rsa",
    modulus: toBytes(modulus, length),
    exponent: Uint8Array.of(1, 0, 1),
    privateExponent: secret(d, length),
    prime1: secret(p, length / 2),
    prime2: secret(q, length / 2),
    exponent1: secret(d % (p - 1n), length / 2),
    exponent2: secret(d % (q - 1n), length / 2),
    coefficient: secret(invert(q, p), length / 2),
  };
}

const EXPONENT = 65537n;

/** FIPS 186-5 A.1.3 step 4.7 gives up after 5 draws a bit of the modulus. */
const DRAWS_A_BIT = 10;

function findPrime(
  bits: number,
  random: RandomSource,
  fits: (candidate: bigint) => boolean,
): bigint {
  for (let draws = 0; draws < DRAWS_A_BIT * bits; draws++) {
    const bytes = random(bits / 8);
    // The two top bits make the product as long as wanted; a prime is odd.
    bytes[0] = (bytes[0] ?? 0) | 0xc0;
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) | 1;
    const candidate = fromBytes(bytes);
    wipe(bytes);
    if (
      !hasSmallFactor(candidate) &&
      (candidate - 1n) % EXPONENT !== 0n &&
      fits(candidate) &&
      isProbablePrime(candidate, random)
    )
      return candidate;
  }
  throw new Error(
    "the random source gives no RSA primes: its bytes are not random",
  );
}

/** Rounds for an error below 2^-100 at 1024 bits and more: FIPS 186-5 B.1. */
const ROUNDS = 5;

/** Miller-Rabin with random bases, FIPS 186-5 B.3.1. */
function isProbablePrime(n: bigint, random: RandomSource): boolean {
  let odd = n - 1n;
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  const length = Math.ceil(n.toString(16).length / 2);
  for (let round = 0; round < ROUNDS; round++) {
    const base = 2n + (fromBytes(random(length)) % (n - 3n));
    if (isWitness(n, base, odd, twos)) return false;
  }
  return true;
}

/** True when the base proves that n = odd * 2^twos + 1 is composite. */
function isWitness(
  n: bigint,
  base: bigint,
  odd: bigint,
  twos: number,
): boolean {
  let power = powerModulo(base, odd, n);
  if (power === 1n || power === n - 1n) return false;
  for (let i = 1; i < twos; i++) {
    power = (power * power) % n;
    if (power === n - 1n) return false;
  }
  return true;
}

/** Trial division, by several primes at a time: most candidates fall here. */
function hasSmallFactor(candidate: bigint): boolean {
  trialGroups ??= groupPrimes(primesBelow(2000));
  return trialGroups.some(({ product, primes }) => {
    const rest = Number(candidate % product);
    return primes.some((prime) => rest % prime === 0);
  });
}

interface PrimeGroup {
  /** Of all its primes; a number below 2^53. */
  readonly product: bigint;
  readonly primes: readonly number[];
}

let trialGroups: readonly PrimeGroup[] | undefined;

function groupPrimes(primes: readonly number[]): PrimeGroup[] {
  const groups: PrimeGroup[] = [];
  let product = 1;
  let group: number[] = [];
  for (const prime of primes) {
    if (product * prime > Number.MAX_SAFE_INTEGER) {
      groups.push({ product: BigInt(product), primes: group });
      [product, group] = [1, []];
    }
    product *= prime;
    group.push(prime);
  }
  groups.push({ product: BigInt(product), primes: group });
  return groups;
}

function primesBelow(limit: number): number[] {
  const primes: number[] = [];
  for (let n = 2; n < limit; n++)
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** Four bits of the exponent at a time. */
function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const table = [1n];
  for (let i = 1; i < 16; i++)
    table.push(((table[i - 1] ?? 1n) * base) % modulus);
  let power = 1n;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) power = (power * power) % modulus;
    power = (power * (table[Number.parseInt(digit, 16)] ?? 1n)) % modulus;
  }
  return power;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The inverse of a number that has one, by Euclid's extended algorithm. */
function invert(value: bigint, modulus: bigint): bigint {
  let [r0, r1, t0, t1] = [modulus, value % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return t0 < 0n ? t0 + modulus : t0;
}

function fromBytes(bytes: Uint8Array): bigint {
  let hex = "0x";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

function toBytes(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}
