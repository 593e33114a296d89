import { type Bytes, type BytesLike } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type {
  EchClient,
  EchServer,
} from "../handshake/config/ech-interfaces.ts";
import type { Limits } from "../handshake/config/limits.ts";
import { namesIn, type Preferences } from "../handshake/config/preferences.ts";
import type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";
import { CIPHER_SUITES } from "../handshake/registries/cipher-suites.ts";
import type { PskMode } from "../handshake/registries/psk-modes.ts";
import type { TicketKeys } from "../handshake/sessions/ticket-keys.ts";
import type { SecurityLevel } from "../x509/path/security-level.ts";
import type { TransparencyPolicy } from "../x509/path/transparency.ts";
import type { SkippedEntry } from "../x509/trust/bundle.ts";
import type { RawKeyVerifier } from "../x509/raw-key.ts";
import {
  connectionOf,
  WRAP_OPTIONS,
  type WrapOptions,
} from "./connection/wrapping.ts";
import type { Protocol } from "./constants.ts";
import {
  type ProtocolName,
  type TLSVersion,
  type TLSVersionName,
  type VerifyMode,
  type VerifyModeName,
} from "./constants.ts";
import {
  ContextState,
  contextState,
  holdState,
} from "./context/context-state.ts";
import {
  type AsyncCertChainSource,
  loadAsync,
  withCertChain,
} from "./context/credentials.ts";
import { versionsOf } from "./context/engine-configs.ts";
import { contextKind } from "./context/kind.ts";
import { keyLogFile, keyLogPath } from "./context/key-log-file.ts";
import type { ContextChanges, SSLContextOptions } from "./context/options.ts";
import type { SessionStats } from "./context/server-sessions.ts";
import { requireOptions } from "./context/settings-change.ts";
import { cipherChange } from "./context/settings-table.ts";
import type {
  AlpnCallback,
  KeyLogCallback,
  MessageCallback,
  OcspStaplingMode,
  PeerVerifier,
  RecordPadding,
  SessionListener,
  SniCallback,
} from "./context/settings.ts";
import type {
  ContextSessionStore,
  ContextStrikeRegister,
  StoreListener,
} from "./context/store-calls.ts";
import {
  caCertificates,
  caInfos,
  type CertStoreStats,
  storeStats,
  withCrls,
  withSystem,
} from "./context/trust.ts";
import { stateError } from "./errors/errors.ts";
import type { VerifyLocations } from "./material/anchors.ts";
import type { CertificateInfo } from "./material/cert-info.ts";
import type { DhParamsSource } from "./material/dh-parameters.ts";
import type {
  CertChainSource,
  RawPublicKeySource,
} from "./material/key-material.ts";
import type {
  PskClientCallback,
  PskServerCallback,
} from "./material/pre-shared-keys.ts";
import type { Encoded } from "./material/reading.ts";
import {
  type Names,
  refusePythonNames,
  requireNames,
} from "./names/arguments.ts";
import { type CipherInfo, cipherInfo } from "./names/ciphers.ts";
import { domainToUnicode } from "./names/punycode.ts";
import {
  type ContextOptions,
  optionWords,
  type PurposeChoice,
  purposeOf,
  type VerifyFlagWords,
} from "./names/words.ts";
import { requireBios, SSLObject } from "./object/ssl-object.ts";
import type { MemoryBIO } from "./object/memory-bio.ts";
import { SSLSocket } from "./socket/ssl-socket.ts";
import { CALL_OPTIONS, type CallOptions } from "./socket/transport.ts";
import {
  lateTransport,
  type TransportSource,
  wrappable,
} from "./socket/wrapped-transport.ts";

export interface WrapBioOptions extends WrapOptions {
  /** The most bytes that the outgoing BIO is to hold. Default: no bound. */
  readonly highWaterMark?: number;
}

export interface WrapSocketOptions extends WrapOptions, CallOptions {
  /** Begin the handshake at once (see `SSLSocket.ready`). Default true. */
  readonly doHandshakeOnConnect?: boolean;
  /** An end without close_notify reads as an end. Default true. */
  readonly suppressRaggedEofs?: boolean;
}

/**
 * Certificates, keys, whom to trust and by what rules, for any number of
 * connections; what a connection has of it is what it was when it was wrapped,
 * or when an `sniCallback` chose it. Python: `ssl.SSLContext`.
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 *
 * const context = new SSLContext({ alpnProtocols: ["h2", "http/1.1"] });
 * if (!context.checkHostname || context.verifyMode !== 2) throw new Error();
 * ```
 */
export class SSLContext {
  readonly #state: ContextState;
  /** Python: `sslobject_class`. What {@link wrapBio} makes. */
  sslObjectClass: typeof SSLObject = SSLObject;
  /** Python: `sslsocket_class`. What {@link wrapSocket} makes. */
  sslSocketClass: typeof SSLSocket = SSLSocket;

