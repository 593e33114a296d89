import type { AlertName } from "../alerts.ts";

// [9846-6.2-03] [9846-6.2-07a]
/** One way to end a connection. */
export interface ReasonRow {
  /** The row's own name. */
  readonly name: string;
  /** The alert that we send; null where none can or must go out. */
  readonly alert: AlertName | null;
  /** The fault, as a sentence for people. */
  readonly says: string;
  /** Document and section. */
  readonly rfc: string;
}
