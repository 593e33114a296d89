/** Options of a new context. */
import type { BytesLike } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type {
  EchClient,
  EchServer,
} from "../../handshake/config/ech-interfaces.ts";
import type { Limits } from "../../handshake/config/limits.ts";
import type { Preferences } from "../../handshake/config/preferences.ts";
import type { CertificateCompressor } from "../../handshake/credentials/certificate-compressor.ts";
import type { PskMode } from "../../handshake/registries/psk-modes.ts";
import type { TicketKeys } from "../../handshake/sessions/ticket-keys.ts";
import type { SecurityLevel } from "../../x509/path/security-level.ts";
import type { TransparencyPolicy } from "../../x509/path/transparency.ts";
import type { RawKeyVerifier } from "../../x509/raw-key.ts";
import type {
  Protocol,
  ProtocolName,
  TLSVersion,
  TLSVersionName,
  VerifyMode,
  VerifyModeName,
} from "../constants.ts";
import type { VerifyLocations } from "../material/anchors.ts";
import type { DhParamsSource } from "../material/dh-parameters.ts";
import type {
  CertChainSource,
  RawPublicKeySource,
} from "../material/key-material.ts";
import type {
  PskClientCallback,
  PskServerCallback,
} from "../material/pre-shared-keys.ts";
import type { ContextOptions, VerifyFlagWords } from "../names/words.ts";
import type { Platform } from "../platform/platform.ts";
import type {
  AlpnCallback,
  KeyLogCallback,
  MessageCallback,
  OcspStaplingMode,
  PeerVerifier,
  RecordPadding,
  SessionListener,
  SniCallback,
} from "./settings.ts";
import type {
  ContextSessionStore,
  ContextStrikeRegister,
  StoreListener,
} from "./store-calls.ts";

/**
 * Options of a context that is made or extended; all but the first three can be
 * set later too. An option has the name and the rules of the property of {@link
 * SSLContext} unless it says otherwise; undefined is as not given. A name that
 * is not in here is refused.
 */
export interface SSLContextOptions {
  /** Default `tlsClient`: verifies the server and its name. */
  readonly protocol?: Protocol | ProtocolName;
  /** The cryptography to use. Default: noble. */
  readonly provider?: CryptoProvider;
  /** Files and the system's certificates. Default: files only, if there are. */
  readonly platform?: Platform;
  readonly verifyMode?: VerifyMode | VerifyModeName;
  readonly checkHostname?: boolean;
  readonly hostnameChecksCommonName?: boolean;
  readonly verifyFlags?: number | VerifyFlagWords;
  readonly verifier?: PeerVerifier | null;
  readonly securityLevel?: SecurityLevel;
  /** As `loadVerifyLocations()` takes it. */
  readonly verifyLocations?: VerifyLocations;
  readonly optionFlags?: number;
  /**
   * Words in place of `optionFlags`; those that are not named stay. A number is
   * as `optionFlags`.
   */
  readonly options?: Partial<ContextOptions> | number;
  readonly minimumVersion?: TLSVersion | TLSVersionName;
  readonly maximumVersion?: TLSVersion | TLSVersionName;
  /** As `setCiphersuites()` takes it. */
  readonly ciphersuites?: string | Preferences<string>;
  /** As `setCiphers()` takes it. */
  readonly ciphers?: string | Preferences<string>;
  /** As `setGroups()` takes it. */
  readonly groups?: string | Preferences<string>;
  readonly signatureAlgorithms?: string | readonly string[];
  /** As `loadDhParams()` takes it; null: ffdhe2048. */
  readonly dhParams?: DhParamsSource | null;
  readonly requireExtendedMainSecret?: boolean;
  readonly alpnProtocols?: readonly (string | BytesLike)[];
  readonly alpnMismatch?: "ignore" | "alert";
  readonly alpnCallback?: AlpnCallback | null;
  readonly sniCallback?: SniCallback | null;
  /** As `loadCertChain()` takes it. */
  readonly certChain?: CertChainSource;
  readonly autoChain?: boolean;
  /** As `loadRawPublicKey()` takes it. */
  readonly rawPublicKey?: RawPublicKeySource;
  readonly sessionStore?: ContextSessionStore | null;
  /** Null: a register of the context's own. */
  readonly strikeRegister?: ContextStrikeRegister | null;
  /** Milliseconds. */
  readonly sessionStoreTimeout?: number;
  readonly onStoreEvent?: StoreListener | null;
  readonly onSession?: SessionListener | null;
  readonly numTickets?: number;
  /** Null: keys of the context's own. */
  readonly ticketKeys?: TicketKeys | null;
  readonly earlyData?: boolean;
  /** Bytes. */
  readonly maxEarlyData?: number;
  readonly postHandshakeAuth?: boolean;
  /** As `setPskClientCallback()` takes it. */
  readonly pskClientCallback?: PskClientCallback | null;
  /** As `setPskServerCallback()` takes it. */
  readonly pskServerCallback?: PskServerCallback | null;
  /** As the second argument of `setPskServerCallback()`. */
  readonly pskIdentityHint?: string | null;
  readonly keyLog?: KeyLogCallback | null;
  readonly messageCallback?: MessageCallback | null;
  readonly limits?: Partial<Limits>;
  readonly grease?: boolean;
  readonly pskModes?: readonly PskMode[];
  readonly encryptedClientHello?: EchClient | EchServer | null;
  readonly certificateCompression?: readonly CertificateCompressor[];
  readonly ocspStapling?: OcspStaplingMode;
  readonly transparency?: TransparencyPolicy | null;
  readonly rawPublicKeys?: RawKeyVerifier | null;
  readonly padding?: RecordPadding | null;
  /** Bytes. */
  readonly recordSizeLimit?: number | null;
}

/** Those that can be changed of a context that is there. */
export type ContextChanges = Omit<
  SSLContextOptions,
  "protocol" | "provider" | "platform"
>;
