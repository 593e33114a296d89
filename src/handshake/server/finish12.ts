/** The end of a server's handshake of TLS 1.2, RFC 5246 7.4.9, RFC 5077 3.3. */
import { NO_BYTES } from "../../bytes.ts";
import { verifyData, type VerifiedFinished } from "../authentication.ts";
import { serverEndPoint } from "../end-point.ts";
import { connected12, sendFinished12, session12 } from "../finish12.ts";
import type { HandshakeIo } from "../io.ts";
import type { Finished } from "../messages/finished.ts";
import { encodeNewSessionTicket12 } from "../messages/new-session-ticket12.ts";
import { kept, shown } from "../peer-proof.ts";
import { endPointOf, type Session12 } from "../session.ts";
import { keep } from "./keep-session.ts";
import {
  proofOf,
  type ServerConnected12,
  type WaitChangeCipherSpec12,
  type WaitFinished12,
} from "./states12.ts";

/** RFC 5246 7.1: from here on the client's records are protected. */
export function onChangeCipherSpec(
  state: WaitChangeCipherSpec12,
  _signal: unknown,
  io: HandshakeIo,
): WaitFinished12 {
  io.setReadKeys(state.keys.client);
  return { ...state, at: "WAIT_FINISHED" };
}

export function onClientFinished(
  state: WaitFinished12,
  message: Finished,
  io: HandshakeIo,
): ServerConnected12 {
  const clientFinished = state.master.clientFinished(state.transcript.digest());
  const finished = verifyData(clientFinished, message);
  if (state.resumed !== undefined)
    return connected(state, finished, state.ownFinished ?? NO_BYTES, io);
  const transcript = state.transcript.add(message.raw);
  const session = newSession(state);
  const ticketed = sendTicket({ ...state, transcript }, session, io);
  const sent = sendFinished12(ticketed, "server", io);
  if (state.sessionId.length > 0)
    keep(state.config.sessionStore, state.sessionId, session, io);
  return connected(sent, finished, clientFinished, io);
}

/** RFC 5077 3.3: what was promised comes, if it must be empty. */
function sendTicket(
  state: WaitFinished12,
  session: Session12,
  io: HandshakeIo,
): WaitFinished12 {
  if (!state.ticket) return state;
  const { tickets, sessionLifetime } = state.config;
  const ticket = tickets?.seal(session);
  const message =
    ticket === undefined
      ? encodeNewSessionTicket12(0, NO_BYTES)
      : encodeNewSessionTicket12(sessionLifetime, ticket);
  io.send(message);
  return { ...state, transcript: state.transcript.add(message) };
}

function newSession(state: WaitFinished12): Session12 {
  const { config, peer } = state;
  return session12(state, {
    extendedMasterSecret: state.extendedMasterSecret,
    encryptThenMac: state.encryptThenMac,
    sessionId: state.sessionId,
    ticket: NO_BYTES,
    authenticatedAt: undefined,
    lifetime: config.sessionLifetime,
    serverName: state.hello.extensions.server_name,
    alpnProtocol: state.alpnProtocol,
    sessionContext: config.sessionContext,
    serverEndPoint: serverEndPoint(config.provider, state.credential),
    ...kept(proofOf(peer)),
  });
}

function connected(
  state: WaitFinished12,
  finished: VerifiedFinished,
  tlsUnique: Uint8Array,
  io: HandshakeIo,
): ServerConnected12 {
  const { peer, hello, extendedMasterSecret } = state;
  const end = connected12(
    state,
    {
      finished,
      resumed: peer.by === "session",
      extendedMasterSecret,
      tlsUnique,
    },
    {
      group: state.group,
      pskIdentity: peer.by === "psk" ? peer.identity : undefined,
      peerSignatureScheme:
        peer.by === "certificate" ? peer.peer.signature.scheme : undefined,
      ...shown(proofOf(peer)),
      credential: state.credential,
      alpnProtocol: state.alpnProtocol,
      serverName: hello.extensions.server_name,
      clientHello: hello,
      ...(state.resumed && endPointOf(state.resumed)),
    },
    io,
  );
  return { machine: "server12", at: "CONNECTED", ...end };
}
