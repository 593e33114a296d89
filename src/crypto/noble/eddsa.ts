/** Ed25519 and Ed448 signatures (RFC 8032). */
import type { SignatureSigner, SignatureVerifier } from "../provider.ts";
import { curve25519 } from "./curve25519.ts";
import { curve448 } from "./curve448.ts";

/**
 * Verifies as RFC 8032 5.1.7 has it, with canonical encodings only, and
 * refuses public keys of small order.
 */
export const verifyEd25519: SignatureVerifier = (key, message, signature) => {
  if (key.type !== "ed25519") return false;
  const { ed25519, beforeBaseMultiplication } = curve25519();
  try {
    beforeBaseMultiplication();
    return ed25519.verify(signature, message, key.key);
  } catch {
    return false;
  }
};

/** Verifies as RFC 8032 5.2.7 has it, with an empty context. */
export const verifyEd448: SignatureVerifier = (key, message, signature) => {
  if (key.type !== "ed448") return false;
  const { ed448, beforeBaseMultiplication } = curve448();
  try {
    beforeBaseMultiplication();
    return ed448.verify(signature, message, key.key);
  } catch {
    return false;
  }
};

/** Signs as RFC 8032 5.1.6 has it: deterministic, no randomness is drawn. */
export const signEd25519: SignatureSigner = (key, message) => {
  if (key.type !== "ed25519")
    throw new TypeError(
      `Ed25519 takes an Ed25519 key, not one of type ${key.type}`,
    );
  const { ed25519, beforeBaseMultiplication } = curve25519();
  checkSeed(key.seed.bytes);
  beforeBaseMultiplication();
  return ed25519.sign(message, key.seed.bytes);
};

/**
 * The public key of a seed.
 *
 * @throws TypeError when the seed is not 32 bytes
 */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const { ed25519, beforeBaseMultiplication } = curve25519();
  checkSeed(seed);
  beforeBaseMultiplication();
  return ed25519.getPublicKey(seed);
}

function checkSeed(seed: Uint8Array): void {
  if (seed.length !== 32)
    throw new TypeError(
      `an Ed25519 private key is 32 bytes long, not ${seed.length}`,
    );
}
