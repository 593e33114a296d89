/**
 * Every way in which a certificate, a key or a list can be refused, in one
 * table. The numbers and texts are OpenSSL's X509_V_ERR ones, which programs
 * already know; a code of ours may share a number with another when OpenSSL
 * does not tell them apart.
 */
import { DerError } from "./der.ts";

interface Row {
  /** OpenSSL's X509_V_ERR number. */
  readonly verifyCode: number;
  /** OpenSSL's text for the number. */
  readonly verifyMessage: string;
  /** What was wrong, and what to do about it. */
  readonly says: string;
  /**
   * When several paths were tried, the error with the highest rank is
   * reported: a path that got further tells more. Ranks from 50 on give way
   * to a name mismatch, because OpenSSL looks at the name before them.
   */
  readonly rank: number;
}

const UNSPECIFIED = "unspecified certificate verification error";
const BAD_EXTENSION = "invalid or inconsistent certificate extension";

export const X509_ERRORS = {
  // Reading.
  malformed_certificate: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the certificate is not a DER certificate of RFC 5280",
    rank: 40,
  },
  malformed_extension: {
    verifyCode: 41,
    verifyMessage: BAD_EXTENSION,
    says: "an extension of the certificate is malformed",
    rank: 40,
  },
  inconsistent_extensions: {
    verifyCode: 41,
    verifyMessage: BAD_EXTENSION,
    says: "extensions of the certificate contradict each other",
    rank: 40,
  },
  malformed_policy_extension: {
    verifyCode: 42,
    verifyMessage: "invalid or inconsistent certificate policy extension",
    says: "a policy extension of the certificate is malformed",
    rank: 40,
  },
  malformed_public_key: {
    verifyCode: 6,
    verifyMessage: "unable to decode issuer public key",
    says: "the certificate's public key is malformed",
    rank: 40,
  },
  unsupported_public_key: {
    verifyCode: 6,
    verifyMessage: "unable to decode issuer public key",
    says: "the certificate's public key is of a kind that is not supported",
    rank: 40,
  },
  explicit_curve: {
    verifyCode: 94,
    verifyMessage: "Certificate public key has explicit ECC parameters",
    says: "the certificate's EC key does not name its curve",
    rank: 40,
  },
  malformed_pem: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the PEM text is malformed",
    rank: 0,
  },
  no_pem_block: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the text holds no PEM block of the wanted kind",
    rank: 0,
  },
  malformed_private_key: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the private key is malformed",
    rank: 0,
  },
  unsupported_private_key: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the private key is of a kind that is not supported",
    rank: 0,
  },
  password_required: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the private key is encrypted: a password is needed",
    rank: 0,
  },
  wrong_password: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the private key does not decrypt: the password is wrong or the file is damaged",
    rank: 0,
  },

  // Building a path.
  no_certificate: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the peer sent no certificate",
    rank: 1,
  },
  unknown_issuer: {
    verifyCode: 20,
    verifyMessage: "unable to get local issuer certificate",
    says: "no trusted certificate issued this chain: load its root, or have the peer send its intermediates",
    rank: 10,
  },
  self_signed_leaf: {
    verifyCode: 18,
    verifyMessage: "self-signed certificate",
    says: "the certificate is self-signed and not trusted: load it as a trusted certificate if you know it",
    rank: 11,
  },
  self_signed_in_chain: {
    verifyCode: 19,
    verifyMessage: "self-signed certificate in certificate chain",
    says: "the chain ends in a self-signed certificate that is not trusted: load it if you know it",
    rank: 12,
  },
  anchor_not_self_signed: {
    verifyCode: 2,
    verifyMessage: "unable to get issuer certificate",
    says: "the chain ends in a trusted certificate that is not a root, and partialChain is off",
    rank: 13,
  },
  chain_too_long: {
    verifyCode: 22,
    verifyMessage: "certificate chain too long",
    says: "the chain has more certificates than allowed",
    rank: 14,
  },
  path_budget_exceeded: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "finding a path through these certificates takes too much work",
    rank: 15,
  },
  signature_budget_exceeded: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "finding a path through these certificates takes too many signature checks",
    rank: 15,
  },
  name_budget_exceeded: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the name constraints of this chain take too many comparisons",
    rank: 75,
  },

  // What each certificate may do.
  extensions_require_version_3: {
    verifyCode: 93,
    verifyMessage: "Using cert extension requires at least X509v3",
    says: "only a version 3 certificate can be judged",
    rank: 41,
  },
  unhandled_critical_extension: {
    verifyCode: 34,
    verifyMessage: "unhandled critical extension",
    says: "the certificate has a critical extension that is not understood",
    rank: 42,
  },
  invalid_ca: {
    verifyCode: 79,
    verifyMessage: "invalid CA certificate",
    says: "an issuer is not a CA certificate (basicConstraints)",
    rank: 43,
  },
  key_usage_no_cert_sign: {
    verifyCode: 79,
    verifyMessage: "invalid CA certificate",
    says: "an issuer's keyUsage does not include keyCertSign",
    rank: 43,
  },
  cert_sign_without_ca: {
    verifyCode: 82,
    verifyMessage: "Key usage keyCertSign invalid for non-CA cert",
    says: "keyUsage has keyCertSign but the certificate is no CA",
    rank: 43,
  },
  path_length_exceeded: {
    verifyCode: 25,
    verifyMessage: "path length constraint exceeded",
    says: "a CA's path length constraint forbids so many CAs below it",
    rank: 44,
  },
  wrong_purpose: {
    verifyCode: 26,
    verifyMessage: "unsuitable certificate purpose",
    says: "a certificate of the chain is not meant for this use (keyUsage or extendedKeyUsage)",
    rank: 45,
  },
  weak_leaf_key: {
    verifyCode: 66,
    verifyMessage: "EE certificate key too weak",
    says: "the certificate's key is too weak",
    rank: 46,
  },
  weak_ca_key: {
    verifyCode: 67,
    verifyMessage: "CA certificate key too weak",
    says: "a CA's key is too weak",
    rank: 46,
  },
  weak_signature_digest: {
    verifyCode: 68,
    verifyMessage: "CA signature digest algorithm too weak",
    says: "a certificate is signed with a digest that can be forged (SHA-1 or older)",
    rank: 46,
  },

  // Issuance lints of the strict profile.
  issuer_name_empty: {
    verifyCode: 83,
    verifyMessage: "Issuer name empty",
    says: "the issuer's name is empty",
    rank: 41,
  },
  subject_name_empty: {
    verifyCode: 84,
    verifyMessage: "Subject name empty",
    says: "a CA has an empty subject name",
    rank: 41,
  },
  missing_authority_key_identifier: {
    verifyCode: 85,
    verifyMessage: "Missing Authority Key Identifier",
    says: "authorityKeyIdentifier is missing (strict profile)",
    rank: 41,
  },
  missing_subject_key_identifier: {
    verifyCode: 86,
    verifyMessage: "Missing Subject Key Identifier",
    says: "a CA has no subjectKeyIdentifier (strict profile)",
    rank: 41,
  },
  empty_subject_alt_name: {
    verifyCode: 87,
    verifyMessage: "Empty Subject Alternative Name extension",
    says: "subjectAltName is empty",
    rank: 41,
  },
  subject_alt_name_not_critical: {
    verifyCode: 88,
    verifyMessage: "Subject empty and Subject Alt Name extension not critical",
    says: "the subject is empty and subjectAltName is not critical",
    rank: 41,
  },
  basic_constraints_not_critical: {
    verifyCode: 89,
    verifyMessage: "Basic Constraints of CA cert not marked critical",
    says: "a CA's basicConstraints is not critical (strict profile)",
    rank: 41,
  },
  authority_key_identifier_critical: {
    verifyCode: 90,
    verifyMessage: "Authority Key Identifier marked critical",
    says: "authorityKeyIdentifier is critical",
    rank: 41,
  },
  subject_key_identifier_critical: {
    verifyCode: 91,
    verifyMessage: "Subject Key Identifier marked critical",
    says: "subjectKeyIdentifier is critical",
    rank: 41,
  },
  ca_without_key_usage: {
    verifyCode: 92,
    verifyMessage: "CA cert does not include key usage extension",
    says: "a CA has no keyUsage extension: add it, or turn the strict profile (VERIFY_X509_STRICT) off",
    rank: 41,
  },
  path_length_without_ca: {
    verifyCode: 80,
    verifyMessage: "Path length invalid for non-CA cert",
    says: "a path length is given for a certificate that is no CA",
    rank: 41,
  },
  path_length_without_cert_sign: {
    verifyCode: 81,
    verifyMessage: "Path length given without key usage keyCertSign",
    says: "a path length is given without keyCertSign (strict profile)",
    rank: 41,
  },
  issuance_rule_broken: {
    verifyCode: 41,
    verifyMessage: BAD_EXTENSION,
    says: "the certificate breaks an issuance rule (strict profile)",
    rank: 41,
  },

  // Signatures and time.
  signature_algorithm_mismatch: {
    verifyCode: 78,
    verifyMessage: "cert info signature and signature algorithm mismatch",
    says: "the certificate names two different signature algorithms",
    rank: 50,
  },
  unsupported_signature_algorithm: {
    verifyCode: 76,
    verifyMessage: "Cannot find certificate signature algorithm",
    says: "a certificate is signed with an algorithm that is not supported",
    rank: 50,
  },
  signature_key_mismatch: {
    verifyCode: 77,
    verifyMessage:
      "subject signature algorithm and issuer public key algorithm mismatch",
    says: "a certificate's signature algorithm does not fit its issuer's key",
    rank: 50,
  },
  signature_failure: {
    verifyCode: 7,
    verifyMessage: "certificate signature failure",
    says: "a certificate's signature is wrong",
    rank: 50,
  },
  certificate_not_yet_valid: {
    verifyCode: 9,
    verifyMessage: "certificate is not yet valid",
    says: "a certificate is not yet valid: check the clock",
    rank: 60,
  },
  certificate_expired: {
    verifyCode: 10,
    verifyMessage: "certificate has expired",
    says: "a certificate has expired",
    rank: 60,
  },

  // Names.
  hostname_mismatch: {
    verifyCode: 62,
    verifyMessage: "hostname mismatch",
    says: "the certificate is not valid for the expected name",
    rank: 49,
  },
  ip_address_mismatch: {
    verifyCode: 64,
    verifyMessage: "IP address mismatch",
    says: "the certificate is not valid for the expected IP address",
    rank: 49,
  },
  permitted_violation: {
    verifyCode: 47,
    verifyMessage: "permitted subtree violation",
    says: "a name is outside what a CA's name constraints permit",
    rank: 70,
  },
  excluded_violation: {
    verifyCode: 48,
    verifyMessage: "excluded subtree violation",
    says: "a name is one that a CA's name constraints exclude",
    rank: 70,
  },
  subtree_minmax: {
    verifyCode: 49,
    verifyMessage: "name constraints minimum and maximum not supported",
    says: "a name constraint has a minimum or a maximum",
    rank: 70,
  },
  unsupported_constraint_type: {
    verifyCode: 51,
    verifyMessage: "unsupported name constraint type",
    says: "a name constraint is of a kind that cannot be judged",
    rank: 70,
  },
  unsupported_constraint_syntax: {
    verifyCode: 52,
    verifyMessage: "unsupported or invalid name constraint syntax",
    says: "a name constraint is malformed",
    rank: 70,
  },
  unsupported_name_syntax: {
    verifyCode: 53,
    verifyMessage: "unsupported or invalid name syntax",
    says: "a name under constraints is malformed",
    rank: 70,
  },
  no_explicit_policy: {
    verifyCode: 43,
    verifyMessage: "no explicit policy",
    says: "a certificate policy is required and none is valid on this path",
    rank: 71,
  },

  // Revocation.
  unable_to_get_crl: {
    verifyCode: 3,
    verifyMessage: "unable to get certificate CRL",
    says: "no CRL covers the certificate: load one from its issuer",
    rank: 80,
  },
  malformed_crl: {
    verifyCode: 1,
    verifyMessage: UNSPECIFIED,
    says: "the CRL is not a DER CRL of RFC 5280",
    rank: 81,
  },
  crl_signature_failure: {
    verifyCode: 8,
    verifyMessage: "CRL signature failure",
    says: "the CRL's signature is wrong",
    rank: 81,
  },
  crl_not_yet_valid: {
    verifyCode: 11,
    verifyMessage: "CRL is not yet valid",
    says: "the CRL is not yet valid",
    rank: 82,
  },
  crl_expired: {
    verifyCode: 12,
    verifyMessage: "CRL has expired",
    says: "the CRL has expired: load a newer one",
    rank: 82,
  },
  key_usage_no_crl_sign: {
    verifyCode: 35,
    verifyMessage: "key usage does not include CRL signing",
    says: "the CRL's issuer may not sign CRLs (keyUsage)",
    rank: 81,
  },
  unhandled_critical_crl_extension: {
    verifyCode: 36,
    verifyMessage: "unhandled critical CRL extension",
    says: "the CRL has a critical extension that is not understood",
    rank: 81,
  },
  different_crl_scope: {
    verifyCode: 44,
    verifyMessage: "different CRL scope",
    says: "the CRL does not cover this certificate or all reasons",
    rank: 81,
  },
  malformed_ocsp_response: {
    verifyCode: 74,
    verifyMessage: "OCSP verification failed",
    says: "the OCSP response is malformed",
    rank: 81,
  },
  ocsp_verify_failed: {
    verifyCode: 74,
    verifyMessage: "OCSP verification failed",
    says: "the OCSP response is not one that can be relied on",
    rank: 81,
  },
  ocsp_certificate_unknown: {
    verifyCode: 75,
    verifyMessage: "OCSP unknown cert",
    says: "the OCSP responder does not know the certificate",
    rank: 81,
  },
  ocsp_response_required: {
    verifyCode: 73,
    verifyMessage: "OCSP verification needed",
    says: "an OCSP response is required and the peer sent none",
    rank: 80,
  },
  certificate_revoked: {
    verifyCode: 23,
    verifyMessage: "certificate revoked",
    says: "a certificate is revoked",
    rank: 90,
  },
} as const satisfies Record<string, Row>;

