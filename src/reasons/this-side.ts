import type { ReasonRow } from "./row.ts";

/** What this side does wrong, or its program. */
export const THIS_SIDE_REASONS = {
  callback_failed: {
    alert: "internal_error",
    says: "a callback of the application threw or refused",
    rfc: "8446 6.2",
  },
  wrong_answer: {
    alert: "internal_error",
    says: "the answer to a need does not fit it",
    rfc: "8446 6.2",
  },
  internal_error: {
    alert: "internal_error",
    says: "a fault in puretls: please report it",
    rfc: "8446 6.2",
  },
} as const satisfies Record<string, ReasonRow>;
