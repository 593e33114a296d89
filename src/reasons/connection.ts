/** What can end a connection after its handshake. */
import type { ReasonRow } from "./row.ts";

export const bad_key_update = {
  name: "bad_key_update",
  alert: "illegal_parameter",
  says: "a KeyUpdate with a value other than 0 or 1",
  rfc: "8446 4.6.3",
} as const satisfies ReasonRow;

export const too_many_key_updates = {
  name: "too_many_key_updates",
  alert: "unexpected_message",
  says: "too many KeyUpdates without application data between them",
  rfc: "8446 4.6.3",
} as const satisfies ReasonRow;

export const too_many_tickets = {
  name: "too_many_tickets",
  alert: "unexpected_message",
  says: "too many session tickets on one connection",
  rfc: "8446 4.6.1",
} as const satisfies ReasonRow;

export const too_many_renegotiations = {
  name: "too_many_renegotiations",
  alert: "no_renegotiation",
  says: "too many requests to renegotiate without application data between them",
  rfc: "5246 7.2.2",
} as const satisfies ReasonRow;

export const truncated = {
  name: "truncated",
  alert: null,
  says: "the transport ended without a close_notify: the data may be cut off",
  rfc: "8446 6.1",
} as const satisfies ReasonRow;

export const peer_alert = {
  name: "peer_alert",
  alert: null,
  says: "the peer ended the connection with an alert",
  rfc: "8446 6.2",
} as const satisfies ReasonRow;
