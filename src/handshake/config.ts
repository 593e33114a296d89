/**
 * What one side of a connection is told before it begins. Options are what a
 * program writes; a config is options made whole, checked and frozen, so that
 * wrong use fails before a byte goes out.
 */
import type {
  CryptoProvider,
  FiniteFieldParameters,
  GroupName,
} from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import type { RawKeyVerifier } from "../x509/raw-key.ts";
import type { CertificateVerifier } from "../x509/verifier.ts";
import type { CipherSuiteName, TlsVersion } from "./cipher-suites.ts";
import {
  checkAlpn,
  checkNames,
  defaultKeyShares,
  type Spoken,
  checkedFragment,
  checkVersionsToHide,
  ownTypes,
  peerTypes,
  versionsAndSuites,
} from "./config-checks.ts";
import type { CertificateCompression } from "./compression-row.ts";
import type { Credential } from "./credential.ts";
import type { DelegatedCredentials } from "./delegation.ts";
import type { EchClient, EchServer } from "./ech.ts";
import { checkClientNeeds, checkOptionsNeeds } from "./feature-needs.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type { CertificateTypeName } from "./certificate-types.ts";
import type { Carrier, FragmentLength } from "./extensions/spec.ts";
import type { PskCallback } from "./external-psk.ts";
import type { Protocol } from "./protocol.ts";
import { PSK_MODES, type PskMode } from "./psk-modes.ts";
import type { StrikeRegister } from "./strike-register.ts";
import type { ExtensionShape } from "./extensions/table.ts";
import { DEFAULT_GROUPS, GROUPS } from "./groups.ts";
import type { Session } from "./session.ts";
import { given, sessionOptions } from "./session-options.ts";
import type { SessionStore } from "./session-store.ts";
import type { TicketKeys } from "./ticket-keys.ts";
import type { RetryCookies } from "./retry-memory.ts";
import {
  DEFAULT_SIGNATURE_SCHEMES,
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "./signature-schemes.ts";

export { DEFAULT_LIMITS, type Limits };

/** How messages depart from what puretls would write: fingerprints, tests. */
export type MessageShapes = { readonly [C in Carrier]?: ExtensionShape };

export interface CommonOptions {
  readonly provider: CryptoProvider;
  /**
   * Which versions to speak; the newest in common is taken, whatever the order.
   * Default: both, as far as `cipherSuites` has suites for them.
   */
  readonly versions?: readonly TlsVersion[];
  /** Best first. */
  readonly cipherSuites?: readonly CipherSuiteName[];
  /** Key exchange groups, best first. */
  readonly groups?: readonly GroupName[];
  /** What the peer's signatures may be, best first. */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
  /** ALPN names, best first; one character stands for one byte. */
  readonly alpnProtocols?: readonly string[];
  /**
   * Asks the peer for a stapled OCSP response (RFC 6066 8), which the verifier
   * judges; a certificate that promises one (RFC 7633) must then have it.
   * Default false.
   */
  readonly ocspStapling?: boolean;
  /**
   * Asks the peer for SignedCertificateTimestamps (RFC 6962 3.3.1), which the
   * verifier judges. Default false.
   */
  readonly signedCertificateTimestamps?: boolean;
  /**
   * How certificates may be compressed (RFC 8879), best first: rows of
   * `puretls/compression`, `puretls/compression/node` or of the program's own.
   * Default none.
   */
  readonly certificateCompression?: readonly CertificateCompression[];
  /**
   * Takes a raw public key of the peer in place of a certificate (RFC 7250),
   * and judges it; "ask" raises a need instead. Default: certificates alone.
   */
  readonly rawPublicKeys?: RawKeyVerifier | "ask";
  /**
   * What the peer may show, best first; a server takes the first that the
   * client has too. Default: `["X509"]`, with `rawPublicKeys`
   * `["RawPublicKey", "X509"]`.
   */
  readonly peerCertificateTypes?: readonly CertificateTypeName[];
  /**
   * Takes delegated credentials of the peer (RFC 9345): made by
   * `acceptDelegatedCredentials`. Default none.
   */
  readonly delegatedCredentials?: DelegatedCredentials;
  /**
   * What signatures in the peer's certificates may be, where that is not what
   * its own may be (RFC 8446 4.2.3).
   */
  readonly certificateSignatureSchemes?: readonly SignatureSchemeName[];
  /** DER names of the authorities that the peer is told of. Default none. */
  readonly certificateAuthorities?: readonly Uint8Array[];
  /** RFC 8449: the most bytes of a decrypted record, 64 to 2^14 + 1. */
  readonly recordSizeLimit?: number;
  /**
   * The most bytes of content of a record that goes out, 64 to 2^14, whatever
   * the peer takes: OpenSSL's SSL_CTX_set_max_send_fragment. Default 2^14.
   */
  readonly maxSendFragment?: number;
  /** Zero bytes to add to a record with that many bytes of content. */
  readonly padding?: (contentLength: number) => number;
  /** Gets lines in the NSS key log format, without the line's end. */
  readonly keyLog?: (line: string) => void;
  /**
   * External pre-shared keys, TLS 1.3's and the PSK suites of TLS 1.2: a client
   * is asked before it offers one, a server for each identity that it does not
   * know as a session. "ask" raises a need instead. Default: none.
   */
  readonly psk?: PskCallback | "ask";
  /**
   * How a PSK may be used (RFC 8446 4.2.9), best first. "psk_ke" has no forward
   * secrecy. Default `["psk_dhe_ke"]`.
   */
  readonly pskModes?: readonly PskMode[];
  /**
   * Reserved values where a peer has to ignore what it does not know (RFC 8701):
   * in a client's hello, in what a server of TLS 1.3 asks for and in its
   * tickets. Default true.
   */
  readonly grease?: boolean;
  readonly limits?: Partial<Limits>;
  readonly shapes?: MessageShapes;
}

export interface ClientOptions extends CommonOptions {
  /** Judges the server's certificate; "ask" raises a need instead. */
  readonly verifier: CertificateVerifier | "ask";
  /** Certificates of this client; "ask" raises a need when one is wanted. */
  readonly credentials?: readonly Credential[] | "ask";
  /**
   * What the server is told that this client could show, best first (RFC 7250).
   * Default: the types of `credentials` in their order, and of "ask" X.509.
   */
  readonly certificateTypes?: readonly CertificateTypeName[];
  /** Groups to send shares of in the first ClientHello. */
  readonly keyShares?: readonly GroupName[];
  /**
   * Encrypted Client Hello (RFC 9849): an offer made by `puretls/ech`. What
   * one hides is TLS 1.3 alone; a server of TLS 1.2 refuses it.
   */
  readonly encryptedClientHello?: EchClient;
  /** Middlebox compatibility mode, RFC 8446 D.4. Default true. */
  readonly compatibilityMode?: boolean;
  /**
   * TLS 1.2: the most bytes of a record's content (RFC 6066 4), which a server
   * may agree to. `recordSizeLimit` is newer and does more.
   */
  readonly maxFragmentLength?: FragmentLength;
  /**
   * TLS 1.2: whether to go on with a server that does not say that it
   * renegotiates safely (RFC 5746 4.1). OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT.
   * Default false.
   */
  readonly legacyServerConnect?: boolean;
  /**
   * Says by TLS_FALLBACK_SCSV (RFC 7507 4) that this is another attempt with
   * fewer `versions` than the client has: a server that has more refuses it.
   * Default false.
   */
  readonly fallbackSignal?: boolean;
  /**
   * TLS 1.2: whether to ask for tickets and to go on by them (RFC 5077); false
   * leaves session ids. Default true.
   */
  readonly sessionTickets?: boolean;
  /**
   * A connection to go on from, of either version. It is offered where it may
   * be: same name, not too old, a suite and a version of this config, and a
   * peer that this config's verifier accepts. Otherwise, and where the server
   * declines, a full handshake follows.
   */
  readonly session?: Session;
  /**
   * TLS 1.3: offer to show a certificate when the server asks for it after the
   * handshake (RFC 8446 4.6.2). Default false.
   */
  readonly postHandshakeAuthentication?: boolean;
  /**
   * TLS 1.3: offer early data (0-RTT) where the session allows it. Whoever can
   * record it can replay it: read RFC 8446 8 before. Default false.
   */
  readonly earlyData?: boolean;
}

export interface ServerOptions extends CommonOptions {
  /** The server's certificates; "ask" raises a need for each ClientHello. */
  readonly credentials: readonly Credential[] | "ask";
  /** Whether a client is asked for a certificate. Default "none". */
  readonly clientAuthentication?: "none" | "optional" | "required";
  /** Judges the client's certificate; "ask" raises a need instead. */
  readonly verifier?: CertificateVerifier | "ask";
  /** No ALPN name in common: end with an alert (RFC 7301) or go on without. */
  readonly alpnMismatch?: "alert" | "ignore";
  /** Encrypted Client Hello (RFC 9849): keys, made by `puretls/ech`. */
  readonly encryptedClientHello?: EchServer;
  /**
   * Keeps the memory of a HelloRetryRequest in its cookie (RFC 8446 4.2.2), so
   * that another engine can go on: made by `retryCookies`.
   */
  readonly retryCookies?: RetryCookies;
  /** Puts a cookie into a HelloRetryRequest. Default false. */
  readonly helloRetryCookie?: boolean;
  /**
   * Middlebox compatibility mode, RFC 8446 D.4, for every client. False: for
   * those that ask for it by a session id, which they must get. Default true.
   */
  readonly compatibilityMode?: boolean;
  /** Whose order of cipher suites counts. Default "server". */
  readonly cipherPreference?: "server" | "client";
  /**
   * "share": among groups that are no hybrids the best that the client sent a
   * share of, which saves a round trip; "order": always the best in common,
   * with a HelloRetryRequest if need be. Default "share".
   */
  readonly groupPreference?: "share" | "order";
  /**
   * Seals and opens stateless tickets, of both versions. Without it and without
   * a `sessionStore` no session is resumed.
   */
  readonly tickets?: TicketKeys;
  /**
   * Keeps sessions on the server: TLS 1.2 session ids, and TLS 1.3 tickets
   * that are but names where there are no `tickets`. "ask": each look-up is a
   * need, each session to keep an event `store_session`.
   */
  readonly sessionStore?: SessionStore | "ask";
  /** TLS 1.3: tickets after a full handshake, 0 to 16. Default 2. */
  readonly ticketCount?: number;
  /**
   * Sessions are resumed only where this is the same: set it apart for servers
   * that ask different things of a client. At most 32 bytes. Default empty.
   */
  readonly sessionContext?: Uint8Array;
  /** Seconds for which a session is good, at most seven days. Default 7200. */
  readonly sessionLifetime?: number;
  /**
   * TLS 1.2: the field for DHE with clients that name no group of RFC 7919.
   * Default: ffdhe2048.
   */
  readonly dhParameters?: FiniteFieldParameters;
  /** TLS 1.2: what a client is told to choose its PSK by (RFC 4279 5.2). */
  readonly pskIdentityHint?: Uint8Array;
  /**
   * TLS 1.3: bytes of early data (0-RTT) that a ticket allows. Early data can be
   * replayed: it comes as events of its own, `early_data`. Tickets then need a
   * `strikeRegister`; sessions in a store are used once by themselves. Default
   * 0: none.
   */
  readonly maxEarlyData?: number;
  /** Remembers which early data was taken, RFC 8446 8. */
  readonly strikeRegister?: StrikeRegister;
}

type Whole<T, Optional extends keyof T> = Readonly<
  Required<Omit<T, Optional>> & Pick<T, Optional>
>;
type OptionalKeys =
  | "recordSizeLimit"
  | "padding"
  | "keyLog"
  | "psk"
  | "rawPublicKeys"
  | "delegatedCredentials"
  | "certificateSignatureSchemes";

/** What follows from the lists that a program gave. */
interface Derived extends Spoken {
  readonly limits: Limits;
  /** What the engine speaks with it. */
  readonly protocol: Protocol;
}

export type ClientConfig = { readonly role: "client" } & Whole<
  Omit<ClientOptions, "limits">,
  OptionalKeys | "session" | "maxFragmentLength" | "encryptedClientHello"
> &
  Derived;

export type ServerConfig = { readonly role: "server" } & Whole<
  Omit<ServerOptions, "limits">,
  | OptionalKeys
  | "verifier"
  | "tickets"
  | "sessionStore"
  | "pskIdentityHint"
  | "encryptedClientHello"
  | "retryCookies"
  | "dhParameters"
  | "strikeRegister"
> &
  Derived;

/** @throws TlsUsageError when the options contradict each other */
export function makeClientConfig(
  protocol: Protocol,
  options: ClientOptions,
): ClientConfig {
  const { encryptedClientHello: ech } = options;
  const common = commonConfig(options, protocol, "client");
  checkClientNeeds(protocol, options);
  if (ech?.kind === "real") checkVersionsToHide(common.versions);
  const keyShares = options.keyShares ?? defaultKeyShares(common.groups);
  for (const group of keyShares)
    if (!common.groups.includes(group))
      throw new TlsUsageError(`keyShares: ${group} is not among the groups`);
  return Object.freeze({
    ...common,
    role: "client",
    verifier: options.verifier,
    credentials: options.credentials ?? [],
    certificateTypes: ownTypes(options),
    keyShares,
    compatibilityMode: options.compatibilityMode ?? true,
    legacyServerConnect: options.legacyServerConnect ?? false,
    sessionTickets: options.sessionTickets ?? true,
    fallbackSignal: options.fallbackSignal ?? false,
    ...given("maxFragmentLength", options.maxFragmentLength),
    ...given("session", options.session),
    ...given("encryptedClientHello", ech),
    earlyData: options.earlyData ?? false,
    postHandshakeAuthentication:
      (options.postHandshakeAuthentication ?? false) &&
      common.versions.includes("TLSv1.3"),
  });
}

/** @throws TlsUsageError when the options contradict each other */
export function makeServerConfig(
  protocol: Protocol,
  options: ServerOptions,
): ServerConfig {
  const clientAuthentication = options.clientAuthentication ?? "none";
  if (options.credentials.length === 0 && options.psk === undefined)
    throw new TlsUsageError("credentials: a server needs a certificate");
  if (options.credentials === "ask" && options.retryCookies !== undefined)
    throw new TlsUsageError("retryCookies: not with credentials asked for");
  if (clientAuthentication !== "none" && options.verifier === undefined)
    throw new TlsUsageError(
      "verifier: a server that asks for certificates needs one to judge them",
    );
  return Object.freeze({
    ...commonConfig(options, protocol, "server"),
    ...given("verifier", options.verifier),
    ...sessionOptions(options),
    ...given("encryptedClientHello", options.encryptedClientHello),
    ...given("retryCookies", options.retryCookies),
    role: "server",
    credentials: options.credentials,
    clientAuthentication,
    alpnMismatch: options.alpnMismatch ?? "alert",
    helloRetryCookie: options.helloRetryCookie ?? false,
    compatibilityMode: options.compatibilityMode ?? true,
    cipherPreference: options.cipherPreference ?? "server",
    groupPreference: options.groupPreference ?? "share",
  });
}

function commonConfig(
  options: CommonOptions,
  protocol: Protocol,
  role: "client" | "server",
) {
  const { provider, recordSizeLimit, padding, keyLog } = options;
  const { pskModes = ["psk_dhe_ke"] } = options;
  checkNames("pskModes", pskModes, PSK_MODES);
  if (pskModes.length === 0) throw new TlsUsageError("pskModes: name one");
  checkNames("groups", options.groups, GROUPS);
  checkNames("signatureSchemes", options.signatureSchemes, SIGNATURE_SCHEMES);
  checkNames(
    "certificateSignatureSchemes",
    options.certificateSignatureSchemes,
    SIGNATURE_SCHEMES,
  );
  checkOptionsNeeds(protocol, options);
  const config = {
    provider,
    protocol,
    ...versionsAndSuites(options, protocol, role),
    groups: (options.groups ?? DEFAULT_GROUPS).filter(
      (name) => provider.groups[name] !== undefined,
    ),
    signatureSchemes: (
      options.signatureSchemes ?? DEFAULT_SIGNATURE_SCHEMES
    ).filter(
      (name) =>
        provider.verifiers[SIGNATURE_SCHEMES[name].signature] !== undefined,
    ),
    alpnProtocols: options.alpnProtocols ?? [],
    ocspStapling: options.ocspStapling ?? false,
    certificateCompression: options.certificateCompression ?? [],
    signedCertificateTimestamps: options.signedCertificateTimestamps ?? false,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    shapes: options.shapes ?? {},
    grease: options.grease ?? true,
    maxSendFragment: checkedFragment(options.maxSendFragment),
    ...(recordSizeLimit === undefined ? {} : { recordSizeLimit }),
    ...(padding === undefined ? {} : { padding }),
    ...(keyLog === undefined ? {} : { keyLog }),
    certificateAuthorities: options.certificateAuthorities ?? [],
    ...given("psk", options.psk),
    pskModes: pskModes.slice(),
    ...given("rawPublicKeys", options.rawPublicKeys),
    peerCertificateTypes: peerTypes(options),
    ...given("delegatedCredentials", options.delegatedCredentials),
    ...given(
      "certificateSignatureSchemes",
      options.certificateSignatureSchemes,
    ),
  };
  for (const option of ["cipherSuites", "groups", "signatureSchemes"] as const)
    if (config[option].length === 0)
      throw new TlsUsageError(`${option}: the provider has none of these`);
  checkAlpn(config.alpnProtocols);
  if (
    recordSizeLimit !== undefined &&
    !(recordSizeLimit >= 64 && recordSizeLimit <= 2 ** 14 + 1)
  )
    throw new TlsUsageError("recordSizeLimit: from 64 to 16385 bytes");
  return config;
}
