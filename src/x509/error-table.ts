/**
 * Every way in which a certificate, a key or a list can be refused, in one
 * table. The numbers are OpenSSL's X509_V_ERR ones, which programs already know; a code of ours may share a number with another when OpenSSL
 * does not tell them apart.
 */
import type { VerifyCode } from "./verify-messages.ts";

export interface ErrorRow {
  /**
   * OpenSSL's X509_V_ERR number; 1 (unspecified) where `openssl verify` says
   * something else of such a chain, or cannot judge it at all (OCSP).
   */
  readonly verifyCode: VerifyCode;
  /** What was wrong, and what to do about it. */
  readonly says: string;
  /**
   * When several paths were tried, the error with the highest rank is
   * reported: a path that got further tells more. Ranks from 50 on give way
   * to a name mismatch, because OpenSSL looks at the name before them.
   */
  readonly rank: number;
}

function row(verifyCode: VerifyCode, rank: number, says: string): ErrorRow {
  return { verifyCode, says, rank };
}

/** The table: code, OpenSSL's number, rank, words. */
export const X509_ERRORS = {
  // Reading.
  malformed_certificate: row(
    1,
    40,
    "the certificate is not a DER certificate of RFC 5280",
  ),
  malformed_extension: row(
    1,
    40,
    "an extension of the certificate is malformed",
  ),
  inconsistent_extensions: row(
    1,
    40,
    "extensions of the certificate contradict each other",
  ),
  malformed_policy_extension: row(
    42,
    40,
    "a policy extension of the certificate is malformed",
  ),
  malformed_public_key: row(1, 40, "the certificate's public key is malformed"),
  unsupported_public_key: row(
    1,
    40,
    "the certificate's public key is of a kind that is not supported",
  ),
  explicit_curve: row(
    94,
    40,
    "the certificate's EC key does not name its curve",
  ),
  malformed_pem: row(1, 0, "the PEM text is malformed"),
  no_pem_block: row(1, 0, "the text holds no PEM block of the wanted kind"),
  private_key_among_certificates: row(
    1,
    0,
    "a private key stands among certificates for others: keep it in a file of its own",
  ),
  malformed_private_key: row(1, 0, "the private key is malformed"),
  unsupported_private_key: row(
    1,
    0,
    "the private key is of a kind that is not supported",
  ),
  password_required: row(
    1,
    0,
    "the private key is encrypted: a password is needed",
  ),
  wrong_password: row(
    1,
    0,
    "the private key does not decrypt: the password is wrong or the file is damaged",
  ),

  // Building a path.
  no_certificate: row(1, 1, "the peer sent no certificate"),
  unknown_issuer: row(
    20,
    10,
    "no trusted certificate issued this chain: load its root, or have the peer send its intermediates",
  ),
  self_signed_leaf: row(
    18,
    11,
    "the certificate is self-signed and not trusted: load it as a trusted certificate if you know it",
  ),
  self_signed_in_chain: row(
    19,
    12,
    "the chain ends in a self-signed certificate that is not trusted: load it if you know it",
  ),
  anchor_not_self_signed: row(
    2,
    13,
    "the chain ends in a trusted certificate that is not a root, and partialChain is off",
  ),
  chain_too_long: row(22, 14, "the chain has more certificates than allowed"),
  path_budget_exceeded: row(
    1,
    15,
    "finding a path through these certificates takes too much work",
  ),
  signature_budget_exceeded: row(
    1,
    15,
    "finding a path through these certificates takes too many signature checks",
  ),
  name_budget_exceeded: row(
    1,
    75,
    "the name constraints of this chain take too many comparisons",
  ),

  // What each certificate may do.
  extensions_require_version_3: row(
    93,
    41,
    "only a version 3 certificate can be judged",
  ),
  unhandled_critical_extension: row(
    34,
    42,
    "the certificate has a critical extension that is not understood",
  ),
  invalid_ca: row(
    79,
    43,
    "an issuer is not a CA certificate (basicConstraints)",
  ),
  key_usage_no_cert_sign: row(
    79,
    43,
    "an issuer's keyUsage does not include keyCertSign",
  ),
  cert_sign_without_ca: row(
    82,
    43,
    "keyUsage has keyCertSign but the certificate is no CA",
  ),
  path_length_exceeded: row(
    25,
    44,
    "a CA's path length constraint forbids so many CAs below it",
  ),
  wrong_purpose: row(
    26,
    45,
    "a certificate of the chain is not meant for this use (keyUsage or extendedKeyUsage)",
  ),
  weak_leaf_key: row(66, 46, "the certificate's key is too weak"),
  weak_ca_key: row(67, 46, "a CA's key is too weak"),
  weak_signature_digest: row(
    68,
    46,
    "a certificate is signed with a digest that can be forged (SHA-1 or older)",
  ),

  // Issuance lints of the strict profile.
  issuer_name_empty: row(83, 41, "the issuer's name is empty"),
  subject_name_empty: row(84, 41, "a CA has an empty subject name"),
  missing_authority_key_identifier: row(
    85,
    41,
    "authorityKeyIdentifier is missing (strict profile)",
  ),
  missing_subject_key_identifier: row(
    86,
    41,
    "a CA has no subjectKeyIdentifier (strict profile)",
  ),
  empty_subject_alt_name: row(87, 41, "subjectAltName is empty"),
  subject_alt_name_not_critical: row(
    88,
    41,
    "the subject is empty and subjectAltName is not critical",
  ),
  basic_constraints_not_critical: row(
    89,
    41,
    "a CA's basicConstraints is not critical (strict profile)",
  ),
  // OpenSSL has numbers 90 and 91 for these, but says 34 of such chains.
  authority_key_identifier_critical: row(
    34,
    41,
    "authorityKeyIdentifier is critical",
  ),
  subject_key_identifier_critical: row(
    34,
    41,
    "subjectKeyIdentifier is critical",
  ),
  ca_without_key_usage: row(
    92,
    41,
    "a CA has no keyUsage extension: add it, or turn the strict profile (VERIFY_X509_STRICT) off",
  ),
  path_length_without_ca: row(
    80,
    41,
    "a path length is given for a certificate that is no CA",
  ),
  path_length_without_cert_sign: row(
    81,
    41,
    "a path length is given without keyCertSign (strict profile)",
  ),
  issuance_rule_broken: row(
    1,
    41,
    "the certificate breaks an issuance rule (strict profile)",
  ),

  // Signatures and time.
  signature_algorithm_mismatch: row(
    78,
    50,
    "the certificate names two different signature algorithms",
  ),
  // OpenSSL has numbers 76 and 77 for these two, but says 20 of such chains.
  unsupported_signature_algorithm: row(
    20,
    50,
    "a certificate is signed with an algorithm that is not supported",
  ),
  signature_key_mismatch: row(
    20,
    50,
    "a certificate's signature algorithm does not fit its issuer's key",
  ),
  signature_failure: row(7, 50, "a certificate's signature is wrong"),
  certificate_not_yet_valid: row(
    9,
    60,
    "a certificate is not yet valid: check the clock",
  ),
  certificate_expired: row(10, 60, "a certificate has expired"),

  // Names.
  hostname_mismatch: row(
    62,
    49,
    "the certificate is not valid for the expected name",
  ),
  ip_address_mismatch: row(
    64,
    49,
    "the certificate is not valid for the expected IP address",
  ),
  permitted_violation: row(
    47,
    70,
    "a name is outside what a CA's name constraints permit",
  ),
  excluded_violation: row(
    48,
    70,
    "a name is one that a CA's name constraints exclude",
  ),
  subtree_minmax: row(49, 70, "a name constraint has a minimum or a maximum"),
  unsupported_constraint_type: row(
    51,
    70,
    "a name constraint is of a kind that cannot be judged",
  ),
  // OpenSSL has number 52 for this, but says 53 of such chains.
  unsupported_constraint_syntax: row(53, 70, "a name constraint is malformed"),
  unsupported_name_syntax: row(53, 70, "a name under constraints is malformed"),
  no_explicit_policy: row(
    43,
    71,
    "a certificate policy is required and none is valid on this path",
  ),

  // Revocation.
  unable_to_get_crl: row(
    3,
    80,
    "no CRL covers the certificate: load one from its issuer",
  ),
  malformed_crl: row(1, 81, "the CRL is not a DER CRL of RFC 5280"),
  crl_signature_failure: row(8, 81, "the CRL's signature is wrong"),
  crl_not_yet_valid: row(11, 82, "the CRL is not yet valid"),
  crl_expired: row(12, 82, "the CRL has expired: load a newer one"),
  key_usage_no_crl_sign: row(
    35,
    81,
    "the CRL's issuer may not sign CRLs (keyUsage)",
  ),
  unhandled_critical_crl_extension: row(
    36,
    81,
    "the CRL has a critical extension that is not understood",
  ),
  different_crl_scope: row(
    44,
    81,
    "the CRL does not cover this certificate or all reasons",
  ),
  malformed_ocsp_response: row(1, 81, "the OCSP response is malformed"),
  ocsp_verify_failed: row(
    1,
    81,
    "the OCSP response is not one that can be relied on",
  ),
  ocsp_certificate_unknown: row(
    1,
    81,
    "the OCSP responder does not know the certificate",
  ),
  untrusted_public_key: row(1, 60, "the public key is none that is trusted"),
  not_enough_timestamps: row(
    71,
    80,
    "too few logs of Certificate Transparency vouch for the certificate",
  ),
  ocsp_response_required: row(
    1,
    80,
    "an OCSP response is required and the peer sent none",
  ),
  certificate_revoked: row(23, 90, "a certificate is revoked"),
} as const satisfies Record<string, ErrorRow>;

/** The name of a fault. */
export type X509ErrorCode = keyof typeof X509_ERRORS;

/** From this rank on, a name mismatch is told first. */
export const RANK_AFTER_NAME = 50;