export type X509ErrorCode = keyof typeof X509_ERRORS;

/** From this rank on, a name mismatch is told first. */
export const RANK_AFTER_NAME = 50;

/** A certificate, key, list or response was refused. */
export class X509Error extends Error {
  override readonly name = "X509Error";
  readonly code: X509ErrorCode;
  /** Position in the path, 0 for the leaf, where that is known. */
  readonly depth: number | undefined;
  readonly #detail: string | undefined;

  /**
   * @param detail what exactly, in words; text from outside must have gone
   *   through `printable`
   */
  constructor(code: X509ErrorCode, detail?: string, depth?: number) {
    const says = X509_ERRORS[code].says;
    super(detail === undefined ? says : `${says} (${detail})`);
    this.code = code;
    this.#detail = detail;
    this.depth = depth;
  }

  /** The same error, told of a certificate at that position. */
  withDepth(depth: number): X509Error {
    return new X509Error(this.code, this.#detail, depth);
  }

  /** OpenSSL's X509_V_ERR number. */
  get verifyCode(): number {
    return X509_ERRORS[this.code].verifyCode;
  }

  /** OpenSSL's text for that number. */
  get verifyMessage(): string {
    return X509_ERRORS[this.code].verifyMessage;
  }
}

/**
 * Runs a decoder; what it finds wrong with the encoding comes out as an
 * X509Error of that code.
 */
export function decoding<T>(code: X509ErrorCode, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DerError) throw new X509Error(code, error.message);
    throw error;
  }
}
