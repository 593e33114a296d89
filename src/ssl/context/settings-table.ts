/**
 * The table of settings: for each its default and its check. Options of the
 * constructor, setters, `extend()` and the refusal of unknown names all follow
 * from it, and a setting without a row does not compile.
 */
import type { Preferences } from "../../handshake/config/preferences.ts";
import {
  EARLY_DATA,
  RECORD_SIZE,
  TICKETS,
} from "../../handshake/config/ranges.ts";
import { viewBytes } from "../../bytes.ts";
import {
  CIPHER_SUITES,
  type CipherSuiteName,
  defaultCipherSuites,
  type TlsProtocolVersion,
} from "../../handshake/registries/cipher-suites.ts";
import { checkedLimits } from "../../handshake/config/limits.ts";
import { DEFAULT_GROUPS } from "../../handshake/registries/groups.ts";
import { DEFAULT_SIGNATURE_SCHEMES } from "../../handshake/registries/signature-schemes.ts";
import { CrlStore } from "../../x509/certificates/crl.ts";
import { TrustStore } from "../../x509/trust/trust-store.ts";
import { Protocol, TLSVersion, VerifyFlags, VerifyMode } from "../constants.ts";
import { dhParametersOf } from "../material/dh-parameters.ts";
import { found, isObjectWith } from "../../options.ts";
import { boolean, word } from "../names/arguments.ts";
import { alpnNames } from "../names/alpn.ts";
import { ciphersOf, ciphersuitesOf, groupsOf } from "../names/ciphers.ts";
import { signatureSchemesOf } from "../names/signature-algorithms.ts";
import {
  DEFAULT_OPTIONS,
  optionFlags,
  optionFlagsOf,
  securityLevelOf,
  verifyFlagsOf,
  verifyModeOf,
  versionOf,
} from "../names/words.ts";
import {
  callable,
  pskCallback,
  pskModesOf,
  requireServer,
  whole,
  withMethods,
  wrongRoleOf,
} from "./checks.ts";
import { withCertChain, withRawPublicKey } from "./credentials.ts";
import type { CertificateCompressor } from "../../handshake/credentials/certificate-compressor.ts";
import type { ContextChanges } from "./options.ts";
import type { Change, ContextKind, Settings } from "./settings.ts";
import { withLocations } from "./trust.ts";

/** The context of a check, beside the value. */
export interface At {
  readonly kind: ContextKind;
  /** As they are so far. */
  readonly settings: Settings;
  /** The options that are given at the same time. */
  readonly given: ContextChanges;
}

/** The input type of an option of that name. */
export type Input<Name> = Name extends keyof ContextChanges
  ? Required<ContextChanges>[Name]
  : never;

export interface Row<Name extends keyof Settings> {
  readonly default: (kind: ContextKind) => Settings[Name];
  /**
   * Returns the value to set for the one that is given. @throws for what is not
   * allowed
   */
  readonly check?: (value: Input<Name>, at: At) => Settings[Name];
}

/** Settings that no option of their name sets by itself: see {@link LOADS}. */
type LoadedSetting =
  "checkHostname" | "ciphers" | "credentials" | "trustStore" | "crls";

/** Settings that an option and a property of the same name set. */
export type CheckedSetting = Exclude<keyof Settings, LoadedSetting>;

/** Options that set what is not of their name, or more than one. */
export type Load = Exclude<keyof ContextChanges, CheckedSetting>;

const nothing = (): null => null;
const off = (): boolean => false;

