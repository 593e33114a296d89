/** Going on from an earlier connection of either version. */
import { NO_BYTES } from "../../bytes.ts";
import type { ClientConfig } from "../config.ts";
import { resumedPeer } from "../resumption.ts";
import type { Feature } from "../features.ts";
import { isFresh } from "../session.ts";
import { sessionsPart } from "./sessions.ts";
import type { OfferedSession12 } from "./states.ts";

/**
 * Sessions, external PSKs and early data of a client, for `clientConfigOf`: what
 * the options `session`, `psk` and `earlyData` need. Without it a client takes
 * tickets for nothing. `puretls/engine/tls13` has one of TLS 1.3 alone.
 */
export const clientSessions: Feature = {
  name: "clientSessions",
  part: /* @__PURE__ */ sessionsPart({
    session12: sessionToOffer12,
    ticket12: ticketFor,
  }),
};

/** The config's session of TLS 1.2, where it may be offered. */
function sessionToOffer12(
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

/** RFC 5077 3.2: the ticket, or nothing of one to ask for it. */
function ticketFor(
  { versions, sessionTickets }: ClientConfig,
  offered: OfferedSession12 | undefined,
): Uint8Array | undefined {
  if (!sessionTickets || !versions.includes("TLSv1.2")) return undefined;
  return offered?.session.ticket ?? NO_BYTES;
}
