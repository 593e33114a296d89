/** Makes the engine's configs of a context's settings; nothing else does. */
import { RAISE_NEED } from "../../promises.ts";
import { utf8Bytes } from "../../bytes.ts";
import {
  createClientConfig,
  createServerConfig,
} from "../../engine/configs.ts";
import type {
  ClientConfig,
  CommonOptions,
  ServerConfig,
} from "../../handshake/config/config.ts";
import type {
  EchClient,
  EchServer,
} from "../../handshake/config/ech-interfaces.ts";
import { namesIn } from "../../handshake/config/preferences.ts";
import { given } from "../../handshake/config/session-options.ts";
import {
  CIPHER_SUITES,
  type TlsProtocolVersion,
} from "../../handshake/registries/cipher-suites.ts";
import type { Session } from "../../handshake/sessions/session.ts";
import {
  type CertificateVerifier,
  dangerouslyAcceptAnyCertificate,
} from "../../x509/verifier.ts";
import { Options, TLSVersion, VerifyMode } from "../constants.ts";
import { SSLError } from "../errors/errors.ts";
import { presentedCredentials, requireStrongChains } from "./credentials.ts";
import {
  allowsTickets12,
  dhParametersAtLevel,
  leastDhBits,
  listsAtLevel,
  suitesAtLevel,
} from "./security-level.ts";
import type { ServerSessions } from "./server-sessions.ts";
import type {
  ContextKind,
  PeerVerifier,
  RecordPadding,
  Settings,
} from "./settings.ts";
import type { ContextStrikeRegister } from "./store-calls.ts";
import type { Verifiers } from "./verifiers.ts";

/** The parts of a config beside the settings. */
export interface ConfigParts {
  readonly kind: ContextKind;
  readonly sessions: ServerSessions;
  readonly verifiers: Verifiers;
}

/** Choices for one connection of a client. */
export interface ClientChoices {
  /** To resume. */
  readonly session?: Session | undefined;
  /** In place of the setting. */
  readonly encryptedClientHello?: EchClient | undefined;
}

/** @throws SSLError NO_PROTOCOLS_AVAILABLE */
export function clientConfigOf(
  parts: ConfigParts,
  settings: Settings,
  choices: ClientChoices,
): ClientConfig {
  const common = commonOptions(parts, settings);
  requireStrongChains(settings);
  const { session, encryptedClientHello = echClientOf(settings) } = choices;
  if (
    encryptedClientHello?.kind === "real" &&
    !common.versions.includes("TLSv1.3")
  )
    throw new SSLError(
      "encryptedClientHello: TLS 1.3 alone can hide a name, and it is off",
      { library: "SSL", reason: "NO_PROTOCOLS_AVAILABLE" },
    );
  return createClientConfig({
    ...common,
    ...given("encryptedClientHello", encryptedClientHello),
    ...given("session", session),
    earlyData: settings.earlyData,
    postHandshakeAuth: settings.postHandshakeAuth,
    ...(settings.pskClientCallback !== null && { psk: RAISE_NEED }),
    credentials: presentedCredentials(settings, parts.kind),
    verifier: verifierOf(parts, settings),
    sessionTickets:
      !hasOption(settings, Options.OP_NO_TICKET) && allowsTickets12(settings),
    minimumDhBits: leastDhBits(settings.securityLevel),
    compatibilityMode: hasOption(settings, Options.OP_ENABLE_MIDDLEBOX_COMPAT),
  });
}

/**
 * The certificate is always asked for: by callback, or of the settings.
 *
 * @param alpnProtocols in place of the settings' own
 * @throws SSLError NO_PROTOCOLS_AVAILABLE
 */
export function serverConfigOf(
  parts: ConfigParts,
  settings: Settings,
  alpnProtocols = settings.alpnProtocols,
): ServerConfig {
  const { pskIdentityHint: hint, verifyMode, maxEarlyData } = settings;
  const register = registerOf(parts, settings);
  const { sessions } = parts;
  requireStrongChains(settings);
  return createServerConfig({
    ...commonOptions(parts, settings),
    ...(settings.pskServerCallback !== null && { psk: RAISE_NEED }),
    ...(hint !== null && { pskIdentityHint: utf8Bytes(hint) }),
    // Without tickets of its own a client gets a name in the store.
    ...(!hasOption(settings, Options.OP_NO_TICKET) && {
      ticketKeys: settings.ticketKeys ?? sessions.ticketKeys,
    }),
    sessionTickets: allowsTickets12(settings),
    ...given("dhParameters", dhParametersAtLevel(settings)),
    ...given("encryptedClientHello", echServerOf(settings)),
    sessionStore: RAISE_NEED,
    numTickets: settings.numTickets,
    ...(maxEarlyData > 0 && {
      maxEarlyData,
      ...(register !== undefined && {
        strikeRegister: { id: register.id, strike: RAISE_NEED },
      }),
    }),
    credentials: RAISE_NEED,
    alpnProtocols,
    clientAuthentication: CLIENT_AUTHENTICATION[verifyMode],
    postHandshakeAuth:
      settings.postHandshakeAuth && verifyMode !== VerifyMode.CERT_NONE,
    verifier: verifierOf(parts, settings),
    alpnMismatch: settings.alpnMismatch,
    cipherPreference: hasOption(settings, Options.OP_CIPHER_SERVER_PREFERENCE)
      ? "server"
      : "client",
  });
}

