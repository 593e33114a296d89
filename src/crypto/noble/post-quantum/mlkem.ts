/** ML-KEM-768 and ML-KEM-1024 (FIPS 203), from `@noble/post-quantum`. */
import { ml_kem1024, ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { InvalidKeyShare, type RandomSource } from "../../provider.ts";

/** Bytes of d and z, which make a key pair: FIPS 203 algorithm 16. */
const SEED_LENGTH = 64;
/** Bytes of a message to encapsulate: FIPS 203 algorithm 17. */
const MESSAGE_LENGTH = 32;

/** A row of FIPS 203 table 2. */
export interface MlKem {
  /** FIPS 203 table 3. */
  readonly encapsulationKeyLength: number;
  readonly ciphertextLength: number;
  /** FIPS 203 algorithm 19. Draws 64 random bytes in one call: d, then z. */
  keyPair(random: RandomSource): MlKemKeyPair;
  /**
   * FIPS 203 algorithm 20. Draws 32 random bytes in one call.
   *
   * @throws InvalidKeyShare when the key has the wrong length or a coefficient
   * that is not below q (the modulus check of FIPS 203 7.2)
   */
  encapsulate(
    encapsulationKey: Uint8Array,
    random: RandomSource,
  ): { readonly ciphertext: Uint8Array; readonly secret: Uint8Array };
}

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

/** ML-KEM-768. */
export const mlKem768: MlKem = /* @__PURE__ */ mlKem("ML-KEM-768", 1184, 1088);

/** ML-KEM-1024. */
export const mlKem1024: MlKem = /* @__PURE__ */ mlKem(
  "ML-KEM-1024",
  1568,
  1568,
);

function mlKem(
  name: "ML-KEM-768" | "ML-KEM-1024",
  encapsulationKeyLength: number,
  ciphertextLength: number,
): MlKem {
  const algorithm = () => (name === "ML-KEM-768" ? ml_kem768 : ml_kem1024);
  return {
    encapsulationKeyLength,
    ciphertextLength,
    keyPair(random) {
      const seed = random(SEED_LENGTH);
      const { publicKey, secretKey } = algorithm().keygen(seed);
      seed.fill(0);
      return {
        encapsulationKey: publicKey,
        decapsulate(ciphertext) {
          if (ciphertext.length !== ciphertextLength)
            throw new InvalidKeyShare(
              `an ${name} ciphertext is ${ciphertextLength} bytes long, not ${ciphertext.length}`,
            );
          return algorithm().decapsulate(ciphertext, secretKey);
        },
      };
    },
    encapsulate(encapsulationKey, random) {
      if (encapsulationKey.length !== encapsulationKeyLength)
        throw new InvalidKeyShare(
          `an ${name} encapsulation key is ${encapsulationKeyLength} bytes long, not ${encapsulationKey.length}`,
        );
      const message = random(MESSAGE_LENGTH);
      try {
        // noble makes the modulus check, and throws.
        const { cipherText, sharedSecret } = algorithm().encapsulate(
          encapsulationKey,
          message,
        );
        return { ciphertext: cipherText, secret: sharedSecret };
      } catch {
        throw new InvalidKeyShare(
          `this ${name} encapsulation key has a coefficient that is not below q`,
        );
      } finally {
        message.fill(0);
      }
    },
  };
}
