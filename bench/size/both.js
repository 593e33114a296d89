// A client and a server of both versions with X.509, on the rows of the web:
// hybrid key exchange, ECDSA, Ed25519 and RSA, AES-GCM and ChaCha20-Poly1305,
// with sessions and stapled responses.
import {
  aes256Gcm,
  ecdsaSigner,
  ecdsaVerifier,
  ed25519PublicKey,
  pkcs1Verifier,
  pssSigner,
  pssVerifier,
  publicKeyWith,
  secp256r1,
  secp384r1,
  signEd25519,
  verifyEd25519,
  x25519,
  x25519MlKem768,
} from "../../dist/crypto/noble/index.js";
import { smallRows } from "./small-provider.js";

export {
  createVerifierOf,
  constrainedNames,
  parseCertificates,
  parsePlainPrivateKey,
  stapledResponses,
  TrustStore,
} from "../../dist/x509/index.js";
export {
  createClientConfigOf,
  clientSessions,
  createCredential,
  createServerConfigOf,
  ocspStapling,
  TlsEngine,
} from "../../dist/engine/index.js";

/** @type {import("puretls/crypto/noble").CryptoProvider} */
export const provider = {
  ...smallRows,
  name: "web",
  aeads: { ...smallRows.aeads, "AES-256-GCM": aes256Gcm },
  groups: { X25519MLKEM768: x25519MlKem768, x25519, secp256r1, secp384r1 },
  verifiers: {
    ...smallRows.verifiers,
    "ecdsa-sha256": ecdsaVerifier("SHA-256"),
    "ecdsa-sha384": ecdsaVerifier("SHA-384"),
    ed25519: verifyEd25519,
    "rsa-pss-sha384": pssVerifier("SHA-384"),
    "rsa-pkcs1-sha384": pkcs1Verifier("SHA-384"),
  },
  signers: {
    "ecdsa-sha256": ecdsaSigner("SHA-256"),
    ed25519: signEd25519,
    "rsa-pss-sha256": pssSigner("SHA-256"),
  },
  publicKeyOf: publicKeyWith({ ed25519: ed25519PublicKey }),
};
