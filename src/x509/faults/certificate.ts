/** Faults of a certificate of a path. */
import type { FaultRow } from "./row.ts";

// What each certificate may do.
export const extensions_require_version_3 = {
  code: "extensions_require_version_3",
  verifyCode: 93,
  rank: 41,
  kind: "bad",
  says: "only a version 3 certificate can be validated",
} as const satisfies FaultRow;
export const unhandled_critical_extension = {
  code: "unhandled_critical_extension",
  verifyCode: 34,
  rank: 42,
  kind: "unsupported",
  says: "the certificate has a critical extension that is not understood",
} as const satisfies FaultRow;
export const invalid_ca = {
  code: "invalid_ca",
  verifyCode: 79,
  rank: 43,
  kind: "unknown_issuer",
  says: "an issuer is not a CA certificate (basicConstraints)",
} as const satisfies FaultRow;
export const key_usage_no_cert_sign = {
  code: "key_usage_no_cert_sign",
  verifyCode: 79,
  rank: 43,
  kind: "unknown_issuer",
  says: "a CA's keyUsage does not include keyCertSign",
} as const satisfies FaultRow;
export const cert_sign_without_ca = {
  code: "cert_sign_without_ca",
  verifyCode: 82,
  rank: 43,
  kind: "bad",
  says: "keyUsage has keyCertSign but the certificate is no CA: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
export const path_length_exceeded = {
  code: "path_length_exceeded",
  verifyCode: 25,
  rank: 44,
  kind: "unknown_issuer",
  says: "a CA's path length constraint forbids so many CAs below it",
} as const satisfies FaultRow;
export const wrong_purpose = {
  code: "wrong_purpose",
  verifyCode: 26,
  rank: 45,
  kind: "unsupported",
  says: "a certificate of the chain is not meant for this use (keyUsage or extendedKeyUsage)",
} as const satisfies FaultRow;
export const weak_leaf_key = {
  code: "weak_leaf_key",
  verifyCode: 66,
  rank: 46,
  kind: "bad",
  says: "the certificate's key is too weak for the security level",
} as const satisfies FaultRow;
export const weak_ca_key = {
  code: "weak_ca_key",
  verifyCode: 67,
  rank: 46,
  kind: "bad",
  says: "a CA's key is too weak for the security level",
} as const satisfies FaultRow;
export const weak_signature_digest = {
  code: "weak_signature_digest",
  verifyCode: 68,
  rank: 46,
  kind: "bad",
  says: "a certificate is signed with a digest that can be forged (SHA-1 or older)",
} as const satisfies FaultRow;

// Rules of the strict profile, and lints of the issuance profile.
export const issuer_name_empty = {
  code: "issuer_name_empty",
  verifyCode: 83,
  rank: 41,
  kind: "bad",
  says: "the issuer's name is empty",
} as const satisfies FaultRow;
export const subject_name_empty = {
  code: "subject_name_empty",
  verifyCode: 84,
  rank: 41,
  kind: "bad",
  says: "the subject is empty, although the certificate is a CA's or has no subjectAltName",
} as const satisfies FaultRow;
export const missing_authority_key_identifier = {
  code: "missing_authority_key_identifier",
  verifyCode: 85,
  rank: 41,
  kind: "bad",
  says: "authorityKeyIdentifier is missing or has no keyIdentifier: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
export const missing_subject_key_identifier = {
  code: "missing_subject_key_identifier",
  verifyCode: 86,
  rank: 41,
  kind: "bad",
  says: "a CA has no subjectKeyIdentifier: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
export const empty_subject_alt_name = {
  code: "empty_subject_alt_name",
  verifyCode: 87,
  rank: 41,
  kind: "bad",
  says: "subjectAltName is empty",
} as const satisfies FaultRow;
export const subject_alt_name_not_critical = {
  code: "subject_alt_name_not_critical",
  verifyCode: 88,
  rank: 41,
  kind: "bad",
  says: "the subject is empty and subjectAltName is not critical: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
export const basic_constraints_not_critical = {
  code: "basic_constraints_not_critical",
  verifyCode: 89,
  rank: 41,
  kind: "bad",
  says: "a CA's basicConstraints is not critical: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
// OpenSSL has numbers 90 and 91 for these, but says 34 of such chains.
export const authority_key_identifier_critical = {
  code: "authority_key_identifier_critical",
  verifyCode: 34,
  rank: 41,
  kind: "bad",
  says: "authorityKeyIdentifier is critical",
} as const satisfies FaultRow;
export const subject_key_identifier_critical = {
  code: "subject_key_identifier_critical",
  verifyCode: 34,
  rank: 41,
  kind: "bad",
  says: "subjectKeyIdentifier is critical",
} as const satisfies FaultRow;
export const ca_without_key_usage = {
  code: "ca_without_key_usage",
  verifyCode: 92,
  rank: 41,
  kind: "bad",
  says: "a CA has no keyUsage extension: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
export const path_length_without_ca = {
  code: "path_length_without_ca",
  verifyCode: 80,
  rank: 41,
  kind: "bad",
  says: "a path length is given for a certificate that is no CA: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
export const path_length_without_cert_sign = {
  code: "path_length_without_cert_sign",
  verifyCode: 81,
  rank: 41,
  kind: "bad",
  says: "a path length is given without keyUsage keyCertSign: accepted without the strict profile (VERIFY_X509_STRICT)",
} as const satisfies FaultRow;
export const issuance_rule_broken = {
  code: "issuance_rule_broken",
  detailFirst: true,
  verifyCode: 1,
  rank: 41,
  kind: "bad",
  says: "a rule for those who issue, which only the issuance profile checks (verify with another profile, or without --lint, to accept it)",
} as const satisfies FaultRow;
