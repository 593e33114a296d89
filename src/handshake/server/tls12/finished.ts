/** The end of a server's handshake of TLS 1.2, RFC 5246 7.4.9, RFC 5077 3.3. */
import { NO_BYTES } from "../../../bytes.ts";
import {
  verifyData,
  type VerifiedFinished,
} from "../../authentication/signatures-and-finished.ts";
import { serverEndPoint } from "../../credentials/server-end-point.ts";
import {
  connected12,
  sendFinished12,
  session12,
} from "../../tls12/finished.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import type { Finished } from "../../messages/finished.ts";
import { encodeNewSessionTicket12 } from "../../messages/new-session-ticket12.ts";
import { kept } from "../../credentials/peer-identity.ts";
import { endPointOf, type Session12 } from "../../sessions/session.ts";
import { keep } from "../keep-session.ts";
import { sealTicket } from "../ticket-calls.ts";
import { peerFacts, proofOf } from "../../tls12/peer.ts";
import type { ServerConnected12, WaitFinished12 } from "./states.ts";

export function onClientFinished(
  state: WaitFinished12,
  message: Finished,
  io: HandshakeIo,
): ServerConnected12 {
  const clientFinished = state.main.clientFinished(state.transcript.digest());
  // [5246-7.4.9-01]
  const finished = verifyData("client", clientFinished, message);
  if (state.resumed !== undefined)
    return connected(state, finished, state.ownFinished ?? NO_BYTES, io);
  const transcript = state.transcript.add(message.raw);
  const session = newSession(state);
  const ticketed = sendTicket({ ...state, transcript }, session, io);
  const sent = sendFinished12(ticketed, "server", io);
  const storedIds = state.sessionId.length > 0 ? [state.sessionId] : [];
  for (const id of storedIds) keep(state.config.sessionStore, id, session, io);
  return connected({ ...sent, storedIds }, finished, clientFinished, io);
}

/** RFC 5077 3.3: what was promised comes, if it must be empty. */
function sendTicket(
  state: WaitFinished12,
  session: Session12,
  io: HandshakeIo,
): WaitFinished12 {
  if (!state.ticket) return state;
  const { sessionLifetimeSeconds } = state.config;
  const ticket = sealTicket(state.config, session);
  const message =
    ticket === undefined
      ? encodeNewSessionTicket12(0, NO_BYTES)
      : encodeNewSessionTicket12(sessionLifetimeSeconds, ticket);
  io.send(message);
  return { ...state, transcript: state.transcript.add(message) };
}

function newSession(state: WaitFinished12): Session12 {
  const { config, peer } = state;
  return session12(state, {
    extendedMainSecret: state.extendedMainSecret,
    encryptThenMac: state.encryptThenMac,
    sessionId: state.sessionId,
    ticket: NO_BYTES,
    authenticatedAt: undefined,
    lifetimeSeconds: config.sessionLifetimeSeconds,
    serverName: state.hello.extensions.server_name,
    alpnProtocol: state.alpnProtocol,
    sessionContext: config.sessionContext,
    serverEndPoint: serverEndPoint(config.provider, state.credential),
    ...kept(proofOf(peer)),
  });
}

function connected(
  state: WaitFinished12,
  finished: VerifiedFinished<"client">,
  tlsUnique: Uint8Array,
  io: HandshakeIo,
): ServerConnected12 {
  const { peer, hello, extendedMainSecret } = state;
  const end = connected12(
    state,
    {
      finished,
      resumed: peer.by === "session",
      extendedMainSecret,
      tlsUnique,
    },
    {
      group: state.group,
      ...peerFacts(peer),
      credential: state.credential,
      alpnProtocol: state.alpnProtocol,
      serverName: hello.extensions.server_name,
      clientHello: hello,
      ...(state.resumed && endPointOf(state.resumed)),
    },
    io,
  );
  const { storedIds } = state;
  return { machine: "server12", at: "CONNECTED", peer, storedIds, ...end };
}
