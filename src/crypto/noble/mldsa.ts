/** ML-DSA (FIPS 204), the pure variant, from `@noble/post-quantum`. */
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import type { PublicKey, SignatureVerifier } from "../provider.ts";

/** Verifies ML-DSA-44 with an empty context. */
export const verifyMlDsa44: SignatureVerifier = (key, message, signature) =>
  verify("ml-dsa-44", ml_dsa44, key, message, signature);

/** Verifies ML-DSA-65 with an empty context. */
export const verifyMlDsa65: SignatureVerifier = (key, message, signature) =>
  verify("ml-dsa-65", ml_dsa65, key, message, signature);

/** Verifies ML-DSA-87 with an empty context. */
export const verifyMlDsa87: SignatureVerifier = (key, message, signature) =>
  verify("ml-dsa-87", ml_dsa87, key, message, signature);

interface Scheme {
  verify(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ): boolean;
}

function verify(
  type: PublicKey["type"],
  scheme: Scheme,
  key: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.type !== type || !("key" in key)) return false;
  try {
    return scheme.verify(signature, message, key.key);
  } catch {
    return false;
  }
}
