/**
 * Configs of the two sides of a connection. Options are what a program writes; a
 * config is options checked, completed and frozen, its lists too, so that wrong use
 * fails before a byte goes out.
 */
import { RAISE_NEED } from "../../promises.ts";
import type { CryptoProvider, GroupName } from "../../crypto/provider.ts";
import { TlsUsageError } from "../../errors.ts";
import { isWeakSignature } from "../../x509/keys/algorithms.ts";
import {
  checkAlpn,
  checkCertificateWithPsk,
  checkHelloShape,
  checkNames,
  defaultKeyShares,
  type Spoken,
  checkVersionsToHide,
  inGroups,
  ownTypes,
  peerTypes,
  versionsAndSuites,
} from "./checks.ts";
import { checkClientNeeds, checkOptionsNeeds } from "./required-features.ts";
import { freezeWithLists, ownList, ownOrAsked } from "./freeze.ts";
import { checkedLimits, DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type {
  ClientOptions,
  CommonOptions,
  MessageShapes,
  ServerOptions,
} from "./options.ts";
import {
  type ClientAuthentication,
  clientAuthenticationOf,
} from "./client-authentication.ts";
import {
  CLIENT_OPTIONS,
  requireOptionNames,
  SERVER_OPTIONS,
} from "./option-names.ts";
import {
  checkPreferences,
  type EqualNames,
  equalNames,
  namesIn,
} from "./preferences.ts";
import { type Protocol, speakAlike } from "./protocol.ts";
import { DH_BITS, inRange, RECORD_SIZE, SEND_FRAGMENT } from "./ranges.ts";
import { PSK_MODES } from "../registries/psk-modes.ts";
import { DEFAULT_GROUPS, GROUPS } from "../registries/groups.ts";
import { sessionOptions } from "./session-options.ts";
import {
  DEFAULT_SIGNATURE_SCHEMES,
  isForBothSides,
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../registries/signature-schemes.ts";

export { DEFAULT_LIMITS, type Limits };
export type { ClientOptions, CommonOptions, MessageShapes, ServerOptions };

type Whole<T, Optional extends keyof T> = Readonly<
  Required<Omit<T, Optional>> & { [Name in Optional]: T[Name] | undefined }
>;
type OptionalKeys =
  | "recordSizeLimit"
  | "padding"
  | "keyLog"
  | "psk"
  | "rawPublicKeys"
  | "delegatedCredentials"
  | "certificateSignatureSchemes";

/**
 * Settings that stay the same for the whole of a connection, whatever config is
 * in force: provider, limits, protocol. The rest of a config are its rules,
 * which belong to the state of the handshake.
 */
export interface Environment {
  readonly role: "client" | "server";
  readonly provider: CryptoProvider;
  readonly limits: Limits;
  /** The versions and features that the engine speaks with it. */
  readonly protocol: Protocol;
}

/** Lists that follow from those that a program gave. */
interface Derived extends Spoken {
  /** All of them, best first. */
  readonly groups: readonly GroupName[];
  /** Names of inner lists. */
  readonly equalSuites: EqualNames;
  readonly equalGroups: EqualNames;
  readonly limits: Limits;
  readonly protocol: Protocol;
  /**
   * The authority for which a proof of the peer's identity is made; see the
   * option.
   */
  readonly trust: object;
}

/**
 * The configs of this file: a copy of one, spread or not, is no config. Not a
 * private field of theirs, with which V8 makes a dictionary of an object that has
 * many fields, so that each look at it costs more.
 */
const made = /* @__PURE__ */ new WeakSet<object>();

class Made {
  readonly #made = true;

  private constructor() {
    void this.#made;
  }

  static of<T extends object>(fields: T): T & Made {
    made.add(fields);
    if (!Made.is(fields)) throw new TypeError("a config without its stamp");
    freezeWithLists(fields);
    return fields;
  }

  static is(value: unknown): value is Made {
    return typeof value === "object" && value !== null && made.has(value);
  }
}

export type ClientConfig = { readonly role: "client" } & Whole<
  Omit<ClientOptions, "limits" | "trust" | "cipherSuites" | "groups">,
  OptionalKeys | "session" | "maxFragmentLength" | "encryptedClientHello"
> &
  Derived &
  Made;

export type ServerConfig = { readonly role: "server" } & Whole<
  Omit<
    ServerOptions,
    | "limits"
    | "trust"
    | "cipherSuites"
    | "groups"
    | "verifier"
    | "clientAuthentication"
    | "postHandshakeAuth"
  >,
  | OptionalKeys
  | "ticketKeys"
  | "sessionStore"
  | "pskIdentityHint"
  | "encryptedClientHello"
  | "retryCookies"
  | "dhParameters"
  | "strikeRegister"
> &
  Derived &
  Made & { readonly clientAuthentication: ClientAuthentication };

/** @throws TlsUsageError for what createClientConfig or createServerConfig has not made */
export function requireConfig(
  what: string,
  config: ClientConfig | ServerConfig,
  role: "client" | "server",
): void {
  if (Made.is(config) && config.role === role) return;
  throw new TlsUsageError(
    `${what}: a config made by ${role === "client" ? "createClientConfig" : "createServerConfig"}() is needed; a copy of one is none`,
  );
}

/**
 * The environment of a connection that begins with that config.
 *
 * @throws TlsUsageError for what createClientConfig or createServerConfig has not made
 */
export function environmentOf(
  config: ClientConfig | ServerConfig,
  role: "client" | "server",
): Environment {
  requireConfig(`TlsEngine.${role}()`, config, role);
  const { provider, limits, protocol } = config;
  return Object.freeze({ role, provider, limits, protocol });
}

/** Makes the config of one of the two hellos of Encrypted Client Hello. */
export function clientVariant(
  config: ClientConfig,
  changes: Partial<
    Pick<
      ClientConfig,
      | "alpnProtocols"
      | "credentials"
      | "shapes"
      | "suites"
      | "suites12"
      | "versions"
    >
  >,
): ClientConfig {
  return Made.of({ ...config, ...changes });
}

/**
 * The rules of a config that a server's program has chosen for a connection, in
 * the environment of that connection: its provider, limits and protocol stay,
 * and so do the keys of Encrypted Client Hello, which opened the hello that the
 * choice was made by. Suites, groups and schemes that its provider lacks are
 * left out.
 *
 * @throws TlsUsageError for another protocol, or where nothing is left
 */
export function underEnvironment(
  chosen: ServerConfig,
  begun: ServerConfig,
): ServerConfig {
  if (chosen === begun) return begun;
  requireConfig("config", chosen, "server");
  const { provider, limits, protocol, encryptedClientHello, ...rest } = begun;
  if (!speakAlike(chosen.protocol, protocol))
    throw new TlsUsageError(
      "config: it speaks other versions or has other features than the one that the connection began with",
    );
  if (
    chosen.provider === provider &&
    chosen.limits === limits &&
    chosen.protocol === protocol &&
    chosen.encryptedClientHello === encryptedClientHello
  )
    return chosen;
  const environment = { provider, limits, protocol, encryptedClientHello };
  if (chosen.provider === provider)
    return Made.of({ ...chosen, ...environment });
  const spoken = { ...chosen, provider };
  const lists = {
    ...versionsAndSuites(spoken, protocol, rest.role),
    groups: chosen.groups.filter(has(provider.groups)),
    signatureSchemes: chosen.signatureSchemes.filter(canVerify(provider)),
  };
  requireLists(lists);
  return Made.of({ ...chosen, ...environment, ...lists });
}

/** @throws TlsUsageError when the options contradict each other */
export function makeClientConfig(
  protocol: Protocol,
  options: ClientOptions,
): ClientConfig {
  requireOptionNames("createClientConfig", CLIENT_OPTIONS, options, [
    "provider",
    "verifier",
  ]);
  checkHelloShape(options);
  checkCertificateWithPsk(options, "client");
  const { encryptedClientHello: ech } = options;
  const common = commonConfig(options, protocol, "client");
  checkClientNeeds(protocol, options);
  if (ech?.kind === "real") checkVersionsToHide(common.versions);
  const keyShares = options.keyShares ?? defaultKeyShares(common.groups);
  return Made.of({
    ...common,
    role: "client" as const,
    trust: trustOf(options),
    verifier: options.verifier,
    credentials: ownOrAsked(options.credentials),
    credentialMismatch: options.credentialMismatch ?? "empty",
    certificateTypes: ownTypes(options),
    keyShares: inGroups(common.groups, keyShares),
    compatibilityMode: options.compatibilityMode ?? true,
    legacyServerConnect: options.legacyServerConnect ?? false,
    sessionTickets: options.sessionTickets ?? true,
    minimumDhBits: inRange(
      "minimumDhBits",
      options.minimumDhBits ?? 2048,
      DH_BITS,
      "bits",
    ),
    fallbackSignal: options.fallbackSignal ?? false,
    maxFragmentLength: options.maxFragmentLength,
    session: options.session,
    encryptedClientHello: ech,
    // [9846-F.5-03a]
    earlyData: options.earlyData ?? false,
    postHandshakeAuth:
      (options.postHandshakeAuth ?? false) &&
      common.versions.includes("TLSv1.3"),
  });
}

/** @throws TlsUsageError when the options contradict each other */
export function makeServerConfig(
  protocol: Protocol,
  options: ServerOptions,
): ServerConfig {
  requireOptionNames("createServerConfig", SERVER_OPTIONS, options, [
    "provider",
    "credentials",
  ]);
  checkCertificateWithPsk(options, "server");
  if (options.credentials.length === 0 && options.psk === undefined)
    throw new TlsUsageError("credentials: a server needs a certificate");
  if (options.credentials === RAISE_NEED && options.retryCookies !== undefined)
    throw new TlsUsageError(
      "retryCookies: cannot be combined with credentials: RAISE_NEED",
    );
  const sessions = sessionOptions(options);
  // One spread, and first: what others add would make a dictionary of it.
  return Made.of({
    ...commonConfig(options, protocol, "server"),
    trust: trustOf(options),
    clientAuthentication: clientAuthenticationOf(options),
    numTickets: sessions.numTickets,
    maxEarlyData: sessions.maxEarlyData,
    strikeRegister: options.strikeRegister,
    sessionContext: sessions.sessionContext,
    sessionLifetimeSeconds: sessions.sessionLifetimeSeconds,
    ticketKeys: options.ticketKeys,
    sessionStore: options.sessionStore,
    pskIdentityHint: sessions.pskIdentityHint,
    dhParameters: sessions.dhParameters,
    encryptedClientHello: options.encryptedClientHello,
    retryCookies: options.retryCookies,
    role: "server" as const,
    credentials: ownOrAsked(options.credentials),
    alpnMismatch: options.alpnMismatch ?? "alert",
    helloRetryCookie: options.helloRetryCookie ?? false,
    compatibilityMode: options.compatibilityMode ?? true,
    sessionTickets: options.sessionTickets ?? true,
    cipherPreference: options.cipherPreference ?? "server",
    groupPreference: options.groupPreference ?? "share",
  });
}

function commonConfig(
  options: CommonOptions,
  protocol: Protocol,
  role: "client" | "server",
) {
  const { provider, recordSizeLimit, pskModes = ["psk_dhe_ke"] } = options;
  checkNames("pskModes", pskModes, PSK_MODES, 1);
  // [9846-4.3.7-01]
  checkPreferences("groups", options.groups, GROUPS);
  checkPreferences("cipherSuites", options.cipherSuites, protocol.suites);
  const groups = options.groups ?? DEFAULT_GROUPS;
  const suites =
    options.cipherSuites ?? protocol.defaultSuites(provider.fastAes);
  checkNames("signatureSchemes", options.signatureSchemes, SIGNATURE_SCHEMES);
  checkNames(
    "certificateSignatureSchemes",
    options.certificateSignatureSchemes,
    SIGNATURE_SCHEMES,
  );
  if (options.certificateSignatureSchemes?.every(isForBothSides) === false)
    throw new TlsUsageError(
      "certificateSignatureSchemes: certificates are not signed with schemes of RFC 9963 (rsa_pkcs1_*_legacy); name them in signatureSchemes",
    );
  checkOptionsNeeds(protocol, options);
  const config = {
    provider,
    protocol,
    ...versionsAndSuites(
      {
        provider,
        cipherSuites: namesIn(suites),
        versions: options.versions,
      },
      protocol,
      role,
    ),
    equalSuites: equalNames(suites),
    groups: namesIn(groups).filter(has(provider.groups)),
    equalGroups: equalNames(groups),
    signatureSchemes: sha1Last(
      (options.signatureSchemes ?? DEFAULT_SIGNATURE_SCHEMES).filter(
        canVerify(provider),
      ),
    ),
    alpnProtocols: ownList(options.alpnProtocols),
    ocspStapling: options.ocspStapling ?? false,
    certificateCompression: ownList(options.certificateCompression),
    signedCertificateTimestamps: options.signedCertificateTimestamps ?? false,
    requireExtendedMainSecret: options.requireExtendedMainSecret ?? false,
    limits: checkedLimits(options.limits),
    shapes: options.shapes ?? {},
    grease: options.grease ?? true,
    maxSendFragment: inRange(
      "maxSendFragment",
      options.maxSendFragment ?? SEND_FRAGMENT[1],
      SEND_FRAGMENT,
      "bytes",
    ),
    recordSizeLimit:
      recordSizeLimit === undefined
        ? undefined
        : inRange("recordSizeLimit", recordSizeLimit, RECORD_SIZE, "bytes"),
    padding: options.padding,
    keyLog: options.keyLog,
    certificateAuthorities: ownList(options.certificateAuthorities),
    psk: options.psk,
    pskModes: ownList(pskModes),
    certificateWithPsk: options.certificateWithPsk ?? false,
    rawPublicKeys: options.rawPublicKeys,
    peerCertificateTypes: peerTypes(options),
    delegatedCredentials: options.delegatedCredentials,
    certificateSignatureSchemes:
      options.certificateSignatureSchemes &&
      sha1Last(options.certificateSignatureSchemes),
  };
  requireLists(config);
  if (role === "client" && !config.signatureSchemes.some(isForBothSides))
    throw new TlsUsageError(
      "signatureSchemes: only schemes of RFC 9963 (rsa_pkcs1_*_legacy), which no server may use; name others beside them",
    );
  checkAlpn(config.alpnProtocols);
  return config;
}

// [9846-4.3.3-15]
/** RFC 9846 4.3.3: those of SHA-1 have the lowest priority. */
function sha1Last(
  names: readonly SignatureSchemeName[],
): readonly SignatureSchemeName[] {
  const isWeak = (name: SignatureSchemeName): boolean =>
    isWeakSignature(SIGNATURE_SCHEMES[name].signature);
  return [...names.filter((name) => !isWeak(name)), ...names.filter(isWeak)];
}

function requireLists(
  lists: Pick<ServerConfig, "cipherSuites" | "groups" | "signatureSchemes">,
): void {
  for (const option of ["cipherSuites", "groups", "signatureSchemes"] as const)
    if (lists[option].length === 0)
      throw new TlsUsageError(`${option}: the provider has none of these`);
}

function has(rows: CryptoProvider["groups"]): (name: GroupName) => boolean {
  return (name) => rows[name] !== undefined;
}

function canVerify({
  verifiers,
}: CryptoProvider): (name: SignatureSchemeName) => boolean {
  return (name) => verifiers[SIGNATURE_SCHEMES[name].signature] !== undefined;
}

function trustOf({
  trust,
  verifier,
}: Pick<ServerOptions, "trust" | "verifier">): object {
  return trust ?? (typeof verifier === "object" ? verifier : {});
}
