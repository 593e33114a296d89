/** The alert protocol, RFC 9846 6: two bytes, a level and a description. */
import { ALERTS, type AlertName, alertName, TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { WarningAlertPolicy } from "../handshake/machine/io.ts";
import type { WriteHalf } from "../record/write-half.ts";
import { ContentType } from "../wire/code-points.ts";
import type { ConnectionState } from "./connection-state.ts";
import { endHint } from "./end-hints.ts";
import type { EventQueue } from "./events.ts";
import type { Flags } from "./parts.ts";

const LEVELS = { warning: 1, fatal: 2 } as const;
export type AlertLevel = keyof typeof LEVELS;

export function encodeAlert(level: AlertLevel, alert: AlertName): Uint8Array {
  return Uint8Array.of(LEVELS[level], ALERTS[alert]);
}

/** The content of an alert record. */
export interface Alert {
  readonly level: AlertLevel;
  readonly alert: AlertName | number;
}

/** @throws TlsError for a record that is not one alert, or of no known level */
export function readAlert(content: Uint8Array): Alert {
  const [level = 0, description = 0] = content;
  // [9846-5.1-09b] [9846-5.1-10]
  if (content.length !== 2) throw new TlsError(reason.bad_alert);
  if (level !== LEVELS.warning && level !== LEVELS.fatal)
    throw new TlsError(reason.unknown_alert_level, {
      detail: `level ${level}`,
    });
  return {
    level: level === LEVELS.warning ? "warning" : "fatal",
    alert: alertName(description) ?? description,
  };
}

/**
 * Tells whether the connection continues as if the alert had not come. RFC 9846
 * 6: in TLS 1.3 the level means nothing, and user_canceled alone is no error.
 * RFC 5246 7.2.2: in TLS 1.2 a warning need not end anything.
 */
export function isHarmless(
  { level, alert }: Alert,
  warnings: WarningAlertPolicy,
): boolean {
  // [9846-6-04b] [9846-6.1-04]
  if (warnings === "fatal") return alert === "user_canceled";
  return level === "warning" && alert !== "close_notify";
}

/**
 * Takes an alert record that ends the connection in order, or changes nothing,
 * and tells the program.
 *
 * @throws TlsError for every other one
 */
export function takeAlert(
  content: Uint8Array,
  flags: Flags,
  state: ConnectionState,
  events: EventQueue,
): void {
  const received = readAlert(content);
  const { alert } = received;
  if (isHarmless(received, flags.warningAlertPolicy)) {
    if (++flags.warningAlerts > state.config.limits.warningAlerts)
      throw new TlsError(reason.too_many_warning_alerts);
    events.push({ type: "warning_alert", alert });
    return;
  }
  if (alert !== "close_notify" || flags.info === undefined)
    // [9846-6-05]
    throw new TlsError(reason.peer_alert, {
      received: alert,
      ...endHint(state, alert),
    });
  flags.readClosed = true;
  events.push({ type: "peer_closed" });
}

/** Sends an alert. */
export function sendAlert(
  write: WriteHalf,
  level: AlertLevel,
  alert: AlertName,
): void {
  // [9846-5.1-09a]
  write.write(ContentType.alert, encodeAlert(level, alert));
}

/** Says close_notify; a handshake is canceled by it (RFC 9846 6.1). */
export function sendCloseNotify(write: WriteHalf, isCanceled: boolean): void {
  // [9846-6.1-03]
  if (isCanceled) sendAlert(write, "warning", "user_canceled");
  // [9846-6.1-02]
  sendAlert(write, "warning", "close_notify");
}

// [9846-6.2-02]
/**
 * Ends a connection in both directions, with the alert of the error that was
 * thrown; returns that error.
 */
export function endWith(
  thrown: unknown,
  write: WriteHalf,
  flags: Flags,
): TlsError {
  const error =
    thrown instanceof TlsError
      ? thrown
      : new TlsError(reason.internal_error, { cause: thrown });
  // [9846-6.2-04]
  const { alert, direction } = error;
  // [9846-6-02] [9846-6.2-01]
  flags.failed = error;
  if (!flags.writeClosed) {
    if (direction === "sent" && typeof alert === "string")
      // [5246-7.2.2-03] [5246-7.2.2-05] [9846-6-04a]
      sendAlert(write, "fatal", alert);
    // RFC 9846 6.1: each side sends close_notify before it closes, during a
    // handshake too.
    else if (alert === "close_notify") sendAlert(write, "warning", alert);
  }
  return error;
}
