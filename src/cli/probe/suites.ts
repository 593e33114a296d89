/** Suites by number, and what their names tell about them. */
import { toHex } from "../../bytes.ts";
import { SUITE_NAMES } from "./suite-numbers.ts";

/** A code point that has no name here. */
export function codeText(code: number): string {
  return `0x${toHex(Uint8Array.of(code >> 8, code))}`;
}

/** The name of a suite, or its number where IANA has none for it. */
export function suiteName(code: number): string {
  return SUITE_NAMES.get(code) ?? codeText(code);
}

const all = [...SUITE_NAMES];

/** Suites of TLS 1.3, RFC 9846 B.4 and RFC 9150. */
export const SUITES_13: readonly number[] = all.flatMap(([code]) =>
  isOf13(code) ? [code] : [],
);

/** Suites of TLS 1.2 and before: the safest are not first, so that order shows. */
export const SUITES_BEFORE: readonly number[] = all.flatMap(([code]) =>
  isOf13(code) ? [] : [code],
);

function isOf13(code: number): boolean {
  return code >> 8 === 0x13 || code === 0xc0b4 || code === 0xc0b5;
}

/** The numbers of suites whose names have the pattern. */
export function suitesLike(pattern: RegExp): readonly number[] {
  return all.flatMap(([code, name]) => (pattern.test(name) ? [code] : []));
}

/** Parameters in the ServerKeyExchange of a suite; undefined: it has none. */
export function exchangeOf(
  code: number,
): "curve" | "field" | "rsa" | "other" | undefined {
  const name = suiteName(code);
  if (/_PSK_|_SRP_/.test(name)) return "other";
  if (/^TLS_(ECDHE|ECDH_anon)_/.test(name)) return "curve";
  if (/^TLS_(DHE|DH_anon)_/.test(name)) return "field";
  return name.startsWith("TLS_RSA_EXPORT") ? "rsa" : undefined;
}

export const isAnonymous = (name: string): boolean => name.includes("_anon_");
export const isExport = (name: string): boolean => name.includes("_EXPORT");
export const isNull = (name: string): boolean => name.includes("_WITH_NULL_");
export const isStaticRsa = (name: string): boolean =>
  /^TLS_RSA_(?!PSK)/.test(name);
export const isRc4 = (name: string): boolean => name.includes("_RC4_");
/** Ciphers of 64-bit blocks: 3DES, IDEA, DES and RC2. */
export const has64BitBlocks = (name: string): boolean =>
  /_(3DES|IDEA|DES|DES40|RC2)_/.test(name);
/** Ciphers of 56 bits or fewer that are not called export. */
export const isDes = (name: string): boolean => name.includes("_WITH_DES_");
export const isCbc = (name: string): boolean => name.includes("_CBC_");
/** Suites whose keys nobody can compute later from a stolen private key. */
export const isForwardSecret = (name: string): boolean =>
  /^TLS_(ECDHE|DHE|ECDH_anon|DH_anon)_|^TLS_(AES|CHACHA20|SHA)/.test(name);
