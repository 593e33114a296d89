/** Reasons for which a peer is not authenticated. */
import type { ReasonRow } from "./row.ts";

export const certificate_missing = {
  name: "certificate_missing",
  alert: "decode_error",
  says: "the server's certificate list is empty",
  rfc: "9846 4.5.1.3",
} as const satisfies ReasonRow;

export const client_sent_no_certificate = {
  name: "client_sent_no_certificate",
  alert: "handshake_failure",
  says: "the client sent no certificate, and this server requires one",
  rfc: "5246 7.4.6",
} as const satisfies ReasonRow;

export const unknown_psk_identity = {
  name: "unknown_psk_identity",
  alert: "unknown_psk_identity",
  says: "the client offered a pre-shared key identity that this server does not know",
  rfc: "4279 2",
} as const satisfies ReasonRow;

export const peer_did_not_return_a_certificate = {
  name: "peer_did_not_return_a_certificate",
  alert: "certificate_required",
  says: "the client sent no certificate, and this server requires one",
  rfc: "9846 4.5.1.3",
} as const satisfies ReasonRow;

// [9846-4.5.1.2-12b]
export const undecodable_certificate = {
  name: "undecodable_certificate",
  alert: "bad_certificate",
  says: "the peer's certificate could not be parsed",
  rfc: "5246 7.2.2, 9846 6.2",
} as const satisfies ReasonRow;

export const bad_certificate = {
  name: "bad_certificate",
  alert: "bad_certificate",
  says: "the peer's certificate is malformed, breaks a rule of its profile, or is for another name",
  rfc: "9846 4.5.1.3",
} as const satisfies ReasonRow;

export const unsupported_certificate = {
  name: "unsupported_certificate",
  alert: "unsupported_certificate",
  says: "the peer's certificate has an unsupported key, or is not meant for this use",
  rfc: "9846 4.5.1.3",
} as const satisfies ReasonRow;

// [9846-4.5.1.2-12b]
export const key_usage_without_signature = {
  name: "key_usage_without_signature",
  alert: "unsupported_certificate",
  says: "the key usage of the peer's certificate does not permit signatures",
  rfc: "9846 4.5.1.2, 6.2",
} as const satisfies ReasonRow;

export const wrong_certificate_type = {
  name: "wrong_certificate_type",
  alert: "illegal_parameter",
  says: "the key in the peer's certificate does not match the cipher suite",
  rfc: "5246 7.4.2",
} as const satisfies ReasonRow;

export const wrong_certificate_curve = {
  name: "wrong_certificate_curve",
  alert: "illegal_parameter",
  says: "the peer's certificate has a key on a curve that was not offered",
  rfc: "8422 5.3",
} as const satisfies ReasonRow;

export const key_usage_without_encipherment = {
  name: "key_usage_without_encipherment",
  alert: "unsupported_certificate",
  says: "the key usage of the server's certificate does not permit key encipherment",
  rfc: "5246 7.4.2",
} as const satisfies ReasonRow;

export const certificate_expired = {
  name: "certificate_expired",
  alert: "certificate_expired",
  says: "a certificate in the peer's chain has expired or is not yet valid",
  rfc: "5280 6.1.3",
} as const satisfies ReasonRow;

export const certificate_revoked = {
  name: "certificate_revoked",
  alert: "certificate_revoked",
  says: "a certificate in the peer's chain has been revoked",
  rfc: "5280 6.3",
} as const satisfies ReasonRow;

export const unknown_ca = {
  name: "unknown_ca",
  alert: "unknown_ca",
  says: "the peer's certificate chain does not end in a trusted authority",
  rfc: "5280 6.1",
} as const satisfies ReasonRow;

export const certificate_unknown = {
  name: "certificate_unknown",
  alert: "certificate_unknown",
  says: "the peer's certificate was not accepted",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;

export const bad_certificate_status_response = {
  name: "bad_certificate_status_response",
  alert: "bad_certificate_status_response",
  says: "the OCSP response for the peer's certificate is missing or was not accepted",
  rfc: "6066 8",
} as const satisfies ReasonRow;

export const certificate_decompression_failed = {
  name: "certificate_decompression_failed",
  alert: "bad_certificate",
  says: "a compressed certificate is corrupt, or larger than declared or allowed",
  rfc: "8879 4",
} as const satisfies ReasonRow;

export const no_shared_certificate_type = {
  name: "no_shared_certificate_type",
  alert: "unsupported_certificate",
  says: "the two sides share no certificate type (X.509 or raw public key)",
  rfc: "7250 4.2",
} as const satisfies ReasonRow;

export const invalid_delegated_credential = {
  name: "invalid_delegated_credential",
  alert: "illegal_parameter",
  says: "the peer's delegated credential is invalid, expired or not permitted by its certificate",
  rfc: "9345 4.1.3",
} as const satisfies ReasonRow;

export const certificate_verify_mismatch = {
  name: "certificate_verify_mismatch",
  alert: "decrypt_error",
  says: "the peer's signature over the handshake does not verify: it does not hold the certificate's private key",
  rfc: "9846 4.5.2",
} as const satisfies ReasonRow;

export const finished_mismatch = {
  name: "finished_mismatch",
  alert: "decrypt_error",
  says: "the peer's Finished does not verify: the two sides saw different handshakes",
  rfc: "9846 4.5.3",
} as const satisfies ReasonRow;

export const unsolicited_certificate_context = {
  name: "unsolicited_certificate_context",
  alert: "illegal_parameter",
  says: "the certificate request context does not match the request",
  rfc: "9846 4.5.1",
} as const satisfies ReasonRow;
