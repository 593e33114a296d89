/** What a context says about the protocol: versions, options, suites, groups. */
import type { CryptoProvider } from "../crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuiteName,
  type TlsVersion,
} from "../handshake/cipher-suites.ts";
import {
  type CipherInfo,
  cipherInfo,
  ciphersOf,
  ciphersuitesOf,
  groupsOf,
} from "./ciphers.ts";
import { Protocol, type TLSVersion, type TLSVersionName } from "./constants.ts";
import { ContextState } from "./context-state.ts";
import type { Platform } from "./platform.ts";
import { signatureSchemesOf } from "./signature-algorithms.ts";
import type { SecurityLevel } from "../x509/security-level.ts";
import {
  type ContextOptions,
  optionFlags,
  optionWords,
  securityLevelOf,
  versionOf,
} from "./words.ts";

let stateOf: (settings: ProtocolSettings) => ContextState;

/** The part of a context that both roles have in common. */
export class ProtocolSettings {
  readonly #state: ContextState;

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

  /** Whether a value was made by this class. */
  protected static made(value: unknown): boolean {
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

  /**
   * Python: `minimum_version`.
   *
   * @throws RangeError for an unknown version, and on a context of one version
   */
  get minimumVersion(): TLSVersion {
    return this.#state.minimumVersion;
  }
  set minimumVersion(value: TLSVersion | TLSVersionName) {
    const version = versionOf("minimumVersion", value);
    this.#requireRange("minimumVersion");
    this.#state.minimumVersion = version;
  }

  /**
   * Python: `maximum_version`.
   *
   * @throws RangeError for an unknown version, for one before TLS 1.2, and on a
   *   context of one version
   */
  get maximumVersion(): TLSVersion {
    return this.#state.maximumVersion;
  }
  set maximumVersion(value: TLSVersion | TLSVersionName) {
    const version = versionOf("maximumVersion", value);
    if (version >= 0x300 && version < 0x303)
      throw new RangeError("maximumVersion: TLS 1.2 is the oldest there is");
    this.#requireRange("maximumVersion");
    this.#state.maximumVersion = version;
  }

  /**
   * Python: `set_ciphers`. The suites of TLS 1.2, best first; those of TLS 1.3
   * stay as they are ({@link setCiphersuites}).
   *
   * @param list a cipher string in OpenSSL's language, ciphers(1), or a list of
   *   OpenSSL's or IANA's names
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
    list: string | readonly string[],
    options: { readonly strict?: boolean } = {},
  ): void {
    const state = this.#state;
    const { suites, securityLevel } = ciphersOf(list, options.strict ?? false);
    // Levels 0 and 1 ask for less than is accepted anyway.
    if (securityLevel !== undefined)
      state.securityLevel = securityLevelOf(Math.max(securityLevel, 2));
    state.cipherSuites = [
      ...state.cipherSuites.filter(
        (name) => versionOfSuite(name) === "TLSv1.3",
      ),
      ...suites,
    ];
  }

  /**
   * Python 3.15: `set_ciphersuites`. The suites of TLS 1.3, best first.
   *
   * @param list names, or a text of names with colons between them
   * @throws SSLError for an empty list and for a name that is not one
   */
  setCiphersuites(list: string | readonly string[]): void {
    const state = this.#state;
    state.cipherSuites = [
      ...ciphersuitesOf(list),
      ...state.cipherSuites.filter(
        (name) => versionOfSuite(name) === "TLSv1.2",
      ),
    ];
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
   * Python 3.15 has `set_client_sigalgs` and `set_server_sigalgs`. The signature
   * algorithms that a peer may use and that this side uses, best first, by
   * IANA's names ("ecdsa_secp256r1_sha256") or OpenSSL's ("ECDSA+SHA256").
   *
   * @throws RangeError for an empty list and for a name that is not one
   */
  get signatureAlgorithms(): readonly string[] {
    return this.#state.signatureSchemes;
  }
  set signatureAlgorithms(list: string | readonly string[]) {
    this.#state.signatureSchemes = signatureSchemesOf(list);
  }

  /**
   * Python 3.10: `security_level`, which can be set here: 2 to 5. How strong
   * keys and hashes of certificates have to be; `@SECLEVEL=` of a cipher list
   * sets it too.
   *
   * @throws RangeError for another level
   */
  get securityLevel(): SecurityLevel {
    return this.#state.securityLevel;
  }
  set securityLevel(level: SecurityLevel) {
    this.#state.securityLevel = securityLevelOf(level);
  }

  /** A context of one version has no range to set. */
  #requireRange(property: string): void {
    if (this.protocol === Protocol.PROTOCOL_TLSv1_2)
      throw new RangeError(
        `The context's protocol doesn't support modification of ${property}`,
      );
  }

  /**
   * Says early what a connection would say later.
   *
   * @throws SSLError NO_PROTOCOLS_AVAILABLE
   */
  validate(): void {
    this.#state.versions();
  }
}

function versionOfSuite(name: CipherSuiteName): TlsVersion {
  return CIPHER_SUITES[name].version;
}

/** What is behind a context, for the connections made of it. */
export function contextState(settings: ProtocolSettings): ContextState {
  return stateOf(settings);
}