export const SETTINGS: {
  readonly [Name in keyof Settings]: Name extends LoadedSetting
    ? Pick<Row<Name>, "default">
    : Required<Row<Name>>;
} = {
  verifyMode: {
    default: ({ protocol }) =>
      protocol === Protocol.PROTOCOL_TLS_CLIENT
        ? VerifyMode.CERT_REQUIRED
        : VerifyMode.CERT_NONE,
    check: (value, { settings, given }) => {
      const mode = verifyModeOf(value);
      if (
        mode === VerifyMode.CERT_NONE &&
        (given.checkHostname ?? settings.checkHostname)
      )
        throw new RangeError(
          "Cannot set verifyMode to CERT_NONE when checkHostname is enabled.",
        );
      return mode;
    },
  },
  checkHostname: {
    default: ({ protocol }) => protocol === Protocol.PROTOCOL_TLS_CLIENT,
  },
  hostnameChecksCommonName: {
    default: off,
    check: (value) => boolean("hostnameChecksCommonName", value),
  },
  verifyFlags: {
    default: () => VerifyFlags.VERIFY_X509_TRUSTED_FIRST,
    check: (value, { settings }) => verifyFlagsOf(value, settings.verifyFlags),
  },
  verifier: {
    default: nothing,
    check: (value) => withMethods("verifier", value, "verify"),
  },
  securityLevel: { default: () => 2, check: securityLevelOf },
  trustStore: { default: () => new TrustStore() },
  crls: { default: () => new CrlStore() },
  optionFlags: {
    default: () => DEFAULT_OPTIONS,
    check: optionFlagsOf,
  },
  minimumVersion: {
    default: () => TLSVersion.TLSv1_2,
    check: (value, { kind }) => {
      const version = versionOf("minimumVersion", value);
      requireRange("minimumVersion", kind);
      const { MAXIMUM_SUPPORTED, TLSv1_3 } = TLSVersion;
      return version === MAXIMUM_SUPPORTED ? TLSv1_3 : version;
    },
  },
  maximumVersion: {
    default: ({ protocol }) =>
      protocol === Protocol.PROTOCOL_TLSv1_2
        ? TLSVersion.TLSv1_2
        : TLSVersion.MAXIMUM_SUPPORTED,
    check: (value, { kind }) => {
      const version = versionOf("maximumVersion", value);
      if (version >= 0x300 && version < 0x303)
        throw new RangeError("maximumVersion: TLS 1.2 is the oldest there is");
      requireRange("maximumVersion", kind);
      const { MINIMUM_SUPPORTED, TLSv1_2 } = TLSVersion;
      return version === MINIMUM_SUPPORTED ? TLSv1_2 : version;
    },
  },
  ciphersuites: {
    default: (kind) => defaultSuites(kind, "TLSv1.3"),
    check: ciphersuitesOf,
  },
  ciphers: { default: (kind) => defaultSuites(kind, "TLSv1.2") },
  groups: { default: () => DEFAULT_GROUPS, check: groupsOf },
  signatureAlgorithms: {
    default: () => DEFAULT_SIGNATURE_SCHEMES,
    check: signatureSchemesOf,
  },
  dhParams: {
    default: nothing,
    check: (value, { kind, settings }) =>
      value === null
        ? null
        : dhParametersOf(value, kind.platform, settings.securityLevel),
  },
  requireExtendedMainSecret: {
    default: off,
    check: (value) => boolean("requireExtendedMainSecret", value),
  },
  alpnProtocols: { default: () => [], check: alpnNames },
  alpnMismatch: {
    default: () => "ignore",
    check: (value) => word("alpnMismatch", value, ["ignore", "alert"]),
  },
  alpnCallback: {
    default: nothing,
    check: (value) => callable("alpnCallback", value),
  },
  sniCallback: {
    default: nothing,
    check: (value, { kind }) => {
      requireServer("sniCallback", kind);
      return callable("sniCallback", value);
    },
  },
  credentials: { default: () => [] },
  autoChain: {
    default: () => true,
    check: (value) => boolean("autoChain", value),
  },
  sessionStore: {
    default: nothing,
    check: (value) => withMethods("sessionStore", value, "take", "put"),
  },
  strikeRegister: {
    default: nothing,
    check: (value, { kind }) => {
      requireServer("strikeRegister", kind);
      const register = withMethods("strikeRegister", value, "strike");
      if (register === null) return null;
      const { length } = viewBytes(register.id, "strikeRegister: id");
      if (length >= 1 && length <= 32) return register;
      throw new RangeError(
        `strikeRegister: an id of ${length.toString()} bytes; 1 to 32 are allowed`,
      );
    },
  },
  sessionStoreTimeout: {
    default: () => 100,
    check: (value) => {
      if (typeof value === "number" && value > 0) return value;
      throw new RangeError(
        `sessionStoreTimeout: ${found(value)}; milliseconds above 0 are allowed`,
      );
    },
  },
  onStoreEvent: {
    default: nothing,
    check: (value) => callable("onStoreEvent", value),
  },
  onSession: {
    default: nothing,
    check: (value) => callable("onSession", value),
  },
  numTickets: {
    default: () => 2,
    check: (value, { kind }) => {
      if (kind.protocol === Protocol.PROTOCOL_TLS_CLIENT)
        throw new RangeError("SSLContext is not a server context.: numTickets");
      return whole("numTickets", value, TICKETS, "tickets");
    },
  },
  ticketKeys: {
    default: nothing,
    check: (value) => withMethods("ticketKeys", value, "seal", "open"),
  },
  earlyData: { default: off, check: (value) => boolean("earlyData", value) },
  maxEarlyData: {
    default: () => 0,
    check: (value, { kind }) => {
      requireServer("maxEarlyData", kind);
      return whole("maxEarlyData", value, EARLY_DATA, "bytes");
    },
  },
  postHandshakeAuth: {
    default: off,
    check: (value) => boolean("postHandshakeAuth", value),
  },
  pskClientCallback: {
    default: nothing,
    check: (value, { kind }) => {
      if (kind.protocol === Protocol.PROTOCOL_TLS_SERVER)
        throw wrongRoleOf("client", "SERVER");
      return pskCallback("pskClientCallback", value);
    },
  },
  pskServerCallback: {
    default: nothing,
    check: (value, { kind }) => {
      if (kind.protocol === Protocol.PROTOCOL_TLS_CLIENT)
        throw wrongRoleOf("server", "CLIENT");
      return pskCallback("pskServerCallback", value);
    },
  },
  pskIdentityHint: {
    default: nothing,
    check: (value, { kind }) => {
      requireServer("pskIdentityHint", kind);
      if (value === null || typeof value === "string") return value;
      throw new TypeError(
        `pskIdentityHint: ${found(value)}; a text or null is allowed`,
      );
    },
  },
  keyLog: { default: nothing, check: (value) => callable("keyLog", value) },
  messageCallback: {
    default: nothing,
    check: (value) => callable("messageCallback", value),
  },
  limits: {
    default: () => Object.freeze({}),
    check: (value) => {
      try {
        checkedLimits(value);
      } catch (error) {
        throw new RangeError(
          error instanceof Error ? error.message : "limits",
          { cause: error },
        );
      }
      return Object.freeze({ ...value });
    },
  },
  grease: { default: () => true, check: (value) => boolean("grease", value) },
  pskModes: { default: () => ["psk_dhe_ke"], check: pskModesOf },
  encryptedClientHello: {
    default: nothing,
    check: (ech, { kind }) => {
      const isClient = isObjectWith(ech, "begin");
      if (ech !== null && !isClient && !isObjectWith(ech, "open"))
        throw new TypeError(
          `encryptedClientHello: ${found(ech)}; what createEchClient(), createEchGrease() or createEchServer() makes, or null, is allowed`,
        );
      const wrong = isClient
        ? Protocol.PROTOCOL_TLS_SERVER
        : Protocol.PROTOCOL_TLS_CLIENT;
      if (ech !== null && kind.protocol === wrong)
        throw new RangeError(
          `encryptedClientHello: this is a ${isClient ? "client" : "server"}'s, and the context is for the other side`,
        );
      return ech;
    },
  },
  certificateCompression: {
    default: () => [],
    check: (rows) => {
      const isList = Array.isArray(rows);
      const given: readonly unknown[] = isList ? rows : [];
      if (isList && given.every(isCompression)) return given.slice();
      throw new TypeError(
        `certificateCompression: ${found(rows)}; a list of rows of puretls/compression is allowed`,
      );
    },
  },
  ocspStapling: {
    default: () => "off",
    check: (value) =>
      word("ocspStapling", value, ["off", "request", "require"]),
  },
  transparency: {
    default: nothing,
    check: (value) => withMethods("transparency", value, "check"),
  },
  rawPublicKeys: {
    default: nothing,
    check: (value) => withMethods("rawPublicKeys", value, "verify"),
  },
  padding: {
    default: nothing,
    check: (padding) => {
      if (padding === null || typeof padding === "function") return padding;
      if (typeof padding === "number")
        return whole("padding", padding, [1, 2 ** 14], "bytes");
      throw new TypeError(
        `padding: ${found(padding)}; a number, a function or null is allowed`,
      );
    },
  },
  recordSizeLimit: {
    default: nothing,
    check: (limit) =>
      limit === null
        ? null
        : whole("recordSizeLimit", limit, RECORD_SIZE, "bytes"),
  },
};

