/** Ed25519 and Ed448 signatures (RFC 8032). */
import type {
  PrivateKey,
  SignatureSigner,
  SignatureVerifier,
} from "../../provider.ts";
import { curve25519 } from "./curve25519.ts";
import { curve448 } from "./curve448.ts";

// [8422-5.10-05] [8422-5.4-01]
/**
 * Verifies as RFC 8032 5.1.7 has it, with canonical encodings only, and refuses
 * public keys of small order. See {@link ed25519PublicKey} for an example.
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

// [8422-5.10-06]
/**
 * Verifies as RFC 8032 5.2.7 has it, with an empty context. See
 * {@link ed25519PublicKey} for an example.
 */
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

/**
 * Signs as RFC 8032 5.1.6 has it: deterministic, no randomness is drawn. See
 * {@link ed25519PublicKey} for an example.
 */
export const signEd25519: SignatureSigner = (key, message) => {
  if (key.type !== "ed25519") throw wrongType("Ed25519", key);
  const { ed25519, beforeBaseMultiplication } = curve25519();
  checkSeed("Ed25519", key.seed.bytes, 32);
  beforeBaseMultiplication();
  return ed25519.sign(message, key.seed.bytes);
};

/**
 * Signs as RFC 8032 5.2.6 has it: deterministic, with an empty context. See
 * {@link ed25519PublicKey} for an example.
 */
export const signEd448: SignatureSigner = (key, message) => {
  if (key.type !== "ed448") throw wrongType("Ed448", key);
  const { ed448, beforeBaseMultiplication } = curve448();
  checkSeed("Ed448", key.seed.bytes, 57);
  beforeBaseMultiplication();
  return ed448.sign(message, key.seed.bytes);
};

/**
 * The public key of a seed.
 *
 * @throws TypeError when the seed is not 32 bytes
 * @example
 * ```ts
 * import {
 *   ed25519PublicKey,
 *   noble,
 *   Secret,
 *   signEd25519,
 *   verifyEd25519,
 * } from "puretls/crypto/noble";
 *
 * const bytes = noble.random(32);
 * const message = Uint8Array.of(1, 2, 3);
 * const own = { type: "ed25519", seed: new Secret(bytes) } as const;
 * const signature = signEd25519(own, message, noble.random);
 * const key = { type: "ed25519", key: ed25519PublicKey(bytes) } as const;
 * if (!verifyEd25519(key, message, signature)) throw new Error();
 * ```
 */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const { ed25519, beforeBaseMultiplication } = curve25519();
  checkSeed("Ed25519", seed, 32);
  beforeBaseMultiplication();
  return ed25519.getPublicKey(seed);
}

/**
 * The public key of a seed. See {@link ed25519PublicKey} for an example.
 *
 * @throws TypeError when the seed is not 57 bytes
 */
export function ed448PublicKey(seed: Uint8Array): Uint8Array {
  const { ed448, beforeBaseMultiplication } = curve448();
  checkSeed("Ed448", seed, 57);
  beforeBaseMultiplication();
  return ed448.getPublicKey(seed);
}

function checkSeed(name: string, seed: Uint8Array, length: number): void {
  if (seed.length !== length)
    throw new TypeError(
      `an ${name} private key is ${length} bytes long, not ${seed.length}`,
    );
}

function wrongType(name: string, { type }: PrivateKey): TypeError {
  return new TypeError(`${name} takes an ${name} key, not one of type ${type}`);
}
