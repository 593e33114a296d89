import { NO_BYTES } from "../../bytes.ts";
import type { ClientConfig } from "../config.ts";
import { resumedPeer } from "../resumption.ts";
import { isFresh } from "../session.ts";
import type { OfferedSession12 } from "./states.ts";

/** The config's session of TLS 1.2, where it may be offered. */
export function sessionToOffer12(
  config: ClientConfig,
  serverName: string | undefined,
): OfferedSession12 | undefined {
  const { session, suites12, provider } = config;
  if (
    session?.version !== "TLSv1.2" ||
    session.serverName !== serverName ||
    !isFresh(session, provider.now()) ||
    (!config.sessionTickets && session.sessionId.length === 0) ||
    !suites12.some(({ code }) => code === session.cipherSuite.code)
  )
    return undefined;
  const peer = resumedPeer(session, config, serverName);
  return peer && { session, peer };
}

/**
 * The session id of a ClientHello: the session's, or one that is made up, so
 * that the server's echo tells that it took the ticket (RFC 5077 3.4) and a
 * middlebox sees what looks like a session (RFC 8446 D.4).
 */
export function sessionIdFor(
  config: ClientConfig,
  offered: OfferedSession12 | undefined,
): Uint8Array {
  const { sessionId } = offered?.session ?? { sessionId: NO_BYTES };
  if (sessionId.length > 0) return sessionId;
  const isMadeUp =
    offered !== undefined ||
    (config.compatibilityMode && config.versions.includes("TLSv1.3"));
  return isMadeUp ? config.provider.random(32) : NO_BYTES;
}

/** RFC 5077 3.2: the ticket, or nothing of one to ask for it. */
export function ticketFor(
  { versions, sessionTickets }: ClientConfig,
  offered: OfferedSession12 | undefined,
): Uint8Array | undefined {
  if (!sessionTickets || !versions.includes("TLSv1.2")) return undefined;
  return offered?.session.ticket ?? NO_BYTES;
}
