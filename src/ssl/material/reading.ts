/** Contents that a program hands in, and what is wrong with them. */
import type { BytesLike } from "../../bytes.ts";
import { X509Error, type X509ErrorCode } from "../../x509/faults/errors.ts";
import { SSLError } from "../errors/errors.ts";

/** PEM text (also as bytes) or DER bytes. */
export type Encoded = string | BytesLike;

/** OpenSSL's text for all that is wrong with a file in PEM. */
export const PEM_LIB = "PEM lib";

/** OpenSSL's library and reason for what cannot be read. */
const READING: Partial<Record<X509ErrorCode, readonly [string, string]>> = {
  no_pem_block: ["PEM", "NO_START_LINE"],
  malformed_pem: ["PEM", "BAD_BASE64_DECODE"],
  password_required: ["PEM", "PASSWORD_REQUIRED"],
  wrong_password: ["PEM", "BAD_DECRYPT"],
  malformed_private_key: ["ASN1", "DECODE_ERROR"],
  unsupported_private_key: ["X509", "UNSUPPORTED_ALGORITHM"],
  weak_leaf_key: ["SSL", "EE_KEY_TOO_SMALL"],
  weak_ca_key: ["SSL", "CA_KEY_TOO_SMALL"],
  weak_signature_digest: ["SSL", "CA_MD_TOO_WEAK"],
};

/** OpenSSL's library and reason for that error. */
export function reasonOfReading(error: X509Error): readonly [string, string] {
  return READING[error.code] ?? ["ASN1", "DECODE_ERROR"];
}

/**
 * Runs what reads a content.
 *
 * @param name of the option or the file, for the message
 * @param text OpenSSL's text where it says no more than that
 * @throws SSLError in place of X509Error
 */
export function reading<T>(name: string, read: () => T, text?: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    const [library, reason] = reasonOfReading(error);
    const message = `${name}: ${error.message}`;
    throw new SSLError(message, { library, reason, text, cause: error });
  }
}
