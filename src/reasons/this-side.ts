/** Faults of this side, or of its program. */
import type { ReasonRow } from "./row.ts";

export const callback_failed = {
  name: "callback_failed",
  alert: "internal_error",
  says: "a callback of the application failed",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;

export const wrong_answer = {
  name: "wrong_answer",
  alert: "internal_error",
  says: "the answer to a pending request does not match it",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;

export const internal_error = {
  name: "internal_error",
  alert: "internal_error",
  says: "internal error in puretls: please report it",
  rfc: "9846 6.2",
} as const satisfies ReasonRow;
