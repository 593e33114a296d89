/** IANA numbers and names of the TLS registries, as far as puretls knows them. */

// [5246-6-01] [9846-5-04]
export const ContentType = {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
} as const;
export type ContentTypeName = keyof typeof ContentType;

/**
 * The effect of a change_cipher_spec record at the moment: an error, nothing
 * (the dummy of RFC 9846 E.4), or the input `change_cipher_spec` of the machine
 * (RFC 5246 7.1).
 */
export type ChangeCipherSpecPolicy = "forbidden" | "dropped" | "delivered";

/** HandshakeType, RFC 9846 4. */
export const HandshakeType = {
  hello_request: 0,
  client_hello: 1,
  server_hello: 2,
  new_session_ticket: 4,
  end_of_early_data: 5,
  encrypted_extensions: 8,
  certificate: 11,
  server_key_exchange: 12,
  certificate_request: 13,
  server_hello_done: 14,
  certificate_verify: 15,
  client_key_exchange: 16,
  finished: 20,
  certificate_status: 22,
  key_update: 24,
  compressed_certificate: 25,
  message_hash: 254,
} as const;
export type HandshakeTypeName = keyof typeof HandshakeType;

export const ProtocolVersion = {
  "TLSv1.0": 0x0301,
  "TLSv1.1": 0x0302,
  "TLSv1.2": 0x0303,
  "TLSv1.3": 0x0304,
} as const;

/** Numbers in the list of cipher suites that are none: RFC 5746 3.3, RFC 7507. */
export const CipherSuiteSignal = {
  TLS_EMPTY_RENEGOTIATION_INFO_SCSV: 0x00ff,
  TLS_FALLBACK_SCSV: 0x5600,
} as const;

// [9846-E.5-12]
/** ExtensionType, RFC 9846 4.3 and the IANA registry. */
export const ExtensionType = {
  server_name: 0,
  max_fragment_length: 1,
  status_request: 5,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  application_layer_protocol_negotiation: 16,
  signed_certificate_timestamp: 18,
  client_certificate_type: 19,
  server_certificate_type: 20,
  padding: 21,
  encrypt_then_mac: 22,
  extended_main_secret: 23,
  compress_certificate: 27,
  record_size_limit: 28,
  tls_cert_with_extern_psk: 33,
  delegated_credential: 34,
  session_ticket: 35,
  pre_shared_key: 41,
  early_data: 42,
  supported_versions: 43,
  cookie: 44,
  psk_key_exchange_modes: 45,
  certificate_authorities: 47,
  oid_filters: 48,
  post_handshake_auth: 49,
  signature_algorithms_cert: 50,
  key_share: 51,
  encrypted_client_hello: 0xfe0d,
  renegotiation_info: 0xff01,
} as const;
export type ExtensionTypeName = keyof typeof ExtensionType;

/** The name of a number in one of the tables above. */
export function nameOf<T extends Record<string, number>>(
  table: T,
  value: number,
): (keyof T & string) | undefined {
  for (const name in table) if (table[name] === value) return name;
  return undefined;
}

/** RFC 8701 2: 0x0a0a, 0x1a1a … 0xfafa. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}
