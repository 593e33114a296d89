/** RSAES-PKCS1-v1_5 (RFC 8017 7.2), the encrypting half alone: see SECURITY.md. */
import type { PublicKey, RandomSource } from "../../provider.ts";
import { rsaEncryptPrimitive, rsaNumbers } from "./rsa-math.ts";

/**
 * RSAES-PKCS1-V1_5-ENCRYPT, RFC 8017 7.2.1. Draws as many random bytes as the
 * padding has, and one more for each that is zero. See {@link noble} for an
 * example.
 *
 * @throws TypeError when the key is no sound RSA key or too short
 */
export function rsaEncrypt(
  key: PublicKey,
  message: Uint8Array,
  random: RandomSource,
): Uint8Array {
  const numbers = key.type === "rsa" ? rsaNumbers(key) : undefined;
  if (numbers === undefined)
    throw new TypeError("RSA encryption takes a sound RSA key");
  const paddingLength = numbers.length - message.length - 3;
  if (paddingLength < 8)
    throw new TypeError(
      `an RSA key of ${numbers.modulusBits} bits is too short for ${message.length} bytes`,
    );
  // EM = 0x00 || 0x02 || PS || 0x00 || M
  const encoded = new Uint8Array(numbers.length);
  encoded[1] = 2;
  encoded.set(nonZero(paddingLength, random), 2);
  encoded.set(message, numbers.length - message.length);
  const encrypted = rsaEncryptPrimitive(numbers, encoded);
  encoded.fill(0);
  return encrypted;
}

/** A source that gives nothing but zeros is broken. */
function nonZero(length: number, random: RandomSource): Uint8Array {
  const bytes = random(length);
  for (let i = 0, draws = 0; i < length;) {
    if (bytes[i] !== 0) {
      i++;
      continue;
    }
    if (++draws > 64 + length)
      throw new Error("the random source gives nothing but zeros");
    bytes[i] = random(1)[0] ?? 0;
  }
  return bytes;
}
