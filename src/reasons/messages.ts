import type { ReasonRow } from "./row.ts";

/** What can be wrong with a message and with its place. */
export const MESSAGE_REASONS = {
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
    alert: "decode_error",
    says: "the same extension twice in a hello or in EncryptedExtensions",
    rfc: "8446 4.2",
  },
  repeated_extension: {
    alert: "illegal_parameter",
    says: "the same extension twice in a message that is no ordinary hello",
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
} as const satisfies Record<string, ReasonRow>;
