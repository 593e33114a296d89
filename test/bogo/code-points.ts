/** Maps the runner's numbers to the names of puretls. */
import { GROUPS, SIGNATURE_SCHEMES } from "../../src/engine/index.ts";
import type {
  CertificateTypeName,
  SignatureSchemeName,
} from "../../src/engine/index.ts";
import type { GroupName } from "../../src/crypto/provider.ts";
import { Unimplemented } from "./outcome.ts";

/** @throws Unimplemented for a group that puretls does not have */
export function groupNames(codes: readonly number[]): GroupName[] {
  return codes.map((code) => {
    for (const name in GROUPS)
      if (isGroup(name) && GROUPS[name] === code) return name;
    throw new Unimplemented(`group ${code}`);
  });
}

/** @throws Unimplemented for a scheme that puretls does not have */
export function schemeNames(codes: readonly number[]): SignatureSchemeName[] {
  return codes.map((code) => {
    for (const name in SIGNATURE_SCHEMES)
      if (isScheme(name) && SIGNATURE_SCHEMES[name].code === code) return name;
    throw new Unimplemented(`signature scheme ${code}`);
  });
}

function isGroup(name: string): name is GroupName {
  return Object.hasOwn(GROUPS, name);
}

function isScheme(name: string): name is SignatureSchemeName {
  return Object.hasOwn(SIGNATURE_SCHEMES, name);
}

/**
 * The schemes that BoringSSL's shim verifies by default, for which the cases
 * are written.
 */
export const VERIFIES_BY_DEFAULT: readonly SignatureSchemeName[] = [
  "ecdsa_secp256r1_sha256",
  "rsa_pss_rsae_sha256",
  "rsa_pkcs1_sha256",
  "ecdsa_secp384r1_sha384",
  "rsa_pss_rsae_sha384",
  "rsa_pkcs1_sha384",
  "rsa_pss_rsae_sha512",
  "rsa_pkcs1_sha512",
];

/** The same for groups. */
export const GROUPS_BY_DEFAULT: readonly GroupName[] = [
  "X25519MLKEM768",
  "x25519",
  "secp256r1",
  "secp384r1",
];

/** RFC 7250. */
export function certificateTypeNames(
  codes: readonly number[] | undefined,
): readonly CertificateTypeName[] | undefined {
  return codes?.map((code) => (code === 0 ? "X509" : "RawPublicKey"));
}

/** ALPN names as the runner writes them, each behind its length. */
export function alpnNames(list: string): string[] {
  const names: string[] = [];
  for (let at = 0; at < list.length;) {
    const length = list.charCodeAt(at);
    names.push(list.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return names;
}
