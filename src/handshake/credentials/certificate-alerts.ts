import { type NamedReason, TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import type { FaultKind } from "../../x509/faults/row.ts";

// [9846-4.5.1.2-12a]
/**
 * The reason, and with it the alert (RFC 9846 4.5.1.2 and 6.2: one about
 * certificates), for each kind of fault. Where the RFC leaves a choice the kind
 * is the one whose alert OpenSSL sends, which peers and their operators know.
 */
const REASONS_OF: Readonly<Record<FaultKind, NamedReason>> = {
  undecodable: reason.undecodable_certificate,
  bad: reason.bad_certificate,
  unsupported: reason.unsupported_certificate,
  missing: reason.certificate_missing,
  unknown_issuer: reason.unknown_ca,
  unacceptable: reason.certificate_unknown,
  expired: reason.certificate_expired,
  revoked: reason.certificate_revoked,
  status: reason.bad_certificate_status_response,
  own_input: reason.internal_error,
};

/**
 * Returns the error that ends the connection for a fault that a verifier found.
 */
export function tlsErrorOf(error: X509Error): TlsError {
  return new TlsError(REASONS_OF[error.fault.kind], {
    detail: error.message,
    cause: error,
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
