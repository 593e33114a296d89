/** Diffie-Hellman over finite fields: RFC 7919, RFC 9846 4.3.8.1, RFC 5246 8.1.2. */
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import { Secret, wipe } from "../../bytes.ts";
import { ffdheGroup, type FfdheName, ffdheOfPrime } from "../ffdhe.ts";
import {
  type FiniteFieldParameters,
  InvalidKeyShare,
  type KeyExchange,
  type KeyExchangeGroup,
  type RandomSource,
} from "../provider.ts";
import { bitLength, secretPower } from "./big-power.ts";

const LEAST_BITS = 2048;
const MOST_BITS = 8192;

export interface Field {
  readonly prime: bigint;
  readonly generator: bigint;
  /** Bytes of the prime, of every share and of a padded secret. */
  readonly length: number;
  readonly exponentBits: number;
  /**
   * "padded": shares are as long as the prime and the secret too, RFC 9846
   * 4.3.8.1 and 7.4.1. "stripped": neither need be, RFC 5246 8.1.2.
   */
  readonly form: "padded" | "stripped";
}

/** The two powers of an exchange; shares and results as long as the prime. */
export interface Powers {
  readonly share: Uint8Array;
  raise(peerShare: Uint8Array): Uint8Array;
}

/** Begins an exchange with that private exponent, which is wiped after. */
export type BeginPowers = (field: Field, exponent: Uint8Array) => Powers;

/** A row of RFC 7919, on any arithmetic. */
export function ffdheRow(
  name: FfdheName,
  length: number,
  begin: BeginPowers,
): KeyExchangeGroup {
  return {
    name,
    initiatorShareLength: length,
    responderShareLength: length,
    // The prime is made at the first use.
    generate: (random) => ffdhe(name, begin).generate(random),
    encapsulate: (share, random) =>
      ffdhe(name, begin).encapsulate(share, random),
  };
}

function ffdhe(name: FfdheName, begin: BeginPowers): KeyExchange {
  return exchangeOver(ffdheField(name, "padded"), begin);
}

function ffdheField(name: FfdheName, form: Field["form"]): Field {
  const { prime, bits, exponentBits } = ffdheGroup(name);
  return { prime, generator: 2n, length: bits / 8, exponentBits, form };
}

/**
 * A field that a server of TLS 1.2 chose. Only of RFC 7919's primes is it known
 * that short exponents are safe: RFC 7919 5.2.
 *
 * @throws InvalidKeyShare
 */
export function fieldOf({ prime, generator }: FiniteFieldParameters): Field {
  // Bounds before the conversion, for it is more than linear.
  if (prime.length > MOST_BITS / 8 + 1 || generator.length > prime.length)
    throw new InvalidKeyShare("a Diffie-Hellman prime is too long");
  const p = bytesToNumberBE(prime);
  const g = bytesToNumberBE(generator);
  const bits = bitLength(p);
  if (bits < LEAST_BITS || bits > MOST_BITS)
    throw new InvalidKeyShare(
      `a Diffie-Hellman prime has ${LEAST_BITS} to ${MOST_BITS} bits, not ${bits}`,
    );
  if (p % 2n === 0n) throw new InvalidKeyShare("a prime is odd");
  if (g <= 1n || g >= p - 1n)
    throw new InvalidKeyShare("a generator that generates nothing");
  const name = g === 2n ? ffdheOfPrime(p, bits) : undefined;
  if (name !== undefined) return ffdheField(name, "stripped");
  return {
    prime: p,
    generator: g,
    length: Math.ceil(bits / 8),
    exponentBits: bits - 1,
    form: "stripped",
  };
}

export function exchangeOver(field: Field, begin: BeginPowers): KeyExchange {
  return {
    initiatorShareLength: field.length,
    responderShareLength: field.length,
    generate(random) {
      const powers = begin(field, drawExponent(field, random));
      return {
        share: powers.share,
        decapsulate: (peerShare) => sharedSecret(field, powers, peerShare),
      };
    },
    encapsulate(peerShare, random) {
      checkShare(field, peerShare);
      const powers = begin(field, drawExponent(field, random));
      return {
        share: powers.share,
        secret: sharedSecret(field, powers, peerShare),
      };
    },
  };
}

