import type { GroupName } from "../../crypto/provider.ts";
import { nameOf } from "../../wire/code-points.ts";

// [9846-B.3.1.4-01]
/**
 * NamedGroup: RFC 9846 4.3.7, draft-ietf-tls-ecdhe-mlkem, draft-ietf-tls-mlkem,
 * RFC 7919 2.
 *
 * @example
 * ```ts
 * import { GROUPS } from "puretls/engine";
 *
 * if (GROUPS.x25519 !== 29) throw new Error();
 * ```
 */
export const GROUPS = {
  X25519MLKEM768: 0x11ec,
  SecP256r1MLKEM768: 0x11eb,
  SecP384r1MLKEM1024: 0x11ed,
  MLKEM768: 0x0201,
  MLKEM1024: 0x0202,
  x25519: 0x001d,
  x448: 0x001e,
  secp256r1: 0x0017,
  secp384r1: 0x0018,
  secp521r1: 0x0019,
  ffdhe2048: 0x0100,
  ffdhe3072: 0x0101,
  ffdhe4096: 0x0102,
  ffdhe6144: 0x0103,
  ffdhe8192: 0x0104,
} as const satisfies Record<GroupName, number>;

// [9846-9.1-03]
export const DEFAULT_GROUPS: readonly GroupName[] = [
  "X25519MLKEM768",
  "x25519",
  "secp256r1",
  "secp384r1",
  "secp521r1",
];

/**
 * Tells whether the group withstands a quantum computer: those with ML-KEM do.
 */
export function isPostQuantum(name: GroupName): boolean {
  return name.includes("MLKEM");
}

/** Groups of ECDHE in TLS 1.2, RFC 8422 5.1.1: no hybrids. */
const CURVES: ReadonlySet<GroupName> = new Set([
  "x25519",
  "x448",
  "secp256r1",
  "secp384r1",
  "secp521r1",
]);

/** Tells whether ECDHE of TLS 1.2 may use the group. */
export function isCurve(name: GroupName): boolean {
  return CURVES.has(name);
}

/** The group of a code point, undefined for one that puretls does not have. */
export function groupOf(code: number): GroupName | undefined {
  return nameOf(GROUPS, code);
}
