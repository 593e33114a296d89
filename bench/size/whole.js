// A client and a server of both versions with X.509, and every row of noble.
export { noble } from "../../dist/crypto/noble/index.js";
export {
  createVerifier,
  parseCertificates,
  parsePrivateKey,
  TrustStore,
} from "../../dist/x509/index.js";
export {
  createClientConfig,
  createCredential,
  createServerConfig,
  TlsEngine,
} from "../../dist/engine/index.js";
