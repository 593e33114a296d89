// A client and a server with X.509, on the default provider.
export { noble } from "../../dist/crypto/noble/index.js";
export {
  clientConfig,
  credential,
  serverConfig,
  TlsEngine,
} from "../../dist/engine/index.js";
export {
  createVerifier,
  parseCertificates,
  parsePrivateKey,
  TrustStore,
} from "../../dist/x509/index.js";
