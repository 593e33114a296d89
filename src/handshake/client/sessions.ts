import type { Feature } from "../features.ts";
import { acceptedPsk } from "../psk.ts";
import { beginEarlyData, endEarlyData, settleEarlyData } from "./early-data.ts";
import { sessionToOffer12, ticketFor } from "./offered-session12.ts";
import {
  earlyDataSession,
  offeredPsks,
  pskBody,
  withBinders,
} from "./psk-offer.ts";
import { onNewSessionTicket } from "./tickets13.ts";
import { ClientPart } from "./turns.ts";

/**
 * Sessions, external PSKs and early data of a client, for `clientConfigOf`: what
 * the options `session`, `psk` and `earlyData` need. Without it a client takes
 * tickets for nothing.
 */
export const clientSessions: Feature = {
  name: "clientSessions",
  part: /* @__PURE__ */ new ClientPart(
    { CONNECTED: { new_session_ticket: onNewSessionTicket } },
    {
      sessions: {
        session12: sessionToOffer12,
        ticket12: ticketFor,
        offeredPsks,
        offersEarlyData: (config, psks) =>
          earlyDataSession(config, psks) !== undefined,
        pskBody,
        withBinders,
        beginEarlyData,
        acceptedPsk,
        settleEarlyData,
        endEarlyData,
      },
    },
  ),
};
