import type { Reason } from "../errors.ts";
import { TlsError } from "../errors.ts";
import { X509Error } from "../x509/errors.ts";
import type { FaultKind } from "../x509/faults/row.ts";

/**
 * The reason, and with it the alert (RFC 8446 6.2), for each kind of fault.
 * Where the RFC leaves a choice the kind is the one whose alert OpenSSL sends,
 * which peers and their operators know, and for what is no certificate at all
 * BoringSSL's: like any other bytes that do not parse.
 */
const REASONS_OF: Readonly<Record<FaultKind, Reason>> = {
  undecodable: "undecodable_certificate",
  bad: "bad_certificate",
  unsupported: "unsupported_certificate",
  missing: "certificate_missing",
  unknown_issuer: "unknown_ca",
  unacceptable: "certificate_unknown",
  expired: "certificate_expired",
  revoked: "certificate_revoked",
  status: "bad_certificate_status_response",
  own_input: "internal_error",
};

/** What ends the connection for a fault that a verifier found. */
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