/** The changes that the other options make. */
export const LOADS: {
  readonly [Name in Load]: (value: Input<Name>, at: At) => Change;
} = {
  checkHostname: (value, { settings }) => {
    const checkHostname = boolean("checkHostname", value);
    const raises =
      checkHostname && settings.verifyMode === VerifyMode.CERT_NONE;
    return {
      checkHostname,
      ...(raises && { verifyMode: VerifyMode.CERT_REQUIRED }),
    };
  },
  options: (value, { settings }) => ({
    optionFlags:
      typeof value === "number"
        ? optionFlagsOf(value)
        : optionFlags(value, settings.optionFlags),
  }),
  ciphers: (value, { given }) => cipherChange(value, false, given),
  certChain: (value, { settings, kind }) =>
    withCertChain(settings, kind, value),
  rawPublicKey: (value, { settings, kind }) =>
    withRawPublicKey(settings, kind, value),
  verifyLocations: (value, { settings, kind }) =>
    withLocations(settings, kind, value),
};

/**
 * Returns the changes that a list of suites of TLS 1.2 makes: `@SECLEVEL=` in
 * it is a security level, unless there is one given.
 *
 * @throws what {@link ciphersOf} throws
 */
export function cipherChange(
  list: string | Preferences<string>,
  strict: boolean,
  given: ContextChanges = {},
): Change {
  const { suites: ciphers, securityLevel } = ciphersOf(list, strict);
  if (securityLevel === undefined || given.securityLevel !== undefined)
    return { ciphers };
  return { ciphers, securityLevel: securityLevelOf(securityLevel) };
}

function defaultSuites(
  { provider }: ContextKind,
  version: TlsProtocolVersion,
): readonly CipherSuiteName[] {
  return defaultCipherSuites(provider.fastAes).filter(
    (name) => CIPHER_SUITES[name].version === version,
  );
}

/** @throws RangeError on a context of one version: it has no range to set */
function requireRange(property: string, { protocol }: ContextKind): void {
  if (protocol === Protocol.PROTOCOL_TLSv1_2)
    throw new RangeError(
      `The context's protocol doesn't support modification of highest and lowest version.: ${property}`,
    );
}

function isCompression(row: unknown): row is CertificateCompressor {
  return isObjectWith(row, "compress") && isObjectWith(row, "decompress");
}
