/** Tickets, session IDs and what they lead to. */
import type { SessionFinding } from "./report.ts";
import { contextFor, type Met, type Offer } from "./handshake.ts";
import type { Scan } from "./scan.ts";

/** Milliseconds that tickets of TLS 1.3 have to come. */
const WAIT = 400;

/** Makes a session in each version, and tries to resume it. */
export async function scanSessions(scan: Scan): Promise<void> {
  const { sessions } = scan.report;
  if (scan.speaks("TLSv1.3")) {
    const first = await resumption(scan, { version: "1.3", wait: WAIT });
    if (first !== undefined) {
      const { tickets } = first.met;
      sessions["TLSv1.3"] = {
        ...countOf(first.met),
        resumedByTicket: first.resumed,
        maxEarlyData: Math.max(0, ...tickets.map((one) => one.maxEarlyData)),
      };
    }
  }
  if (!scan.speaks("TLSv1.2")) return;
  const byTicket = await resumption(scan, { version: "1.2" });
  const byId = await resumption(scan, {
    version: "1.2",
    set: (context) => {
      context.options = { noTicket: true };
    },
  });
  if (byTicket === undefined || byId === undefined) return;
  sessions["TLSv1.2"] = {
    ...countOf(byTicket.met),
    resumedByTicket: byTicket.met.tickets.length > 0 && byTicket.resumed,
    resumedById: byId.resumed,
  };
}

function countOf({
  tickets,
}: Met): Pick<SessionFinding, "tickets" | "lifetime"> {
  return {
    tickets: tickets.length,
    lifetime:
      tickets.length === 0
        ? null
        : Math.max(...tickets.map(({ lifetime }) => lifetime)),
  };
}

async function resumption(
  scan: Scan,
  offer: Offer,
): Promise<{ met: Met; resumed: boolean } | undefined> {
  const context = contextFor(scan.withGroups(offer));
  const met = await scan.meet({ ...offer, context });
  if (met === undefined) return undefined;
  const session = met.sessions.at(-1);
  if (session === undefined) return { met, resumed: false };
  const again = await scan.meet({ ...offer, context, session });
  return { met, resumed: again?.resumed === true };
}
