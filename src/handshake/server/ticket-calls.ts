/**
 * Calls of ticket keys, which a program may have written itself: a fault of
 * theirs costs the ticket, or the resumption, never the handshake.
 */
import { ownBytes } from "../../bytes.ts";
import type { ServerConfig } from "../config/config.ts";
import { readOpened } from "../sessions/session-check.ts";
import type { Session } from "../sessions/session.ts";

/** RFC 9846 4.7.1, RFC 5077 3.3: opaque ticket<..2^16-1>. */
const MOST_BYTES = 65_535;

/** Undefined: there is no ticket of that session. */
export function sealTicket(
  { ticketKeys }: ServerConfig,
  session: Session,
): Uint8Array | undefined {
  let ticket: Uint8Array | undefined;
  try {
    ticket = ownBytes(ticketKeys?.seal(session));
  } catch {
    return undefined;
  }
  const length = ticket?.length ?? 0;
  return length > 0 && length <= MOST_BYTES ? ticket : undefined;
}

/** Undefined: it is none of these keys', or holds no session. */
export function openTicket(
  { ticketKeys, protocol }: ServerConfig,
  ticket: Uint8Array,
): Session | undefined {
  if (ticketKeys === undefined) return undefined;
  let opened: Session | undefined;
  try {
    opened = ticketKeys.open(ticket);
  } catch {
    return undefined;
  }
  return readOpened(opened, ticketKeys, protocol);
}
