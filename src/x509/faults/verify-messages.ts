/** OpenSSL's texts for its numbers: for people, and apart from what validates. */

const VERIFY_MESSAGES = {
  1: "unspecified certificate verification error",
  2: "unable to get issuer certificate",
  3: "unable to get certificate CRL",
  7: "certificate signature failure",
  8: "CRL signature failure",
  9: "certificate is not yet valid",
  10: "certificate has expired",
  11: "CRL is not yet valid",
  12: "CRL has expired",
  18: "self-signed certificate",
  19: "self-signed certificate in certificate chain",
  20: "unable to get local issuer certificate",
  22: "certificate chain too long",
  23: "certificate revoked",
  25: "path length constraint exceeded",
  26: "unsuitable certificate purpose",
  28: "certificate rejected",
  34: "unhandled critical extension",
  35: "key usage does not include CRL signing",
  36: "unhandled critical CRL extension",
  42: "invalid or inconsistent certificate policy extension",
  43: "no explicit policy",
  44: "different CRL scope",
  47: "permitted subtree violation",
  48: "excluded subtree violation",
  49: "name constraints minimum and maximum not supported",
  51: "unsupported name constraint type",
  53: "unsupported or invalid name syntax",
  62: "hostname mismatch",
  64: "IP address mismatch",
  65: "no matching DANE TLSA records",
  66: "EE certificate key too weak",
  67: "CA certificate key too weak",
  68: "CA signature digest algorithm too weak",
  71: "Certificate Transparency required, but no valid SCTs found",
  78: "cert info signature and signature algorithm mismatch",
  79: "invalid CA certificate",
  80: "Path length invalid for non-CA cert",
  81: "Path length given without key usage keyCertSign",
  82: "Key usage keyCertSign invalid for non-CA cert",
  83: "Issuer name empty",
  84: "Subject name empty",
  85: "Missing Authority Key Identifier",
  86: "Missing Subject Key Identifier",
  87: "Empty Subject Alternative Name extension",
  88: "Subject empty and Subject Alt Name extension not critical",
  89: "Basic Constraints of CA cert not marked critical",
  92: "CA cert does not include key usage extension",
  93: "Using cert extension requires at least X509v3",
  94: "Certificate public key has explicit ECC parameters",
} as const;

/** A number of OpenSSL's X509_V_ERR. */
export type VerifyCode = keyof typeof VERIFY_MESSAGES;

/**
 * OpenSSL's text for the `verifyCode` of an X509Error, Python's
 * `verify_message`.
 *
 * @example
 * ```ts
 * import { verifyMessage, X509_ERRORS, X509Error } from "puretls/x509";
 *
 * const error = new X509Error(X509_ERRORS.certificate_expired);
 * if (verifyMessage(error.verifyCode) !== "certificate has expired")
 *   throw error;
 * ```
 */
export function verifyMessage(code: VerifyCode): string {
  return VERIFY_MESSAGES[code];
}
