/**
 * Everything that can end a connection, in one table: the stable reason, the
 * alert that goes out, the sentence for people and the RFC section. An alert
 * and its reason cannot part ways, since nobody states them apart.
 */

import { type AlertName, alertName, ALERTS } from "./alerts.ts";

export { type AlertName, alertName, ALERTS };

interface ReasonRow {
  /** The alert that we send; null where none can or must go out. */
  readonly alert: AlertName | null;
  /** What was wrong, for people. */
  readonly says: string;
  /** Document and section. */
  readonly rfc: string;
}

export const REASONS = {
  // The record layer
  wrong_version_number: {
    alert: "protocol_version",
    says: "the peer does not speak TLS: what came is no TLS record",
    rfc: "8446 5.1",
  },
  http_request: {
    alert: null,
    says: "a plain HTTP request came to the TLS port",
    rfc: "8446 5.1",
  },
  https_proxy_request: {
    alert: null,
    says: "a plain HTTP CONNECT request came to the TLS port: this is no proxy",
    rfc: "8446 5.1",
  },
  http_response: {
    alert: null,
    says: "the peer answered in plain HTTP: that port does not speak TLS",
    rfc: "8446 5.1",
  },
  record_overflow: {
    alert: "record_overflow",
    says: "a record is longer than the protocol or the negotiated limit allows",
    rfc: "8446 5.1, 5.2",
  },
  bad_record_mac: {
    alert: "bad_record_mac",
    says: "a record could not be decrypted: changed on the way or wrong keys",
    rfc: "8446 5.2",
  },
  record_without_content_type: {
    alert: "unexpected_message",
    says: "a decrypted record holds nothing but padding",
    rfc: "8446 5.4",
  },
  unexpected_record_type: {
    alert: "unexpected_message",
    says: "a record of a type that has no place here",
    rfc: "8446 5",
  },
  unencrypted_record: {
    alert: "unexpected_message",
    says: "an unencrypted record came after encryption had begun",
    rfc: "8446 5.2",
  },
  unexpected_change_cipher_spec: {
    alert: "unexpected_message",
    says: "a change_cipher_spec that is malformed or out of place",
    rfc: "8446 5",
  },
  too_many_empty_records: {
    alert: "unexpected_message",
    says: "too many records without content in a row",
    rfc: "8446 5.1",
  },
  empty_handshake_record: {
    alert: "unexpected_message",
    says: "a handshake record without content",
    rfc: "8446 5.1",
  },
  interleaved_handshake: {
    alert: "unexpected_message",
    says: "a record of another type came in the middle of a handshake message",
    rfc: "8446 5.1",
  },
  too_many_change_cipher_specs: {
    alert: "unexpected_message",
    says: "too many change_cipher_spec records",
    rfc: "8446 D.4",
  },
  too_many_warning_alerts: {
    alert: "unexpected_message",
    says: "too many warning alerts in a row",
    rfc: "8446 6",
  },
  bad_alert: {
    alert: "decode_error",
    says: "an alert record that is not one alert of two bytes",
    rfc: "8446 6",
  },
  sequence_number_overflow: {
    alert: "internal_error",
    says: "the sequence number of a key is used up",
    rfc: "8446 5.3",
  },
  too_much_early_data: {
    alert: "unexpected_message",
    says: "the client sent more early data to skip than is allowed",
    rfc: "8446 4.2.10",
  },
  too_much_input_while_waiting: {
    alert: "internal_error",
    says: "the peer sent too much while the connection waits for an answer to a need",
    rfc: "8446 6.2",
  },

  // Messages
  malformed_message: {
    alert: "decode_error",
    says: "a message that does not parse",
    rfc: "8446 6.2",
  },
  message_too_long: {
    alert: "illegal_parameter",
    says: "a handshake message longer than this side accepts",
    rfc: "8446 4",
  },
  unexpected_message: {
    alert: "unexpected_message",
    says: "a handshake message that has no place in this state",
    rfc: "8446 4",
  },
  unexpected_application_data: {
    alert: "unexpected_message",
    says: "application data before the handshake was done",
    rfc: "8446 2",
  },
  data_across_key_change: {
    alert: "unexpected_message",
    says: "handshake data follows in the same record where the keys change",
    rfc: "8446 5.1",
  },
  duplicate_extension: {
    alert: "illegal_parameter",
    says: "the same extension twice in one message",
    rfc: "8446 4.2",
  },
  misplaced_extension: {
    alert: "illegal_parameter",
    says: "an extension in a message that must not carry it",
    rfc: "8446 4.2",
  },
  unsolicited_extension: {
    alert: "unsupported_extension",
    says: "an answer to an extension that was not offered",
    rfc: "8446 4.2",
  },
  missing_extension: {
    alert: "missing_extension",
    says: "a message lacks an extension that it must carry",
    rfc: "8446 9.2",
  },
  illegal_parameter: {
    alert: "illegal_parameter",
    says: "a field with a value that the protocol does not allow",
    rfc: "8446 6.2",
  },

  // Negotiation
  unsupported_protocol: {
    alert: "protocol_version",
    says: "no TLS version in common: this side speaks TLS 1.3",
    rfc: "8446 4.2.1",
  },
  downgrade_detected: {
    alert: "illegal_parameter",
    says: "the server's random says that it speaks a newer version: somebody forced a downgrade",
    rfc: "8446 4.1.3",
  },
  no_shared_cipher: {
    alert: "handshake_failure",
    says: "no cipher suite in common",
    rfc: "8446 4.1.1",
  },
  no_shared_group: {
    alert: "handshake_failure",
    says: "no key exchange group in common",
    rfc: "8446 4.1.1",
  },
  no_shared_signature_scheme: {
    alert: "handshake_failure",
    says: "no certificate of this side fits a signature algorithm that the peer takes",
    rfc: "8446 4.2.3, 4.4.2.2",
  },
  no_application_protocol: {
    alert: "no_application_protocol",
    says: "no application protocol (ALPN) in common",
    rfc: "7301 3.2",
  },
  wrong_cipher_returned: {
    alert: "illegal_parameter",
    says: "the server chose a cipher suite that was not offered",
    rfc: "8446 4.1.3",
  },
  wrong_group_returned: {
    alert: "illegal_parameter",
    says: "the server chose a key exchange group that was not offered",
    rfc: "8446 4.2.8",
  },
  wrong_protocol_returned: {
    alert: "illegal_parameter",
    says: "the server chose an application protocol that was not offered",
    rfc: "7301 3.1",
  },
  wrong_signature_scheme: {
    alert: "illegal_parameter",
    says: "a signature with an algorithm that was not offered or does not fit the key",
    rfc: "8446 4.4.3",
  },
  session_id_not_echoed: {
    alert: "illegal_parameter",
    says: "the server did not echo the legacy session id",
    rfc: "8446 4.1.3",
  },
  pointless_hello_retry: {
    alert: "illegal_parameter",
    says: "a HelloRetryRequest that asks for no change",
    rfc: "8446 4.1.4",
  },
  second_hello_retry: {
    alert: "unexpected_message",
    says: "a second HelloRetryRequest",
    rfc: "8446 4.1.4",
  },
  hello_changed_after_retry: {
    alert: "illegal_parameter",
    says: "what was agreed in the HelloRetryRequest changed afterwards",
    rfc: "8446 4.1.2, 4.1.4",
  },
  wrong_cookie: {
    alert: "illegal_parameter",
    says: "the cookie of the HelloRetryRequest did not come back as it was sent",
    rfc: "8446 4.2.2",
  },
  bad_key_share: {
    alert: "illegal_parameter",
    says: "the peer's key share is not a valid one for its group",
    rfc: "8446 4.2.8",
  },
  record_size_limit_too_small: {
    alert: "illegal_parameter",
    says: "a record size limit below 64 bytes or above what was agreed",
    rfc: "8449 4",
  },

  // Authentication
  certificate_missing: {
    alert: "decode_error",
    says: "the server sent an empty certificate list",
    rfc: "8446 4.4.2.4",
  },
  peer_did_not_return_a_certificate: {
    alert: "certificate_required",
    says: "the client sent no certificate, and one is required",
    rfc: "8446 4.4.2.4",
  },
  bad_certificate: {
    alert: "bad_certificate",
    says: "the peer's certificate is malformed or breaks a rule",
    rfc: "8446 4.4.2.4",
  },
  unsupported_certificate: {
    alert: "unsupported_certificate",
    says: "the peer's certificate has a key or a use that does not fit",
    rfc: "8446 4.4.2.4",
  },
  key_usage_without_signature: {
    alert: "illegal_parameter",
    says: "the key usage of the peer's certificate does not allow signatures",
    rfc: "8446 4.4.2.2",
  },
  certificate_expired: {
    alert: "certificate_expired",
    says: "a certificate of the peer's chain is not valid at this time",
    rfc: "5280 6.1.3",
  },
  certificate_revoked: {
    alert: "certificate_revoked",
    says: "a certificate of the peer's chain was revoked",
    rfc: "5280 6.3",
  },
  unknown_ca: {
    alert: "unknown_ca",
    says: "the peer's certificate does not lead to a trusted authority",
    rfc: "5280 6.1",
  },
  certificate_unknown: {
    alert: "certificate_unknown",
    says: "the peer's certificate was not accepted",
    rfc: "8446 6.2",
  },
  bad_certificate_status_response: {
    alert: "bad_certificate_status_response",
    says: "the stapled status of the peer's certificate was not accepted",
    rfc: "6066 8",
  },
  certificate_verify_mismatch: {
    alert: "decrypt_error",
    says: "the peer's signature over the handshake is wrong: it does not hold the certificate's key",
    rfc: "8446 4.4.3",
  },
  finished_mismatch: {
    alert: "decrypt_error",
    says: "the peer's Finished is wrong: the two sides saw different handshakes",
    rfc: "8446 4.4.4",
  },
  unsolicited_certificate_context: {
    alert: "illegal_parameter",
    says: "a certificate request context that does not belong here",
    rfc: "8446 4.4.2",
  },

  // After the handshake
  bad_key_update: {
    alert: "illegal_parameter",
    says: "a KeyUpdate with a value other than 0 or 1",
    rfc: "8446 4.6.3",
  },
  too_many_key_updates: {
    alert: "unexpected_message",
    says: "too many KeyUpdates without application data between them",
    rfc: "8446 4.6.3",
  },
  too_many_tickets: {
    alert: "unexpected_message",
    says: "too many session tickets on one connection",
    rfc: "8446 4.6.1",
  },
  truncated: {
    alert: null,
    says: "the transport ended without a close_notify: the data may be cut off",
    rfc: "8446 6.1",
  },
  peer_alert: {
    alert: null,
    says: "the peer ended the connection with an alert",
    rfc: "8446 6.2",
  },

  // This side
  callback_failed: {
    alert: "internal_error",
    says: "a callback of the application threw or refused",
    rfc: "8446 6.2",
  },
  wrong_answer: {
    alert: "internal_error",
    says: "the answer to a need does not fit it",
    rfc: "8446 6.2",
  },
  internal_error: {
    alert: "internal_error",
    says: "a fault in puretls: please report it",
    rfc: "8446 6.2",
  },
} as const satisfies Record<string, ReasonRow>;