/** In one call; the top bit is set, so that it is as long as it should be. */
function drawExponent(field: Field, random: RandomSource): Uint8Array {
  const { exponentBits } = field;
  const exponent = random(Math.ceil(exponentBits / 8));
  const top = (exponentBits - 1) % 8;
  exponent[0] = ((exponent[0] ?? 0) & ((2 << top) - 1)) | (1 << top);
  return exponent;
}

// [9846-4.3.8.1-01]
/**
 * RFC 9846 4.3.8.1: "Peers MUST validate each other's public key Y by ensuring
 * that 1 < Y < p-1".
 */
function checkShare(field: Field, share: Uint8Array): void {
  const { prime, length, form } = field;
  if (share.length > length || (form === "padded" && share.length !== length))
    throw new InvalidKeyShare(
      `a share of this finite field is ${length} bytes long, not ${share.length}`,
    );
  const number = bytesToNumberBE(share);
  if (number <= 1n || number >= prime - 1n)
    throw new InvalidKeyShare("a share that gives the secret away");
}

function sharedSecret(
  field: Field,
  powers: Powers,
  peerShare: Uint8Array,
): Secret {
  checkShare(field, peerShare);
  const padded = powers.raise(peerShare);
  const first = padded.findIndex((byte) => byte !== 0);
  // Only a field of a server's own can have an order as small as that.
  if (first === -1 || (first === field.length - 1 && padded[first] === 1))
    throw new InvalidKeyShare("a share that gives the secret away");
  if (field.form === "padded") return new Secret(padded);
  const stripped = new Secret(padded.slice(first));
  wipe(padded);
  return stripped;
}

/** Powers over BigInt. */
export const bigPowers: BeginPowers = (field, exponent) => {
  const { prime, generator, length, exponentBits } = field;
  const x = bytesToNumberBE(exponent);
  wipe(exponent);
  const power = (base: bigint): Uint8Array =>
    numberToBytesBE(secretPower(base, x, prime, exponentBits), length);
  return {
    share: power(generator),
    raise: (peerShare) => power(bytesToNumberBE(peerShare)),
  };
};

/**
 * Diffie-Hellman over the field that a server of TLS 1.2 chose. See
 * {@link noble} for an example.
 */
export function finiteField(parameters: FiniteFieldParameters): KeyExchange {
  return exchangeOver(fieldOf(parameters), bigPowers);
}

/** ffdhe2048. Shares are 256 bytes. See {@link noble} for an example. */
export const ffdhe2048: KeyExchangeGroup = /* @__PURE__ */ ffdheRow(
  "ffdhe2048",
  256,
  bigPowers,
);

/** ffdhe3072. Shares are 384 bytes. See {@link noble} for an example. */
export const ffdhe3072: KeyExchangeGroup = /* @__PURE__ */ ffdheRow(
  "ffdhe3072",
  384,
  bigPowers,
);

/** ffdhe4096. Shares are 512 bytes. See {@link noble} for an example. */
export const ffdhe4096: KeyExchangeGroup = /* @__PURE__ */ ffdheRow(
  "ffdhe4096",
  512,
  bigPowers,
);

/** ffdhe6144. Shares are 768 bytes. See {@link noble} for an example. */
export const ffdhe6144: KeyExchangeGroup = /* @__PURE__ */ ffdheRow(
  "ffdhe6144",
  768,
  bigPowers,
);

/** ffdhe8192. Shares are 1024 bytes. See {@link noble} for an example. */
export const ffdhe8192: KeyExchangeGroup = /* @__PURE__ */ ffdheRow(
  "ffdhe8192",
  1024,
  bigPowers,
);
