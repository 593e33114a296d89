/** What a context says about peers: whom to trust, and by what rules. */
import { mayBeCa } from "../x509/trust-store.ts";
import {
  anchorsOf,
  hashedDirectory,
  readableAnchors,
  type VerifyLocations,
} from "./anchors.ts";
import { type CertificateInfo, certificateInfo } from "./cert-info.ts";
import { VerifyMode, type VerifyModeName } from "./constants.ts";
import type { ContextState, PeerVerifier } from "./context-state.ts";
import { stateError } from "./errors.ts";
import { readFile } from "./platform.ts";
import type { Encoded } from "./reading.ts";
import { contextState, ProtocolSettings } from "./protocol-settings.ts";
import {
  type PurposeChoice,
  purposeOf,
  verifyFlagsOf,
  type VerifyFlagWords,
  verifyModeOf,
} from "./words.ts";

/** The part of a context that judges peers. */
export class TrustSettings extends ProtocolSettings {
  get #state(): ContextState {
    return contextState(this);
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

  /** Judges peers in place of this library's verifier; null: this library. */
  get verifier(): PeerVerifier | null {
    return this.#state.verifier;
  }
  set verifier(verifier: PeerVerifier | null) {
    this.#state.verifier = verifier;
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

  /** Certificates to trust, from content: {@link loadVerifyLocations} of `ca`. */
  addCa(certificates: Encoded | readonly Encoded[]): void {
    this.loadVerifyLocations({ ca: certificates });
  }

  /**
   * CRLs, from content: PEM or DER. They count when `verifyFlags` ask for them.
   *
   * @throws SSLError for what is no CRL
   */
  addCrls(crls: Encoded | readonly Encoded[]): void {
    this.loadVerifyLocations({ ca: crls });
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
}
