import type { GroupName } from "../crypto/provider.ts";

/** NamedGroup, RFC 8446 4.2.7 and draft-ietf-tls-ecdhe-mlkem. */
export const GROUPS = {
  X25519MLKEM768: 0x11ec,
  x25519: 0x001d,
  secp256r1: 0x0017,
  secp384r1: 0x0018,
  secp521r1: 0x0019,
} as const satisfies Record<GroupName, number>;

export const DEFAULT_GROUPS: readonly GroupName[] = [
  "X25519MLKEM768",
  "x25519",
  "secp256r1",
  "secp384r1",
  "secp521r1",
];

const BY_CODE: ReadonlyMap<number, GroupName> = new Map(
  DEFAULT_GROUPS.map((name) => [GROUPS[name], name]),
);

/** The group of a code point, undefined for one that puretls does not have. */
export function groupOf(code: number): GroupName | undefined {
  return BY_CODE.get(code);
}
