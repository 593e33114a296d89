/** Reasons that end a connection after its handshake. */
import type { ReasonRow } from "./row.ts";

export const bad_key_update = {
  name: "bad_key_update",
  alert: "illegal_parameter",
  says: "a KeyUpdate has a value other than 0 or 1",
  rfc: "9846 4.7.3",
} as const satisfies ReasonRow;

export const too_many_key_updates = {
  name: "too_many_key_updates",
  alert: "unexpected_message",
  says: "the peer sent too many KeyUpdates for the application data between them",
  rfc: "9846 4.7.3",
} as const satisfies ReasonRow;

export const too_many_certificate_requests = {
  name: "too_many_certificate_requests",
  alert: "unexpected_message",
  says: "the server asked for a certificate too often on one connection",
  rfc: "9846 4.7.2",
} as const satisfies ReasonRow;

export const too_many_renegotiations = {
  name: "too_many_renegotiations",
  alert: "no_renegotiation",
  says: "the peer asked to renegotiate too often without application data in between",
  rfc: "5246 7.2.2",
} as const satisfies ReasonRow;

export const truncated = {
  name: "truncated",
  alert: null,
  says: "the transport ended without close_notify: data may be missing",
  rfc: "9846 6.1",
} as const satisfies ReasonRow;

export const peer_alert = {
  name: "peer_alert",
  alert: null,
  says: "the peer closed the connection with an alert",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;
