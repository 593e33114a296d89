/** Numbers of the registries in words. */
import { toHex } from "../bytes.ts";
import { CIPHER_SUITES } from "../handshake/registries/cipher-suites.ts";
import { GROUPS } from "../handshake/registries/groups.ts";
import { SIGNATURE_SCHEMES } from "../handshake/registries/signature-schemes.ts";
import {
  ExtensionType,
  isGrease,
  nameOf,
  ProtocolVersion,
} from "../wire/code-points.ts";

/** The side that sends. */
export type Direction = "client" | "server";

/** A field's name and what it says. */
export type Field = readonly [name: string, value: string];

/** Extensions that puretls does not speak, and others send: IANA's names. */
const FOREIGN_EXTENSIONS = {
  client_certificate_url: 2,
  trusted_ca_keys: 3,
  truncated_hmac: 4,
  use_srtp: 14,
  heartbeat: 15,
  status_request_v2: 17,
  token_binding: 24,
  cached_info: 25,
  tls_cert_with_extern_psk: 33,
  connection_id: 54,
  external_id_hash: 55,
  external_session_id: 56,
  quic_transport_parameters: 57,
  ticket_request: 58,
  next_protocol_negotiation: 13172,
  application_settings_old: 17513,
  application_settings: 17613,
  ech_outer_extensions: 0xfd00,
} as const;

/** RFC 8879 7.3. */
const COMPRESSIONS = { zlib: 1, brotli: 2, zstd: 3 } as const;

export function names(
  codes: readonly number[],
  one: (code: number) => string,
): string {
  return codes.map(one).join(", ") || "none";
}

export function extensionNames(types: readonly number[]): string {
  return names(types, (type) =>
    known(
      nameOf(ExtensionType, type) ?? nameOf(FOREIGN_EXTENSIONS, type),
      type,
    ),
  );
}

export function compressionName(code: number): string {
  return known(nameOf(COMPRESSIONS, code), code);
}

export function versionName(code: number): string {
  return known(nameOf(ProtocolVersion, code), code);
}

export function suiteName(code: number): string {
  const row = Object.values(CIPHER_SUITES).find((one) => one.code === code);
  return known(row?.name, code);
}

export function groupName(code: number): string {
  return known(nameOf(GROUPS, code), code);
}

export function schemeName(code: number): string {
  const row = Object.values(SIGNATURE_SCHEMES).find((s) => s.code === code);
  return known(row?.name, code);
}

function known(name: string | undefined, code: number): string {
  if (name !== undefined) return name;
  return isGrease(code)
    ? "GREASE"
    : `0x${toHex(Uint8Array.of(code >> 8, code))}`;
}
