/** What a context knows, and the engine's configs made of it. */
import { utf8Bytes } from "../bytes.ts";
import type {
  CryptoProvider,
  FiniteFieldParameters,
  GroupName,
} from "../crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuiteName,
  defaultCipherSuites,
  type TlsVersion,
} from "../handshake/cipher-suites.ts";
import { clientConfig, serverConfig } from "../engine/configs.ts";
import type {
  ClientConfig,
  CommonOptions,
  ServerConfig,
} from "../handshake/config.ts";
import type { Credential } from "../handshake/credential.ts";
import { DEFAULT_GROUPS } from "../handshake/groups.ts";
import {
  DEFAULT_SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../handshake/signature-schemes.ts";
import type { Session } from "../handshake/session.ts";
import { given } from "../handshake/session-options.ts";
import { CrlStore } from "../x509/crl.ts";
import type { SecurityLevel } from "../x509/security-level.ts";
import { TrustStore } from "../x509/trust-store.ts";
import {
  type CertificateVerifier,
  createVerifier,
  dangerouslyAcceptAnyCertificate,
  type PeerChain,
  type VerifiedChain,
  type VerifyContext,
} from "../x509/verifier.ts";
import type { Anchors } from "./anchors.ts";
import {
  echClientOf,
  echServerOf,
  type ExtensionChoices,
  extensionOptions,
  NO_EXTENSIONS,
} from "./extension-state.ts";
import { Options, Protocol, TLSVersion, VerifyFlags } from "./constants.ts";
import { VerifyMode } from "./constants.ts";
import { SSLError } from "./errors.ts";
import type { LoadedCredential, OpaqueKey } from "./key-material.ts";
import type { Platform } from "./platform.ts";
import type {
  PskClientCallback,
  PskServerCallback,
} from "./pre-shared-keys.ts";
import { ServerSessions } from "./server-sessions.ts";
import { DEFAULT_OPTIONS } from "./words.ts";

/**
 * Judges the peer's certificate in place of this library: at once or with a
 * promise. A refusal is an X509Error, thrown or rejected with.
 */
export interface PeerVerifier {
  verify(
    peer: PeerChain,
    at: VerifyContext,
  ): VerifiedChain | Promise<VerifiedChain>;
}

/** Gets lines in the NSS key log format, without the line's end. */
export type KeyLog = (line: string) => void;

export class ContextState {
  readonly protocol: Protocol;
  readonly provider: CryptoProvider;
  readonly platform: Platform;
  verifyMode: VerifyMode;
  checkHostname: boolean;
  hostnameChecksCommonName = false;
  verifyFlags: number =
    VerifyFlags.VERIFY_X509_TRUSTED_FIRST |
    VerifyFlags.VERIFY_X509_PARTIAL_CHAIN;
  optionFlags: number = DEFAULT_OPTIONS;
  minimumVersion: TLSVersion = TLSVersion.TLSv1_2;
  maximumVersion: TLSVersion = TLSVersion.MAXIMUM_SUPPORTED;
  alpnProtocols: readonly string[] = [];
  alpnMismatch: "ignore" | "alert" = "ignore";
  cipherSuites: readonly CipherSuiteName[];
  groups: readonly GroupName[] = DEFAULT_GROUPS;
  keylog: KeyLog | null = null;
  verifier: PeerVerifier | null = null;
  securityLevel: SecurityLevel = 2;
  numTickets = 2;
  earlyData = false;
  maxEarlyData = 0;
  postHandshakeAuth = false;
  pskClient: PskClientCallback | null = null;
  pskServer: PskServerCallback | null = null;
  pskIdentityHint: string | null = null;
  dhParameters: FiniteFieldParameters | null = null;
  readonly sessions: ServerSessions;
  signatureSchemes: readonly SignatureSchemeName[] = DEFAULT_SIGNATURE_SCHEMES;
  trustStore = new TrustStore();
  crls = new CrlStore();
  #extensions = NO_EXTENSIONS;
  #credentials: readonly LoadedCredential[] = [];
  #signers = new WeakMap<Credential, OpaqueKey>();
  /** Verifiers keep what they have verified: one for each set of rules. */
  #verifiers = new Map<string, CertificateVerifier>();

  constructor(
    protocol: Protocol,
    provider: CryptoProvider,
    platform: Platform,
  ) {
    const isClient = protocol === Protocol.PROTOCOL_TLS_CLIENT;
    this.protocol = protocol;
    this.provider = provider;
    this.platform = platform;
    this.sessions = new ServerSessions(provider);
    this.verifyMode = isClient
      ? VerifyMode.CERT_REQUIRED
      : VerifyMode.CERT_NONE;
    this.checkHostname = isClient;
    this.cipherSuites = defaultCipherSuites(provider.fastAes);
    if (protocol !== Protocol.PROTOCOL_TLSv1_2) return;
    this.minimumVersion = TLSVersion.TLSv1_2;
    this.maximumVersion = TLSVersion.TLSv1_2;
  }

  /** Another one with the same settings, which go their own ways from then on. */
  copyTo(copy: ContextState): void {
    for (const setting of SETTINGS) copySetting(this, copy, setting);
    copy.trustStore = this.trustStore.clone();
    copy.crls = this.crls.clone();
    copy.#credentials = this.#credentials;
    copy.#signers = this.#signers;
  }

  get extensions(): ExtensionChoices {
    return this.#extensions;
  }
  set extensions(extensions: ExtensionChoices) {
    this.#extensions = extensions;
    this.#verifiers.clear();
  }

  get credentials(): readonly Credential[] {
    return this.#credentials.map(({ credential }) => credential);
  }

  /** One for each kind of key: a second one takes the first one's place. */
  addCredential(loaded: LoadedCredential): void {
    const { algorithm, certificateType } = loaded.credential;
    const others = this.#credentials.filter(
      ({ credential }) =>
        credential.algorithm !== algorithm ||
        credential.certificateType !== certificateType,
    );
    // Whoever takes a bare key at all would rather have it: those stand first.
    this.#credentials =
      certificateType === undefined ? [...others, loaded] : [loaded, ...others];
    if (loaded.signer !== undefined)
      this.#signers.set(loaded.credential, loaded.signer);
  }

  /** Who signs for a credential whose key is elsewhere. */
  signerOf(credential: Credential): OpaqueKey | undefined {
    return this.#signers.get(credential);
  }

  /** Trusts these from now on; answers how many certificates were new. */
  trust({ certificates, crls }: Anchors): number {
    let added = 0;
    for (const certificate of certificates)
      added += this.trustStore.add(certificate);
    for (const crl of crls) this.crls.add(crl);
    return added;
  }

  get ignoresUnexpectedEof(): boolean {
    return (this.optionFlags & Options.OP_IGNORE_UNEXPECTED_EOF) !== 0;
  }

  /**
   * What versions, options and suites leave of what puretls speaks.
   *
   * @throws SSLError NO_PROTOCOLS_AVAILABLE when that is nothing
   */
  versions(): readonly TlsVersion[] {
    const { minimumVersion: least, maximumVersion: most } = this;
    const versions = SPOKEN.filter((version) => {
      const { number, refusedBy } = VERSIONS[version];
      return (
        atLeast(least) <= number &&
        number <= atMost(most) &&
        (this.optionFlags & refusedBy) === 0 &&
        this.cipherSuites.some(
          (name) => CIPHER_SUITES[name].version === version,
        )
      );
    });
    if (versions.length > 0) return versions;
    throw new SSLError(
      "minimumVersion, maximumVersion and options leave no version that puretls speaks",
      { library: "SSL", reason: "NO_PROTOCOLS_AVAILABLE" },
    );
  }

  /** @throws SSLError NO_PROTOCOLS_AVAILABLE */
  clientConfig(
    session?: Session,
    encryptedClientHello = echClientOf(this.extensions),
  ): ClientConfig {
    const common = this.#commonOptions();
    if (
      encryptedClientHello?.kind === "real" &&
      common.versions?.includes("TLSv1.3") !== true
    )
      throw new SSLError(
        "encryptedClientHello: TLS 1.3 alone can hide a name, and it is off",
        { library: "SSL", reason: "NO_PROTOCOLS_AVAILABLE" },
      );
    return clientConfig({
      ...common,
      ...given("encryptedClientHello", encryptedClientHello),
      ...(session !== undefined && { session }),
      earlyData: this.earlyData,
      postHandshakeAuthentication: this.postHandshakeAuth,
      ...(this.pskClient !== null && { psk: "ask" }),
      credentials: this.credentials,
      verifier: this.#verifier(),
      sessionTickets: (this.optionFlags & Options.OP_NO_TICKET) === 0,
      compatibilityMode:
        (this.optionFlags & Options.OP_ENABLE_MIDDLEBOX_COMPAT) !== 0,
    });
  }

  /**
   * The certificate is always asked for: by callback, or of this context. The
   * keys for ECH are those that opened the hello, if another context did.
   */
  serverConfig(
    encryptedClientHello = echServerOf(this.extensions),
  ): ServerConfig {
    const hint = this.pskIdentityHint;
    return serverConfig({
      ...this.#commonOptions(),
      ...(this.pskServer !== null && { psk: "ask" }),
      ...(hint !== null && { pskIdentityHint: utf8Bytes(hint) }),
      // Without tickets of its own a client gets a name in the store.
      ...((this.optionFlags & Options.OP_NO_TICKET) === 0 && {
        tickets: this.sessions.tickets,
      }),
      ...(this.dhParameters !== null && { dhParameters: this.dhParameters }),
      ...given("encryptedClientHello", encryptedClientHello),
      sessionStore: "ask",
      ticketCount: this.numTickets,
      ...(this.maxEarlyData > 0 && {
        maxEarlyData: this.maxEarlyData,
        strikeRegister: this.sessions.strikeRegister,
      }),
      credentials: "ask",
      clientAuthentication: this.postHandshakeAuth
        ? "none"
        : CLIENT_AUTHENTICATION[this.verifyMode],
      verifier: this.#verifier(),
      alpnMismatch: this.alpnMismatch,
      cipherPreference:
        (this.optionFlags & Options.OP_CIPHER_SERVER_PREFERENCE) === 0
          ? "client"
          : "server",
    });
  }

  #commonOptions(): CommonOptions {
    const { keylog } = this;
    return {
      provider: this.provider,
      versions: this.versions(),
      cipherSuites: this.cipherSuites,
      groups: this.groups,
      signatureSchemes: this.signatureSchemes,
      alpnProtocols: this.alpnProtocols,
      ...extensionOptions(this.extensions),
      ...(keylog !== null && { keyLog: keylog }),
    };
  }

  #verifier(): CertificateVerifier | "ask" {
    if (this.verifyMode === VerifyMode.CERT_NONE)
      return dangerouslyAcceptAnyCertificate();
    if (this.verifier !== null) return "ask";
    const { verifyFlags, checkHostname, hostnameChecksCommonName } = this;
    const key = [
      verifyFlags,
      checkHostname,
      hostnameChecksCommonName,
      this.securityLevel,
    ].join();
    const known = this.#verifiers.get(key);
    if (known !== undefined) return known;
    const has = (bits: number): boolean => (verifyFlags & bits) === bits;
    const { ocspStapling, transparency } = this.extensions;
    const verifier = createVerifier({
      provider: this.provider,
      trustStore: this.trustStore,
      crls: this.crls,
      crlCheck: has(VerifyFlags.VERIFY_CRL_CHECK_CHAIN)
        ? "chain"
        : has(VerifyFlags.VERIFY_CRL_CHECK_LEAF)
          ? "leaf"
          : "none",
      profile: has(VerifyFlags.VERIFY_X509_STRICT) ? "strict" : "default",
      partialChain: has(VerifyFlags.VERIFY_X509_PARTIAL_CHAIN),
      checkHostname,
      checkCommonName: hostnameChecksCommonName,
      securityLevel: this.securityLevel,
      ...(ocspStapling === "require" && { ocsp: "require" }),
      ...given("transparency", transparency ?? undefined),
    });
    this.#verifiers.set(key, verifier);
    return verifier;
  }
}

