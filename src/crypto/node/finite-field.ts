/** Diffie-Hellman over the finite fields of RFC 7919, from Node. */
import { createDiffieHellman } from "node:crypto";
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import { wipe } from "../../bytes.ts";
import { ffdheOfPrime } from "../ffdhe.ts";
import {
  type BeginPowers,
  bigPowers,
  exchangeOver,
  ffdheRow,
  fieldOf,
} from "../noble/finite-field.ts";
import type {
  FiniteFieldParameters,
  KeyExchange,
  KeyExchangeGroup,
} from "../provider.ts";
import { plain } from "./hashes.ts";

const opensslPowers: BeginPowers = (field, exponent) => {
  const { prime, generator, length } = field;
  const dh = createDiffieHellman(
    numberToBytesBE(prime, length),
    numberToBytesBE(generator, 1),
  );
  dh.setPrivateKey(exponent);
  wipe(exponent);
  return {
    share: padded(dh.generateKeys(), length),
    raise(peerShare) {
      const derived = dh.computeSecret(peerShare);
      const secret = padded(derived, length);
      wipe(derived);
      return secret;
    },
  };
};

function padded(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.length === length
    ? plain(bytes)
    : numberToBytesBE(bytesToNumberBE(bytes), length);
}

/**
 * Diffie-Hellman over the field that a server of TLS 1.2 chose. Node tests an
 * unknown prime at each use, for seconds where it is long; noble's arithmetic
 * takes a tenth of that.
 */
export function finiteField(parameters: FiniteFieldParameters): KeyExchange {
  const field = fieldOf(parameters);
  const known = ffdheOfPrime(field.prime, 8 * field.length) !== undefined;
  const isRfc7919 = known && field.generator === 2n;
  return exchangeOver(field, isRfc7919 ? opensslPowers : bigPowers);
}

/** ffdhe2048. Shares are 256 bytes. */
export const ffdhe2048: KeyExchangeGroup = ffdheRow(
  "ffdhe2048",
  256,
  opensslPowers,
);

/** ffdhe3072. Shares are 384 bytes. */
export const ffdhe3072: KeyExchangeGroup = ffdheRow(
  "ffdhe3072",
  384,
  opensslPowers,
);

/** ffdhe4096. Shares are 512 bytes. */
export const ffdhe4096: KeyExchangeGroup = ffdheRow(
  "ffdhe4096",
  512,
  opensslPowers,
);

/** ffdhe6144. Shares are 768 bytes. */
export const ffdhe6144: KeyExchangeGroup = ffdheRow(
  "ffdhe6144",
  768,
  opensslPowers,
);

/** ffdhe8192. Shares are 1024 bytes. */
export const ffdhe8192: KeyExchangeGroup = ffdheRow(
  "ffdhe8192",
  1024,
  opensslPowers,
);
