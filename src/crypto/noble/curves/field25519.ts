/** The field of Curve25519, and its scalars. */
import { mod, pow2 } from "@noble/curves/abstract/modular.js";
import { powerOfOnes } from "./power-of-ones.ts";

/** 2^255 - 19. */
export const P =
  0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffedn;

/** RFC 7748 5, RFC 8032 5.1.5 step 2. Changes and returns the array. */
export function clamp<T extends Uint8Array>(scalar: T): T {
  scalar[0] = (scalar[0] ?? 0) & 0xf8;
  scalar[31] = ((scalar[31] ?? 0) & 0x7f) | 0x40;
  return scalar;
}

/** x^(p - 2), and p - 2 is 2^5 (2^250 - 1) + 11. */
export function inverse(x: bigint): bigint {
  const x11 = (pow2(x, 3n, P) * mod(mod(x * x, P) * x, P)) % P;
  return (pow2(powerOfOnes(x, 250, P), 5n, P) * x11) % P;
}
