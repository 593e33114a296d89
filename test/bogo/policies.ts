/**
 * The compliance policies that flags name, with what the cases allow under
 * each.
 */
import type { CommonOptions } from "../../src/engine/index.ts";
import type { Flags } from "./flags.ts";

const NAMES = [
  "fips-202205",
  "wpa-202304",
  "cnsa-202407",
  "cnsa1-202603",
  "cnsa2-202603",
] as const;

type Policy = Pick<
  CommonOptions,
  "versions" | "cipherSuites" | "groups" | "signatureSchemes"
>;

const WPA: Policy = {
  cipherSuites: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  ],
  groups: ["secp384r1"],
  signatureSchemes: [
    "rsa_pkcs1_sha384",
    "rsa_pkcs1_sha512",
    "ecdsa_secp384r1_sha384",
    "rsa_pss_rsae_sha384",
    "rsa_pss_rsae_sha512",
  ],
};

const CNSA_SCHEMES = [
  "rsa_pkcs1_sha384",
  "ecdsa_secp384r1_sha384",
  "rsa_pss_rsae_sha384",
] as const;

const POLICIES = {
  "fips-202205": {
    cipherSuites: [
      "TLS_AES_128_GCM_SHA256",
      "TLS_AES_256_GCM_SHA384",
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    ],
    groups: ["secp256r1", "secp384r1"],
    signatureSchemes: [
      "rsa_pkcs1_sha256",
      "rsa_pkcs1_sha384",
      "rsa_pkcs1_sha512",
      "ecdsa_secp256r1_sha256",
      "ecdsa_secp384r1_sha384",
      "rsa_pss_rsae_sha256",
      "rsa_pss_rsae_sha384",
      "rsa_pss_rsae_sha512",
    ],
  },
  "wpa-202304": WPA,
  "cnsa1-202603": {
    cipherSuites: [
      ...(WPA.cipherSuites ?? []),
      "TLS_RSA_WITH_AES_256_GCM_SHA384",
    ],
    groups: ["MLKEM1024", "secp384r1"],
    signatureSchemes: CNSA_SCHEMES,
  },
  "cnsa2-202603": {
    versions: ["TLSv1.3"],
    cipherSuites: ["TLS_AES_256_GCM_SHA384"],
    groups: ["MLKEM1024"],
    signatureSchemes: CNSA_SCHEMES,
  },
  "cnsa-202407": {
    cipherSuites: [
      "TLS_AES_256_GCM_SHA384",
      "TLS_AES_128_GCM_SHA256",
      "TLS_CHACHA20_POLY1305_SHA256",
    ],
  },
} as const satisfies Record<(typeof NAMES)[number], Policy>;

/** The policy that the flags name, if any. */
export function policyOf(flags: Flags): Policy | undefined {
  for (const name of NAMES) if (flags[name]) return POLICIES[name];
  return undefined;
}
