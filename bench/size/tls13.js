// A client and a server of TLS 1.3 with X.509, on no more rows than they need.
import {
  ecdsaSigner,
  pssSigner,
  publicKeyWith,
} from "../../dist/crypto/noble/index.js";
import { smallProvider } from "./small-provider.js";

export {
  createVerifierOf,
  parseCertificates,
  parsePlainPrivateKey,
  constrainedNames,
  TrustStore,
} from "../../dist/x509/index.js";
export { createCredential, TlsEngine } from "../../dist/engine/index.js";
export {
  createClientConfig,
  createServerConfig,
} from "../../dist/engine/tls13.js";

/** @type {import("puretls/crypto/noble").CryptoProvider} */
export const provider = {
  ...smallProvider,
  signers: {
    "ecdsa-sha256": ecdsaSigner("SHA-256"),
    "rsa-pss-sha256": pssSigner("SHA-256"),
  },
  publicKeyOf: publicKeyWith({}),
};
