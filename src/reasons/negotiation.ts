/** What two hellos can fail to agree on. */
import type { ReasonRow } from "./row.ts";

export const unsupported_protocol = {
  name: "unsupported_protocol",
  alert: "protocol_version",
  says: "no TLS version in common",
  rfc: "8446 4.2.1",
} as const satisfies ReasonRow;

export const downgrade_detected = {
  name: "downgrade_detected",
  alert: "illegal_parameter",
  says: "the server's random says that it speaks a newer version: somebody forced a downgrade",
  rfc: "8446 4.1.3",
} as const satisfies ReasonRow;

export const inappropriate_fallback = {
  name: "inappropriate_fallback",
  alert: "inappropriate_fallback",
  says: "the client fell back to an older version, and this side speaks a newer one: somebody may have forced it",
  rfc: "7507 3",
} as const satisfies ReasonRow;

export const version_changed_after_retry = {
  name: "version_changed_after_retry",
  alert: "illegal_parameter",
  says: "a hello of another version after a HelloRetryRequest",
  rfc: "8446 4.1.4",
} as const satisfies ReasonRow;

export const early_data_without_tls13 = {
  name: "early_data_without_tls13",
  alert: "protocol_version",
  says: "early data was sent, and the server speaks TLS 1.2: connect again without",
  rfc: "8446 D.3",
} as const satisfies ReasonRow;

export const unsafe_legacy_renegotiation = {
  name: "unsafe_legacy_renegotiation",
  alert: "handshake_failure",
  says: "the server does not say that it renegotiates safely (RFC 5746)",
  rfc: "5746 4.1",
} as const satisfies ReasonRow;

export const renegotiation_mismatch = {
  name: "renegotiation_mismatch",
  alert: "handshake_failure",
  says: "a renegotiation_info that does not fit a first handshake",
  rfc: "5746 3.4, 3.6",
} as const satisfies ReasonRow;

export const session_not_offered = {
  name: "session_not_offered",
  alert: "illegal_parameter",
  says: "the server goes on from a session that was not offered",
  rfc: "5246 7.4.1.3",
} as const satisfies ReasonRow;

export const resumed_session_mismatch = {
  name: "resumed_session_mismatch",
  alert: "handshake_failure",
  says: "a session goes on otherwise than it began",
  rfc: "7627 5.3",
} as const satisfies ReasonRow;

export const psk_missing = {
  name: "psk_missing",
  alert: "handshake_failure",
  says: "the peer wants a pre-shared key, and this side has none for it",
  rfc: "4279 2",
} as const satisfies ReasonRow;

export const dh_key_too_small = {
  name: "dh_key_too_small",
  alert: "insufficient_security",
  says: "the server's Diffie-Hellman group has fewer than 2048 bits",
  rfc: "7919 3",
} as const satisfies ReasonRow;

export const no_shared_cipher = {
  name: "no_shared_cipher",
  alert: "handshake_failure",
  says: "no cipher suite in common",
  rfc: "8446 4.1.1",
} as const satisfies ReasonRow;

export const no_shared_group = {
  name: "no_shared_group",
  alert: "handshake_failure",
  says: "no key exchange group in common",
  rfc: "8446 4.1.1",
} as const satisfies ReasonRow;

export const no_shared_signature_scheme = {
  name: "no_shared_signature_scheme",
  alert: "handshake_failure",
  says: "no certificate of this side fits a signature algorithm that the peer takes",
  rfc: "8446 4.2.3, 4.4.2.2",
} as const satisfies ReasonRow;

export const ech_rejected = {
  name: "ech_rejected",
  alert: "ech_required",
  says: "the server could not open the encrypted hello: its keys have changed",
  rfc: "9849 6.1.6",
} as const satisfies ReasonRow;

export const ech_not_decrypted = {
  name: "ech_not_decrypted",
  alert: "decrypt_error",
  says: "the second encrypted hello could not be opened, though the first one was",
  rfc: "9849 7.1.1",
} as const satisfies ReasonRow;

