/** ML-KEM-768 (FIPS 203), from `@noble/post-quantum`. */
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { InvalidKeyShare, type RandomSource } from "../provider.ts";

/** Bytes of an encapsulation key, FIPS 203 table 3. */
export const ENCAPSULATION_KEY_LENGTH = 1184;
/** Bytes of a ciphertext, FIPS 203 table 3. */
export const CIPHERTEXT_LENGTH = 1088;
/** Bytes of d and z, which make a key pair: FIPS 203 algorithm 16. */
export const SEED_LENGTH = 64;
/** Bytes of a message to encapsulate: FIPS 203 algorithm 17. */
export const MESSAGE_LENGTH = 32;

export interface MlKemKeyPair {
  readonly encapsulationKey: Uint8Array;
  /**
   * The shared secret. A ciphertext that was tampered with gives one that the
   * peer does not have (implicit rejection, FIPS 203 algorithm 18), not an
   * error.
   *
   * @throws InvalidKeyShare when the ciphertext has the wrong length
   */
  decapsulate(ciphertext: Uint8Array): Uint8Array;
}

/** FIPS 203 algorithm 19. Draws 64 random bytes in one call: d, then z. */
export function mlKem768KeyPair(random: RandomSource): MlKemKeyPair {
  const seed = random(SEED_LENGTH);
  const { publicKey, secretKey } = ml_kem768.keygen(seed);
  seed.fill(0);
  return {
    encapsulationKey: publicKey,
    decapsulate(ciphertext) {
      if (ciphertext.length !== CIPHERTEXT_LENGTH)
        throw new InvalidKeyShare(
          `an ML-KEM-768 ciphertext is ${CIPHERTEXT_LENGTH} bytes long, not ${ciphertext.length}`,
        );
      return ml_kem768.decapsulate(ciphertext, secretKey);
    },
  };
}

/**
 * FIPS 203 algorithm 20. Draws 32 random bytes in one call.
 *
 * @throws InvalidKeyShare when the key has the wrong length or a coefficient
 * that is not below q (the modulus check of FIPS 203 7.2)
 */
export function mlKem768Encapsulate(
  encapsulationKey: Uint8Array,
  random: RandomSource,
): { readonly ciphertext: Uint8Array; readonly secret: Uint8Array } {
  if (encapsulationKey.length !== ENCAPSULATION_KEY_LENGTH)
    throw new InvalidKeyShare(
      `an ML-KEM-768 encapsulation key is ${ENCAPSULATION_KEY_LENGTH} bytes long, not ${encapsulationKey.length}`,
    );
  const message = random(MESSAGE_LENGTH);
  try {
    // noble makes the modulus check, and throws.
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(
      encapsulationKey,
      message,
    );
    return { ciphertext: cipherText, secret: sharedSecret };
  } catch {
    throw new InvalidKeyShare(
      "this ML-KEM-768 encapsulation key has a coefficient that is not below q",
    );
  } finally {
    message.fill(0);
  }
}
