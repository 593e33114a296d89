/**
 * The settings of a context, with the names and the rules of Python's
 * `SSLContext`. What wraps connections is SSLContext, in context.ts.
 */
import type { BytesLike } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { CIPHER_SUITES } from "../handshake/cipher-suites.ts";
import type { ClientHello } from "../handshake/messages/client-hello.ts";
import { mayBeCa } from "../x509/trust-store.ts";
import { alpnNames } from "./alpn.ts";
import { type CertificateInfo, certificateInfo } from "./cert-info.ts";
import {
  type CipherInfo,
  cipherInfo,
  type CipherTriple,
  ciphersuitesOf,
  groupsOf,
  noCipher,
} from "./ciphers.ts";
import {
  Protocol,
  type TLSVersion,
  type TLSVersionName,
  VerifyMode,
  type VerifyModeName,
} from "./constants.ts";
import {
  ContextState,
  type KeyLog,
  type PeerVerifier,
} from "./context-state.ts";
import { stateError } from "./errors.ts";
import {
  anchorsOf,
  hashedDirectory,
  readableAnchors,
  type VerifyLocations,
} from "./anchors.ts";
import { type CertChainSource, loadCredential } from "./key-material.ts";
import { type Platform, readFile } from "./platform.ts";
import {
  type ContextOptions,
  optionFlags,
  optionWords,
  verifyFlagsOf,
  type VerifyFlagWords,
  verifyModeOf,
  versionOf,
} from "./words.ts";

/** What an {@link SniCallback} sees of the connection that asks. */
export interface SniConnection {
  /** Set it to go on under another context. */
  context: ContextSettings;
  readonly serverSide: boolean;
  /** Still null: nothing is agreed yet. */
  version(): string | null;
  cipher(): CipherTriple | null;
  selectedAlpnProtocol(): string | null;
}

/** What an {@link SniCallback} may answer. */
export type SniAnswer =
  | undefined
  | null
  /** An alert by its number, from `AlertDescription`: refuses the client. */
  | number
  /** Goes on under another context. */
  | { readonly context: ContextSettings };

/**
 * Python: `sni_callback`. Called on a server for each ClientHello, with the
 * name that the client asks for (an A-label) or null.
 */
export type SniCallback = (
  connection: SniConnection,
  serverName: string | null,
  context: ContextSettings,
  clientHello: ClientHello,
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- callbacks without an answer
) => SniAnswer | void | Promise<SniAnswer | void>;

let stateOf: (settings: ContextSettings) => ContextState;

/** A context as connections look at it: everything but wrapping. */
export class ContextSettings {
  readonly #state: ContextState;
  #sniCallback: SniCallback | null = null;

  static {
    stateOf = (settings) => settings.#state;
  }

  constructor(
    protocol: Protocol,
    provider: CryptoProvider,
    platform: Platform,
  ) {
    this.#state = new ContextState(protocol, provider, platform);
  }

  /** Whether a value is a context of this library. */
  static is(value: unknown): value is ContextSettings {
    return typeof value === "object" && value !== null && #state in value;
  }

  /** Python: `protocol`. One of {@link Protocol}. */
  get protocol(): Protocol {
    return this.#state.protocol;
  }

  /** Where the cryptography comes from. */
  get provider(): CryptoProvider {
    return this.#state.provider;
  }

  /**
   * Python: `verify_mode`. Takes numbers and words.
   *
   * @throws RangeError for another value, and for CERT_NONE while
   *   {@link checkHostname} is on
   */
  get verifyMode(): VerifyMode {
    return this.#state.verifyMode;
  }
  set verifyMode(value: VerifyMode | VerifyModeName) {
    const mode = verifyModeOf(value);
    if (mode === VerifyMode.CERT_NONE && this.checkHostname)
      throw new RangeError(
        "Cannot set verifyMode to CERT_NONE when checkHostname is enabled.",
      );
    this.#state.verifyMode = mode;
  }

  /**
   * Python: `check_hostname`. Turning it on raises CERT_NONE to CERT_REQUIRED.
   */
  get checkHostname(): boolean {
    return this.#state.checkHostname;
  }
  set checkHostname(value: boolean) {
    this.#state.checkHostname = value;
    if (value && this.verifyMode === VerifyMode.CERT_NONE)
      this.#state.verifyMode = VerifyMode.CERT_REQUIRED;
  }

