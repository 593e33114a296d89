/** Least and most of the numbers that options take, here and in `ssl`. */
import { TlsUsageError } from "../../errors.ts";

export type Range = readonly [least: number, most: number];

/** Bytes of early data, RFC 9846 4.3.10. */
export const EARLY_DATA: Range = [0, 2 ** 32 - 1];
/** Bytes of a record's content. */
export const SEND_FRAGMENT: Range = [64, 2 ** 14];
/** Bytes, RFC 8449 4: with the content type of TLS 1.3. */
export const RECORD_SIZE: Range = [64, 2 ** 14 + 1];
/** Bytes of a session context. */
export const SESSION_CONTEXT: Range = [0, 32];
/** Bits of the prime of a finite field; RFC 7919 1 and 9.1: fewer are broken, or soon. */
export const DH_BITS: Range = [2048, 8192];
/** Tickets after a handshake. */
export const TICKETS: Range = [0, 16];

/**
 * Answers the number, where it is a whole one in that range.
 *
 * @throws TlsUsageError
 */
export function inRange(
  option: string,
  value: number,
  [least, most]: Range,
  unit: string,
): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TlsUsageError(
    `${option}: ${value}; from ${least} to ${most} ${unit} are allowed`,
  );
}
