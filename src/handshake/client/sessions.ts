/** Going on from an earlier connection of TLS 1.3, and external PSKs. */
import type { Feature } from "../features.ts";
import { acceptedPsk } from "../psk.ts";
import { beginEarlyData, endEarlyData, settleEarlyData } from "./early-data.ts";
import {
  earlyDataSession,
  offeredPsks,
  pskBody,
  withBinders,
} from "./psk-offer.ts";
import { onNewSessionTicket } from "./tickets13.ts";
import { ClientPart, type SessionTurns } from "./turns.ts";

const turns: SessionTurns = {
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

/** Cells and turns of a client that goes on from sessions. */
export function sessionsPart(
  more: Pick<SessionTurns, "session12" | "ticket12"> = {},
): ClientPart {
  return new ClientPart(
    { CONNECTED: { new_session_ticket: onNewSessionTicket } },
    { sessions: { ...turns, ...more } },
  );
}

/**
 * Sessions, external PSKs and early data of a client, for `clientConfigOf`: what
 * the options `session`, `psk` and `earlyData` need. Without it a client takes
 * tickets for nothing. This one is of TLS 1.3 alone.
 */
export const clientSessions13: Feature = {
  name: "clientSessions",
  part: /* @__PURE__ */ sessionsPart(),
};
