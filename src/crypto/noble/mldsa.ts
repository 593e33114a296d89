/** ML-DSA (FIPS 204), the pure variant, from `@noble/post-quantum`. */
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import type { PublicKey, SignatureVerifier } from "../provider.ts";

/** Verifies ML-DSA-44 with an empty context. */
export const verifyMlDsa44 = verifier("ml-dsa-44", ml_dsa44);

/** Verifies ML-DSA-65 with an empty context. */
export const verifyMlDsa65 = verifier("ml-dsa-65", ml_dsa65);

/** Verifies ML-DSA-87 with an empty context. */
export const verifyMlDsa87 = verifier("ml-dsa-87", ml_dsa87);

interface Scheme {
  verify(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ): boolean;
}

function verifier(type: PublicKey["type"], scheme: Scheme): SignatureVerifier {
  return (key, message, signature) => {
    if (key.type !== type || !("key" in key)) return false;
    try {
      return scheme.verify(signature, message, key.key);
    } catch {
      return false;
    }
  };
}