/** A stable name for what was wrong; programs may compare it. */
export type Reason = keyof typeof REASONS;

export interface TlsErrorOptions {
  /** What exactly, without peer-controlled text that is not made printable. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** With `peer_alert`: the alert that came. */
  readonly received?: AlertName | number;
  /** With `callback_failed`: the alert that the callback chose. */
  readonly alert?: AlertName;
}

/**
 * What ends a connection. `reason` is stable; `message` is for people and may
 * change.
 */
export class TlsError extends Error {
  override readonly name = "TlsError";
  readonly reason: Reason;
  /** The alert in question, undefined where none is. */
  readonly alert: AlertName | number | undefined;
  /** Whether that alert came from the peer or went to it. */
  readonly direction: "sent" | "received" | undefined;
  /** Document and section that decide, as "8446 4.1.3". */
  readonly rfc: string;

  constructor(reason: Reason, options: TlsErrorOptions = {}) {
    const row: ReasonRow = REASONS[reason];
    const alert = options.received ?? options.alert ?? row.alert ?? undefined;
    const detail = options.detail === undefined ? "" : ` (${options.detail})`;
    const sign =
      options.received === undefined ? "" : `: ${describe(options.received)}`;
    super(`${row.says}${sign}${detail}`, { cause: options.cause });
    this.reason = reason;
    this.alert = alert;
    this.direction =
      options.received !== undefined
        ? "received"
        : alert === undefined
          ? undefined
          : "sent";
    this.rfc = row.rfc;
  }
}

/**
 * Wrong use of the API by this side's program: nothing went out and the
 * connection is as it was.
 */
export class TlsUsageError extends Error {
  override readonly name = "TlsUsageError";
}

function describe(alert: AlertName | number): string {
  return typeof alert === "number" ? `alert number ${alert}` : alert;
}
