// The rows that a client of the web cannot do without.
import {
  aes128Gcm,
  chaCha20Poly1305,
  ecdsaVerifierWith,
  hashes,
  p256,
  pkcs1Verifier,
  pssVerifier,
  secp256r1,
  systemRandom,
  x25519Ladder,
} from "../../dist/crypto/noble/index.js";

/** All but the groups. */
export const smallRows = {
  name: "small",
  random: systemRandom,
  now: () => Date.now(),
  fastAes: false,
  hashes,
  aeads: {
    "AES-128-GCM": aes128Gcm,
    "ChaCha20-Poly1305": chaCha20Poly1305,
  },
  cbcs: {},
  verifiers: {
    "ecdsa-sha256": ecdsaVerifierWith({ secp256r1: p256 }, "SHA-256"),
    "rsa-pss-sha256": pssVerifier("SHA-256"),
    "rsa-pkcs1-sha256": pkcs1Verifier("SHA-256"),
  },
  signers: {},
};

/** @type {import("puretls/crypto/noble").CryptoProvider} */
export const smallProvider = /* @__PURE__ */ (() => ({
  ...smallRows,
  groups: { x25519: x25519Ladder, secp256r1 },
}))();
