/** Faults that lists, responses and logs find in a certificate. */
import type { FaultRow } from "./row.ts";

export const unable_to_get_crl = {
  code: "unable_to_get_crl",
  verifyCode: 3,
  rank: 80,
  kind: "unknown_issuer",
  says: "no CRL covers the certificate: load one from its issuer",
} as const satisfies FaultRow;
export const malformed_crl = {
  code: "malformed_crl",
  detailFirst: true,
  verifyCode: 1,
  rank: 81,
  kind: "bad",
  says: "the CRL is not a DER CRL of RFC 5280",
} as const satisfies FaultRow;
export const crl_signature_failure = {
  code: "crl_signature_failure",
  verifyCode: 8,
  rank: 81,
  kind: "bad",
  says: "the CRL's signature does not verify",
} as const satisfies FaultRow;
export const crl_not_yet_valid = {
  code: "crl_not_yet_valid",
  verifyCode: 11,
  rank: 82,
  kind: "bad",
  says: "the CRL is not yet valid",
} as const satisfies FaultRow;
export const crl_expired = {
  code: "crl_expired",
  verifyCode: 12,
  rank: 82,
  kind: "expired",
  says: "the CRL has expired: load a newer one",
} as const satisfies FaultRow;
export const key_usage_no_crl_sign = {
  code: "key_usage_no_crl_sign",
  verifyCode: 35,
  rank: 81,
  kind: "bad",
  says: "the CRL's issuer may not sign CRLs (keyUsage)",
} as const satisfies FaultRow;
export const unhandled_critical_crl_extension = {
  code: "unhandled_critical_crl_extension",
  verifyCode: 36,
  rank: 81,
  kind: "bad",
  says: "the CRL has a critical extension that is not understood",
} as const satisfies FaultRow;
export const different_crl_scope = {
  code: "different_crl_scope",
  verifyCode: 44,
  rank: 81,
  kind: "bad",
  says: "the CRL does not cover this certificate or all reasons",
} as const satisfies FaultRow;
export const malformed_ocsp_response = {
  code: "malformed_ocsp_response",
  detailFirst: true,
  verifyCode: 1,
  rank: 81,
  kind: "status",
  says: "the OCSP response is malformed",
} as const satisfies FaultRow;
export const ocsp_verify_failed = {
  code: "ocsp_verify_failed",
  verifyCode: 1,
  rank: 81,
  kind: "status",
  says: "the OCSP response could not be verified",
} as const satisfies FaultRow;
export const ocsp_certificate_unknown = {
  code: "ocsp_certificate_unknown",
  verifyCode: 1,
  rank: 81,
  kind: "status",
  says: "the OCSP responder does not know the certificate",
} as const satisfies FaultRow;
export const untrusted_public_key = {
  code: "untrusted_public_key",
  verifyCode: 1,
  rank: 60,
  kind: "unacceptable",
  says: "the raw public key is not among the trusted ones",
} as const satisfies FaultRow;
export const not_enough_timestamps = {
  code: "not_enough_timestamps",
  verifyCode: 71,
  rank: 80,
  kind: "unacceptable",
  says: "the certificate has too few timestamps of trusted Certificate Transparency logs",
} as const satisfies FaultRow;
export const ocsp_response_required = {
  code: "ocsp_response_required",
  verifyCode: 1,
  rank: 80,
  kind: "status",
  says: "an OCSP response is required and the peer sent none",
} as const satisfies FaultRow;
export const certificate_revoked = {
  code: "certificate_revoked",
  verifyCode: 23,
  rank: 90,
  kind: "revoked",
  says: "a certificate is revoked",
} as const satisfies FaultRow;