  /**
   * Python: `hostname_checks_common_name`. Whether the subject's common name
   * stands in for missing DNS names. Off, unlike in Python: RFC 9525 2.
   */
  get hostnameChecksCommonName(): boolean {
    return this.#state.hostnameChecksCommonName;
  }
  set hostnameChecksCommonName(value: boolean) {
    this.#state.hostnameChecksCommonName = value;
  }

  /**
   * Python: `verify_flags`. A sum of `VerifyFlags`; takes words too, which
   * leave what they do not name as it is.
   *
   * @throws RangeError for bits that mean nothing
   */
  get verifyFlags(): number {
    return this.#state.verifyFlags;
  }
  set verifyFlags(value: number | VerifyFlagWords) {
    this.#state.verifyFlags = verifyFlagsOf(value, this.#state.verifyFlags);
  }

  /** Python: `options`, in words. Setting leaves what is not named. */
  get options(): ContextOptions {
    return optionWords(this.#state.optionFlags);
  }
  set options(value: Partial<ContextOptions>) {
    this.optionFlags = optionFlags(value, this.#state.optionFlags);
  }

  /** Python: `options`, a sum of `Options`. Unknown bits do nothing. */
  get optionFlags(): number {
    return this.#state.optionFlags;
  }
  set optionFlags(value: number) {
    this.#state.optionFlags = value >>> 0;
  }

  /** Python: `minimum_version`. @throws RangeError for an unknown version */
  get minimumVersion(): TLSVersion {
    return this.#state.minimumVersion;
  }
  set minimumVersion(value: TLSVersion | TLSVersionName) {
    this.#state.minimumVersion = versionOf("minimumVersion", value);
  }

  /**
   * Python: `maximum_version`.
   *
   * @throws RangeError for an unknown version, and for one before TLS 1.2
   */
  get maximumVersion(): TLSVersion {
    return this.#state.maximumVersion;
  }
  set maximumVersion(value: TLSVersion | TLSVersionName) {
    const version = versionOf("maximumVersion", value);
    if (version >= 0x300 && version < 0x303)
      throw new RangeError("maximumVersion: TLS 1.2 is the oldest there is");
    this.#state.maximumVersion = version;
  }

  /**
   * Python: `sni_callback`.
   *
   * @throws TypeError for what is no function
   * @throws RangeError on a context for clients
   */
  get sniCallback(): SniCallback | null {
    return this.#sniCallback;
  }
  set sniCallback(callback: SniCallback | null) {
    if (this.protocol === Protocol.PROTOCOL_TLS_CLIENT)
      throw new RangeError("sniCallback cannot be set on TLS_CLIENT context");
    if (callback !== null && typeof callback !== "function")
      throw new TypeError("sniCallback: not a callable object");
    this.#sniCallback = callback;
  }

  /** Gets the secrets of each connection, as NSS key log lines. */
  get keylog(): KeyLog | null {
    return this.#state.keylog;
  }
  set keylog(log: KeyLog | null) {
    if (log !== null && typeof log !== "function")
      throw new TypeError("keylog: not a callable object");
    this.#state.keylog = log;
  }

  /** Judges peers in place of this library's verifier; null: this library. */
  get verifier(): PeerVerifier | null {
    return this.#state.verifier;
  }
  set verifier(verifier: PeerVerifier | null) {
    this.#state.verifier = verifier;
  }

  /** Python: `set_alpn_protocols` has no getter. Names, best first. */
  get alpnProtocols(): readonly string[] {
    return this.#state.alpnProtocols;
  }
  set alpnProtocols(names: readonly (string | BytesLike)[]) {
    this.setAlpnProtocols(names);
  }

  /** Without a name in common: go on, as Python does, or alert (RFC 7301). */
  get alpnMismatch(): "ignore" | "alert" {
    return this.#state.alpnMismatch;
  }
  set alpnMismatch(value: "ignore" | "alert") {
    if (value !== "ignore" && value !== "alert")
      throw new RangeError(`alpnMismatch: ${String(value)} is no choice`);
    this.#state.alpnMismatch = value;
  }

  /**
   * Python: `set_alpn_protocols`, RFC 7301.
   *
   * @throws TypeError for a text that is not ASCII
   * @throws SSLError for a name that has not from 1 to 255 bytes
   */
  setAlpnProtocols(names: readonly (string | BytesLike)[]): void {
    this.#state.alpnProtocols = alpnNames(names);
  }

  /**
   * Python: `load_cert_chain`. A chain and its key, from contents or from
   * files; a second one with a key of another kind is served beside the first.
   *
   * @throws TypeError without a certificate
   * @throws SSLError KEY_VALUES_MISMATCH, NO_START_LINE, PASSWORD_REQUIRED, …
   */
  loadCertChain(source: CertChainSource): void {
    this.#state.addCredential(
      loadCredential(this.provider, source, this.#state.platform),
    );
  }

  /**
   * Python: `load_verify_locations`. Certificates to trust and CRLs; those
   * that are there already count once.
   *
   * @throws TypeError when nothing is given
   * @throws RangeError for empty content
   * @throws SSLError for what is no certificate
   */
  loadVerifyLocations(source: VerifyLocations): void {
    const read = (path: string): Uint8Array =>
      readFile(this.#state.platform, path);
    this.#state.trust(anchorsOf(source, read));
    if (source.caPath !== undefined)
      this.#state.trustStore.addLookup(
        hashedDirectory(this.provider, read, source.caPath),
      );
  }

  /** Python: `load_default_certs`. As {@link setDefaultVerifyPaths}. */
  loadDefaultCerts(): { readonly loaded: number } {
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
    const { systemCertificates } = this.#state.platform;
    if (systemCertificates === undefined)
      throw stateError(
        "ERR_UNSUPPORTED_PLATFORM",
        "nobody knows here what the system trusts: take createDefaultContext from puretls/node, or give certificates with loadVerifyLocations()",
      );
    let loaded = 0;
    for (const source of systemCertificates())
      loaded += this.#state.trust(readableAnchors(source));
    return { loaded };
  }

  /** Python: `cert_store_stats`. */
  certStoreStats(): {
    readonly x509: number;
    readonly crl: number;
    readonly x509Ca: number;
  } {
    const { trustStore, crls } = this.#state;
    return { ...trustStore.statistics, crl: crls.size };
  }

  /** Python: `get_ca_certs`. The CAs that are trusted, no other ones. */
  getCaCerts(options: { readonly binary: true }): Uint8Array[];
  getCaCerts(options?: { readonly binary?: false }): CertificateInfo[];
  getCaCerts(
    options: { readonly binary?: boolean } = {},
  ): Uint8Array[] | CertificateInfo[] {
    const certificates = this.#state.trustStore.certificates.filter(mayBeCa);
    return options.binary === true
      ? certificates.map((certificate) => certificate.der.slice())
      : certificates.map(certificateInfo);
  }

  /**
   * Python: `set_ciphers`, which is about TLS 1.2. There is none of it here, so
   * no list can select anything: see {@link setCiphersuites}.
   *
   * @throws SSLError always
   */
  setCiphers(list: string): never {
    throw noCipher(
      `${list}: setCiphers() is about TLS 1.2, which puretls does not speak; use setCiphersuites()`,
    );
  }

  /**
   * Python 3.15: `set_ciphersuites`. The suites of TLS 1.3, best first.
   *
   * @param list names, or a text of names with colons between them
   * @throws SSLError for an empty list and for a name that is not one
   */
  setCiphersuites(list: string | readonly string[]): void {
    this.#state.cipherSuites = ciphersuitesOf(list);
  }

  /** Python: `get_ciphers`. Best first. */
  getCiphers(): CipherInfo[] {
    return this.#state.cipherSuites.map((name) =>
      cipherInfo(CIPHER_SUITES[name]),
    );
  }

  /**
   * Python 3.15: `set_groups`. Key exchange groups, best first, by OpenSSL's,
   * NIST's or IANA's names.
   *
   * @throws RangeError for an empty list and for a name that is not one
   */
  setGroups(list: string | readonly string[]): void {
    this.#state.groups = groupsOf(list);
  }

  /** Python 3.15: `get_groups`, by IANA's names. */
  getGroups(): string[] {
    return [...this.#state.groups];
  }

  /** Python: `set_ecdh_curve`. One group only; see {@link setGroups}. */
  setEcdhCurve(name: string): void {
    if (typeof name !== "string")
      throw new TypeError("setEcdhCurve: a string is wanted");
    this.setGroups([name]);
  }

  /**
   * Says early what a connection would say later.
   *
   * @throws SSLError NO_PROTOCOLS_AVAILABLE
   */
  validate(): void {
    this.#state.checkVersions();
  }
}

/** What is behind a context, for the connections made of it. */
export function contextState(settings: ContextSettings): ContextState {
  return stateOf(settings);
}
