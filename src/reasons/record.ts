/** Reasons for which records and the bytes between them are rejected. */
import type { ReasonRow } from "./row.ts";

export const wrong_version_number = {
  name: "wrong_version_number",
  alert: "protocol_version",
  says: "the peer does not speak TLS: the bytes received are not a TLS record",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const http_request = {
  name: "http_request",
  alert: null,
  says: "a plain HTTP request arrived at a TLS port",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const https_proxy_request = {
  name: "https_proxy_request",
  alert: null,
  says: "a plain HTTP CONNECT request arrived at a TLS port: this is not a proxy",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const http_response = {
  name: "http_response",
  alert: null,
  says: "the peer answered in plain HTTP: its port does not speak TLS",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const record_overflow = {
  name: "record_overflow",
  alert: "record_overflow",
  says: "a record is longer than the protocol or the negotiated limit allows",
  rfc: "9846 5.1, 5.2",
} as const satisfies ReasonRow;

export const bad_record_mac = {
  name: "bad_record_mac",
  alert: "bad_record_mac",
  says: "a record could not be authenticated: it was changed on the way, or the keys differ",
  rfc: "9846 5.2",
} as const satisfies ReasonRow;

export const record_without_content_type = {
  name: "record_without_content_type",
  alert: "unexpected_message",
  says: "a decrypted record contains only padding",
  rfc: "9846 5.4",
} as const satisfies ReasonRow;

export const unexpected_record_type = {
  name: "unexpected_record_type",
  alert: "unexpected_message",
  says: "a record type is unknown or not allowed here",
  rfc: "9846 5",
} as const satisfies ReasonRow;

export const unencrypted_record = {
  name: "unencrypted_record",
  alert: "unexpected_message",
  says: "an unencrypted record arrived after encryption had begun",
  rfc: "9846 5.2",
} as const satisfies ReasonRow;

export const unexpected_change_cipher_spec = {
  name: "unexpected_change_cipher_spec",
  alert: "unexpected_message",
  says: "a change_cipher_spec is malformed or out of place",
  rfc: "9846 5",
} as const satisfies ReasonRow;

export const too_many_empty_records = {
  name: "too_many_empty_records",
  alert: "unexpected_message",
  says: "the peer sent too many records without content in a row",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const empty_handshake_record = {
  name: "empty_handshake_record",
  alert: "unexpected_message",
  says: "a handshake record has no content",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const empty_alert_record = {
  name: "empty_alert_record",
  alert: "unexpected_message",
  says: "an alert record has no content",
  rfc: "9846 5.4",
} as const satisfies ReasonRow;

export const interleaved_handshake = {
  name: "interleaved_handshake",
  alert: "unexpected_message",
  says: "a record of another type arrived in the middle of a handshake message",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const too_many_change_cipher_specs = {
  name: "too_many_change_cipher_specs",
  alert: "unexpected_message",
  says: "the peer sent too many change_cipher_spec records",
  rfc: "9846 E.4",
} as const satisfies ReasonRow;

export const too_many_warning_alerts = {
  name: "too_many_warning_alerts",
  alert: "unexpected_message",
  says: "the peer sent too many warning alerts in a row",
  rfc: "9846 6",
} as const satisfies ReasonRow;

export const bad_alert = {
  name: "bad_alert",
  alert: "decode_error",
  says: "an alert record does not contain exactly one alert",
  rfc: "9846 6",
} as const satisfies ReasonRow;

export const unknown_alert_level = {
  name: "unknown_alert_level",
  alert: "illegal_parameter",
  says: "an alert is neither a warning nor fatal",
  rfc: "9846 6",
} as const satisfies ReasonRow;

export const sequence_number_overflow = {
  name: "sequence_number_overflow",
  alert: "internal_error",
  says: "a key has protected as many records as it may, and cannot be updated",
  rfc: "9846 4.7.3, 5.3, 5.5",
} as const satisfies ReasonRow;

export const too_much_early_data = {
  name: "too_much_early_data",
  alert: "unexpected_message",
  says: "the client sent more early data than this server skips or accepts",
  rfc: "9846 4.3.10",
} as const satisfies ReasonRow;

export const too_much_input_while_waiting = {
  name: "too_much_input_while_waiting",
  alert: "internal_error",
  says: "the peer sent too much data while the connection waits for a callback",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;
