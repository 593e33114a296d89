import type { ReasonRow } from "./row.ts";

/** What can end a connection after its handshake. */
export const CONNECTION_REASONS = {
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
  too_many_renegotiations: {
    alert: "no_renegotiation",
    says: "too many requests to renegotiate without application data between them",
    rfc: "5246 7.2.2",
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
} as const satisfies Record<string, ReasonRow>;
