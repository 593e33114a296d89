/** Contents that a program hands in, and what is wrong with them. */
import type { BytesLike } from "../bytes.ts";
import { X509Error, type X509ErrorCode } from "../x509/errors.ts";
import { SSLError } from "./errors.ts";

/** PEM text (also as bytes) or DER bytes. */
export type Encoded = string | BytesLike;

/** OpenSSL's library and reason for what cannot be read. */
const READING: Partial<Record<X509ErrorCode, readonly [string, string]>> = {
  no_pem_block: ["PEM", "NO_START_LINE"],
  malformed_pem: ["PEM", "BAD_BASE64_DECODE"],
  password_required: ["PEM", "PASSWORD_REQUIRED"],
  wrong_password: ["PEM", "BAD_DECRYPT"],
  malformed_private_key: ["ASN1", "DECODE_ERROR"],
  unsupported_private_key: ["X509", "UNSUPPORTED_ALGORITHM"],
};

/**
 * Runs what reads a content.
 *
 * @param name of the option or the file, for the message
 * @throws SSLError in place of X509Error
 */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    const [library, reason] = READING[error.code] ?? ["ASN1", "DECODE_ERROR"];
    throw new SSLError(`${name}: ${error.message}`, {
      library,
      reason,
      cause: error,
    });
  }
}
