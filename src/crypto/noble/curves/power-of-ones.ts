import { pow2 } from "@noble/curves/abstract/modular.js";

/**
 * `x` to the power of 2^`ones` - 1, a number whose bits are all ones, modulo
 * `p`. Inverses and square roots in the fields of Curve25519 and Curve448 are
 * such powers with a few steps more: about `ones` squarings and a dozen
 * multiplications, the same for every `x`.
 */
export function powerOfOnes(x: bigint, ones: number, p: bigint): bigint {
  let power = x;
  let length = 1;
  // From the second highest bit of `ones` down: doubling the row of ones, and
  // one more where the bit is set.
  for (let bit = 30 - Math.clz32(ones); bit >= 0; bit--) {
    power = (pow2(power, BigInt(length), p) * power) % p;
    length *= 2;
    if ((ones >> bit) & 1) {
      power = (((power * power) % p) * x) % p;
      length++;
    }
  }
  return power;
}
