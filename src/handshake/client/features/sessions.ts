/** Going on from an earlier connection of either version. */
import { NO_BYTES } from "../../../bytes.ts";
import { resumedPeer } from "../../authentication/resumption.ts";
import type { ClientFeature, SessionHooks } from "../hooks.ts";
import {
  earlyDataSession,
  offeredPsks,
  pskBody,
  withBinders,
} from "../offer/psk-offer.ts";
import type { OfferedSession12 } from "../states.ts";
import {
  beginEarlyData,
  endEarlyData,
  settleEarlyData,
} from "../tls13/early-data.ts";
import { onNewSessionTicket } from "../tls13/tickets.ts";
import type { ClientConfig } from "../../config/config.ts";
import { acceptedPsk } from "../../sessions/psk.ts";
import { isFresh } from "../../sessions/session.ts";

const hooks13: SessionHooks = {
  offeredPsks,
  offersEarlyData: (config, psks) =>
    earlyDataSession(config, psks) !== undefined,
  pskBody,
  withBinders,
  beginEarlyData,
  acceptedPsk,
  settleEarlyData,
  endEarlyData,
};

/** A client that resumes sessions of TLS 1.3, and of TLS 1.2 by these hooks. */
export function sessionsFeature(
  hooks12: Pick<SessionHooks, "session12" | "ticket12"> = {},
): ClientFeature {
  return {
    name: "clientSessions",
    cells: { CONNECTED: { new_session_ticket: onNewSessionTicket } },
    hooks: { sessions: { ...hooks13, ...hooks12 } },
  };
}

/**
 * Sessions, external PSKs and early data of a client, for `createClientConfigOf`: what
 * the options `session`, `psk` and `earlyData` need. Without it a client takes
 * tickets for nothing. This one is of TLS 1.3 alone.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { RAISE_NEED } from "puretls/engine";
 * import { clientSessions, createClientConfigOf } from "puretls/engine/tls13";
 * import { createVerifierOf, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([], { provider, trustStore });
 * createClientConfigOf([clientSessions], { provider, verifier, psk: RAISE_NEED });
 * ```
 */
export const clientSessions13: ClientFeature =
  /* @__PURE__ */ sessionsFeature();

/**
 * Sessions, external PSKs and early data of a client, for `createClientConfigOf`: what
 * the options `session`, `psk` and `earlyData` need. Without it a client takes
 * tickets for nothing. `puretls/engine/tls13` has one of TLS 1.3 alone.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientSessions, createClientConfigOf, RAISE_NEED } from "puretls/engine";
 * import { createVerifierOf, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([], { provider, trustStore });
 * createClientConfigOf([clientSessions], { provider, verifier, psk: RAISE_NEED });
 * ```
 */
export const clientSessions: ClientFeature = /* @__PURE__ */ sessionsFeature({
  session12: sessionToOffer12,
  ticket12: ticketFor,
});

/** The config's session of TLS 1.2, where it may be offered. */
function sessionToOffer12(
  config: ClientConfig,
  serverName: string | undefined,
): OfferedSession12 | undefined {
  const { session, suites12, provider } = config;
  // [5246-7.4.1.2-05]
  if (
    session?.version !== "TLSv1.2" ||
    // RFC 7627 5.3: one that began without it is not to be offered.
    !session.extendedMainSecret ||
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
