// A client of TLS 1.3 with X.509, on no more rows than it needs.
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

export { TlsEngine } from "../../dist/engine/index.js";
export { clientConfig } from "../../dist/engine/tls13.js";
export {
  createVerifierOf,
  nameConstraints,
  TrustStore,
} from "../../dist/x509/index.js";

/** @type {import("puretls/crypto/noble").CryptoProvider} */
export const provider = {
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
  groups: { x25519: x25519Ladder, secp256r1 },
  verifiers: {
    "ecdsa-sha256": ecdsaVerifierWith({ secp256r1: p256 }, "SHA-256"),
    "rsa-pss-sha256": pssVerifier("SHA-256"),
    "rsa-pkcs1-sha256": pkcs1Verifier("SHA-256"),
  },
  signers: {},
};
