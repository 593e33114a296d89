/** The end of a client's handshake of TLS 1.2, RFC 5246 7.4.9, RFC 5077 3.3. */
import { NO_BYTES } from "../../../bytes.ts";
import {
  verifyData,
  type VerifiedFinished,
} from "../../authentication/signatures-and-finished.ts";
import {
  connected12,
  sendFinished12,
  session12,
} from "../../tls12/finished.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import type { Finished } from "../../messages/finished.ts";
import type { NewSessionTicket12 } from "../../messages/new-session-ticket12.ts";
import { kept } from "../../credentials/peer-identity.ts";
import { peerFacts, proofOf } from "../../tls12/peer.ts";
import type { Session12 } from "../../sessions/session.ts";
import type {
  ClientConnected12,
  Finishing12,
  WaitChangeCipherSpec,
  WaitFinished12,
  WaitTicket,
} from "./states.ts";

/** RFC 5077 3.3. */
export function onNewSessionTicket(
  state: WaitTicket,
  message: NewSessionTicket12,
): WaitChangeCipherSpec {
  const { ticket, lifetimeHint, raw } = message;
  return {
    ...state,
    at: "WAIT_CCS",
    ticket:
      ticket.length === 0 ? undefined : { bytes: ticket.slice(), lifetimeHint },
    transcript: state.transcript.add(raw),
  };
}

export function onServerFinished(
  state: WaitFinished12,
  message: Finished,
  io: HandshakeIo,
): ClientConnected12 {
  const { main, resumed } = state;
  const serverFinished = main.serverFinished(state.transcript.digest());
  // [5246-7.4.9-01]
  const finished = verifyData("server", serverFinished, message);
  if (resumed === undefined) {
    // RFC 5929 3.1: the client's Finished was the first.
    const tlsUnique = state.ownFinished ?? NO_BYTES;
    return connected(state, finished, tlsUnique, io);
  }
  const transcript = state.transcript.add(message.raw);
  const sent = sendFinished12({ ...state, transcript }, "client", io);
  return connected(sent, finished, serverFinished, io);
}

function connected(
  state: Finishing12,
  finished: VerifiedFinished<"server">,
  tlsUnique: Uint8Array,
  io: HandshakeIo,
): ClientConnected12 {
  const { peer, said, resumed } = state;
  if (state.refusal !== undefined) throw state.refusal;
  const { extendedMainSecret } = said;
  const end = connected12(
    state,
    {
      finished,
      resumed: resumed !== undefined,
      extendedMainSecret,
      tlsUnique,
    },
    {
      group: state.group,
      ...peerFacts(peer),
      credential: state.credential,
      alpnProtocol: said.alpnProtocol,
      serverName: state.serverName,
      clientHello: undefined,
    },
    io,
  );
  const session = newSession(state);
  if (session !== undefined) io.emit({ type: "session", session });
  return { machine: "client12", at: "CONNECTED", peer, ...end };
}

/**
 * Returns the session to resume later: by a new ticket, or by a session id of
 * the server's.
 */
function newSession(state: Finishing12): Session12 | undefined {
  const { said, resumed, ticket } = state;
  // A session that went on without a new ticket stays the one that it was.
  if (
    ticket === undefined &&
    (resumed !== undefined || said.sessionId.length === 0)
  )
    return undefined;
  return session12(state, {
    extendedMainSecret: said.extendedMainSecret,
    encryptThenMac: said.encryptThenMac,
    sessionId: ticket === undefined ? said.sessionId : NO_BYTES,
    ticket: ticket?.bytes ?? NO_BYTES,
    authenticatedAt: resumed?.authenticatedAt,
    lifetimeSeconds: lifetimeOf(ticket?.lifetimeHint),
    serverName: state.serverName,
    alpnProtocol: said.alpnProtocol,
    sessionContext: NO_BYTES,
    serverEndPoint: NO_BYTES,
    ...kept(proofOf(state.peer)),
  });
}

/** RFC 5246 F.1.4: "An upper limit of 24 hours is suggested". */
const DEFAULT_LIFETIME = 86_400;

/** RFC 5077 3.3: a hint of 0 leaves it to the client. */
function lifetimeOf(hint: number | undefined): number {
  return hint === undefined || hint === 0
    ? DEFAULT_LIFETIME
    : Math.min(hint, DEFAULT_LIFETIME);
}
