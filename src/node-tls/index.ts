/**
 * `puretls/node-tls`: Node's module `tls`, with TLS by puretls. Its members have
 * Node's names, shapes and error codes.
 *
 * @module
 */
export type {
  CipherNameAndProtocol,
  DetailedPeerCertificate,
  EphemeralKeyInfo,
  PeerCertificate,
  PSKCallbackNegotation,
  SecureContext,
} from "node:tls";
export {
  type CaCertificatesType,
  getCACertificates,
  rootCertificates,
  setDefaultCACertificates,
} from "./context/authorities.ts";
export { checkServerIdentity } from "./peer/identity.ts";
export {
  getCertificateCompressionAlgorithms,
  getCiphers,
} from "./context/ciphers.ts";
export {
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE,
  DEFAULT_MAX_VERSION,
  DEFAULT_MIN_VERSION,
} from "./base/defaults.ts";
export type { SecureContextOptions } from "./context/context-options.ts";
export { createSecureContext } from "./context/secure-context.ts";
export { connect } from "./connect.ts";
export {
  createServer,
  type SecureListener,
  type SecureServerMethods,
  Server,
  type ServerConstructor,
  type TlsOptions,
} from "./server.ts";
export type {
  ConnectionOptions,
  ServerCallbacks,
  TLSSocketOptions,
} from "./socket-options.ts";
export { TLSSocket } from "./tls-socket.ts";
export { Agent } from "./http/agent.ts";
export {
  type Connector,
  type ConnectorOptions,
  type ConnectorTarget,
  createConnector,
} from "./http/connector.ts";
export {
  createHttp2SecureServer,
  createHttpsServer,
  type Http2Listener,
} from "./http/servers.ts";
export { tls as default } from "./module.ts";
