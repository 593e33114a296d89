/**
 * The rows of cryptography that the web's servers need: those of the default provider,
 * without post-quantum groups, P-521, Ed25519 and what authenticates a client.
 */
import {
  aes128Gcm,
  aes256Gcm,
  chaCha20Poly1305,
} from "../crypto/noble/index.ts";
import {
  ecdsaVerifierWith,
  hashes,
  p256,
  p384,
  pkcs1Verifier,
  pssVerifier,
  secp256r1,
  secp384r1,
  systemRandom,
  x25519Ladder,
} from "../crypto/noble/index.ts";
import type { CryptoProvider } from "../crypto/provider.ts";

const CURVES = { secp256r1: p256, secp384r1: p384 };

export const liteProvider: CryptoProvider = /* @__PURE__ */ (() => ({
  name: "lite",
  random: systemRandom,
  now: () => Date.now(),
  fastAes: false,
  hashes,
  aeads: {
    "AES-128-GCM": aes128Gcm,
    "AES-256-GCM": aes256Gcm,
    "ChaCha20-Poly1305": chaCha20Poly1305,
  },
  cbcs: {},
  groups: { x25519: x25519Ladder, secp256r1, secp384r1 },
  verifiers: {
    "ecdsa-sha256": ecdsaVerifierWith(CURVES, "SHA-256"),
    "ecdsa-sha384": ecdsaVerifierWith(CURVES, "SHA-384"),
    "rsa-pss-sha256": pssVerifier("SHA-256"),
    "rsa-pss-sha384": pssVerifier("SHA-384"),
    "rsa-pkcs1-sha256": pkcs1Verifier("SHA-256"),
    "rsa-pkcs1-sha384": pkcs1Verifier("SHA-384"),
    "rsa-pkcs1-sha512": pkcs1Verifier("SHA-512"),
  },
  signers: {},
}))();
