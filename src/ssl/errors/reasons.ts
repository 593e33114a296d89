/**
 * From the engine's reasons to Python's classes and OpenSSL's mnemonics. The
 * table has a row for each reason: the compiler sees to it.
 */
import { printable } from "../../bytes.ts";
import {
  ALERTS,
  type AlertName,
  type Reason,
  type TlsError,
} from "../../errors.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { verifyMessage } from "../../x509/faults/verify-messages.ts";
import {
  type SSLAlert,
  SSLCertVerificationError,
  SSLEOFError,
  SSLError,
  type SSLErrorOptions,
  SSLZeroReturnError,
  type VerificationFault,
} from "./errors.ts";
import { remedyText } from "./remedies.ts";

/** Stands for a mnemonic where the verify code says more. */
const AS_VERIFICATION = "CERTIFICATE_VERIFY_FAILED";

const OPENSSL_REASONS: Readonly<Record<Reason, string>> = {
  too_many_renegotiations: "NO_RENEGOTIATION",
  wrong_version_number: "WRONG_VERSION_NUMBER",
  http_request: "HTTP_REQUEST",
  https_proxy_request: "HTTPS_PROXY_REQUEST",
  http_response: "WRONG_VERSION_NUMBER",
  record_overflow: "PACKET_LENGTH_TOO_LONG",
  bad_record_mac: "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
  record_without_content_type: "BAD_RECORD_TYPE",
  unexpected_record_type: "UNEXPECTED_RECORD",
  unencrypted_record: "BAD_RECORD_TYPE",
  unexpected_change_cipher_spec: "INVALID_CCS_MESSAGE",
  too_many_empty_records: "RECORD_TOO_SMALL",
  empty_handshake_record: "BAD_LENGTH",
  empty_alert_record: "INVALID_ALERT",
  interleaved_handshake: "MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA",
  too_many_change_cipher_specs: "UNEXPECTED_CCS_MESSAGE",
  too_many_warning_alerts: "TOO_MANY_WARN_ALERTS",
  bad_alert: "INVALID_ALERT",
  unknown_alert_level: "UNKNOWN_ALERT_TYPE",
  sequence_number_overflow: "INTERNAL_ERROR",
  too_much_early_data: "TOO_MUCH_EARLY_DATA",
  too_much_input_while_waiting: "INTERNAL_ERROR",
  malformed_message: "LENGTH_MISMATCH",
  message_too_long: "EXCESSIVE_MESSAGE_SIZE",
  unexpected_message: "UNEXPECTED_MESSAGE",
  unexpected_application_data: "APP_DATA_IN_HANDSHAKE",
  data_across_key_change: "NOT_ON_RECORD_BOUNDARY",
  duplicate_extension: "BAD_EXTENSION",
  repeated_extension: "BAD_EXTENSION",
  misplaced_extension: "BAD_EXTENSION",
  unsolicited_extension: "UNSOLICITED_EXTENSION",
  missing_extension: "MISSING_EXTENSION",
  illegal_parameter: "BAD_VALUE",
  unsupported_protocol: "UNSUPPORTED_PROTOCOL",
  downgrade_detected: "INAPPROPRIATE_FALLBACK",
  inappropriate_fallback: "INAPPROPRIATE_FALLBACK",
  version_changed_after_retry: "SSL_VERSION_MISMATCH",
  early_data_without_tls13: "WRONG_SSL_VERSION",
  unsafe_legacy_renegotiation: "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
  renegotiation_mismatch: "RENEGOTIATION_MISMATCH",
  session_not_offered: "INVALID_SESSION_ID",
  resumed_session_mismatch: "INCONSISTENT_EXTMS",
  extended_main_secret_missing: "INCONSISTENT_EXTMS",
  psk_missing: "PSK_IDENTITY_NOT_FOUND",
  client_sent_no_certificate: "PEER_DID_NOT_RETURN_A_CERTIFICATE",
  unknown_psk_identity: "PSK_IDENTITY_NOT_FOUND",
  dh_key_too_small: "DH_KEY_TOO_SMALL",
  dh_key_too_large: "MODULUS_TOO_LARGE",
  no_shared_cipher: "NO_SHARED_CIPHER",
  no_shared_field: "NO_SUITABLE_GROUPS",
  no_shared_group: "NO_SUITABLE_KEY_SHARE",
  no_shared_signature_scheme: "NO_SUITABLE_SIGNATURE_ALGORITHM",
  no_application_protocol: "NO_APPLICATION_PROTOCOL",
  wrong_version_returned: "WRONG_SSL_VERSION",
  wrong_legacy_version: "WRONG_SSL_VERSION",
  wrong_cipher_returned: "WRONG_CIPHER_RETURNED",
  wrong_group_returned: "BAD_KEY_SHARE",
  wrong_psk_returned: "BAD_PSK_IDENTITY",
  binder_mismatch: "BINDER_DOES_NOT_VERIFY",
  certificate_with_psk_missing: "BAD_PSK",
  wrong_early_data_returned: "BAD_EARLY_DATA",
  wrong_protocol_returned: "BAD_EXTENSION",
  wrong_signature_scheme: "WRONG_SIGNATURE_TYPE",
  session_id_not_echoed: "INVALID_SESSION_ID",
  pointless_hello_retry: "NO_CHANGE_FOLLOWING_HRR",
  second_hello_retry: "UNEXPECTED_MESSAGE",
  hello_changed_after_retry: "BAD_KEY_SHARE",
  wrong_cookie: "COOKIE_MISMATCH",
  bad_key_share: "BAD_KEY_SHARE",
  record_size_limit_too_small: "BAD_EXTENSION",
  certificate_missing: "NO_CERTIFICATES_RETURNED",
  key_usage_without_signature: "KEY_USAGE_BIT_INCORRECT",
  peer_did_not_return_a_certificate: "PEER_DID_NOT_RETURN_A_CERTIFICATE",
  wrong_certificate_type: "WRONG_CERTIFICATE_TYPE",
  wrong_certificate_curve: "BAD_ECC_CERT",
  key_usage_without_encipherment: "KEY_USAGE_BIT_INCORRECT",
  undecodable_certificate: AS_VERIFICATION,
  bad_certificate: AS_VERIFICATION,
  unsupported_certificate: AS_VERIFICATION,
  certificate_expired: AS_VERIFICATION,
  certificate_revoked: AS_VERIFICATION,
  unknown_ca: AS_VERIFICATION,
  certificate_unknown: AS_VERIFICATION,
  bad_certificate_status_response: AS_VERIFICATION,
  no_shared_certificate_type: "UNKNOWN_CERTIFICATE_TYPE",
  invalid_delegated_credential: AS_VERIFICATION,
  ech_rejected: "ECH_REJECTED",
  ech_not_decrypted: "DECRYPTION_FAILED",
  certificate_decompression_failed: "BAD_COMPRESSION",
  certificate_verify_mismatch: "BAD_SIGNATURE",
  finished_mismatch: "DIGEST_CHECK_FAILED",
  unsolicited_certificate_context: "INVALID_CONTEXT",
  bad_key_update: "BAD_KEY_UPDATE",
  too_many_key_updates: "TOO_MANY_KEY_UPDATES",
  too_many_certificate_requests: "UNEXPECTED_MESSAGE",
  truncated: "UNEXPECTED_EOF_WHILE_READING",
  // Decided by the alert's number, below.
  peer_alert: "UNKNOWN_ALERT_TYPE",
  callback_failed: "CALLBACK_FAILED",
  wrong_answer: "CALLBACK_FAILED",
  internal_error: "INTERNAL_ERROR",
};

