/** Powers of BigInts with secret exponents. */

const WINDOW = 5;

/**
 * `base` to a secret `exponent` of at most `bits` bits modulo `modulus`: five
 * squarings and one multiplication for every five bits, whatever the exponent.
 * As long as the leading windows are zero they multiply short numbers, which
 * shows: callers give exponents whose top bits are set, as Diffie-Hellman draws
 * them, or blinded ones, as RSA does.
 * Plain `%` is quicker here than Montgomery's or Barrett's reduction over
 * BigInt (1.6 against 1.8 ms for 1024 bits).
 */
export function secretPower(
  base: bigint,
  exponent: bigint,
  modulus: bigint,
  bits: number,
): bigint {
  // 1 as a number of full width: multiplying by 1n would be a short cut.
  const powers = [modulus + 1n];
  for (let i = 1, power = 1n; i < 2 ** WINDOW; i++) {
    power = (power * base) % modulus;
    powers.push(power);
  }
  let result = 1n;
  let window = Math.ceil(bits / WINDOW) - 1;
  for (; window >= 0; window--) {
    for (let i = 0; i < WINDOW; i++) result = (result * result) % modulus;
    const digit = Number(
      BigInt.asUintN(WINDOW, exponent >> BigInt(WINDOW * window)),
    );
    result = (result * (powers[digit] ?? 1n)) % modulus;
  }
  return result;
}

export function bitLength(number: bigint): number {
  const digits = number.toString(16);
  return (
    4 * digits.length - Math.clz32(Number.parseInt(digits.slice(0, 1), 16)) + 28
  );
}
