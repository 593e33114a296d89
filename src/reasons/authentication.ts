/** What can be wrong with who a peer says it is. */
import type { ReasonRow } from "./row.ts";

export const certificate_missing = {
  name: "certificate_missing",
  alert: "decode_error",
  says: "the server sent an empty certificate list",
  rfc: "8446 4.4.2.4",
} as const satisfies ReasonRow;

export const client_sent_no_certificate = {
  name: "client_sent_no_certificate",
  alert: "handshake_failure",
  says: "the client sent no certificate, and one is required",
  rfc: "5246 7.4.6",
} as const satisfies ReasonRow;

export const unknown_psk_identity = {
  name: "unknown_psk_identity",
  alert: "unknown_psk_identity",
  says: "the client named a pre-shared key that this side does not have",
  rfc: "4279 2",
} as const satisfies ReasonRow;

export const peer_did_not_return_a_certificate = {
  name: "peer_did_not_return_a_certificate",
  alert: "certificate_required",
  says: "the client sent no certificate, and one is required",
  rfc: "8446 4.4.2.4",
} as const satisfies ReasonRow;

export const undecodable_certificate = {
  name: "undecodable_certificate",
  alert: "decode_error",
  says: "the peer's certificate is none",
  rfc: "5246 7.2.2, 8446 6.2",
} as const satisfies ReasonRow;

export const bad_certificate = {
  name: "bad_certificate",
  alert: "bad_certificate",
  says: "the peer's certificate is malformed or breaks a rule",
  rfc: "8446 4.4.2.4",
} as const satisfies ReasonRow;

export const unsupported_certificate = {
  name: "unsupported_certificate",
  alert: "unsupported_certificate",
  says: "the peer's certificate has a key or a use that does not fit",
  rfc: "8446 4.4.2.4",
} as const satisfies ReasonRow;

export const key_usage_without_signature = {
  name: "key_usage_without_signature",
  alert: "illegal_parameter",
  says: "the key usage of the peer's certificate does not allow signatures",
  rfc: "8446 4.4.2.2",
} as const satisfies ReasonRow;

export const wrong_certificate_type = {
  name: "wrong_certificate_type",
  alert: "illegal_parameter",
  says: "the key of the peer's certificate does not fit the cipher suite",
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
  alert: "illegal_parameter",
  says: "the key usage of the server's certificate does not allow it to be encrypted to",
  rfc: "5246 7.4.2",
} as const satisfies ReasonRow;

export const certificate_expired = {
  name: "certificate_expired",
  alert: "certificate_expired",
  says: "a certificate of the peer's chain is not valid at this time",
  rfc: "5280 6.1.3",
} as const satisfies ReasonRow;

export const certificate_revoked = {
  name: "certificate_revoked",
  alert: "certificate_revoked",
  says: "a certificate of the peer's chain was revoked",
  rfc: "5280 6.3",
} as const satisfies ReasonRow;

export const unknown_ca = {
  name: "unknown_ca",
  alert: "unknown_ca",
  says: "the peer's certificate does not lead to a trusted authority",
  rfc: "5280 6.1",
} as const satisfies ReasonRow;

export const certificate_unknown = {
  name: "certificate_unknown",
  alert: "certificate_unknown",
  says: "the peer's certificate was not accepted",
  rfc: "8446 6.2",
} as const satisfies ReasonRow;

export const bad_certificate_status_response = {
  name: "bad_certificate_status_response",
  alert: "bad_certificate_status_response",
  says: "the stapled status of the peer's certificate was not accepted",
  rfc: "6066 8",
} as const satisfies ReasonRow;

export const certificate_decompression_failed = {
  name: "certificate_decompression_failed",
  alert: "bad_certificate",
  says: "a compressed certificate does not give what it declares, or declares too much",
  rfc: "8879 4",
} as const satisfies ReasonRow;

export const no_shared_certificate_type = {
  name: "no_shared_certificate_type",
  alert: "unsupported_certificate",
  says: "no type of certificate (X.509 or raw public key) in common",
  rfc: "7250 4.2",
} as const satisfies ReasonRow;

export const invalid_delegated_credential = {
  name: "invalid_delegated_credential",
  alert: "illegal_parameter",
  says: "the peer's delegated credential is not one that its certificate stands for now",
  rfc: "9345 4.1.3",
} as const satisfies ReasonRow;

export const certificate_verify_mismatch = {
  name: "certificate_verify_mismatch",
  alert: "decrypt_error",
  says: "the peer's signature over the handshake is wrong: it does not hold the certificate's key",
  rfc: "8446 4.4.3",
} as const satisfies ReasonRow;

export const finished_mismatch = {
  name: "finished_mismatch",
  alert: "decrypt_error",
  says: "the peer's Finished is wrong: the two sides saw different handshakes",
  rfc: "8446 4.4.4",
} as const satisfies ReasonRow;

export const unsolicited_certificate_context = {
  name: "unsolicited_certificate_context",
  alert: "illegal_parameter",
  says: "a certificate request context that does not belong here",
  rfc: "8446 4.4.2",
} as const satisfies ReasonRow;