/** OpenSSL's mnemonics of alerts received; null where it has none. */
const RECEIVED: Readonly<Record<AlertName, string | null>> = {
  close_notify: null,
  unexpected_message: "SSLV3_ALERT_UNEXPECTED_MESSAGE",
  bad_record_mac: "SSLV3_ALERT_BAD_RECORD_MAC",
  decryption_failed: "TLSV1_ALERT_DECRYPTION_FAILED",
  record_overflow: "TLSV1_ALERT_RECORD_OVERFLOW",
  decompression_failure: "SSLV3_ALERT_DECOMPRESSION_FAILURE",
  handshake_failure: "SSLV3_ALERT_HANDSHAKE_FAILURE",
  no_certificate: "SSLV3_ALERT_NO_CERTIFICATE",
  bad_certificate: "SSLV3_ALERT_BAD_CERTIFICATE",
  unsupported_certificate: "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
  certificate_revoked: "SSLV3_ALERT_CERTIFICATE_REVOKED",
  certificate_expired: "SSLV3_ALERT_CERTIFICATE_EXPIRED",
  certificate_unknown: "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
  illegal_parameter: "SSLV3_ALERT_ILLEGAL_PARAMETER",
  unknown_ca: "TLSV1_ALERT_UNKNOWN_CA",
  access_denied: "TLSV1_ALERT_ACCESS_DENIED",
  decode_error: "TLSV1_ALERT_DECODE_ERROR",
  decrypt_error: "TLSV1_ALERT_DECRYPT_ERROR",
  export_restriction: "TLSV1_ALERT_EXPORT_RESTRICTION",
  protocol_version: "TLSV1_ALERT_PROTOCOL_VERSION",
  insufficient_security: "TLSV1_ALERT_INSUFFICIENT_SECURITY",
  internal_error: "TLSV1_ALERT_INTERNAL_ERROR",
  inappropriate_fallback: "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
  user_canceled: "TLSV1_ALERT_USER_CANCELLED",
  no_renegotiation: "TLSV1_ALERT_NO_RENEGOTIATION",
  missing_extension: "TLSV13_ALERT_MISSING_EXTENSION",
  unsupported_extension: "TLSV1_UNSUPPORTED_EXTENSION",
  certificate_unobtainable: "TLSV1_CERTIFICATE_UNOBTAINABLE",
  unrecognized_name: "TLSV1_UNRECOGNIZED_NAME",
  bad_certificate_status_response: "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
  bad_certificate_hash_value: "TLSV1_BAD_CERTIFICATE_HASH_VALUE",
  unknown_psk_identity: "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY",
  certificate_required: "TLSV13_ALERT_CERTIFICATE_REQUIRED",
  general_error: "TLSV1_ALERT_GENERAL_ERROR",
  no_application_protocol: "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
  ech_required: "TLSV1_ALERT_ECH_REQUIRED",
};

