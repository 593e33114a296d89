import type { Reason } from "../errors.ts";
import { TlsError } from "../errors.ts";
import { type X509ErrorCode, X509Error } from "../x509/errors.ts";

/**
 * The reason, and with it the alert (RFC 8446 6.2), for everything that can be
 * wrong with a certificate. Where the RFC leaves a choice the alert is
 * OpenSSL's, which peers and their operators know, and for what is no
 * certificate at all BoringSSL's: like any other bytes that do not parse.
 */
const FAULTS: Readonly<Record<X509ErrorCode, Reason>> = {
  malformed_certificate: "undecodable_certificate",
  malformed_extension: "bad_certificate",
  inconsistent_extensions: "bad_certificate",
  malformed_policy_extension: "bad_certificate",
  malformed_public_key: "bad_certificate",
  unsupported_public_key: "unsupported_certificate",
  explicit_curve: "bad_certificate",
  malformed_pem: "internal_error",
  no_pem_block: "internal_error",
  private_key_among_certificates: "internal_error",
  malformed_private_key: "internal_error",
  unsupported_private_key: "internal_error",
  password_required: "internal_error",
  wrong_password: "internal_error",
  no_certificate: "certificate_missing",
  unknown_issuer: "unknown_ca",
  self_signed_leaf: "unknown_ca",
  self_signed_in_chain: "unknown_ca",
  anchor_not_self_signed: "unknown_ca",
  chain_too_long: "unknown_ca",
  path_budget_exceeded: "certificate_unknown",
  signature_budget_exceeded: "certificate_unknown",
  name_budget_exceeded: "certificate_unknown",
  extensions_require_version_3: "bad_certificate",
  unhandled_critical_extension: "unsupported_certificate",
  invalid_ca: "unknown_ca",
  key_usage_no_cert_sign: "unknown_ca",
  cert_sign_without_ca: "bad_certificate",
  path_length_exceeded: "unknown_ca",
  wrong_purpose: "unsupported_certificate",
  weak_leaf_key: "bad_certificate",
  weak_ca_key: "bad_certificate",
  weak_signature_digest: "bad_certificate",
  issuer_name_empty: "bad_certificate",
  subject_name_empty: "bad_certificate",
  missing_authority_key_identifier: "bad_certificate",
  missing_subject_key_identifier: "bad_certificate",
  empty_subject_alt_name: "bad_certificate",
  subject_alt_name_not_critical: "bad_certificate",
  basic_constraints_not_critical: "bad_certificate",
  authority_key_identifier_critical: "bad_certificate",
  subject_key_identifier_critical: "bad_certificate",
  ca_without_key_usage: "bad_certificate",
  path_length_without_ca: "bad_certificate",
  path_length_without_cert_sign: "bad_certificate",
  issuance_rule_broken: "bad_certificate",
  signature_algorithm_mismatch: "bad_certificate",
  unsupported_signature_algorithm: "bad_certificate",
  signature_key_mismatch: "bad_certificate",
  signature_failure: "bad_certificate",
  certificate_not_yet_valid: "bad_certificate",
  certificate_expired: "certificate_expired",
  hostname_mismatch: "bad_certificate",
  ip_address_mismatch: "bad_certificate",
  permitted_violation: "bad_certificate",
  excluded_violation: "bad_certificate",
  subtree_minmax: "bad_certificate",
  unsupported_constraint_type: "bad_certificate",
  unsupported_constraint_syntax: "bad_certificate",
  unsupported_name_syntax: "bad_certificate",
  no_explicit_policy: "bad_certificate",
  unable_to_get_crl: "unknown_ca",
  malformed_crl: "bad_certificate",
  crl_signature_failure: "bad_certificate",
  crl_not_yet_valid: "bad_certificate",
  crl_expired: "certificate_expired",
  key_usage_no_crl_sign: "bad_certificate",
  unhandled_critical_crl_extension: "bad_certificate",
  different_crl_scope: "bad_certificate",
  malformed_ocsp_response: "bad_certificate_status_response",
  ocsp_verify_failed: "bad_certificate_status_response",
  ocsp_certificate_unknown: "bad_certificate_status_response",
  untrusted_public_key: "certificate_unknown",
  not_enough_timestamps: "certificate_unknown",
  ocsp_response_required: "bad_certificate_status_response",
  certificate_revoked: "certificate_revoked",
};

/** What ends the connection for a fault that a verifier found. */
export function tlsErrorOf(fault: X509Error): TlsError {
  return new TlsError(FAULTS[fault.code], {
    detail: fault.message,
    cause: fault,
  });
}

/**
 * Runs what may find fault with the peer's certificate.
 *
 * @throws TlsError in place of X509Error
 */
export function certificateFault<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof X509Error ? tlsErrorOf(error) : error;
  }
}