/**
 * Guards early data. RFC 9846 8.1: none is needed for sessions out of a store
 * that gives each of them once.
 */
function registerOf(
  { sessions }: ConfigParts,
  settings: Settings,
): ContextStrikeRegister | undefined {
  const { strikeRegister, sessionStore } = settings;
  const isSingleUse =
    hasOption(settings, Options.OP_NO_TICKET) &&
    sessionStore?.takesOnce === true;
  if (strikeRegister === null && isSingleUse) return undefined;
  return strikeRegister ?? sessions.strikeRegister;
}

const CLIENT_AUTHENTICATION = {
  [VerifyMode.CERT_NONE]: "none",
  [VerifyMode.CERT_OPTIONAL]: "optional",
  [VerifyMode.CERT_REQUIRED]: "required",
} as const;

function commonOptions({ kind }: ConfigParts, settings: Settings) {
  const { verifier, rawPublicKeys, padding, recordSizeLimit, keyLog } =
    settings;
  return {
    provider: kind.provider,
    versions: versionsOf(settings),
    ...listsAtLevel(settings),
    alpnProtocols: settings.alpnProtocols,
    requireExtendedMainSecret: settings.requireExtendedMainSecret,
    limits: settings.limits,
    grease: settings.grease,
    pskModes: settings.pskModes,
    ocspStapling: settings.ocspStapling !== "off",
    signedCertificateTimestamps: settings.transparency !== null,
    certificateCompression: settings.certificateCompression,
    ...given("rawPublicKeys", rawPublicKeys ?? undefined),
    ...given("padding", padding === null ? undefined : policyOf(padding)),
    ...given("recordSizeLimit", recordSizeLimit ?? undefined),
    // A proof by this verifier holds for no context with another one, nor with
    // a mode under which nobody is asked.
    ...(asksProgram(settings) && given("trust", verifier ?? undefined)),
    ...given("keyLog", keyLog ?? undefined),
  } satisfies CommonOptions;
}

/** True when the program's verifier decides about peers. */
function asksProgram({ verifier, verifyMode }: Settings): boolean {
  return verifier !== null && verifyMode !== VerifyMode.CERT_NONE;
}

function verifierOf(
  { verifiers }: ConfigParts,
  settings: Settings,
): CertificateVerifier | typeof RAISE_NEED {
  if (settings.verifyMode === VerifyMode.CERT_NONE)
    return dangerouslyAcceptAnyCertificate();
  const { verifier } = settings;
  if (verifier === null) return verifiers.of(settings);
  return answersAtOnce(verifier) ? verifier : RAISE_NEED;
}

function answersAtOnce(
  verifier: PeerVerifier,
): verifier is CertificateVerifier {
  return verifier.answersAtOnce === true;
}

/** Tells whether the transport may end without close_notify. */
export function ignoresUnexpectedEof(settings: Settings): boolean {
  return hasOption(settings, Options.OP_IGNORE_UNEXPECTED_EOF);
}

function hasOption({ optionFlags }: Settings, bit: number): boolean {
  return (optionFlags & bit) !== 0;
}

/** The setting where it is a client's. */
function echClientOf({
  encryptedClientHello: ech,
}: Settings): EchClient | undefined {
  return ech !== null && "begin" in ech ? ech : undefined;
}

/** The setting where it is a server's. */
function echServerOf({
  encryptedClientHello: ech,
}: Settings): EchServer | undefined {
  return ech !== null && "open" in ech ? ech : undefined;
}

function policyOf(padding: RecordPadding): (contentLength: number) => number {
  if (typeof padding === "function") return padding;
  return (length) => (padding - (length % padding)) % padding;
}

/**
 * Returns the versions that remain of those of puretls by versions, options and
 * suites.
 *
 * @throws SSLError NO_PROTOCOLS_AVAILABLE when that is nothing
 */
export function versionsOf(settings: Settings): readonly TlsProtocolVersion[] {
  const { minimumVersion: least, maximumVersion: most } = settings;
  const suites = namesIn(suitesAtLevel(settings));
  const versions = SPOKEN.filter((version) => {
    const { number, refusedBy } = VERSIONS[version];
    return (
      atLeast(least) <= number &&
      number <= atMost(most) &&
      !hasOption(settings, refusedBy) &&
      suites.some((name) => CIPHER_SUITES[name].version === version)
    );
  });
  if (versions.length > 0) return versions;
  throw new SSLError(
    "minimumVersion, maximumVersion and options leave no version that puretls speaks",
    { library: "SSL", reason: "NO_PROTOCOLS_AVAILABLE" },
  );
}

/** Best first. */
const SPOKEN: readonly TlsProtocolVersion[] = ["TLSv1.3", "TLSv1.2"];

const VERSIONS = {
  "TLSv1.2": { number: TLSVersion.TLSv1_2, refusedBy: Options.OP_NO_TLSv1_2 },
  "TLSv1.3": { number: TLSVersion.TLSv1_3, refusedBy: Options.OP_NO_TLSv1_3 },
} as const satisfies Record<TlsProtocolVersion, object>;

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
