/** Reasons for which a message, or its place, is rejected. */
import type { ReasonRow } from "./row.ts";

export const malformed_message = {
  name: "malformed_message",
  alert: "decode_error",
  says: "a handshake message could not be parsed",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;

export const message_too_long = {
  name: "message_too_long",
  alert: "illegal_parameter",
  says: "a handshake message is longer than this side's limits allow",
  rfc: "9846 4",
} as const satisfies ReasonRow;

export const unexpected_message = {
  name: "unexpected_message",
  alert: "unexpected_message",
  says: "a handshake message is not allowed in this state",
  rfc: "9846 4",
} as const satisfies ReasonRow;

export const unexpected_application_data = {
  name: "unexpected_application_data",
  alert: "unexpected_message",
  says: "application data arrived before the handshake was done",
  rfc: "9846 2",
} as const satisfies ReasonRow;

export const data_across_key_change = {
  name: "data_across_key_change",
  alert: "unexpected_message",
  says: "handshake data follows a key change in the same record",
  rfc: "9846 5.1",
} as const satisfies ReasonRow;

export const duplicate_extension = {
  name: "duplicate_extension",
  alert: "decode_error",
  says: "an extension appears twice in a hello or in EncryptedExtensions",
  rfc: "9846 4.3",
} as const satisfies ReasonRow;

export const repeated_extension = {
  name: "repeated_extension",
  alert: "illegal_parameter",
  says: "an extension appears twice in a message",
  rfc: "9846 4.3",
} as const satisfies ReasonRow;

export const misplaced_extension = {
  name: "misplaced_extension",
  alert: "illegal_parameter",
  says: "an extension appears in a message that must not carry it",
  rfc: "9846 4.3",
} as const satisfies ReasonRow;

export const unsolicited_extension = {
  name: "unsolicited_extension",
  alert: "unsupported_extension",
  says: "the peer responded to an extension that was not offered",
  rfc: "9846 4.3",
} as const satisfies ReasonRow;

export const missing_extension = {
  name: "missing_extension",
  alert: "missing_extension",
  says: "a message lacks an extension that it must carry",
  rfc: "9846 9.2",
} as const satisfies ReasonRow;

// [9846-6-07a]
export const illegal_parameter = {
  name: "illegal_parameter",
  alert: "illegal_parameter",
  says: "a field has a value that the protocol does not allow",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;
