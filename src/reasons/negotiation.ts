/** Reasons for which two hellos do not agree. */
import type { ReasonRow } from "./row.ts";

export const unsupported_protocol = {
  name: "unsupported_protocol",
  alert: "protocol_version",
  says: "the two sides share no TLS version: puretls speaks 1.2 and 1.3, as far as this side's settings allow",
  rfc: "9846 4.3.1",
} as const satisfies ReasonRow;

export const wrong_legacy_version = {
  name: "wrong_legacy_version",
  alert: "protocol_version",
  says: "a hello of TLS 1.3 has a legacy_version other than 0x0303",
  rfc: "9846 4.2.2, 4.2.3",
} as const satisfies ReasonRow;

export const downgrade_detected = {
  name: "downgrade_detected",
  alert: "illegal_parameter",
  says: "the server's random shows that it supports a newer version: the connection was downgraded by an attacker or a middlebox",
  rfc: "9846 4.2.3",
} as const satisfies ReasonRow;

export const inappropriate_fallback = {
  name: "inappropriate_fallback",
  alert: "inappropriate_fallback",
  says: "the client fell back to an older version although this server supports a newer one",
  rfc: "7507 3",
} as const satisfies ReasonRow;

export const version_changed_after_retry = {
  name: "version_changed_after_retry",
  alert: "illegal_parameter",
  says: "the version changed after a HelloRetryRequest",
  rfc: "9846 4.2.4",
} as const satisfies ReasonRow;

export const early_data_without_tls13 = {
  name: "early_data_without_tls13",
  alert: "protocol_version",
  says: "early data was sent and the server chose TLS 1.2: connect again without early data",
  rfc: "9846 E.3",
} as const satisfies ReasonRow;

export const unsafe_legacy_renegotiation = {
  name: "unsafe_legacy_renegotiation",
  alert: "handshake_failure",
  says: "the server does not support secure renegotiation (RFC 5746): update the server",
  rfc: "5746 4.1",
} as const satisfies ReasonRow;

export const renegotiation_mismatch = {
  name: "renegotiation_mismatch",
  alert: "handshake_failure",
  says: "the renegotiation_info extension is not that of an initial handshake",
  rfc: "5746 3.4, 3.6",
} as const satisfies ReasonRow;

export const session_not_offered = {
  name: "session_not_offered",
  alert: "illegal_parameter",
  says: "the server resumed a session that was not offered",
  rfc: "5246 7.4.1.3",
} as const satisfies ReasonRow;

export const resumed_session_mismatch = {
  name: "resumed_session_mismatch",
  alert: "handshake_failure",
  says: "the resumed session's extended_main_secret setting differs from the original",
  rfc: "7627 5.3",
} as const satisfies ReasonRow;

export const extended_main_secret_missing = {
  name: "extended_main_secret_missing",
  alert: "handshake_failure",
  says: "the peer does not support extended_main_secret, which this side requires of TLS 1.2",
  rfc: "7627 5.2, 5.3",
} as const satisfies ReasonRow;

export const psk_missing = {
  name: "psk_missing",
  alert: "handshake_failure",
  says: "the peer chose a pre-shared key exchange, and this side has no key for it",
  rfc: "4279 2",
} as const satisfies ReasonRow;

export const dh_key_too_small = {
  name: "dh_key_too_small",
  alert: "insufficient_security",
  says: "the server's Diffie-Hellman group has fewer than 2048 bits",
  rfc: "7919 3",
} as const satisfies ReasonRow;

export const dh_key_too_large = {
  name: "dh_key_too_large",
  alert: "handshake_failure",
  says: "the server's Diffie-Hellman group has more bits than this client accepts",
  rfc: "5246 7.4.3",
} as const satisfies ReasonRow;

export const no_shared_cipher = {
  name: "no_shared_cipher",
  alert: "handshake_failure",
  says: "the two sides share no cipher suite",
  rfc: "9846 4.2.1",
} as const satisfies ReasonRow;

export const no_shared_field = {
  name: "no_shared_field",
  alert: "insufficient_security",
  says: "the client names no finite field group that this server accepts, and no other cipher suite is shared",
  rfc: "7919 4",
} as const satisfies ReasonRow;

export const no_shared_group = {
  name: "no_shared_group",
  alert: "handshake_failure",
  says: "the two sides share no key exchange group",
  rfc: "9846 4.2.1",
} as const satisfies ReasonRow;

