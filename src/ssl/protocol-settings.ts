/** What a context says about the protocol: versions, options, suites, groups. */
import type { CryptoProvider } from "../crypto/provider.ts";
import { CIPHER_SUITES } from "../handshake/cipher-suites.ts";
import {
  type CipherInfo,
  cipherInfo,
  ciphersuitesOf,
  groupsOf,
  noCipher,
} from "./ciphers.ts";
import type { Protocol, TLSVersion, TLSVersionName } from "./constants.ts";
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
export function contextState(settings: ProtocolSettings): ContextState {
  return stateOf(settings);
}
