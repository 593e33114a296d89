/**
 * `puretls`: TLS with the face of Python's `ssl`, in any JavaScript runtime.
 * Sockets of Node are in `puretls/node`.
 *
 * @module
 */
export type { Bytes, BytesLike } from "./bytes.ts";
export { TlsUsageError } from "./errors.ts";
export type { Preferences } from "./handshake/config/preferences.ts";
export type { ProtocolMessage } from "./record/message-observer.ts";
export { memoryPair, type MemoryPairOptions } from "./net/memory.ts";
export {
  fromWebStreams,
  toWebStreams,
  type WebByteStreams,
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
  toCertificateInfo,
  type RdnPairs,
  type SubjectAltName,
  toPythonDict,
  type UnverifiedCertificate,
} from "./ssl/material/cert-info.ts";
export type { Encoded } from "./ssl/material/reading.ts";
export type { VerifyLocations } from "./ssl/material/anchors.ts";
export type { CipherInfo, CipherTriple } from "./ssl/names/ciphers.ts";
export * from "./ssl/constants.ts";
export * from "./ssl/module-constants.ts";
export {
  SSLContext,
  type WrapBioOptions,
  type WrapSocketOptions,
} from "./ssl/ssl-context.ts";
export type { WrapOptions } from "./ssl/connection/wrapping.ts";
export type { TransportSource } from "./ssl/socket/wrapped-transport.ts";
export type {
  ContextChanges,
  SSLContextOptions,
} from "./ssl/context/options.ts";
export type {
  AlpnCallback,
  AlpnOffer,
  KeyLogCallback,
  MessageCallback,
  OcspStaplingMode,
  PeerVerifier,
  RecordPadding,
  SessionListener,
  SniAnswer,
  SniCallback,
  SniConnection,
} from "./ssl/context/settings.ts";
export type { CertStoreStats } from "./ssl/context/trust.ts";
export type { AsyncCertChainSource } from "./ssl/context/credentials.ts";
export type { DhParamsSource } from "./ssl/material/dh-parameters.ts";
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
} from "./ssl/errors/errors.ts";
export {
  certificateMatchesHost,
  certTimeToDate,
  certTimeToSeconds,
  decodeCertificate,
  derCertToPemCert,
  matchHostname,
  pemCertToDerCert,
} from "./ssl/functions.ts";
export type { JsonWebKeyLike } from "./ssl/material/json-web-key.ts";
export type {
  CertChainSource,
  AsyncPassword,
  OpaqueKey,
  Password,
  RawPublicKeySource,
} from "./ssl/material/key-material.ts";
export { MemoryBIO } from "./ssl/object/memory-bio.ts";
export {
  type DefaultVerifyPaths,
  enumCertificates,
  enumCrls,
  type Platform,
  type StoreEntry,
} from "./ssl/platform/platform.ts";
export { type ProbeResult, probe } from "./ssl/platform/probe.ts";
export { type Bios, pump } from "./ssl/object/pump.ts";
export {
  type PseudoBytes,
  randAdd,
  randBytes,
  randPseudoBytes,
  randStatus,
} from "./ssl/platform/random.ts";
export { X509Error } from "./x509/faults/errors.ts";
export type { MatchOptions } from "./x509/path/host-match.ts";
export { domainToAscii, domainToUnicode } from "./ssl/names/punycode.ts";
export type { PskMode } from "./handshake/registries/psk-modes.ts";
export { getSigalgs } from "./ssl/names/signature-algorithms.ts";
export type { PostHandshakeAuthOutcome } from "./ssl/connection/fitting.ts";
export {
  ClientSessionCache,
  type ClientSessionCacheOptions,
} from "./ssl/connection/client-session-cache.ts";
export { SSLConnection } from "./ssl/connection/ssl-connection.ts";
export {
  type ReadResult,
  SSLObject,
  type WantStatus,
} from "./ssl/object/ssl-object.ts";
export type {
  ClientAnswer,
  ClientPsk,
  PreSharedKey,
  PskClientCallback,
  PskServerCallback,
  ServerPsk,
} from "./ssl/material/pre-shared-keys.ts";
export type { SessionStats } from "./ssl/context/server-sessions.ts";
export type {
  ContextSessionStore,
  ContextStrikeRegister,
  StoreEvent,
  StoreFault,
  StoreListener,
  StoreOutcome,
  StoreOutcomes,
} from "./ssl/context/store-calls.ts";
export {
  type TicketKeyUse,
  TicketKeys,
  type TicketKeysOptions,
  type TimedTicketKey,
} from "./handshake/sessions/ticket-keys.ts";
export { SSLSession } from "./ssl/context/session.ts";
export { SSLSocket } from "./ssl/socket/ssl-socket.ts";
export {
  type ByteReaderSource,
  type FileSource,
  type SendFileOptions,
  StreamSocket,
} from "./ssl/socket/stream-socket.ts";
export type {
  AbortSignalLike,
  CallOptions,
  Transport,
  TransportAddress,
} from "./ssl/socket/transport.ts";
export type {
  ContextOptions,
  PurposeChoice,
  VerifyFlagWords,
} from "./ssl/names/words.ts";
export { type LooseWrapOptions, wrapSocket } from "./ssl/wrap-socket.ts";
