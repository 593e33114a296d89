/**
 * The settings of a context: one record, which is never changed but replaced.
 */
import type {
  CryptoProvider,
  FiniteFieldParameters,
  GroupName,
} from "../../crypto/provider.ts";
import type {
  EchClient,
  EchServer,
} from "../../handshake/config/ech-interfaces.ts";
import type { Limits } from "../../handshake/config/limits.ts";
import type { Preferences } from "../../handshake/config/preferences.ts";
import type { CertificateCompressor } from "../../handshake/credentials/certificate-compressor.ts";
import type { ClientHello } from "../../handshake/messages/client-hello.ts";
import type { PskMode } from "../../handshake/registries/psk-modes.ts";
import type { CipherSuiteName } from "../../handshake/registries/cipher-suites.ts";
import type { SignatureSchemeName } from "../../handshake/registries/signature-schemes.ts";
import type { ProtocolMessage } from "../../record/message-observer.ts";
import type { TicketKeys } from "../../handshake/sessions/ticket-keys.ts";
import type { CrlStore } from "../../x509/certificates/crl.ts";
import type { SecurityLevel } from "../../x509/path/security-level.ts";
import type { TransparencyPolicy } from "../../x509/path/transparency.ts";
import type { RawKeyVerifier } from "../../x509/raw-key.ts";
import type { TrustStore } from "../../x509/trust/trust-store.ts";
import type {
  PeerChain,
  VerifiedChain,
  VerifyContext,
} from "../../x509/verifier.ts";
import type { Protocol, TLSVersion, VerifyMode } from "../constants.ts";
import type { LoadedCredential } from "../material/key-material.ts";
import type {
  PskClientCallback,
  PskServerCallback,
} from "../material/pre-shared-keys.ts";
import type { CipherTriple } from "../names/ciphers.ts";
import type { Platform } from "../platform/platform.ts";
import type { SSLContext } from "./context-type.ts";
import type { SSLSession } from "./session.ts";
import type {
  ContextSessionStore,
  ContextStrikeRegister,
  StoreListener,
} from "./store-calls.ts";

/** The purpose of a context, fixed when it is made. */
export interface ContextKind {
  readonly protocol: Protocol;
  readonly provider: CryptoProvider;
  readonly platform: Platform;
}

/**
 * All that can be set on a context. A connection keeps the record that the
 * context had when it began. What a key means stands at the property of
 * `SSLContext`, and its default and its check in the table (settings-table.ts).
 */
export interface Settings {
  readonly verifyMode: VerifyMode;
  readonly checkHostname: boolean;
  readonly hostnameChecksCommonName: boolean;
  readonly verifyFlags: number;
  readonly verifier: PeerVerifier | null;
  readonly securityLevel: SecurityLevel;
  /** Never changed: replaced by another one when something is loaded. */
  readonly trustStore: TrustStore;
  /** As {@link trustStore}. */
  readonly crls: CrlStore;
  readonly optionFlags: number;
  readonly minimumVersion: TLSVersion;
  readonly maximumVersion: TLSVersion;
  /** Those of TLS 1.3, best first. */
  readonly ciphersuites: Preferences<CipherSuiteName>;
  /** Those of TLS 1.2, best first. */
  readonly ciphers: Preferences<CipherSuiteName>;
  readonly groups: Preferences<GroupName>;
  readonly signatureAlgorithms: readonly SignatureSchemeName[];
  readonly dhParams: FiniteFieldParameters | null;
  readonly requireExtendedMainSecret: boolean;
  readonly alpnProtocols: readonly string[];
  readonly alpnMismatch: "ignore" | "alert";
  readonly alpnCallback: AlpnCallback | null;
  readonly sniCallback: SniCallback | null;
  /** One for each kind of key; bare keys first. */
  readonly credentials: readonly LoadedCredential[];
  readonly autoChain: boolean;
  readonly sessionStore: ContextSessionStore | null;
  /** Null: one of the context's own. */
  readonly strikeRegister: ContextStrikeRegister | null;
  readonly sessionStoreTimeout: number;
  readonly onStoreEvent: StoreListener | null;
  readonly onSession: SessionListener | null;
  readonly numTickets: number;
  /** Null: keys of the context's own. */
  readonly ticketKeys: TicketKeys | null;
  readonly earlyData: boolean;
  readonly maxEarlyData: number;
  readonly postHandshakeAuth: boolean;
  readonly pskClientCallback: PskClientCallback | null;
  readonly pskServerCallback: PskServerCallback | null;
  readonly pskIdentityHint: string | null;
  readonly keyLog: KeyLogCallback | null;
  readonly messageCallback: MessageCallback | null;
  readonly limits: Partial<Limits>;
  readonly grease: boolean;
  readonly pskModes: readonly PskMode[];
  readonly encryptedClientHello: EchClient | EchServer | null;
  readonly certificateCompression: readonly CertificateCompressor[];
  readonly ocspStapling: OcspStaplingMode;
  readonly transparency: TransparencyPolicy | null;
  readonly rawPublicKeys: RawKeyVerifier | null;
  readonly padding: RecordPadding | null;
  readonly recordSizeLimit: number | null;
}