/** X509_V_ERR names of OpenSSL by number, without the prefix. */
const VERIFY_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "UNSPECIFIED"],
  [2, "UNABLE_TO_GET_ISSUER_CERT"],
  [3, "UNABLE_TO_GET_CRL"],
  [6, "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"],
  [7, "CERT_SIGNATURE_FAILURE"],
  [8, "CRL_SIGNATURE_FAILURE"],
  [9, "CERT_NOT_YET_VALID"],
  [10, "CERT_HAS_EXPIRED"],
  [11, "CRL_NOT_YET_VALID"],
  [12, "CRL_HAS_EXPIRED"],
  [18, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  [19, "SELF_SIGNED_CERT_IN_CHAIN"],
  [20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  [22, "CERT_CHAIN_TOO_LONG"],
  [23, "CERT_REVOKED"],
  [25, "PATH_LENGTH_EXCEEDED"],
  [26, "INVALID_PURPOSE"],
  [28, "CERT_REJECTED"],
  [34, "UNHANDLED_CRITICAL_EXTENSION"],
  [35, "KEYUSAGE_NO_CRL_SIGN"],
  [36, "UNHANDLED_CRITICAL_CRL_EXTENSION"],
  [41, "INVALID_EXTENSION"],
  [42, "INVALID_POLICY_EXTENSION"],
  [43, "NO_EXPLICIT_POLICY"],
  [44, "DIFFERENT_CRL_SCOPE"],
  [47, "PERMITTED_VIOLATION"],
  [48, "EXCLUDED_VIOLATION"],
  [49, "SUBTREE_MINMAX"],
  [51, "UNSUPPORTED_CONSTRAINT_TYPE"],
  [52, "UNSUPPORTED_CONSTRAINT_SYNTAX"],
  [53, "UNSUPPORTED_NAME_SYNTAX"],
  [62, "HOSTNAME_MISMATCH"],
  [64, "IP_ADDRESS_MISMATCH"],
  [65, "DANE_NO_MATCH"],
  [66, "EE_KEY_TOO_SMALL"],
  [67, "CA_KEY_TOO_SMALL"],
  [68, "CA_MD_TOO_WEAK"],
  [71, "NO_VALID_SCTS"],
  [73, "OCSP_VERIFY_NEEDED"],
  [74, "OCSP_VERIFY_FAILED"],
  [75, "OCSP_CERT_UNKNOWN"],
  [76, "UNSUPPORTED_SIGNATURE_ALGORITHM"],
  [77, "SIGNATURE_ALGORITHM_MISMATCH"],
  [78, "SIGNATURE_ALGORITHM_INCONSISTENCY"],
  [79, "INVALID_CA"],
  [80, "PATHLEN_INVALID_FOR_NON_CA"],
  [81, "PATHLEN_WITHOUT_KU_KEY_CERT_SIGN"],
  [82, "KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA"],
  [83, "ISSUER_NAME_EMPTY"],
  [84, "SUBJECT_NAME_EMPTY"],
  [85, "MISSING_AUTHORITY_KEY_IDENTIFIER"],
  [86, "MISSING_SUBJECT_KEY_IDENTIFIER"],
  [87, "EMPTY_SUBJECT_ALT_NAME"],
  [88, "EMPTY_SUBJECT_SAN_NOT_CRITICAL"],
  [89, "CA_BCONS_NOT_CRITICAL"],
  [90, "AUTHORITY_KEY_IDENTIFIER_CRITICAL"],
  [91, "SUBJECT_KEY_IDENTIFIER_CRITICAL"],
  [92, "CA_CERT_MISSING_KEY_USAGE"],
  [93, "EXTENSIONS_REQUIRE_VERSION_3"],
  [94, "EC_KEY_EXPLICIT_PARAMS"],
]);

