/** Private keys from random bytes: EC scalars and seeds. */
import { fromHex, Secret, wipe } from "../../bytes.ts";
import type { PrivateKey, RandomSource } from "../../crypto/provider.ts";

type EcPrivateKey = Extract<PrivateKey, { type: "ec" }>;

/**
 * A scalar between 1 and the order less 1, by drawing until one fits
 * (FIPS 186-5 A.2.2).
 *
 * @throws Error when the random source never gives one that fits
 */
export function generateEcKey(
  curve: EcPrivateKey["curve"],
  random: RandomSource,
): EcPrivateKey {
  const order = ORDERS[curve];
  // A draw is as long as the order in bits; for P-521 that is a byte and 1 bit.
  const topBits = 0xff >> (Math.clz32(order[0] ?? 0) % 8);
  for (let draws = 0; draws < MOST_DRAWS; draws++) {
    const scalar = random(order.length);
    scalar[0] = (scalar[0] ?? 0) & topBits;
    if (isZero(scalar) || !isLess(scalar, order)) {
      wipe(scalar);
      continue;
    }
    return { type: "ec", curve, scalar: new Secret(scalar) };
  }
  throw new Error(
    "the random source gives no usable EC scalar: its bytes are not random",
  );
}

/** RFC 8032 5.1.5 and 5.2.5, FIPS 204 5.1: any bytes are a seed. */
export function generateSeed(length: number, random: RandomSource): Secret {
  return new Secret(random(length));
}

/** The worst order, that of P-256, refuses one draw in 2^32. */
const MOST_DRAWS = 16;

/** n of SEC 2 version 2, 2.4.2, 2.5.1 and 2.6.1. */
const ORDERS: Readonly<Record<EcPrivateKey["curve"], Uint8Array>> = {
  secp256r1: fromHex(
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
  ),
  secp384r1: fromHex(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf" +
      "581a0db248b0a77aecec196accc52973",
  ),
  secp521r1: fromHex(
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
      "ffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
  ),
};

function isZero(bytes: Uint8Array): boolean {
  let any = 0;
  for (const byte of bytes) any |= byte;
  return any === 0;
}

/** Big-endian, of the same length; subtracts, without an early exit. */
function isLess(a: Uint8Array, b: Uint8Array): boolean {
  let borrow = 0;
  for (let i = a.length - 1; i >= 0; i--)
    borrow = (a[i] ?? 0) - (b[i] ?? 0) - borrow < 0 ? 1 : 0;
  return borrow === 1;
}
