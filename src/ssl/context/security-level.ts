/**
 * OpenSSL's security levels for what a connection negotiates: suites, groups,
 * signatures, finite fields and tickets of TLS 1.2. (Those of certificates are
 * x509's.) The settings stay as they are: a level leaves out what is too weak when a
 * connection is made.
 */
import { ffdheParameters } from "../../crypto/ffdhe.ts";
import type {
  FiniteFieldParameters,
  GroupName,
} from "../../crypto/provider.ts";
import {
  namesKept,
  type Preferences,
} from "../../handshake/config/preferences.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuiteName,
} from "../../handshake/registries/cipher-suites.ts";
import {
  DEFAULT_SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../../handshake/registries/signature-schemes.ts";
import {
  KEY_STRENGTH,
  LEVELS,
  type SecurityLevel,
} from "../../x509/path/security-level.ts";
import { SSLError } from "../errors/errors.ts";
import { bitLength, LEAST_DH_BITS } from "../material/dh-parameters.ts";
import type { Settings } from "./settings.ts";

/** Bits of security of each group, as OpenSSL counts them. */
const GROUP_BITS: Readonly<Record<GroupName, number>> = {
  X25519MLKEM768: 192,
  SecP256r1MLKEM768: 192,
  SecP384r1MLKEM1024: 256,
  MLKEM768: 192,
  MLKEM1024: 256,
  x25519: 128,
  x448: 224,
  secp256r1: 128,
  secp384r1: 192,
  secp521r1: 256,
  ffdhe2048: 112,
  ffdhe3072: 128,
  ffdhe4096: 128,
  ffdhe6144: 128,
  ffdhe8192: 192,
};

/** HMAC with SHA-1, as OpenSSL counts it. */
const SHA1_MAC_BITS = 160;

/** The lists of a config, without what is below the level. */
export interface LevelledLists {
  readonly cipherSuites: Preferences<CipherSuiteName>;
  readonly groups: Preferences<GroupName>;
  readonly signatureSchemes: readonly SignatureSchemeName[];
}

/**
 * @throws SSLError NO_CIPHERS_AVAILABLE, NO_SUITABLE_GROUPS or
 *   NO_SUITABLE_SIGNATURE_ALGORITHM where the level leaves nothing of a list
 */
export function listsAtLevel(settings: Settings): LevelledLists {
  const { securityLevel: level, groups } = settings;
  return {
    cipherSuites: left(suitesAtLevel(settings), "NO_CIPHERS_AVAILABLE", level),
    groups: left(
      namesKept(groups, (name) => GROUP_BITS[name] >= LEVELS[level].bits),
      "NO_SUITABLE_GROUPS",
      level,
    ),
    signatureSchemes: left(
      schemesAtLevel(settings),
      "NO_SUITABLE_SIGNATURE_ALGORITHM",
      level,
    ),
  };
}

function left<T>(
  list: readonly T[],
  reason: keyof typeof LISTS,
  level: SecurityLevel,
): readonly T[] {
  if (list.length > 0) return list;
  throw new SSLError(
    `${LISTS[reason]} and security level ${level.toString()} leave nothing`,
    { library: "SSL", reason },
  );
}

const LISTS = {
  NO_CIPHERS_AVAILABLE: "setCiphers(), setCiphersuites()",
  NO_SUITABLE_GROUPS: "setGroups()",
  NO_SUITABLE_SIGNATURE_ALGORITHM: "signatureAlgorithms",
} as const;

/** Returns the suites of both versions that the level allows, best first. */
export function suitesAtLevel(
  settings: Settings,
): Preferences<CipherSuiteName> {
  const { ciphersuites, ciphers, securityLevel: level } = settings;
  const hasField = fieldAtLevel(settings) !== "none";
  return namesKept([...ciphersuites, ...ciphers], (name) => {
    const suite = CIPHER_SUITES[name];
    return (
      isStrong(suite, level) &&
      (hasField ||
        suite.version === "TLSv1.3" ||
        !suite.keyExchange.startsWith("DHE"))
    );
  });
}

function isStrong(suite: CipherSuite, level: SecurityLevel): boolean {
  const { bits } = LEVELS[level];
  if (suite.bits < bits) return false;
  if (suite.version === "TLSv1.3") return true;
  const { keyExchange, protection } = suite;
  const hasSha1 = protection.kind === "cbc" && protection.mac === "SHA-1";
  if (hasSha1 && bits > SHA1_MAC_BITS) return false;
  // Forward secrecy from level 3 on.
  return level < 3 || keyExchange.includes("DHE");
}

/**
 * Returns the schemes that the level allows. Up to level 2 those that are named
 * stay, SHA-1 among them; at level 0 the default has SHA-1 too, for TLS 1.2.
 */
function schemesAtLevel({
  signatureAlgorithms: named,
  securityLevel: level,
}: Settings): readonly SignatureSchemeName[] {
  if (level === 0 && named === DEFAULT_SIGNATURE_SCHEMES)
    return [...named, "ecdsa_sha1", "rsa_pkcs1_sha1"];
  if (level <= 2) return named;
  return named.filter((name) => schemeBits(name) >= LEVELS[level].bits);
}

function schemeBits(name: SignatureSchemeName): number {
  const hash = /sha(\d+)/.exec(name)?.[1];
  if (hash !== undefined) return hash === "1" ? 64 : Number(hash) / 2;
  const key = name.replace(/^mldsa/, "ml-dsa-");
  for (const [type, bits] of Object.entries(KEY_STRENGTH))
    if (type === key) return bits;
  return 0;
}

/** RFC 5077 tickets end at level 3, where a key that leaks would undo secrecy. */
export function allowsTickets12({ securityLevel }: Settings): boolean {
  return securityLevel < 3;
}

/** Returns the least bits of a server's finite field that a client accepts. */
export function leastDhBits(level: SecurityLevel): number {
  // No field has more than 8192 bits: at level 5 there is no DHE suite.
  return Math.min(LEAST_DH_BITS[level], 8192);
}

/** Returns the parameters of a server's DHE; undefined for the usual ones. */
export function dhParametersAtLevel(
  settings: Settings,
): FiniteFieldParameters | undefined {
  const field = fieldAtLevel(settings);
  return field === "none" ? undefined : field;
}

function fieldAtLevel({
  dhParams,
  securityLevel: level,
}: Settings): FiniteFieldParameters | "none" | undefined {
  if (level === 5) return "none";
  if (dhParams !== null)
    return bitLength(dhParams.prime) >= LEAST_DH_BITS[level]
      ? dhParams
      : "none";
  if (level < 3) return undefined;
  return ffdheParameters(level === 3 ? "ffdhe3072" : "ffdhe8192");
}
