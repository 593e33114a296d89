/** The words and numbers of the constants, checked. */
import { boolean, found, type Names, requireNames, word } from "./arguments.ts";
import type { SecurityLevel } from "../../x509/path/security-level.ts";
import {
  Options,
  Protocol,
  type ProtocolName,
  Purpose,
  TLSVersion,
  type TLSVersionName,
  VerifyFlags,
  VerifyMode,
  type VerifyModeName,
} from "../constants.ts";

const VERIFY_MODES = {
  none: VerifyMode.CERT_NONE,
  optional: VerifyMode.CERT_OPTIONAL,
  required: VerifyMode.CERT_REQUIRED,
} as const satisfies Record<VerifyModeName, VerifyMode>;

const PROTOCOLS = {
  tls: Protocol.PROTOCOL_TLS,
  tlsClient: Protocol.PROTOCOL_TLS_CLIENT,
  tlsServer: Protocol.PROTOCOL_TLS_SERVER,
  tls12: Protocol.PROTOCOL_TLSv1_2,
} as const satisfies Record<ProtocolName, Protocol>;

const VERSIONS = {
  minimum: TLSVersion.MINIMUM_SUPPORTED,
  maximum: TLSVersion.MAXIMUM_SUPPORTED,
  "TLSv1.2": TLSVersion.TLSv1_2,
  "TLSv1.3": TLSVersion.TLSv1_3,
} as const satisfies Record<TLSVersionName, TLSVersion>;

/** @throws RangeError for what is no VerifyMode */
export function verifyModeOf(value: VerifyMode | VerifyModeName): VerifyMode {
  return lookUp(
    "invalid value for verifyMode",
    "verifyMode",
    value,
    VERIFY_MODES,
  );
}

/** @throws RangeError for what is no Protocol */
export function protocolOf(value: Protocol | ProtocolName): Protocol {
  if (value === Protocol.PROTOCOL_TLSv1 || value === Protocol.PROTOCOL_TLSv1_1)
    return value;
  return lookUp(
    `invalid or unsupported protocol version ${found(value)}`,
    "protocol",
    value,
    PROTOCOLS,
  );
}

/** A {@link Purpose} or its word. */
export type PurposeChoice = Purpose | "serverAuth" | "clientAuth";

/** @throws TypeError for what is no Purpose */
export function purposeOf(purpose: PurposeChoice): Purpose {
  const name: unknown =
    typeof purpose === "object" && purpose !== null ? purpose.name : purpose;
  for (const one of Object.values(Purpose)) if (one.name === name) return one;
  throw new TypeError(`purpose: ${found(name)} is no Purpose`);
}

/** @throws RangeError for what is no TLSVersion */
export function versionOf(
  property: string,
  value: TLSVersion | TLSVersionName,
): TLSVersion {
  for (const version of Object.values(TLSVersion))
    if (version === value) return version;
  const number =
    typeof value === "number" ? ` 0x${(value >>> 0).toString(16)}` : "";
  return lookUp(
    `Unsupported TLS/SSL version${number}`,
    property,
    value,
    VERSIONS,
  );
}

function lookUp<Name extends string, Value extends number>(
  text: string,
  property: string,
  value: number | string,
  table: Readonly<Record<Name, Value>>,
): Value {
  for (const name in table)
    if (name === value || table[name] === value) return table[name];
  throw new RangeError(
    `${text}: ${property}: ${found(value)} is none of ${Object.keys(table).join(", ")} and none of their numbers`,
  );
}

/** The {@link VerifyFlags} in words. */
export interface VerifyFlagWords {
  /** The certificates that CRLs are asked about. */
  readonly crlCheck?: "none" | "leaf" | "chain";
  /** RFC 5280 to the letter, for issuers too. */
  readonly strict?: boolean;
  /** Any trusted certificate ends a chain, not only a root. */
  readonly partialChain?: boolean;
}

const VERIFY_FLAG_WORDS: Names<VerifyFlagWords> = {
  crlCheck: true,
  strict: true,
  partialChain: true,
};

const CRL_CHECKS = {
  none: 0,
  leaf: VerifyFlags.VERIFY_CRL_CHECK_LEAF,
  chain: VerifyFlags.VERIFY_CRL_CHECK_CHAIN,
} as const;

/**
 * @throws RangeError for a number with bits that mean nothing, and for a word that
 *   is none
 * @throws TypeError for what is neither a number nor an object of words
 */
export function verifyFlagsOf(
  value: number | VerifyFlagWords,
  present: number,
): number {
  if (typeof value === "number") {
    let all = 0;
    for (const bit of Object.values(VerifyFlags)) all |= bit;
    if (!Number.isInteger(value) || (value & ~all) !== 0)
      throw new RangeError(`verifyFlags: ${value.toString()} has unknown bits`);
    if ((value & VerifyFlags.VERIFY_ALLOW_PROXY_CERTS) !== 0)
      throw new RangeError("verifyFlags: proxy certificates are not supported");
    return value;
  }
  requireNames("verifyFlags", value, VERIFY_FLAG_WORDS);
  const { crlCheck, strict, partialChain } = value;
  let flags = present;
  if (crlCheck !== undefined)
    flags =
      (flags & ~CRL_CHECKS.chain) |
      CRL_CHECKS[word("crlCheck", crlCheck, ["none", "leaf", "chain"])];
  flags = withBit("strict", flags, VerifyFlags.VERIFY_X509_STRICT, strict);
  return withBit(
    "partialChain",
    flags,
    VerifyFlags.VERIFY_X509_PARTIAL_CHAIN,
    partialChain,
  );
}

