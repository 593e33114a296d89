/** What can be wrong with a message and with its place. */
import type { ReasonRow } from "./row.ts";

export const malformed_message = {
  name: "malformed_message",
  alert: "decode_error",
  says: "a message that does not parse",
  rfc: "8446 6.2",
} as const satisfies ReasonRow;

export const message_too_long = {
  name: "message_too_long",
  alert: "illegal_parameter",
  says: "a handshake message longer than this side accepts",
  rfc: "8446 4",
} as const satisfies ReasonRow;

export const unexpected_message = {
  name: "unexpected_message",
  alert: "unexpected_message",
  says: "a handshake message that has no place in this state",
  rfc: "8446 4",
} as const satisfies ReasonRow;

export const unexpected_application_data = {
  name: "unexpected_application_data",
  alert: "unexpected_message",
  says: "application data before the handshake was done",
  rfc: "8446 2",
} as const satisfies ReasonRow;

export const data_across_key_change = {
  name: "data_across_key_change",
  alert: "unexpected_message",
  says: "handshake data follows in the same record where the keys change",
  rfc: "8446 5.1",
} as const satisfies ReasonRow;

export const duplicate_extension = {
  name: "duplicate_extension",
  alert: "decode_error",
  says: "the same extension twice in a hello or in EncryptedExtensions",
  rfc: "8446 4.2",
} as const satisfies ReasonRow;

export const repeated_extension = {
  name: "repeated_extension",
  alert: "illegal_parameter",
  says: "the same extension twice in a message that is no ordinary hello",
  rfc: "8446 4.2",
} as const satisfies ReasonRow;

export const misplaced_extension = {
  name: "misplaced_extension",
  alert: "illegal_parameter",
  says: "an extension in a message that must not carry it",
  rfc: "8446 4.2",
} as const satisfies ReasonRow;

export const unsolicited_extension = {
  name: "unsolicited_extension",
  alert: "unsupported_extension",
  says: "an answer to an extension that was not offered",
  rfc: "8446 4.2",
} as const satisfies ReasonRow;

export const missing_extension = {
  name: "missing_extension",
  alert: "missing_extension",
  says: "a message lacks an extension that it must carry",
  rfc: "8446 9.2",
} as const satisfies ReasonRow;

export const illegal_parameter = {
  name: "illegal_parameter",
  alert: "illegal_parameter",
  says: "a field with a value that the protocol does not allow",
  rfc: "8446 6.2",
} as const satisfies ReasonRow;
