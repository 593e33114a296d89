import { CommandError } from "../command.ts";

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/**
 * Milliseconds of a time as 30d, 12h or 2w.
 *
 * @throws CommandError for any other
 */
export function readDuration(option: string, text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const seconds = Object.entries(UNITS).find(([name]) => name === unit)?.[1];
  if (seconds === undefined)
    throw new CommandError(
      `${option} takes a number with s, m, h, d or w behind it, as 30d, not "${text}"`,
    );
  return Number(count) * seconds * 1000;
}

/** A time in the largest unit that it has two of: 89 days, 5 hours. */
export function durationText(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const [count, unit] =
    days >= 2
      ? [days, "days"]
      : hours >= 2
        ? [hours, "hours"]
        : [minutes, minutes === 1 ? "minute" : "minutes"];
  return `${count.toString()} ${unit}`;
}
