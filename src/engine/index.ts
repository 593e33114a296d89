/**
 * The engine without sockets and without the ssl face: what an adapter, a
 * fuzzer or a lesson builds on.
 *
 * @module
 */
export {
  ALERTS,
  type AlertName,
  type NamedReason,
  type Reason,
  TlsError,
  TlsUsageError,
} from "../errors.ts";
/** Every way in which a connection can end. */
export * as REASONS from "../reasons.ts";
export type { ReasonRow } from "../reasons/row.ts";
export type { CertificateCompression } from "../handshake/compression-row.ts";
export {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuiteName,
  type TlsVersion,
} from "../handshake/cipher-suites.ts";
export type {
  ClientConfig,
  ClientOptions,
  CommonOptions,
  Limits,
  MessageShapes,
  ServerConfig,
  ServerOptions,
} from "../handshake/config.ts";
export {
  clientConfig,
  clientConfigOf,
  serverConfig,
  serverConfigOf,
} from "./configs.ts";
export { certificateAuthorities } from "../handshake/certificate-authorities.ts";
export { certificateCompression } from "../handshake/certificate-compression.ts";
export { certificateSchemes } from "../handshake/certificate-schemes.ts";
export { certificateTimestamps } from "../handshake/certificate-timestamps.ts";
export { delegatedCredentials } from "../handshake/delegated-keys.ts";
export { encryptedClientHello } from "../handshake/encrypted-client-hello.ts";
export { rawPublicKeys } from "../handshake/raw-public-keys.ts";
export { recordSizes } from "../handshake/record-sizes.ts";
export { stapling } from "../handshake/stapling.ts";
export { clientCertificates } from "../handshake/client/certificates.ts";
export { clientSessions } from "../handshake/client/sessions12.ts";
export type { Feature, Turns } from "../handshake/features.ts";
export type {
  FeatureName,
  FeatureSet,
  Protocol,
} from "../handshake/protocol.ts";
export type { CertificateTypeName } from "../handshake/certificate-types.ts";
export type { PeerProof } from "../handshake/peer-proof.ts";
export {
  type Credential,
  credential,
  rawPublicKeyCredential,
} from "../handshake/credential.ts";
export {
  acceptDelegatedCredentials,
  DELEGATION_USAGE,
  delegateCredential,
  loadDelegatedCredential,
} from "../handshake/delegated-credential.ts";
export type { DelegatedCredentials } from "../handshake/delegation.ts";
export type {
  ExternalPsk,
  PskCallback,
  PskRequest,
} from "../handshake/external-psk.ts";
export type {
  KeyShareEntry,
  RawExtension,
} from "../handshake/extensions/spec.ts";
export type { ExtensionShape } from "../handshake/extensions/table.ts";
export { GROUPS } from "../handshake/groups.ts";
export type { ConnectionInfo, Need } from "../handshake/io.ts";
export type { ClientHello } from "../handshake/messages/client-hello.ts";
export type { Answer } from "../handshake/needs.ts";
export type {
  Session,
  Session12,
  Session13,
  SessionFacts,
} from "../handshake/session.ts";
export {
  sessionFromBytes,
  sessionToBytes,
} from "../handshake/session-bytes.ts";
export {
  MemorySessionStore,
  type SessionStore,
} from "../handshake/session-store.ts";
export {
  MemoryStrikeRegister,
  type StrikeRegister,
} from "../handshake/strike-register.ts";
export type { PskMode } from "../handshake/psk-modes.ts";
export {
  TicketKeys,
  type TicketKeysOptions,
} from "../handshake/ticket-keys.ts";
export {
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  type SignatureSchemeName,
} from "../handshake/signature-schemes.ts";
export type { EngineEvent } from "./events.ts";
export type { EngineSnapshot } from "./parts.ts";
export { retryCookies } from "../handshake/retry-cookies.ts";
export type { RetryCookies } from "../handshake/retry-memory.ts";
export { TlsEngine } from "./tls-engine.ts";
export type { Secret } from "../bytes.ts";
export type { TlsErrorOptions } from "../errors.ts";
export type { CipherSuite13 } from "../handshake/cipher-suites.ts";
export type {
  CipherSuite12,
  KeyExchange12,
  Protection12,
} from "../handshake/cipher-suites12.ts";
export type { Delegation, SigningKey } from "../handshake/delegation.ts";
export type {
  EchClient,
  EchEnvironment,
  EchOffer,
  EchOpened,
  EchServer,
  EchServerEnvironment,
} from "../handshake/ech.ts";
export type {
  Carrier,
  ExtensionBodies,
  Extensions,
  FragmentLength,
  OfferedPsks,
} from "../handshake/extensions/spec.ts";
export type { EarlyDataOutcome, HandshakeEvent } from "../handshake/io.ts";
export type { RetryMemory } from "../handshake/retry-memory.ts";
