import { NO_BYTES, Secret } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { HandshakeIo } from "../io.ts";
import { hkdfExpandLabel } from "../key-schedule13.ts";
import type { NewSessionTicket13 } from "../messages/new-session-ticket13.ts";
import { kept } from "../peer-proof.ts";
import { MAX_SESSION_LIFETIME } from "../session.ts";
import type { ClientConnected } from "./states.ts";
import { countTicket } from "./ticket-count.ts";

/** RFC 8446 4.6.1. */
export function onNewSessionTicket(
  state: ClientConnected,
  message: NewSessionTicket13,
  io: HandshakeIo,
): ClientConnected {
  const counted = countTicket(state);
  if (message.lifetime > MAX_SESSION_LIFETIME)
    throw new TlsError(reason.illegal_parameter, {
      detail: "NewSessionTicket: a lifetime of more than seven days",
    });
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
      lifetime: message.lifetime,
      ageAdd: message.ageAdd,
      maxEarlyData: message.extensions.early_data ?? 0,
      serverName: info.serverName,
      alpnProtocol: info.alpnProtocol,
      sessionContext: NO_BYTES,
      serverEndPoint: NO_BYTES,
      strikeRegister: NO_BYTES,
      ...kept(state.proof),
    }),
  });
  return counted;
}
