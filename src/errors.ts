/** The one error that ends a connection, and the one for wrong use. */
import { type AlertName, alertName, ALERTS } from "./alerts.ts";
import type * as reasons from "./reasons.ts";
import type { ReasonRow } from "./reasons/row.ts";

export { type AlertName, alertName, ALERTS };

/** A stable name for what was wrong; programs may compare it. */
export type Reason = keyof typeof reasons;

/** One row of `REASONS`. */
export interface NamedReason extends ReasonRow {
  readonly name: Reason;
}

export interface TlsErrorOptions {
  /** What exactly, without peer-controlled text that is not made printable. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** With `peer_alert`: the alert that came. */
  readonly received?: AlertName | number;
  /** With `callback_failed`: the alert that the callback chose. */
  readonly alert?: AlertName;
  /** With `ech_rejected`: what the server says are its keys. */
  readonly echRetryConfigs?: Uint8Array;
}

/**
 * What ends a connection. `reason` is stable; `message` is for people and may
 * change.
 */
export class TlsError extends Error {
  override readonly name = "TlsError";
  readonly reason: Reason;
  /** The alert in question, undefined where none is. */
  readonly alert: AlertName | number | undefined;
  /** Whether that alert came from the peer or went to it. */
  readonly direction: "sent" | "received" | undefined;
  /** Document and section that decide, as "8446 4.1.3". */
  readonly rfc: string;
  /**
   * With `ech_rejected`: an ECHConfigList to try again with; undefined where
   * the server, which has shown its certificate, does without ECH.
   */
  readonly echRetryConfigs: Uint8Array | undefined;

  constructor(row: NamedReason, options: TlsErrorOptions = {}) {
    const alert = options.received ?? options.alert ?? row.alert ?? undefined;
    const detail = options.detail === undefined ? "" : ` (${options.detail})`;
    const sign =
      options.received === undefined ? "" : `: ${describe(options.received)}`;
    super(`${row.says}${sign}${detail}`, { cause: options.cause });
    this.reason = row.name;
    this.alert = alert;
    this.direction =
      options.received !== undefined
        ? "received"
        : alert === undefined
          ? undefined
          : "sent";
    this.rfc = row.rfc;
    this.echRetryConfigs = options.echRetryConfigs;
  }
}

/**
 * Wrong use of the API by this side's program: nothing went out and the
 * connection is as it was.
 */
export class TlsUsageError extends Error {
  override readonly name = "TlsUsageError";
}

function describe(alert: AlertName | number): string {
  return typeof alert === "number" ? `alert number ${alert}` : alert;
}
