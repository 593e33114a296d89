/** The versions, the roles, and the messages that each role sends in each version. */
import { equal } from "../bytes.ts";
import { isRetry } from "../trace/dissect/dissect.ts";
import { HandshakeType, nameOf } from "../wire/code-points.ts";

/** Names of the versions as scenarios have them. */
export const LAB_VERSIONS = { tls12: "TLSv1.2", tls13: "TLSv1.3" } as const;
/** A version as a scenario names it. */
export type LabVersion = keyof typeof LAB_VERSIONS;
/** The side that misbehaves. */
export type LabRole = "client" | "server";

/** Messages that a side can be made to change, by version and role. */
export const SENT = {
  tls13: {
    client: [
      "client_hello",
      "change_cipher_spec",
      "end_of_early_data",
      "certificate",
      "compressed_certificate",
      "certificate_verify",
      "finished",
      "key_update",
    ],
    server: [
      "server_hello",
      "hello_retry_request",
      "change_cipher_spec",
      "encrypted_extensions",
      "certificate_request",
      "certificate",
      "compressed_certificate",
      "certificate_verify",
      "finished",
      "new_session_ticket",
      "key_update",
    ],
  },
  tls12: {
    client: [
      "client_hello",
      "certificate",
      "client_key_exchange",
      "certificate_verify",
      "change_cipher_spec",
      "finished",
    ],
    server: [
      "hello_request",
      "server_hello",
      "certificate",
      "certificate_status",
      "server_key_exchange",
      "certificate_request",
      "server_hello_done",
      "new_session_ticket",
      "change_cipher_spec",
      "finished",
    ],
  },
} as const satisfies Record<LabVersion, Record<LabRole, readonly string[]>>;

/** A message that the misbehaving side sends. */
export type Sent<
  V extends LabVersion,
  R extends LabRole,
> = (typeof SENT)[V][R][number];
/** A message that it receives. */
export type Received<
  V extends LabVersion,
  R extends LabRole,
> = R extends "client" ? Sent<V, "server"> : Sent<V, "client">;

/** Every name of a message. */
export type LabMessage =
  Sent<"tls13", LabRole> | Sent<"tls12", LabRole> | "message_hash" | "unknown";

/** The other role. */
export function otherRole(role: LabRole): LabRole {
  return role === "client" ? "server" : "client";
}

/** The name of a handshake message; "unknown" for a type that has none. */
export function messageName(raw: Uint8Array): LabMessage {
  const name = nameOf(HandshakeType, raw[0] ?? -1) ?? "unknown";
  return name === "server_hello" && isRetry(raw) ? "hello_retry_request" : name;
}

/** Tells whether bytes are one handshake message, as its length says. */
export function isWholeMessage(bytes: Uint8Array): boolean {
  const [, high = 0, middle = 0, low = 0] = bytes;
  return (
    bytes.length >= 4 &&
    bytes.length === 4 + ((high << 16) | (middle << 8) | low)
  );
}

/** Tells whether one array begins with another. */
export function beginsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return (
    bytes.length >= start.length &&
    equal(bytes.subarray(0, start.length), start)
  );
}
