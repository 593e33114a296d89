/**
 * The engine without sockets and without the ssl face: what an adapter, a
 * fuzzer or a lesson builds on.
 *
 * @module
 */

import * as REASONS from "../reasons.ts";

// ## Connections

export type { EngineEvent } from "./events.ts";
export type { EngineSnapshot } from "./parts.ts";
export { TlsEngine } from "./tls-engine.ts";
export { Secret } from "../bytes.ts";
export type {
  ConnectionInfo,
  EarlyDataOutcome,
  HandshakeEvent,
} from "../handshake/machine/io.ts";

// ## Configs

export type {
  ClientConfig,
  ClientOptions,
  CommonOptions,
  Limits,
  MessageShapes,
  ServerConfig,
  ServerOptions,
} from "../handshake/config/config.ts";
export { DEFAULT_LIMITS } from "../handshake/config/limits.ts";
export type { Preferences } from "../handshake/config/preferences.ts";
export {
  createClientConfig,
  createClientConfigOf,
  createServerConfig,
  createServerConfigOf,
} from "./configs.ts";
export type { ExtensionShape } from "../handshake/extensions/table.ts";
export type { ClientAuthentication } from "../handshake/config/client-authentication.ts";
export type { SecurityLevel } from "../x509/path/security-level.ts";

// ## Needs

export { RAISE_NEED } from "../promises.ts";
export type { PeerProof } from "../handshake/credentials/peer-identity.ts";
export type { Need, VerifyNeed } from "../handshake/machine/io.ts";
export type { Answer } from "./answer.ts";

// ## Credentials

export type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";
export type { CertificateTypeName } from "../handshake/registries/certificate-types.ts";
export {
  type Credential,
  createCredential,
  createRawPublicKeyCredential,
} from "../handshake/credentials/credential.ts";
export {
  acceptDelegatedCredentials,
  DELEGATION_USAGE,
  delegateCredential,
  loadDelegatedCredential,
} from "../handshake/authentication/delegated-credential.ts";
export type {
  DelegatedCredentialPolicy,
  Delegation,
  SigningKey,
} from "../handshake/credentials/delegation.ts";

// ## Sessions and pre-shared keys

export type {
  ExternalPsk,
  PskAnswer,
  PskCallback,
  PskRequest,
} from "../handshake/sessions/external-psk.ts";
export {
  type ImportedIdentity,
  importPsk,
  readImportedIdentity,
} from "../handshake/sessions/imported-psk.ts";
export type {
  Session,
  Session12,
  Session13,
  SessionFacts,
} from "../handshake/sessions/session.ts";
export {
  sessionFromBytes,
  sessionToBytes,
} from "../handshake/sessions/session-bytes.ts";
export {
  MemorySessionStore,
  type SessionStore,
} from "../handshake/sessions/session-store.ts";
export {
  MemoryStrikeRegister,
  type StrikeRegister,
  type AskedStrikeRegister,
} from "../handshake/sessions/strike-register.ts";
export type { PskMode } from "../handshake/registries/psk-modes.ts";
export {
  type TicketKeyUse,
  TicketKeys,
  type TicketKeysOptions,
  type TimedTicketKey,
} from "../handshake/sessions/ticket-keys.ts";
export { createRetryCookies } from "../handshake/sessions/retry-cookies.ts";
export type { RetryCookies } from "../handshake/sessions/retry-memory.ts";
export type { RetryMemory } from "../handshake/sessions/retry-memory.ts";

// ## Features

export { certificateAuthorities } from "../handshake/features/certificate-authorities.ts";
export { certificateCompression } from "../handshake/features/certificate-compression.ts";
export { certificateSignatureSchemes } from "../handshake/features/certificate-schemes.ts";
export { signedCertificateTimestamps } from "../handshake/features/certificate-timestamps.ts";
export { delegatedCredentials } from "../handshake/features/delegated-credentials.ts";
export { encryptedClientHello } from "../handshake/features/encrypted-client-hello.ts";
export { rawPublicKeys } from "../handshake/features/raw-public-keys.ts";
export { recordSizes } from "../handshake/features/record-sizes.ts";
export { ocspStapling } from "../handshake/features/stapling.ts";
export { clientCertificates } from "../handshake/client/features/client-certificates.ts";
export { clientRefusalDetails } from "../handshake/client/features/refusal-details.ts";
export { serverRefusalDetails } from "../handshake/server/features/refusal-details12.ts";
export { clientSessions } from "../handshake/client/features/sessions.ts";
export type {
  CredentialKind,
  Feature,
  Hooks,
} from "../handshake/features/feature.ts";
export type { ClientFeature } from "../handshake/client/hooks.ts";
export type { ServerFeature } from "../handshake/server/hooks.ts";
export type {
  FeatureName,
  FeatureSet,
  Protocol,
} from "../handshake/config/protocol.ts";

// ## Registries

export {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuiteName,
  type TlsProtocolVersion,
} from "../handshake/registries/cipher-suites.ts";
export { GROUPS } from "../handshake/registries/groups.ts";
export {
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  type SignatureSchemeName,
} from "../handshake/registries/signature-schemes.ts";
export type { CipherSuite13 } from "../handshake/registries/cipher-suites.ts";
export type {
  CipherSuite12,
  KeyExchange12,
  Protection12,
} from "../handshake/registries/cipher-suites12.ts";

// ## Messages and extensions

export type {
  MessageObserverCallback,
  ProtocolMessage,
} from "../record/message-observer.ts";
export type {
  KeyShareEntry,
  RawExtension,
} from "../handshake/extensions/spec.ts";
export type { ClientHello } from "../handshake/messages/client-hello.ts";
export type {
  Carrier,
  ExtensionBodies,
  Extensions,
  FragmentLength,
  OfferedPsks,
} from "../handshake/extensions/spec.ts";

// ## Encrypted Client Hello

export type {
  EchClient,
  EchEnvironment,
  EchOffer,
  EchOpened,
  EchServer,
  EchServerEnvironment,
} from "../handshake/config/ech-interfaces.ts";

// ## Errors

export {
  ALERTS,
  type AlertName,
  type NamedReason,
  type Reason,
  TlsError,
  TlsUsageError,
} from "../errors.ts";
export {
  /**
   * Every way in which a connection can end, by its name: what `TlsError.reason`
   * names.
   *
   * @example
   * ```ts
   * import { REASONS } from "puretls/engine";
   *
   * if (REASONS.binder_mismatch.alert !== "decrypt_error") throw new Error();
   * ```
   */
  REASONS,
};
export type { ReasonRow } from "../reasons/row.ts";
export type { ErrorDetails, Remedy, TlsErrorOptions } from "../errors.ts";
