/** Options as a program writes them; `config.ts` makes configs of them. */
import type { RAISE_NEED } from "../../promises.ts";
import type {
  CryptoProvider,
  FiniteFieldParameters,
  GroupName,
} from "../../crypto/provider.ts";
import type { RawKeyVerifier } from "../../x509/raw-key.ts";
import type { CertificateVerifier } from "../../x509/verifier.ts";
import type {
  CipherSuiteName,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import type { CertificateCompressor } from "../credentials/certificate-compressor.ts";
import type { Credential } from "../credentials/credential.ts";
import type { DelegatedCredentialPolicy } from "../credentials/delegation.ts";
import type { EchClient, EchServer } from "./ech-interfaces.ts";
import type { Limits } from "./limits.ts";
import type { Preferences } from "./preferences.ts";
import type { CertificateTypeName } from "../registries/certificate-types.ts";
import type { Carrier, FragmentLength } from "../extensions/spec.ts";
import type { PskCallback } from "../sessions/external-psk.ts";
import type { PskMode } from "../registries/psk-modes.ts";
import type {
  AskedStrikeRegister,
  StrikeRegister,
} from "../sessions/strike-register.ts";
import type { ExtensionShape } from "../extensions/table.ts";
import type { Session } from "../sessions/session.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import type { TicketKeys } from "../sessions/ticket-keys.ts";
import type { RetryCookies } from "../sessions/retry-memory.ts";
import type { SignatureSchemeName } from "../registries/signature-schemes.ts";

/**
 * Changes to messages as puretls would write them: for fingerprints and tests.
 */
export type MessageShapes = { readonly [C in Carrier]?: ExtensionShape };

export interface CommonOptions {
  readonly provider: CryptoProvider;
  /**
   * Versions to speak; the newest in common is taken, whatever the order.
   * Default: both, as far as `cipherSuites` has suites for them.
   */
  readonly versions?: readonly TlsProtocolVersion[];
  /** Best first; those of an inner list are equal on a server. */
  readonly cipherSuites?: Preferences<CipherSuiteName>;
  /** Key exchange groups, best first; those of an inner list are equal on a server. */
  readonly groups?: Preferences<GroupName>;
  /**
   * Signature schemes that the peer may use, best first. The schemes
   * `rsa_pkcs1_*_legacy` (RFC 9963) are for certificates of clients whose keys
   * cannot do RSASSA-PSS, in TPMs and smart cards: a server accepts those that it
   * names, and a client signs with those that it or its credential names.
   */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
  /** ALPN names, best first; one character stands for one byte. */
  readonly alpnProtocols?: readonly string[];
  /**
   * Asks the peer for a stapled OCSP response (RFC 6066 8), which the verifier
   * validates; a certificate that promises one (RFC 7633) must then have it.
   * Default false.
   */
  readonly ocspStapling?: boolean;
  /**
   * Asks the peer for SignedCertificateTimestamps (RFC 6962 3.3.1), which the
   * verifier validates. Default false.
   */
  readonly signedCertificateTimestamps?: boolean;
  /**
   * Algorithms that may compress certificates (RFC 8879), best first: rows of
   * `puretls/compression`, `puretls/compression/node` or of the program's own.
   * Default none.
   */
  readonly certificateCompression?: readonly CertificateCompressor[];
  /**
   * Takes a raw public key of the peer in place of a certificate (RFC 7250),
   * and validates it, or `RAISE_NEED`. Default: certificates alone.
   */
  readonly rawPublicKeys?: RawKeyVerifier | typeof RAISE_NEED;
  /**
   * Certificate types that the peer may present, best first; a server takes the
   * first that the client has too. Default: `["X509"]`, with `rawPublicKeys`
   * `["RawPublicKey", "X509"]`.
   */
  readonly peerCertificateTypes?: readonly CertificateTypeName[];
  /**
   * Takes delegated credentials of the peer (RFC 9345): made by
   * `acceptDelegatedCredentials`. Default none.
   */
  readonly delegatedCredentials?: DelegatedCredentialPolicy;
  /**
   * Signature schemes that the peer's certificates may be signed with, where
   * they are not those for its own signatures (RFC 9846 4.3.3).
   */
  readonly certificateSignatureSchemes?: readonly SignatureSchemeName[];
  /**
   * TLS 1.2: refuses a peer without extended_main_secret (RFC 7627), with
   * handshake_failure. Without it a connection goes on, and has no exporter and
   * no tls-unique. Default false.
   */
  readonly requireExtendedMainSecret?: boolean;
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
   * know as a session; or `RAISE_NEED`. Default: none.
   */
  readonly psk?: PskCallback | typeof RAISE_NEED;
  /**
   * PSK modes (RFC 9846 4.3.9), best first. "psk_ke" has no forward secrecy.
   * Default `["psk_dhe_ke"]`.
   */
  readonly pskModes?: readonly PskMode[];
  /**
   * TLS 1.3: authenticates by certificates and has an external PSK in the key
   * schedule besides (RFC 8773), so that what is recorded today stays secret even
   * if the key exchange is broken later. Both sides have to want it: it is both or
   * no connection (`certificate_with_psk_missing`). Needs `psk` and `versions:
   * ["TLSv1.3"]`; no session is resumed. Default false.
   */
  readonly certificateWithPsk?: boolean;
  /**
   * Reserved values where a peer has to ignore what it does not know (RFC 8701):
   * in a client's hello, in what a server of TLS 1.3 asks for and in its
   * tickets. Default true.
   */
  readonly grease?: boolean;
  readonly limits?: Partial<Limits>;
  readonly shapes?: MessageShapes;
  /**
   * Names the authority behind `verifier: RAISE_NEED`: a proof that was made for one
   * config, as a session keeps it, holds for another one only where this is the
   * same object. Default: the verifier itself, or with `RAISE_NEED` this config
   * alone.
   */
  readonly trust?: object;
}

export interface ClientOptions extends CommonOptions {
  // [9846-C.5-01]
  /** Validates the server's certificate, or `RAISE_NEED`. */
  readonly verifier: CertificateVerifier | typeof RAISE_NEED;
  /** Certificates of this client, or `RAISE_NEED` for when one is wanted. */
  readonly credentials?: readonly Credential[] | typeof RAISE_NEED;
  /**
   * TLS 1.2 and 1.3: what becomes of a connection whose server asks for a
   * certificate when none of `credentials` fits the request. "empty": the client
   * says that it has none (RFC 9846 4.5.1); "alert": it ends the connection
   * (`no_shared_signature_scheme`, `no_shared_certificate_type`). A client
   * without credentials goes on in either case. Default "empty".
   */
  readonly credentialMismatch?: "empty" | "alert";
  /**
   * Certificate types that this client offers to present, best first (RFC
   * 7250). Default: the types of `credentials` in their order, and of
   * `RAISE_NEED` X.509.
   */
  readonly certificateTypes?: readonly CertificateTypeName[];
  /** Groups to send shares of in the first ClientHello. */
  readonly keyShares?: readonly GroupName[];
  /**
   * Encrypted Client Hello (RFC 9849): an offer made by `puretls/ech`. What
   * one hides is TLS 1.3 alone; a server of TLS 1.2 refuses it.
   */
  readonly encryptedClientHello?: EchClient;
  /** Middlebox compatibility mode, RFC 9846 E.4. Default true. */
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
   * TLS 1.2: bits that the prime of a server's finite field (DHE) must have at
   * least, 2048 to 8192. Default 2048.
   */
  readonly minimumDhBits?: number;
  /**
   * A connection to go on from, of either version. It is offered where it may
   * be: same name, not too old, a suite and a version of this config, and a
   * peer that this config's verifier accepts. Otherwise, and where the server
   * declines, a full handshake follows.
   */
  readonly session?: Session;
  /**
   * TLS 1.3: offer to show a certificate when the server asks for it after the
   * handshake (RFC 9846 4.7.2). Default false.
   */
  readonly postHandshakeAuth?: boolean;
  /**
   * TLS 1.3: offer early data (0-RTT) where the session allows it. Whoever can
   * record it can replay it: read RFC 9846 8 before. Default false.
   */
  readonly earlyData?: boolean;
}

export interface ServerOptions extends CommonOptions {
  /** The server's certificates, or `RAISE_NEED` for each ClientHello. */
  readonly credentials: readonly Credential[] | typeof RAISE_NEED;
  /**
   * "optional" and "required": a client is asked for a certificate; "required":
   * it must present one. Needs a `verifier` unless "none", which is the
   * default.
   */
  readonly clientAuthentication?: "none" | "optional" | "required";
  /**
   * TLS 1.3: ask for the certificate by `requestCertificate()` and not in the
   * handshake (RFC 9846 4.7.2); `clientAuthentication` says whether the answer
   * may be empty. A client of TLS 1.2 is asked in the handshake. Default false.
   */
  readonly postHandshakeAuth?: boolean;
  /** Verifies the client's certificate, or `RAISE_NEED`. */
  readonly verifier?: CertificateVerifier | typeof RAISE_NEED;
  /** No ALPN name in common: end with an alert (RFC 7301) or go on without. */
  readonly alpnMismatch?: "alert" | "ignore";
  /** Encrypted Client Hello (RFC 9849): keys, made by `puretls/ech`. */
  readonly encryptedClientHello?: EchServer;
  /**
   * Keeps the memory of a HelloRetryRequest in its cookie (RFC 9846 4.3.2), so
   * that another engine can go on: made by `createRetryCookies`.
   */
  readonly retryCookies?: RetryCookies;
  /** Puts a cookie into a HelloRetryRequest. Default false. */
  readonly helloRetryCookie?: boolean;
  /**
   * Middlebox compatibility mode, RFC 9846 E.4, for every client. False: for
   * those that ask for it by a session id, which they must get. Default true.
   */
  readonly compatibilityMode?: boolean;
  /**
   * The side whose order of cipher suites counts. Default "server": the client's
   * decides among those of an inner list of `cipherSuites`.
   */
  readonly cipherPreference?: "server" | "client";
  /**
   * "share": among groups that are no hybrids, or in the inner list of `groups`
   * that the best in common stands in, the best that the client sent a share of,
   * which saves a round trip; "order": always the best in common, with a
   * HelloRetryRequest if need be. Default "share".
   */
  readonly groupPreference?: "share" | "order";
  /**
   * Seals and opens stateless tickets, of both versions. Without it and without
   * a `sessionStore` no session is resumed.
   */
  readonly ticketKeys?: TicketKeys;
  /**
   * Keeps sessions on the server: TLS 1.2 session ids, and TLS 1.3 tickets
   * that are but names where there are no `ticketKeys`. `RAISE_NEED`: each look-up
   * is a need, each session to keep an event `store_session`.
   */
  readonly sessionStore?: SessionStore | typeof RAISE_NEED;
  /**
   * TLS 1.2: whether to give and to accept tickets (RFC 5077) where there are
   * `ticketKeys`; false leaves session ids. Default true.
   */
  readonly sessionTickets?: boolean;
  /** TLS 1.3: tickets after a full handshake, 0 to 16. Default 2. */
  readonly numTickets?: number;
  /**
   * Sessions are resumed only where this is the same: set it apart for servers
   * that ask different things of a client. At most 32 bytes. Default empty.
   */
  readonly sessionContext?: Uint8Array;
  /** Seconds for which a session is good, at most seven days. Default 7200. */
  readonly sessionLifetimeSeconds?: number;
  /**
   * TLS 1.2: the field for DHE with clients that name no group of RFC 7919.
   * Default: the first of `groups` that is one, else ffdhe2048. Clients that
   * name some get one of `groups`; where `groups` has none of RFC 7919, the one
   * of the size of this field.
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
  /**
   * Remembers which early data was taken, RFC 9846 8. With `strike: RAISE_NEED`
   * each strike is a need, and the early data waits for its answer.
   */
  readonly strikeRegister?: StrikeRegister | AskedStrikeRegister;
}
