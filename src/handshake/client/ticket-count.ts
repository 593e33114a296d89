import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { ClientConnected } from "./states.ts";

/** One ticket more, of which a connection does not take any number. */
export function countTicket(state: ClientConnected): ClientConnected {
  const tickets = state.tickets + 1;
  if (tickets > state.config.limits.tickets)
    throw new TlsError(reason.too_many_tickets);
  return { ...state, tickets };
}
