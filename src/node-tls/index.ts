/**
 * `puretls/node-tls`: Node's module `tls`, with TLS by puretls. Its members have
 * Node's names, shapes and error codes.
 *
 * @module
 */
export {
  type CaCertificatesType,
  getCACertificates,
  rootCertificates,
  setDefaultCACertificates,
} from "./authorities.ts";
export { checkServerIdentity } from "./identity.ts";
export { getCiphers } from "./ciphers.ts";
export {
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE,
  DEFAULT_MAX_VERSION,
  DEFAULT_MIN_VERSION,
} from "./defaults.ts";
export type { SecureContextOptions } from "./context-options.ts";
export { createSecureContext } from "./secure-context.ts";