export const no_shared_signature_scheme = {
  name: "no_shared_signature_scheme",
  alert: "handshake_failure",
  says: "no certificate of this side can sign with an algorithm that the peer supports",
  rfc: "9846 4.3.3, 4.5.1.2",
} as const satisfies ReasonRow;

export const ech_rejected = {
  name: "ech_rejected",
  alert: "ech_required",
  says: "the server could not decrypt the encrypted ClientHello: connect again with the configs in echRetryConfigs",
  rfc: "9849 6.1.6",
} as const satisfies ReasonRow;

export const ech_not_decrypted = {
  name: "ech_not_decrypted",
  alert: "decrypt_error",
  says: "the second encrypted ClientHello could not be decrypted, although the first one was",
  rfc: "9849 7.1.1",
} as const satisfies ReasonRow;

export const no_application_protocol = {
  name: "no_application_protocol",
  alert: "no_application_protocol",
  says: "the two sides share no application protocol (ALPN)",
  rfc: "7301 3.2",
} as const satisfies ReasonRow;

export const wrong_version_returned = {
  name: "wrong_version_returned",
  alert: "illegal_parameter",
  says: "the server chose a version that was not offered",
  rfc: "9846 4.2.3, 4.3.1",
} as const satisfies ReasonRow;

export const wrong_cipher_returned = {
  name: "wrong_cipher_returned",
  alert: "illegal_parameter",
  says: "the server chose a cipher suite that was not offered",
  rfc: "9846 4.2.3",
} as const satisfies ReasonRow;

export const wrong_group_returned = {
  name: "wrong_group_returned",
  alert: "illegal_parameter",
  says: "the server chose a key exchange group that was not offered",
  rfc: "9846 4.3.8",
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
  says: "a signature uses an algorithm that was not offered or does not match the key",
  rfc: "9846 4.5.2",
} as const satisfies ReasonRow;

export const session_id_not_echoed = {
  name: "session_id_not_echoed",
  alert: "illegal_parameter",
  says: "the server did not echo the legacy session id",
  rfc: "9846 4.2.3",
} as const satisfies ReasonRow;

export const pointless_hello_retry = {
  name: "pointless_hello_retry",
  alert: "illegal_parameter",
  says: "a HelloRetryRequest asks for no change",
  rfc: "9846 4.2.4",
} as const satisfies ReasonRow;

export const second_hello_retry = {
  name: "second_hello_retry",
  alert: "unexpected_message",
  says: "the server sent a second HelloRetryRequest",
  rfc: "9846 4.2.4",
} as const satisfies ReasonRow;

export const hello_changed_after_retry = {
  name: "hello_changed_after_retry",
  alert: "illegal_parameter",
  says: "a hello changed parameters that the HelloRetryRequest had settled",
  rfc: "9846 4.2.2, 4.2.4",
} as const satisfies ReasonRow;

export const wrong_cookie = {
  name: "wrong_cookie",
  alert: "illegal_parameter",
  says: "the cookie of the HelloRetryRequest did not come back as it was sent",
  rfc: "9846 4.3.2",
} as const satisfies ReasonRow;

export const wrong_psk_returned = {
  name: "wrong_psk_returned",
  alert: "illegal_parameter",
  says: "the server chose a pre-shared key that was not offered, or a cipher suite with a different hash",
  rfc: "9846 4.3.11",
} as const satisfies ReasonRow;

export const binder_mismatch = {
  name: "binder_mismatch",
  alert: "decrypt_error",
  says: "a pre-shared key binder does not verify: the client does not hold the key, or its hello was changed",
  rfc: "9846 4.3.11.2",
} as const satisfies ReasonRow;

export const certificate_with_psk_missing = {
  name: "certificate_with_psk_missing",
  alert: "handshake_failure",
  says: "a certificate and an external pre-shared key are required together, and the two sides do not share both",
  rfc: "8773 5",
} as const satisfies ReasonRow;

export const wrong_early_data_returned = {
  name: "wrong_early_data_returned",
  alert: "illegal_parameter",
  says: "the server accepted early data that does not match what it chose",
  rfc: "9846 4.3.10",
} as const satisfies ReasonRow;

export const bad_key_share = {
  name: "bad_key_share",
  alert: "illegal_parameter",
  says: "the peer's key share is not valid for its group",
  rfc: "9846 4.3.8",
} as const satisfies ReasonRow;

export const record_size_limit_too_small = {
  name: "record_size_limit_too_small",
  alert: "illegal_parameter",
  says: "the record size limit is below 64 bytes or above what was agreed",
  rfc: "8449 4",
} as const satisfies ReasonRow;
