/** The alert protocol, RFC 8446 6: two bytes, a level and a description. */
import { ALERTS, type AlertName, alertName, TlsError } from "../errors.ts";

const LEVELS = { warning: 1, fatal: 2 } as const;
export type AlertLevel = keyof typeof LEVELS;

export function encodeAlert(level: AlertLevel, alert: AlertName): Uint8Array {
  return Uint8Array.of(LEVELS[level], ALERTS[alert]);
}

/**
 * What an alert record says. Its level means nothing any more: RFC 8446 6 tells
 * by the description what is an error.
 *
 * @throws TlsError for a record that is not one alert
 */
export function readAlert(content: Uint8Array): AlertName | number {
  const [, description = 0] = content;
  if (content.length !== 2) throw new TlsError("bad_alert");
  return alertName(description) ?? description;
}
