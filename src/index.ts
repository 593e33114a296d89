/**
 * `puretls`: TLS with the face of Python's `ssl`, in any JavaScript runtime.
 * Sockets of Node are in `puretls/node`.
 *
 * @module
 */
export type { BytesLike } from "./bytes.ts";
export { memoryPair, type MemoryPairOptions } from "./net/memory.ts";
export {
  fromWebStreams,
  toWebStreams,
  type WebStreamPair,
} from "./net/web-streams.ts";
export {
  type AcceptedConnection,
  type Listener,
  type ServerSocketOptions,
  SSLServer,
} from "./net/server.ts";
export {
  type CertificateInfo,
  certificateInfo,
  type RdnPairs,
  type SubjectAltName,
  toPythonDict,
  type UnverifiedCertificate,
} from "./ssl/cert-info.ts";
export type { Encoded } from "./ssl/reading.ts";
export type { VerifyLocations } from "./ssl/anchors.ts";
export type { CipherInfo, CipherTriple } from "./ssl/ciphers.ts";
export * from "./ssl/constants.ts";
export {
  SSLContext,
  type SSLContextOptions,
  type WrapBioOptions,
  type WrapOptions,
  type WrapSocketOptions,
} from "./ssl/context.ts";
export {
  type AlpnCallback,
  type AlpnOffer,
  ContextSettings,
  type SessionListener,
  type SniAnswer,
  type SniCallback,
  type SniConnection,
} from "./ssl/context-settings.ts";
export { ExtensionSettings } from "./ssl/extension-settings.ts";
export type { ExtensionOptions } from "./ssl/extension-settings.ts";
export type {
  ExtensionChoices,
  OcspStapling,
  RecordPadding,
} from "./ssl/extension-state.ts";
export type { KeyLog, PeerVerifier } from "./ssl/context-state.ts";
export {
  createDefaultContext,
  type DefaultContextOptions,
} from "./ssl/default-context.ts";
export {
  CertificateError,
  type SSLAlert,
  SSLCertVerificationError,
  SSLEOFError,
  SSLError,
  type SSLErrorOptions,
  SSLSyscallError,
  SSLTimeoutError,
  SSLWantAsyncError,
  SSLWantReadError,
  SSLWantWriteError,
  SSLZeroReturnError,
  type VerificationFault,
} from "./ssl/errors.ts";
export {
  certificateMatchesHost,
  certTimeToDate,
  certTimeToSeconds,
  derCertToPemCert,
  matchHostname,
  pemCertToDerCert,
} from "./ssl/functions.ts";
export type { JsonWebKeyLike } from "./ssl/json-web-key.ts";
export type {
  CertChainSource,
  LatePassword,
  OpaqueKey,
  Password,
  RawPublicKeySource,
} from "./ssl/key-material.ts";
export { MemoryBIO } from "./ssl/memory-bio.ts";
export {
  type DefaultVerifyPaths,
  enumCertificates,
  enumCrls,
  type Platform,
  type StoreEntry,
} from "./ssl/platform.ts";
export { type Probe, probe } from "./ssl/probe.ts";
export { type Bios, pump } from "./ssl/pump.ts";
export {
  type PseudoBytes,
  randAdd,
  randBytes,
  randPseudoBytes,
  randStatus,
} from "./ssl/random.ts";
export { ProtocolSettings } from "./ssl/protocol-settings.ts";
export { getSigalgs } from "./ssl/signature-algorithms.ts";
export { TrustSettings } from "./ssl/trust-settings.ts";
export { SSLConnection } from "./ssl/ssl-connection.ts";
export {
  type ReadResult,
  SSLObject,
  type WantStatus,
} from "./ssl/ssl-object.ts";
export type {
  ClientPsk,
  PreSharedKey,
  PskClientCallback,
  PskServerCallback,
  ServerPsk,
} from "./ssl/pre-shared-keys.ts";
export type {
  ContextSessionStore,
  SessionStats,
} from "./ssl/server-sessions.ts";
export { SessionSettings } from "./ssl/session-settings.ts";
export { TicketKeys, type TicketKeysOptions } from "./handshake/ticket-keys.ts";
export { SSLSession } from "./ssl/session.ts";
export { SSLSocket } from "./ssl/ssl-socket.ts";
export {
  type ByteReaderSource,
  type FileSource,
  type SendFileOptions,
  StreamSocket,
} from "./ssl/stream-socket.ts";
export type {
  AbortSignalLike,
  CallOptions,
  Transport,
  TransportAddress,
} from "./ssl/transport.ts";
export type {
  ContextOptions,
  PurposeChoice,
  VerifyFlagWords,
} from "./ssl/words.ts";
export { type LooseWrapOptions, wrapSocket } from "./ssl/wrap-socket.ts";