/** New values of some of the settings. */
export type Change = Partial<Settings>;

/**
 * Verifies the peer's certificate in place of this library: at once or with a
 * promise. A refusal is an X509Error, thrown or rejected with.
 */
export interface PeerVerifier {
  verify(
    peer: PeerChain,
    at: VerifyContext,
  ): VerifiedChain | Promise<VerifiedChain>;
  /**
   * True: it never answers with a promise. It is then asked once more before a session
   * is resumed (`at.resumption`), also before one that was read from bytes, which is not
   * resumed otherwise. False unless given.
   */
  readonly answersAtOnce?: boolean;
}

/** Gets lines in the NSS key log format, without the line's end. */
export type KeyLogCallback = (line: string) => void;

/**
 * Gets each record header, handshake message, alert and change_cipher_spec of a
 * connection as it is sent or received. It is called in the middle of a call on
 * the connection, and only looks: it must not call that connection. One that
 * throws ends it with CALLBACK_FAILED, and so does one that is rejected.
 */
export type MessageCallback = (
  connection: SniConnection,
  message: ProtocolMessage,
) => unknown;

/**
 * Decides whether the peer is asked for a stapled OCSP response, and must have
 * one.
 */
export type OcspStaplingMode = "off" | "request" | "require";

/**
 * Zero bytes to add to a record with that many bytes of content; a number fills
 * the content of each record up to a multiple of it.
 */
export type RecordPadding = number | ((contentLength: number) => number);

/** The connection that asks, for an {@link SniCallback}. */
export interface SniConnection {
  /** Set it to continue under another context. */
  context: SSLContext;
  readonly serverSide: boolean;
  /** Still null: nothing is agreed yet. */
  version(): string | null;
  cipher(): CipherTriple | null;
  selectedAlpnProtocol(): string | null;
}

/** Answers of an {@link SniCallback}. */
export type SniAnswer =
  | undefined
  | null
  /** An alert by its number, from `AlertDescription`: refuses the client. */
  | number
  /** Continues under another context. */
  | { readonly context: SSLContext };

/**
 * Python: `sni_callback`. Called on a server for each ClientHello, with the
 * name that the client asks for (an A-label) or null.
 */
export type SniCallback = (
  connection: SniConnection,
  serverName: string | null,
  context: SSLContext,
  clientHello: ClientHello,
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- callbacks without an answer
) => SniAnswer | void | Promise<SniAnswer | void>;

/** The client's offer, for an {@link AlpnCallback}. */
export interface AlpnOffer {
  /** The name in SNI, an A-label; null without one. */
  readonly serverName: string | null;
  /**
   * Protocols that the client offers, best first; one character is one byte.
   */
  readonly protocols: readonly string[];
}

/**
 * Chooses a protocol for a client: its name, or null for none. An exception
 * ends the connection.
 */
export type AlpnCallback = (
  offer: AlpnOffer,
) => string | null | Promise<string | null>;

/**
 * Told of a session, and of the connection that it came on. What it throws, or a
 * promise of it is rejected with, the next call on the connection throws.
 */
export type SessionListener = (
  session: SSLSession,
  connection: SniConnection,
) => unknown;