/** @throws RangeError for what is no security level */
export function securityLevelOf(level: number): SecurityLevel {
  for (const one of [0, 1, 2, 3, 4, 5] as const) if (one === level) return one;
  throw new RangeError(`securityLevel: ${found(level)} is none of 0 to 5`);
}

/** Those {@link Options} that have an effect, in words. */
export interface ContextOptions {
  /** @deprecated Say `minimumVersion` instead. */
  readonly noTLSv1_2: boolean;
  /** @deprecated Say `maximumVersion` instead. */
  readonly noTLSv1_3: boolean;
  /** A server's order of preference wins over a client's; always so. */
  readonly cipherServerPreference: boolean;
  /** RFC 9846 E.4. Default true. */
  readonly middleboxCompat: boolean;
  /** No session tickets. */
  readonly noTicket: boolean;
  /** A transport that ends without close_notify is a normal end. */
  readonly ignoreUnexpectedEof: boolean;
}

const OPTION_BITS = {
  noTLSv1_2: Options.OP_NO_TLSv1_2,
  noTLSv1_3: Options.OP_NO_TLSv1_3,
  cipherServerPreference: Options.OP_CIPHER_SERVER_PREFERENCE,
  middleboxCompat: Options.OP_ENABLE_MIDDLEBOX_COMPAT,
  noTicket: Options.OP_NO_TICKET,
  ignoreUnexpectedEof: Options.OP_IGNORE_UNEXPECTED_EOF,
} as const satisfies Record<keyof ContextOptions, number>;

/** The flags that a context begins with, as Python's does. */
export const DEFAULT_OPTIONS =
  (Options.OP_ALL |
    Options.OP_NO_SSLv3 |
    Options.OP_CIPHER_SERVER_PREFERENCE |
    Options.OP_ENABLE_MIDDLEBOX_COMPAT |
    Options.OP_NO_COMPRESSION) >>>
  0;

/**
 * A sum of {@link Options}, as the operators of JavaScript make it: a number of
 * 32 bits, with a sign or without.
 *
 * @throws TypeError for what is no number
 * @throws RangeError for another number, and for bits that mean nothing here
 */
export function optionFlagsOf(value: number): number {
  if (typeof value !== "number")
    throw new TypeError(
      `optionFlags: ${found(value)}; a sum of Options is allowed`,
    );
  let all = 0;
  for (const bit of Object.values(Options)) all |= bit;
  const unknown = (value & ~all) >>> 0;
  const flags = value >>> 0;
  if (unknown === 0 && (flags === value || (value | 0) === value)) return flags;
  throw new RangeError(
    `optionFlags: ${(unknown === 0 ? value : flags).toString()} is no sum of Options${unknown === 0 ? "" : `: 0x${unknown.toString(16)} is not supported${unknown === LEGACY_SERVER_CONNECT ? ", and a server without renegotiation_info (RFC 5746) is always refused" : ""}`}`,
  );
}

/** OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT. */
const LEGACY_SERVER_CONNECT = 0x4;

/**
 * The words for a sum of {@link Options}. In arithmetic they stand for the sum,
 * so that `context.options |= Options.OP_NO_TICKET` does what it does in Python.
 */
export function optionWords(flags: number): ContextOptions {
  const has = (name: keyof ContextOptions): boolean =>
    (flags & OPTION_BITS[name]) !== 0;
  const words = {
    noTLSv1_2: has("noTLSv1_2"),
    noTLSv1_3: has("noTLSv1_3"),
    cipherServerPreference: has("cipherServerPreference"),
    middleboxCompat: has("middleboxCompat"),
    noTicket: has("noTicket"),
    ignoreUnexpectedEof: has("ignoreUnexpectedEof"),
  };
  Object.defineProperty(words, Symbol.toPrimitive, { value: () => flags });
  return words;
}

const CONTEXT_OPTIONS: Names<Partial<ContextOptions>> = {
  noTLSv1_2: true,
  noTLSv1_3: true,
  cipherServerPreference: true,
  middleboxCompat: true,
  noTicket: true,
  ignoreUnexpectedEof: true,
};

/**
 * The sum after the words given were said; the others stay.
 *
 * @throws TypeError for what is no object of words, each true or false
 */
export function optionFlags(
  words: Partial<ContextOptions>,
  present: number,
): number {
  requireNames("options", words, CONTEXT_OPTIONS);
  let flags = present;
  let name: keyof ContextOptions;
  for (name in OPTION_BITS)
    flags = withBit(name, flags, OPTION_BITS[name], words[name]);
  return flags >>> 0;
}

function withBit(
  name: string,
  flags: number,
  bit: number,
  on: boolean | undefined,
): number {
  if (on === undefined) return flags;
  return boolean(name, on) ? flags | bit : flags & ~bit;
}