/** Best first. */
const SPOKEN: readonly TlsVersion[] = ["TLSv1.3", "TLSv1.2"];

const VERSIONS = {
  "TLSv1.2": { number: TLSVersion.TLSv1_2, refusedBy: Options.OP_NO_TLSv1_2 },
  "TLSv1.3": { number: TLSVersion.TLSv1_3, refusedBy: Options.OP_NO_TLSv1_3 },
} as const satisfies Record<TlsVersion, object>;

/** As a minimum MAXIMUM_SUPPORTED stands for the newest version. */
function atLeast(version: TLSVersion): number {
  return version === TLSVersion.MAXIMUM_SUPPORTED
    ? TLSVersion.TLSv1_3
    : version;
}

/** As a maximum MINIMUM_SUPPORTED stands for the oldest version. */
function atMost(version: TLSVersion): number {
  if (version === TLSVersion.MAXIMUM_SUPPORTED) return TLSVersion.TLSv1_3;
  return version === TLSVersion.MINIMUM_SUPPORTED
    ? TLSVersion.TLSv1_2
    : version;
}

/** What {@link ContextState.copyTo} takes over as it is. */
const SETTINGS = [
  "verifyMode",
  "checkHostname",
  "hostnameChecksCommonName",
  "verifyFlags",
  "optionFlags",
  "minimumVersion",
  "maximumVersion",
  "alpnProtocols",
  "alpnMismatch",
  "cipherSuites",
  "groups",
  "keylog",
  "verifier",
  "securityLevel",
  "signatureSchemes",
  "numTickets",
  "earlyData",
  "maxEarlyData",
  "postHandshakeAuth",
  "pskClient",
  "pskServer",
  "pskIdentityHint",
  "dhParameters",
  "extensions",
] as const satisfies readonly (keyof ContextState)[];

function copySetting<Key extends (typeof SETTINGS)[number]>(
  from: ContextState,
  to: ContextState,
  key: Key,
): void {
  to[key] = from[key];
}

const CLIENT_AUTHENTICATION = {
  [VerifyMode.CERT_NONE]: "none",
  [VerifyMode.CERT_OPTIONAL]: "optional",
  [VerifyMode.CERT_REQUIRED]: "required",
} as const;