export const no_application_protocol = {
  name: "no_application_protocol",
  alert: "no_application_protocol",
  says: "no application protocol (ALPN) in common",
  rfc: "7301 3.2",
} as const satisfies ReasonRow;

export const wrong_version_returned = {
  name: "wrong_version_returned",
  alert: "illegal_parameter",
  says: "the server chose a version that was not offered",
  rfc: "8446 4.1.3, 4.2.1",
} as const satisfies ReasonRow;

export const wrong_cipher_returned = {
  name: "wrong_cipher_returned",
  alert: "illegal_parameter",
  says: "the server chose a cipher suite that was not offered",
  rfc: "8446 4.1.3",
} as const satisfies ReasonRow;

export const wrong_group_returned = {
  name: "wrong_group_returned",
  alert: "illegal_parameter",
  says: "the server chose a key exchange group that was not offered",
  rfc: "8446 4.2.8",
} as const satisfies ReasonRow;

export const wrong_protocol_returned = {
  name: "wrong_protocol_returned",
  alert: "illegal_parameter",
  says: "the server chose an application protocol that was not offered",
  rfc: "7301 3.1",
} as const satisfies ReasonRow;

export const wrong_signature_scheme = {
  name: "wrong_signature_scheme",
  alert: "illegal_parameter",
  says: "a signature with an algorithm that was not offered or does not fit the key",
  rfc: "8446 4.4.3",
} as const satisfies ReasonRow;

export const session_id_not_echoed = {
  name: "session_id_not_echoed",
  alert: "illegal_parameter",
  says: "the server did not echo the legacy session id",
  rfc: "8446 4.1.3",
} as const satisfies ReasonRow;

export const pointless_hello_retry = {
  name: "pointless_hello_retry",
  alert: "illegal_parameter",
  says: "a HelloRetryRequest that asks for no change",
  rfc: "8446 4.1.4",
} as const satisfies ReasonRow;

export const second_hello_retry = {
  name: "second_hello_retry",
  alert: "unexpected_message",
  says: "a second HelloRetryRequest",
  rfc: "8446 4.1.4",
} as const satisfies ReasonRow;

export const hello_changed_after_retry = {
  name: "hello_changed_after_retry",
  alert: "illegal_parameter",
  says: "what was agreed in the HelloRetryRequest changed afterwards",
  rfc: "8446 4.1.2, 4.1.4",
} as const satisfies ReasonRow;

export const wrong_cookie = {
  name: "wrong_cookie",
  alert: "illegal_parameter",
  says: "the cookie of the HelloRetryRequest did not come back as it was sent",
  rfc: "8446 4.2.2",
} as const satisfies ReasonRow;

export const wrong_psk_returned = {
  name: "wrong_psk_returned",
  alert: "illegal_parameter",
  says: "the server chose a pre-shared key that was not offered, or with a suite that it does not go with",
  rfc: "8446 4.2.11",
} as const satisfies ReasonRow;

export const binder_mismatch = {
  name: "binder_mismatch",
  alert: "decrypt_error",
  says: "the binder of a pre-shared key is wrong: the client does not hold the key, or its hello was changed",
  rfc: "8446 4.2.11.2",
} as const satisfies ReasonRow;

export const wrong_early_data_returned = {
  name: "wrong_early_data_returned",
  alert: "illegal_parameter",
  says: "the server accepted early data that does not go with what it chose",
  rfc: "8446 4.2.10",
} as const satisfies ReasonRow;

export const bad_key_share = {
  name: "bad_key_share",
  alert: "illegal_parameter",
  says: "the peer's key share is not a valid one for its group",
  rfc: "8446 4.2.8",
} as const satisfies ReasonRow;

export const record_size_limit_too_small = {
  name: "record_size_limit_too_small",
  alert: "illegal_parameter",
  says: "a record size limit below 64 bytes or above what was agreed",
  rfc: "8449 4",
} as const satisfies ReasonRow;
