import { NO_BYTES, Secret } from "../../../bytes.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import { hkdfExpandLabel } from "../../keys/key-schedule13.ts";
import type { NewSessionTicket13 } from "../../messages/new-session-ticket13.ts";
import { kept } from "../../credentials/peer-identity.ts";
import { isByExternalPsk, proofOf } from "../../sessions/psk.ts";
import { MAX_SESSION_LIFETIME } from "../../sessions/session.ts";
import type { ClientConnected } from "../states.ts";

/** RFC 9846 4.7.1. */
export function onNewSessionTicket(
  state: ClientConnected,
  message: NewSessionTicket13,
  io: HandshakeIo,
): ClientConnected {
  // [9846-4.7.1-03b]
  // RFC 9846 4.7.1: a client may ignore a ticket, and it keeps no end of them.
  if (state.tickets >= state.config.limits.tickets) return state;
  const counted = { ...state, tickets: state.tickets + 1 };
  // A lifetime of zero says that the ticket is to be thrown away at once.
  if (message.lifetime === 0) return counted;
  const { hashes, now } = state.config.provider;
  const hash = hashes[state.suite.hash];
  const psk = hkdfExpandLabel(
    hash,
    state.resumption,
    "resumption",
    message.nonce,
    hash.outputLength,
  );
  const { info } = state;
  const createdAt = now();
  io.emit({
    type: "session",
    session: Object.freeze({
      version: "TLSv1.3",
      cipherSuite: state.suite,
      psk: new Secret(psk),
      ticket: message.ticket.slice(),
      createdAt,
      authenticatedAt: state.authenticatedAt,
      // RFC 9846 4.7.1: no longer, whatever the server says.
      lifetimeSeconds: Math.min(message.lifetime, MAX_SESSION_LIFETIME),
      ageAdd: message.ageAdd,
      maxEarlyData: message.extensions.early_data ?? 0,
      serverName: info.serverName,
      alpnProtocol: info.alpnProtocol,
      sessionContext: NO_BYTES,
      serverEndPoint: NO_BYTES,
      strikeRegister: NO_BYTES,
      ofExternalPsk: isByExternalPsk(state.peer),
      ...kept(proofOf(state.peer)),
    }),
  });
  return counted;
}