  /**
   * @param options the options, or a protocol alone
   * @throws RangeError for a protocol that does not exist
   * @throws TypeError for a name that is no option
   * @throws SSLError UNSUPPORTED_PROTOCOL for one that is not spoken any more;
   *   and what setting the property of an option's name throws
   */
  constructor(options: SSLContextOptions | Protocol | ProtocolName = {}) {
    const given =
      typeof options === "number" || typeof options === "string"
        ? { protocol: options }
        : options;
    requireOptions(given, true);
    this.#state = new ContextState(contextKind(given));
    this.#state.take(given);
    holdState(this, this.#state);
    if (new.target === SSLContext) Object.preventExtensions(this);
  }

  /**
   * Not in Python, whose contexts cannot be copied either. Another context with
   * the same settings, certificates and keys, but for those given; what is
   * changed in one of them later is not changed in the other. Sessions that a
   * server keeps in memory, and ticket keys that it was not given, are the
   * context's own.
   *
   * @throws as the constructor does
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   *
   * const server = new SSLContext({ protocol: "tlsServer", numTickets: 1 });
   * const strict = server.extend({ minimumVersion: "TLSv1.3" });
   * if (strict.numTickets !== 1) throw new Error();
   * ```
   */
  extend(overrides: ContextChanges = {}): SSLContext {
    requireOptions(overrides, false);
    const { kind, settings } = this.#state;
    const copy = new SSLContext(kind);
    copy.sslObjectClass = this.sslObjectClass;
    copy.sslSocketClass = this.sslSocketClass;
    const state = contextState(copy);
    state.apply(settings);
    state.take(overrides);
    return copy;
  }

  /** Python: `protocol`. One of {@link Protocol}. */
  get protocol(): Protocol {
    return this.#state.kind.protocol;
  }

  /** The cryptography to use. */
  get provider(): CryptoProvider {
    return this.#state.kind.provider;
  }

  /**
   * Python: `options`, in words. Setting leaves what is not named; a number sets
   * all, as {@link optionFlags}. In arithmetic the words stand for that number.
   */
  get options(): ContextOptions {
    return optionWords(this.#state.settings.optionFlags);
  }
  set options(value: Partial<ContextOptions> | number) {
    this.#state.load("options", value);
  }

  /**
   * Python: `options`, a sum of `Options`.
   *
   * @throws RangeError for bits that mean nothing here
   */
  get optionFlags(): number {
    return this.#state.settings.optionFlags;
  }
  set optionFlags(value: number) {
    this.#state.set("optionFlags", value);
  }

  /**
   * Python: `minimum_version`.
   *
   * @throws RangeError for an unknown version, and on a context of one version
   */
  get minimumVersion(): TLSVersion {
    return this.#state.settings.minimumVersion;
  }
  set minimumVersion(value: TLSVersion | TLSVersionName) {
    this.#state.set("minimumVersion", value);
  }

  /**
   * Python: `maximum_version`.
   *
   * @throws RangeError for an unknown version, for one before TLS 1.2, and on a
   *   context of one version
   */
  get maximumVersion(): TLSVersion {
    return this.#state.settings.maximumVersion;
  }
  set maximumVersion(value: TLSVersion | TLSVersionName) {
    this.#state.set("maximumVersion", value);
  }

  /**
   * Python: `set_ciphers`. The suites of TLS 1.2, best first; those of TLS 1.3
   * stay as they are ({@link setCiphersuites}).
   *
   * @param list a cipher string in OpenSSL's language, ciphers(1), in which `[A|B]`
   *   is for suites that are equal, as in BoringSSL's; or a list of OpenSSL's or
   *   IANA's names, those of an inner list equal. A server chooses among equals by
   *   the client's order
   * @param options `strict` refuses words that mean nothing, which are passed
   *   over otherwise
   * @throws TypeError for what is neither
   * @throws SSLError NO_CIPHER_MATCH when nothing is selected, INVALID_COMMAND
   *   for what cannot be read
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   *
   * const context = new SSLContext();
   * context.setCiphers("ECDHE+AESGCM:!aRSA");
   * const [, , , first] = context.getCiphers();
   * if (first?.name !== "ECDHE-ECDSA-AES256-GCM-SHA384") throw new Error();
   * ```
   */
  setCiphers(
    list: string | Preferences<string>,
    options: { readonly strict?: boolean } = {},
  ): void {
    requireNames("setCiphers", options, { strict: true });
    this.#state.apply(cipherChange(list, options.strict ?? false));
  }

  /**
   * Python 3.15: `set_ciphersuites`. The suites of TLS 1.3, best first.
   *
   * @param list names, those of an inner list equal; or a text of names with colons
   *   between them, in which `[A|B]` are equal. A server chooses among equals by
   *   the client's order
   * @throws SSLError for an empty list and for a name that is not one
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   *
   * const context = new SSLContext({ protocol: "tlsServer" });
   * // Clients without AES in hardware put ChaCha20 first: that is respected.
   * context.setCiphersuites([
   *   ["TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"],
   *   "TLS_AES_256_GCM_SHA384",
   * ]);
   * ```
   */
  setCiphersuites(list: string | Preferences<string>): void {
    this.#state.set("ciphersuites", list);
  }

  /** Python: `get_ciphers`. Best first. */
  getCiphers(): CipherInfo[] {
    const { ciphersuites, ciphers } = this.#state.settings;
    return namesIn([...ciphersuites, ...ciphers]).map((name) =>
      cipherInfo(CIPHER_SUITES[name]),
    );
  }

  /**
   * Python 3.15: `set_groups`. Key exchange groups, best first, by OpenSSL's,
   * NIST's or IANA's names.
   *
   * @param list names, those of an inner list equal; or a text of names with colons
   *   between them, in which slashes stand between lists of equal groups, as in
   *   those of OpenSSL 3.5. A server chooses among equals by the client's order,
   *   first those that it has a share of, and asks for another share
   *   (HelloRetryRequest) rather than go on to the next list
   * @throws RangeError for an empty list and for a name that is not one
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   *
   * const context = new SSLContext({ protocol: "tlsServer" });
   * context.setGroups("X25519MLKEM768:SecP256r1MLKEM768 / x25519:P-256");
   * ```
   */
  setGroups(list: string | Preferences<string>): void {
    this.#state.set("groups", list);
  }

  /** Python 3.15: `get_groups`, by IANA's names. */
  getGroups(): string[] {
    return [...namesIn(this.#state.settings.groups)];
  }

  /** Python: `set_ecdh_curve`. One group only; see {@link setGroups}. */
  setEcdhCurve(name: string): void {
    if (typeof name !== "string")
      throw new TypeError("setEcdhCurve: a string is wanted");
    this.setGroups([name]);
  }

  /**
   * Python 3.15 has `set_client_sigalgs` and `set_server_sigalgs`. The signature
   * algorithms that a peer may use and that this side uses, best first, by
   * IANA's names ("ecdsa_secp256r1_sha256") or OpenSSL's ("ECDSA+SHA256").
   *
   * @throws RangeError for an empty list and for a name that is not one
   */
  get signatureAlgorithms(): readonly string[] {
    return this.#state.settings.signatureAlgorithms;
  }
  set signatureAlgorithms(list: string | readonly string[]) {
    this.#state.set("signatureAlgorithms", list);
  }

  /**
   * OpenSSL's security level, 0 to 5; 2 unless it is set. It bounds keys and hashes
   * of both chains, suites, groups, signatures and finite fields (bits of security:
   * 0, 80, 112, 128, 192, 256); from 3 on there is no suite without forward secrecy
   * and no ticket of TLS 1.2. Levels 0 and 1 accept what can be forged: RSA of 1024
   * bits, and at 0 SHA-1. `@SECLEVEL=` of a cipher list sets it too. Python 3.10:
   * `security_level`, which cannot be set there.
   *
   * @throws RangeError for another level
   */
  get securityLevel(): SecurityLevel {
    return this.#state.settings.securityLevel;
  }
  set securityLevel(level: SecurityLevel) {
    this.#state.set("securityLevel", level);
  }

  /**
   * True when a peer of TLS 1.2 without extended_main_secret (RFC 7627) is
   * refused, as with `%FORCE_SESSION_HASH` of GnuTLS and `require_ems` of
   * rustls. Without it a connection has neither `exportKeyingMaterial()` nor
   * the channel bindings `tls-unique` and `tls-exporter`. Default false. Not in
   * Python.
   */
  get requireExtendedMainSecret(): boolean {
    return this.#state.settings.requireExtendedMainSecret;
  }
  set requireExtendedMainSecret(value: boolean) {
    this.#state.set("requireExtendedMainSecret", value);
  }

  /**
   * Decides whether reserved values are sent where a peer has to ignore what it
   * does not know, RFC 8701. Default true.
   */
  get grease(): boolean {
    return this.#state.settings.grease;
  }
  set grease(value: boolean) {
    this.#state.set("grease", value);
  }

  /**
   * The modes of pre-shared keys of TLS 1.3, RFC 9846 4.3.9, best first. "psk_ke"
   * has no forward secrecy. Default `["psk_dhe_ke"]`.
   *
   * @throws TypeError for an empty list and what is no list, RangeError for a
   *   name that is no mode
   */
  get pskModes(): readonly PskMode[] {
    return this.#state.settings.pskModes;
  }
  set pskModes(modes: readonly PskMode[]) {
    this.#state.set("pskModes", modes);
  }

  /**
   * Limits on what a peer can make a connection do: those that are set, in place
   * of the defaults of `DEFAULT_LIMITS`. The limits of a connection are those of
   * the context that it began with.
   *
   * @throws RangeError for an unknown name, or for what is not a whole number in
   *   the limit's range
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   *
   * const context = new SSLContext({ limits: { certificateMessage: 16_384 } });
   * if (context.limits.certificateMessage !== 16_384) throw new Error();
   * ```
   */
  get limits(): Partial<Limits> {
    return this.#state.settings.limits;
  }
  set limits(limits: Partial<Limits>) {
    this.#state.set("limits", limits);
  }

  /**
   * Says early what a connection would say later.
   *
   * @throws SSLError NO_PROTOCOLS_AVAILABLE
   */
  validate(): void {
    versionsOf(this.#state.settings);
  }

  /**
   * Python: `verify_mode`. Takes numbers and words.
   *
   * @throws RangeError for another value, and for CERT_NONE while
   *   {@link checkHostname} is on
   */
  get verifyMode(): VerifyMode {
    return this.#state.settings.verifyMode;
  }
  set verifyMode(value: VerifyMode | VerifyModeName) {
    this.#state.set("verifyMode", value);
  }

  /**
   * Python: `check_hostname`. Turning it on raises CERT_NONE to CERT_REQUIRED.
   */
  get checkHostname(): boolean {
    return this.#state.settings.checkHostname;
  }
  set checkHostname(value: boolean) {
    this.#state.load("checkHostname", value);
  }

  /**
   * Python: `hostname_checks_common_name`. Whether the subject's common name
   * stands in for missing DNS names. Off, unlike in Python: RFC 9525 2.
   */
  get hostnameChecksCommonName(): boolean {
    return this.#state.settings.hostnameChecksCommonName;
  }
  set hostnameChecksCommonName(value: boolean) {
    this.#state.set("hostnameChecksCommonName", value);
  }

  /**
   * Python: `verify_flags`. A sum of `VerifyFlags`; takes words too, which
   * leave what they do not name as it is.
   *
   * @throws RangeError for bits that mean nothing
   */
  get verifyFlags(): number {
    return this.#state.settings.verifyFlags;
  }
  set verifyFlags(value: number | VerifyFlagWords) {
    this.#state.set("verifyFlags", value);
  }

  /** Validates peers in place of this library's verifier; null: this library. */
  get verifier(): PeerVerifier | null {
    return this.#state.settings.verifier;
  }
  set verifier(verifier: PeerVerifier | null) {
    this.#state.set("verifier", verifier);
  }

  /**
   * Python: `load_verify_locations`. Certificates to trust and CRLs; those
   * that are there already count once. One that cannot be read costs no other:
   * {@link skippedCertificates} tells of it. What OpenSSL's TRUSTED CERTIFICATE
   * says of its uses counts.
   *
   * @throws TypeError when nothing is given
   * @throws RangeError for empty content
   * @throws SSLError for a source in which no certificate and no list can be read
   */
  loadVerifyLocations(source: VerifyLocations): void {
    this.#state.load("verifyLocations", source);
  }

  /** Certificates to trust, from content: {@link loadVerifyLocations} of `ca`. */
  addCa(certificates: Encoded | readonly Encoded[]): void {
    this.loadVerifyLocations({ ca: certificates });
  }

  /**
   * CRLs, from content: PEM or DER. They count when `verifyFlags` ask for them.
   * Certificates among them are not trusted.
   *
   * @throws RangeError for empty content
   * @throws SSLError for what is no CRL
   */
  addCrls(crls: Encoded | readonly Encoded[]): void {
    this.#state.apply(withCrls(this.#state.settings, crls));
  }

  /**
   * Python: `load_default_certs`. As {@link setDefaultVerifyPaths}; what the
   * system trusts is for the purpose anyway.
   *
   * @throws TypeError for a purpose that is none
   */
  loadDefaultCerts(purpose: PurposeChoice = "serverAuth"): {
    readonly loaded: number;
  } {
    purposeOf(purpose);
    return this.setDefaultVerifyPaths();
  }

  /**
   * Python: `set_default_verify_paths`. Trusts what the system trusts, and
   * says how many certificates that were. A file of the system that does not
   * parse is passed over.
   *
   * @throws SSLError where no platform says what the system trusts
   */
  setDefaultVerifyPaths(): { readonly loaded: number } {
    const { kind, settings } = this.#state;
    this.#state.apply(withSystem(settings, kind));
    const { size } = this.#state.settings.trustStore;
    return { loaded: size - settings.trustStore.size };
  }

  /**
   * The certificates and lists to trust that could not be read, with the name
   * of the source, the position in it and the fault. The others of the same
   * source are trusted.
   */
  get skippedCertificates(): readonly SkippedEntry[] {
    return this.#state.settings.trustStore.skipped;
  }

  /** Python: `cert_store_stats`. */
  certStoreStats(): CertStoreStats {
    return storeStats(this.#state.settings);
  }

  /** Python: `get_ca_certs`. The CAs that are trusted, no other ones. */
  getCaCerts(options: { readonly binary: true } | true): Bytes[];
  getCaCerts(options?: { readonly binary?: false } | false): CertificateInfo[];
  getCaCerts(
    options: { readonly binary?: boolean } | boolean = {},
  ): Bytes[] | CertificateInfo[] {
    const { settings } = this.#state;
    const asked = typeof options === "boolean" ? { binary: options } : options;
    requireNames("getCaCerts", asked, { binary: true });
    return asked.binary === true ? caCertificates(settings) : caInfos(settings);
  }

  /**
   * Python: `num_tickets`. How many tickets of TLS 1.3 a server sends after the
   * handshake, 0 to 16; TLS 1.2 has one.
   *
   * @throws RangeError for another number, and on a context for clients
   */
  get numTickets(): number {
    return this.#state.settings.numTickets;
  }
  set numTickets(value: number) {
    this.#state.set("numTickets", value);
  }

  /**
   * Python: `post_handshake_auth`, RFC 9846 4.7.2. On a client: offers it. On a
   * server: asks for no certificate in the handshake, but by
   * `verifyClientPostHandshake()`. Default false.
   */
  get postHandshakeAuth(): boolean {
    return this.#state.settings.postHandshakeAuth;
  }
  set postHandshakeAuth(value: boolean) {
    this.#state.set("postHandshakeAuth", value);
  }

  /**
   * Not in Python: RFC 9846 2.3. On a client: whether early data (0-RTT) may be
   * sent where a session allows it. Default false.
   */
  get earlyData(): boolean {
    return this.#state.settings.earlyData;
  }
  set earlyData(value: boolean) {
    this.#state.set("earlyData", value);
  }

  /**
   * Not in Python. On a server: bytes of early data that a ticket allows, which
   * is taken once by what `strikeRegister` says (RFC 9846 8). Default 0: none.
   *
   * @throws RangeError for another number, and on a context for clients
   */
  get maxEarlyData(): number {
    return this.#state.settings.maxEarlyData;
  }
  set maxEarlyData(value: number) {
    this.#state.set("maxEarlyData", value);
  }

  /**
   * Not in Python. Keeps a server's sessions in place of this context's memory;
   * null: in memory. Tickets (see `OP_NO_TICKET`) need no store.
   *
   * @throws TypeError for what is no store
   */
  get sessionStore(): ContextSessionStore | null {
    return this.#state.settings.sessionStore;
  }
  set sessionStore(store: ContextSessionStore | null) {
    this.#state.set("sessionStore", store);
  }

  /**
   * Not in Python. Says whether early data was taken before. Default, and null: a
   * register of this context in this process, so that processes with the same
   * `ticketKeys` take none of each other's; none where there are no tickets and
   * the `sessionStore` gives each session once (`takesOnce`). While a register is asked early data
   * waits; where it throws, rejects or is late (`sessionStoreTimeout`), early data
   * is refused and the handshake goes on.
   *
   * @throws TypeError for what is no register, RangeError for an id that is not
   *   1 to 32 bytes long and on a context for clients
   */
  get strikeRegister(): ContextStrikeRegister {
    const { settings, sessions } = this.#state;
    return settings.strikeRegister ?? sessions.strikeRegister;
  }
  set strikeRegister(register: ContextStrikeRegister | null) {
    this.#state.set("strikeRegister", register);
  }

  /**
   * Not in Python. Milliseconds that a session store or a strike register may
   * take to answer; after that a full handshake follows, or early data is
   * refused. Default 100.
   *
   * @throws RangeError for what is not a number above 0
   */
  get sessionStoreTimeout(): number {
    return this.#state.settings.sessionStoreTimeout;
  }
  set sessionStoreTimeout(milliseconds: number) {
    this.#state.set("sessionStoreTimeout", milliseconds);
  }

  /**
   * Not in Python. Told of each call of the session store and of the strike
   * register on a server: its outcome, its duration, and the error of one that
   * failed. For metrics; `sessionStats().storeFaults` counts the faults.
   *
   * @throws TypeError for what is no function
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   *
   * const counts = new Map<string, number>();
   * const context = new SSLContext({
   *   protocol: "tlsServer",
   *   onStoreEvent: ({ operation, outcome }) => {
   *     const name = `${operation}.${outcome}`;
   *     counts.set(name, (counts.get(name) ?? 0) + 1);
   *   },
   * });
   * if (context.sessionStats().storeFaults !== 0) throw new Error();
   * ```
   */
  get onStoreEvent(): StoreListener | null {
    return this.#state.settings.onStoreEvent;
  }
  set onStoreEvent(listener: StoreListener | null) {
    this.#state.set("onStoreEvent", listener);
  }

  /**
   * Not in Python. The keys that seal a server's tickets: share them among the
   * processes of one service.
   */
  get ticketKeys(): TicketKeys {
    return this.#state.settings.ticketKeys ?? this.#state.sessions.ticketKeys;
  }
  set ticketKeys(keys: TicketKeys | null) {
    this.#state.set("ticketKeys", keys);
  }

  /**
   * Python: `load_dh_params`. The field for DHE suites of TLS 1.2 on a server,
   * with clients that name no group of RFC 7919; without it that is ffdhe2048.
   * Of no effect on a client.
   *
   * @param source the block DH PARAMETERS or X9.42 DH PARAMETERS in PEM, its DER,
   *   or the path of a file
   * @throws SSLError NO_START_LINE, DECODE_ERROR, DH_KEY_TOO_SMALL below 2048 bits
   *   or what {@link securityLevel} wants
   */
  loadDhParams(source: DhParamsSource): void {
    this.#state.set("dhParams", source);
  }

  /** Python: `session_stats`. Counts since the context was made. */
  sessionStats(): SessionStats {
    return this.#state.sessions.stats;
  }

  /**
   * Python 3.13: `set_psk_client_callback`, RFC 9846 2.2 and RFC 4279. Called
   * when a key may be offered; null: none is.
   *
   * @throws TypeError for what is no function
   * @throws SSLError ERR_SSL_WRONG_ROLE on a context for servers
   */
  setPskClientCallback(callback: PskClientCallback | null): void {
    this.#state.set("pskClientCallback", callback);
  }

  /**
   * Python 3.13: `set_psk_server_callback`. Called for each identity that a
   * client names; null: there are no keys.
   *
   * @param identityHint what a client of TLS 1.2 is told to choose by
   * @throws TypeError for what is no function
   * @throws SSLError ERR_SSL_WRONG_ROLE on a context for clients
   */
  setPskServerCallback(
    callback: PskServerCallback | null,
    identityHint: string | null = null,
  ): void {
    this.#state.set("pskServerCallback", callback);
    this.#state.set("pskIdentityHint", identityHint);
  }

  /**
   * Encrypted Client Hello, RFC 9849, of `puretls/ech`. On a server: its keys
   * (`createEchServer()`). On a client: what its connections send where they are not
   * told otherwise, as `createEchGrease()`; a name is hidden by the option of the same
   * name of `wrapSocket()` and `wrapBio()`, since keys belong to one host. A
   * refused client throws ECH_REJECTED with `echRetryConfigs`; the name never
   * goes out in the clear. Null: none.
   *
   * @throws TypeError for what is neither
   * @throws RangeError for a server's on a context for clients and the reverse
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   * import { noble } from "puretls/crypto/noble";
   * import { createEchKey, createEchGrease, createEchServer } from "puretls/ech";
   *
   * const key = createEchKey({ provider: noble, publicName: "front.example" });
   * const server = new SSLContext({ protocol: "tlsServer" });
   * server.encryptedClientHello = createEchServer({ provider: noble, keys: [key] });
   * const client = new SSLContext({ encryptedClientHello: createEchGrease() });
   * if (client.encryptedClientHello === null) throw new Error();
   * ```
   */
  get encryptedClientHello(): EchClient | EchServer | null {
    return this.#state.settings.encryptedClientHello;
  }
  set encryptedClientHello(ech: EchClient | EchServer | null) {
    this.#state.set("encryptedClientHello", ech);
  }

  /**
   * Algorithms that may compress certificates, RFC 8879, best first: rows of
   * `puretls/compression` or `puretls/compression/node`. Default none.
   *
   * @throws TypeError for what is no list of rows
   */
  get certificateCompression(): readonly CertificateCompressor[] {
    return this.#state.settings.certificateCompression;
  }
  set certificateCompression(rows: readonly CertificateCompressor[]) {
    this.#state.set("certificateCompression", rows);
  }

  /**
   * Decides whether the peer is asked for a stapled OCSP response, RFC 6066 8.
   * "request": one that comes is validated, and a certificate that promises one
   * (RFC 7633) must have it. "require": there must be one. What this side
   * staples is given to `loadCertChain()`. Default "off", as in Python.
   *
   * @throws RangeError for another word
   */
  get ocspStapling(): OcspStaplingMode {
    return this.#state.settings.ocspStapling;
  }
  set ocspStapling(value: OcspStaplingMode) {
    this.#state.set("ocspStapling", value);
  }

  /**
   * The logs of Certificate Transparency that must have seen the peer's
   * certificate, RFC 6962: the value of `requireTimestamps()` of
   * `puretls/x509`. The peer is asked for timestamps then. Null: none.
   *
   * @throws TypeError for what is no policy
   */
  get transparency(): TransparencyPolicy | null {
    return this.#state.settings.transparency;
  }
  set transparency(policy: TransparencyPolicy | null) {
    this.#state.set("transparency", policy);
  }

  /**
   * Takes bare public keys of the peer in place of certificates, RFC 7250, and
   * validates them: what `trustRawPublicKeys()` of `puretls/x509` makes. The name
   * is not checked for a key that is known. Null: certificates alone.
   *
   * @throws TypeError for what verifies no keys
   */
  get rawPublicKeys(): RawKeyVerifier | null {
    return this.#state.settings.rawPublicKeys;
  }
  set rawPublicKeys(verifier: RawKeyVerifier | null) {
    this.#state.set("rawPublicKeys", verifier);
  }

  /**
   * A key to show as such where the peer takes one, RFC 7250, beside the
   * certificates.
   *
   * @throws TypeError without a key
   * @throws SSLError for a key that cannot be read
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   * import { noble as provider } from "puretls/crypto/noble";
   * import { generateKey } from "puretls/pki";
   *
   * const key = generateKey({ provider, type: "ed25519" });
   * const context = new SSLContext({ protocol: "tlsServer" });
   * context.loadRawPublicKey({
   *   publicKey: key.publicKeyInfo(),
   *   key: key.toPem(),
   * });
   * ```
   */
  loadRawPublicKey(source: RawPublicKeySource): void {
    this.#state.load("rawPublicKey", source);
  }

  /**
   * The padding of records of TLS 1.3, by which their length says less, RFC
   * 9846 5.4: a number fills them up to a multiple of so many bytes (OpenSSL's
   * `block_padding`), a function gets the number of bytes and returns the
   * number of zeros to add. Null: none.
   *
   * @throws TypeError for what is neither
   * @throws RangeError for a number that is not from 1 to 16384
   */
  get padding(): RecordPadding | null {
    return this.#state.settings.padding;
  }
  set padding(padding: RecordPadding | null) {
    this.#state.set("padding", padding);
  }

  /**
   * The most bytes of a record that the peer is to send, RFC 8449, 64 to 16385:
   * for a side with little memory. A server may say it to clients that say it
   * too. Null: no word about it.
   *
   * @throws RangeError for another number
   */
  get recordSizeLimit(): number | null {
    return this.#state.settings.recordSizeLimit;
  }
  set recordSizeLimit(limit: number | null) {
    this.#state.set("recordSizeLimit", limit);
  }

  /**
   * Not in Python. Told on a client of each session that a later connection can
   * go on from; in TLS 1.3 they come while data is read.
   */
  get onSession(): SessionListener | null {
    return this.#state.settings.onSession;
  }
  set onSession(listener: SessionListener | null) {
    this.#state.set("onSession", listener);
  }

  /**
   * Python: `sni_callback`.
   *
   * @throws TypeError for what is no function
   * @throws RangeError on a context for clients
   */
  get sniCallback(): SniCallback | null {
    return this.#state.settings.sniCallback;
  }
  set sniCallback(callback: SniCallback | null) {
    this.#state.set("sniCallback", callback);
  }

  /**
   * Python: `set_servername_callback`. As {@link sniCallback}, but the name is
   * decoded: a U-label (RFC 5890) where the client sent an A-label.
   *
   * @deprecated Set {@link sniCallback}.
   */
  setServernameCallback(callback: SniCallback | null): void {
    this.sniCallback =
      typeof callback === "function" ? withUnicodeName(callback) : callback;
  }

  /**
   * Not in Python. On a server it chooses the protocol for a client that
   * offers some, in place of the order of {@link alpnProtocols}.
   *
   * @throws TypeError for what is no function
   */
  get alpnCallback(): AlpnCallback | null {
    return this.#state.settings.alpnCallback;
  }
  set alpnCallback(callback: AlpnCallback | null) {
    this.#state.set("alpnCallback", callback);
  }

  /**
   * The file of {@link keyLogFile}; null, or undefined as of a variable of the
   * environment that is not set: none. Setting it is calling that.
   * Python: `keylog_filename`.
   */
  get keyLogFilename(): string | null {
    return keyLogPath(this.keyLog);
  }
  set keyLogFilename(path: string | null | undefined) {
    this.keyLogFile(path ?? null);
  }

  /**
   * Python: `keylog_filename`. Appends the secrets of each connection to a
   * file, as NSS key log lines; null: to none. The file is opened at once, and
   * one that is new or empty begins with a comment.
   *
   * @throws SSLError where there is no file system, and for a path that cannot
   *   be written
   */
  keyLogFile(path: string | null): void {
    const { platform } = this.#state.kind;
    this.keyLog = path === null ? null : keyLogFile(platform, path);
  }

  /** Gets the secrets of each connection, as NSS key log lines. */
  get keyLog(): KeyLogCallback | null {
    return this.#state.settings.keyLog;
  }
  set keyLog(log: KeyLogCallback | null) {
    this.#state.set("keyLog", log);
  }

  /**
   * Called with each record header, handshake message, alert and
   * change_cipher_spec of the connections that are wrapped from then on, to debug
   * and to trace. Null: none. Python: `_msg_callback`.
   *
   * @throws TypeError for what is no function
   *
   * @example
   * ```ts
   * import { MemoryBIO, SSLContext } from "puretls";
   *
   * const seen: number[] = [];
   * const context = new SSLContext();
   * context.messageCallback = (_connection, message) => {
   *   if (message.contentType === 22) seen.push(message.messageType);
   * };
   * const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
   * const serverHostname = "example.org";
   * const client = context.wrapBio(incoming, outgoing, { serverHostname });
   * client.tryHandshake();
   * if (seen[0] !== 1) throw new Error("no ClientHello");
   * ```
   */
  get messageCallback(): MessageCallback | null {
    return this.#state.settings.messageCallback;
  }
  set messageCallback(callback: MessageCallback | null) {
    this.#state.set("messageCallback", callback);
  }

  /**
   * Protocols that {@link setAlpnProtocols} or the option of that name set, best
   * first; one character is one byte. Python has no getter.
   */
  get alpnProtocols(): readonly string[] {
    return this.#state.settings.alpnProtocols;
  }

  /** Without a name in common: go on, as Python does, or alert (RFC 7301). */
  get alpnMismatch(): "ignore" | "alert" {
    return this.#state.settings.alpnMismatch;
  }
  set alpnMismatch(value: "ignore" | "alert") {
    this.#state.set("alpnMismatch", value);
  }

  /**
   * Python: `set_alpn_protocols`, RFC 7301.
   *
   * @throws TypeError for a text that is not ASCII
   * @throws SSLError for a name that has not from 1 to 255 bytes
   */
  setAlpnProtocols(names: readonly (string | BytesLike)[]): void {
    this.#state.set("alpnProtocols", names);
  }

  /**
   * Python: `set_npn_protocols`.
   *
   * @deprecated There is no NPN: see {@link setAlpnProtocols}.
   * @throws SSLError ERR_NOT_IMPLEMENTED, always
   */
  setNpnProtocols(_names: readonly string[]): never {
    throw stateError(
      "ERR_NOT_IMPLEMENTED",
      "NPN is not implemented: ALPN took its place, see setAlpnProtocols()",
    );
  }

  /**
   * As {@link loadCertChain}, for a password that comes later; a PKCS#12 file is
   * read without blocking for long.
   *
   * @throws what {@link loadCertChain} and the callback throw
   */
  loadCertChainAsync(source: AsyncCertChainSource): Promise<void> {
    const { kind } = this.#state;
    return loadAsync(source, kind, (known, fromFile) => {
      const { settings } = this.#state;
      this.#state.apply(withCertChain(settings, kind, known, fromFile));
    });
  }

  /**
   * Python: `load_cert_chain`. A chain and its key, from contents or from
   * files, or from a PKCS#12 file as `pfx`; a second one with a key of another kind
   * is served beside the first.
   *
   * @throws TypeError without a certificate
   * @throws SSLError KEY_VALUES_MISMATCH, NO_START_LINE, PASSWORD_REQUIRED, and
   *   below the security level EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL, CA_MD_TOO_WEAK;
   *   of a PKCS#12 file MAC_VERIFY_FAILURE, PARSE_ERROR
   */
  loadCertChain(source: CertChainSource): void {
    this.#state.load("certChain", source);
  }

  /**
   * True when a leaf that was loaded alone is presented with the certificates
   * above it, as far as this context trusts them: OpenSSL's way, the root included,
   * which SSL_MODE_NO_AUTO_CHAIN turns off. A chain of several certificates is
   * presented as it was loaded. Default true. Not in Python, whose contexts always
   * do it.
   */
  get autoChain(): boolean {
    return this.#state.settings.autoChain;
  }
  set autoChain(value: boolean) {
    this.#state.set("autoChain", value);
  }

  /**
   * Python: `wrap_bio`. TLS between two memory BIOs.
   *
   * @throws TypeError, RangeError, SSLError for options that do not fit; see
   *   {@link WrapOptions}
   */
  wrapBio(
    incoming: MemoryBIO,
    outgoing: MemoryBIO,
    options: WrapBioOptions = {},
  ): SSLObject {
    requireNames("wrapBio", options, WRAP_BIO_OPTIONS);
    const highWaterMark = requireBios(incoming, outgoing, options);
    const connection = connectionOf(this, options);
    return new this.sslObjectClass(
      connection,
      incoming,
      outgoing,
      highWaterMark,
    );
  }

  /**
   * Python: `wrap_socket`. TLS over a transport, which belongs to the socket
   * from then on. On a transport that was read from before (STARTTLS), bytes
   * that wait unread would not be TLS's: they are refused.
   *
   * @param source a transport, or what makes one: `SSLSocket.connect()` calls it
   * @throws TypeError, RangeError, SSLError for options that do not fit; see
   *   {@link WrapOptions}
   */
  wrapSocket(
    source: TransportSource,
    options: WrapSocketOptions = {},
  ): SSLSocket {
    requireNames("wrapSocket", options, WRAP_SOCKET_OPTIONS);
    const transport = wrappable(lateTransport(source));
    const connection = connectionOf(this, options, transport);
    const { timeout, signal } = options;
    return new this.sslSocketClass(connection, transport, {
      doHandshakeOnConnect: options.doHandshakeOnConnect ?? true,
      suppressRaggedEofs: options.suppressRaggedEofs ?? true,
      handshake: { timeout, signal },
    });
  }
}

refusePythonNames(SSLContext, {
  _msg_callback: "messageCallback",
  keylog_filename: "keyLogFilename",
  sslobject_class: "sslObjectClass",
  sslsocket_class: "sslSocketClass",
});

const WRAP_BIO_OPTIONS: Names<WrapBioOptions> = {
  ...WRAP_OPTIONS,
  highWaterMark: true,
};

const WRAP_SOCKET_OPTIONS: Names<WrapSocketOptions> = {
  ...WRAP_OPTIONS,
  ...CALL_OPTIONS,
  doHandshakeOnConnect: true,
  suppressRaggedEofs: true,
};

type Itself = SSLContext;

declare module "./context/context-type.ts" {
  interface TypesAbove {
    readonly sslContext: Itself;
  }
}

function withUnicodeName(callback: SniCallback): SniCallback {
  return (connection, name, context, clientHello) =>
    callback(
      connection,
      name === null ? null : domainToUnicode(name),
      context,
      clientHello,
    );
}