/**
 * Makes the error that a program gets for the end of its connection.
 *
 * @param serverName the name that was expected, for the message
 */
export function sslErrorOf(
  error: TlsError,
  serverName: string | undefined,
): SSLError {
  const alert = alertOf(error);
  const options: SSLErrorOptions = {
    library: "SSL",
    reason: OPENSSL_REASONS[error.reason],
    alert,
    cause: error.cause ?? error,
    echRetryConfigs: error.echRetryConfigs,
  };
  if (error.reason === "truncated")
    return new SSLEOFError({ cause: error }, error.detail);
  if (error.reason === "peer_alert") return receivedAlert(error, options);
  if (error.cause instanceof X509Error)
    return verificationError(error.cause, serverName, options);
  return new SSLError(messageOf(error), options);
}

/** The engine's sentence, and what a program could set. */
function messageOf({ message, remedy }: TlsError): string {
  return `${message}${remedyText(remedy)}`;
}

/** Python's words for a certificate that was refused. */
export function verificationError(
  fault: X509Error,
  serverName: string | undefined,
  options: SSLErrorOptions = {},
): SSLCertVerificationError {
  const described = describeFault(fault, serverName);
  return new SSLCertVerificationError(
    `certificate verify failed: ${described.verifyMessage} (${fault.message})`,
    described,
    { cause: fault, ...options, reason: AS_VERIFICATION },
  );
}

/** Returns OpenSSL's name of an X509_V_ERR number, without the prefix. */
export function verifyNameOf(verifyCode: number): string {
  return VERIFY_NAMES.get(verifyCode) ?? "UNSPECIFIED";
}

function describeFault(
  fault: X509Error,
  serverName: string | undefined,
): VerificationFault {
  const { verifyCode } = fault;
  const name = printable(serverName ?? "");
  const kinds: Partial<Record<number, string>> = {
    62: "Hostname mismatch",
    64: "IP address mismatch",
  };
  const kind = kinds[verifyCode];
  return {
    verifyCode,
    verifyName: verifyNameOf(verifyCode),
    verifyMessage:
      kind === undefined
        ? verifyMessage(verifyCode)
        : `${kind}, certificate is not valid for '${name}'.`,
  };
}

function receivedAlert(error: TlsError, options: SSLErrorOptions): SSLError {
  const { alert } = error;
  if (alert === "close_notify") return new SSLZeroReturnError({ cause: error });
  const known = typeof alert === "string" ? RECEIVED[alert] : null;
  return new SSLError(messageOf(error), {
    ...options,
    reason: known,
    code: `ERR_SSL_${known ?? "UNKNOWN_ALERT"}`,
  });
}

function alertOf({ alert, direction }: TlsError): SSLAlert | undefined {
  if (alert === undefined || direction === undefined) return undefined;
  return {
    level: alert === "close_notify" ? "warning" : "fatal",
    description: typeof alert === "number" ? alert : ALERTS[alert],
    name: typeof alert === "number" ? `alert ${alert.toString()}` : alert,
    direction,
  };
}
