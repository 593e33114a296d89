/**
 * AlertDescription of RFC 9846 6, with the older ones a peer may send.
 *
 * @example
 * ```ts
 * import { ALERTS } from "puretls/engine";
 *
 * if (ALERTS.close_notify !== 0) throw new Error();
 * ```
 */
// [9846-6.2-07b]
export const ALERTS = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  decryption_failed: 21,
  record_overflow: 22,
  decompression_failure: 30,
  handshake_failure: 40,
  no_certificate: 41,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  export_restriction: 60,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  no_renegotiation: 100,
  missing_extension: 109,
  unsupported_extension: 110,
  certificate_unobtainable: 111,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  bad_certificate_hash_value: 114,
  unknown_psk_identity: 115,
  certificate_required: 116,
  general_error: 117,
  no_application_protocol: 120,
  ech_required: 121,
} as const;

export type AlertName = keyof typeof ALERTS;

const ALERT_NAMES: ReadonlyMap<number, AlertName> = new Map(
  alertNames().map((name) => [ALERTS[name], name]),
);

/** The RFC's name of an alert number, undefined for one that is not assigned. */
export function alertName(description: number): AlertName | undefined {
  return ALERT_NAMES.get(description);
}

function alertNames(): readonly AlertName[] {
  const names: AlertName[] = [];
  for (const name in ALERTS) if (isAlertName(name)) names.push(name);
  return names;
}

function isAlertName(name: string): name is AlertName {
  return name in ALERTS;
}
