/**
 * The arithmetic of RSA over BigInt: RFC 8017 4 and 5. noble has no RSA, so
 * these few functions are ours.
 *
 * BigInt arithmetic is not constant-time and makes no promise to be. The base
 * of the private operation is blinded, so that its timing tells about a random
 * number and not about the message, and so are its exponents, with each
 * signature anew. The result is checked with the public key, so that a faulty
 * computation never leaves (Lenstra's attack on CRT).
 */
import { invert } from "@noble/curves/abstract/modular.js";
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import type { PrivateKey, PublicKey, RandomSource } from "../../provider.ts";
import { bitLength, secretPower } from "../big-power.ts";

export type RsaPublicKey = Extract<PublicKey, { readonly type: "rsa" }>;
export type RsaPrivateKey = Extract<PrivateKey, { readonly type: "rsa" }>;

const LEAST_MODULUS_BITS = 1024;
/** RSA-16384 verifies in milliseconds; beyond, a peer would choose our work. */
const MOST_MODULUS_BITS = 16384;
/** 65537 has 17 bits; the few unusual ones in the wild stay below 2^32. */
const MOST_EXPONENT_BITS = 33;
/** Bytes of the number that blinds an exponent. */
const EXPONENT_BLIND = 8;

/** A public key as numbers, within the bounds that this provider accepts. */
export interface RsaNumbers {
  readonly modulus: bigint;
  readonly exponent: bigint;
  readonly modulusBits: number;
  /** Bytes of the modulus and of every signature: RFC 8017's k. */
  readonly length: number;
}

/** The key's numbers, or undefined when they are out of bounds. */
export function rsaNumbers(
  key: Pick<RsaPublicKey, "modulus" | "exponent">,
): RsaNumbers | undefined {
  // Bounds before the conversion, for it is more than linear. A leading zero
  // or a few do no harm.
  if (key.modulus.length > MOST_MODULUS_BITS / 8 + 1) return undefined;
  if (key.exponent.length > 8) return undefined;
  const modulus = bytesToNumberBE(key.modulus);
  const exponent = bytesToNumberBE(key.exponent);
  const modulusBits = bitLength(modulus);
  const fits =
    modulusBits >= LEAST_MODULUS_BITS &&
    modulusBits <= MOST_MODULUS_BITS &&
    modulus % 2n === 1n &&
    exponent >= 3n &&
    exponent % 2n === 1n &&
    bitLength(exponent) <= MOST_EXPONENT_BITS;
  if (!fits) return undefined;
  return {
    modulus,
    exponent,
    modulusBits,
    length: Math.ceil(modulusBits / 8),
  };
}

/**
 * RSAVP1 with the conversions around it, RFC 8017 5.2.2: the encoded message
 * as a number, or undefined when the signature is not as long as the modulus
 * or not below it.
 */
export function rsaVerifyPrimitive(
  key: RsaNumbers,
  signature: Uint8Array,
): bigint | undefined {
  if (signature.length !== key.length) return undefined;
  const number = bytesToNumberBE(signature);
  if (number >= key.modulus) return undefined;
  return publicPower(number, key.exponent, key.modulus);
}

/**
 * RSASP1 with the Chinese remainder theorem, RFC 8017 5.2.1, blinded. Draws
 * 24 random bytes more than the modulus has, in one call. The signature is as
 * long as the modulus.
 *
 * @throws TypeError when the parts of the key do not belong together
 * @throws Error when the result does not verify: the computation was disturbed
 */
export function rsaSignPrimitive(
  key: RsaPrivateKey,
  numbers: RsaNumbers,
  encoded: Uint8Array,
  random: RandomSource,
): Uint8Array {
  const { modulus, exponent, length } = numbers;
  const message = bytesToNumberBE(encoded);
  const bytes = random(length + 8 + 2 * EXPONENT_BLIND);
  const blind = blindingNumber(bytes.subarray(2 * EXPONENT_BLIND), numbers);
  const blinded = (message * publicPower(blind, exponent, modulus)) % modulus;
  const power = chineseRemainderPower(key, modulus, blinded, bytes);
  bytes.fill(0);
  const signature = (power * invert(blind, modulus)) % modulus;
  if (publicPower(signature, exponent, modulus) !== message)
    throw new Error(
      "the RSA signature does not verify: either the key's parts do not belong together, or the computation was disturbed",
    );
  return numberToBytesBE(signature, length);
}

/** The first bytes of `blinds` blind the exponents. */
function chineseRemainderPower(
  key: RsaPrivateKey,
  modulus: bigint,
  base: bigint,
  blinds: Uint8Array,
): bigint {
  const p = bytesToNumberBE(key.prime1.bytes);
  const q = bytesToNumberBE(key.prime2.bytes);
  if (p * q !== modulus || p === 1n || q === 1n)
    throw new TypeError("the RSA key's primes do not give its modulus");
  const dP = bytesToNumberBE(key.exponent1.bytes);
  const dQ = bytesToNumberBE(key.exponent2.bytes);
  const mp = blindedPower(base % p, dP, p, blinds.subarray(0, EXPONENT_BLIND));
  const mq = blindedPower(
    base % q,
    dQ,
    q,
    blinds.subarray(EXPONENT_BLIND, 2 * EXPONENT_BLIND),
  );
  const h = ((mp - mq) * bytesToNumberBE(key.coefficient.bytes)) % p;
  return mq + q * (h < 0n ? h + p : h);
}

/**
 * `base` to a secret exponent modulo a prime. A multiple of the order of the
 * group is added to the exponent (Fermat): its digits are others each time, and
 * its length is the same for every exponent.
 */
function blindedPower(
  base: bigint,
  exponent: bigint,
  prime: bigint,
  blind: Uint8Array,
): bigint {
  const bits = 8n * BigInt(EXPONENT_BLIND);
  const factor = bytesToNumberBE(blind) | (1n << (bits - 1n));
  const blinded = exponent + factor * (prime - 1n);
  return secretPower(base, blinded, prime, bitLength(prime) + Number(bits));
}

/**
 * RSAEP with the conversions around it, RFC 8017 5.1.1: `encoded` is below the
 * modulus; the result is as long as it.
 */
export function rsaEncryptPrimitive(
  { modulus, exponent, length }: RsaNumbers,
  encoded: Uint8Array,
): Uint8Array {
  const message = bytesToNumberBE(encoded);
  return numberToBytesBE(publicPower(message, exponent, modulus), length);
}

/** 8 bytes more than the modulus: the bias of the reduction is below 2^-64. */
function blindingNumber(bytes: Uint8Array, key: RsaNumbers): bigint {
  const number = bytesToNumberBE(bytes) % key.modulus;
  return number > 1n ? number : 2n;
}

/** `base` to a public, short `exponent` modulo `modulus`: bit by bit. */
function publicPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = base;
  for (let bit = bitLength(exponent) - 2; bit >= 0; bit--) {
    result = (result * result) % modulus;
    if ((exponent >> BigInt(bit)) & 1n) result = (result * base) % modulus;
  }
  return result;
}
