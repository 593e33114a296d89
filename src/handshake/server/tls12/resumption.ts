/** Going on from a session of TLS 1.2, RFC 5246 7.3, RFC 5077, RFC 7627 5.3. */
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import { encodeNewSessionTicket12 } from "../../messages/new-session-ticket12.ts";
import { resumedSecrets } from "../../tls12/record-keys.ts";
import {
  isOfThisServer,
  resumedPeer,
} from "../../authentication/resumption.ts";
import type {
  ResumedPeer,
  Session,
  Session12,
} from "../../sessions/session.ts";
import { sendFinished12 } from "../../tls12/finished.ts";
import { keep } from "../keep-session.ts";
import { openTicket, sealTicket } from "../ticket-calls.ts";
import { best12 } from "./negotiate.ts";
import { fullHandshake } from "./flight.ts";
import { sendServerHello12 } from "./server-hello.ts";
import type { Beginning12, Server12State, WaitSession12 } from "./states.ts";

/** TLS 1.2 is agreed: a session goes on, or a full handshake begins. */
export function begin12(
  beginning: Beginning12,
  io: HandshakeIo,
): Server12State {
  const { config, hello } = beginning;
  const { session_ticket: ticket } = hello.extensions;
  // RFC 5077 3.4: with a ticket the session id is but a name for the answer.
  if (
    ticket !== undefined &&
    ticket.length > 0 &&
    config.sessionTickets &&
    config.ticketKeys !== undefined
  )
    return withSession(beginning, openTicket(config, ticket), undefined, io);
  const id = hello.legacySessionId.slice();
  const { sessionStore } = config;
  if (id.length === 0 || sessionStore === undefined)
    return fullHandshake(beginning, io);
  return {
    machine: "server12",
    at: "WAIT_SESSION",
    ...beginning,
    need: { type: "session", id },
  };
}

export function onSessionFound(
  state: WaitSession12,
  { session }: Answers["session_found"],
  io: HandshakeIo,
): Server12State {
  const { config, hello, credentials, transcript, need } = state;
  const beginning = { config, hello, credentials, transcript };
  return withSession(beginning, session, need.id, io);
}

/** @param storedId of a session out of the store; a ticket has none */
function withSession(
  beginning: Beginning12,
  session: Session | undefined,
  storedId: Uint8Array | undefined,
  io: HandshakeIo,
): Server12State {
  const { sessionStore } = beginning.config;
  // A hello that ends the connection here ends the session, too.
  const peer =
    session?.version === "TLSv1.2"
      ? resumablePeer(beginning, session)
      : undefined;
  // RFC 5246 F.1.4: a session may go on more than once: it is put back.
  if (session !== undefined && storedId !== undefined)
    keep(sessionStore, storedId, session, io);
  return session?.version === "TLSv1.2" && peer !== undefined
    ? abbreviatedHandshake(beginning, session, peer, storedId, io)
    : fullHandshake(beginning, io);
}

/**
 * Returns the session's verified peer where it may be resumed for this client.
 *
 * @throws TlsError resumed_session_mismatch
 */
function resumablePeer(
  { config, hello, credentials }: Beginning12,
  session: Session12,
): ResumedPeer | undefined {
  const { extensions, cipherSuites } = hello;
  const { code } = session.cipherSuite;
  const isExtended = extensions.extended_main_secret ?? false;
  if (
    !isOfThisServer(session, config, extensions.server_name) ||
    !config.suites12.some((suite) => suite.code === code) ||
    !cipherSuites.includes(code)
  )
    return undefined;
  // [7627-5.3-06] [7627-5.4-06]
  // RFC 7627 5.3: a session with it "MUST" not go on without it, and one
  // without it begins anew.
  if (session.extendedMainSecret && !isExtended)
    throw new TlsError(reason.resumed_session_mismatch, {
      detail: "the client does not offer extended_main_secret any more",
    });
  // [7627-5.3-04]
  if (!session.extendedMainSecret && isExtended) return undefined;
  // RFC 7366 3.1: nor does a session lose its MAC over the ciphertext.
  if (session.encryptThenMac && !extensions.encrypt_then_mac) return undefined;
  // A session does not keep alive a suite that the two would not choose today.
  const best = best12(config, hello, credentials);
  if (best !== undefined && best.suite.code !== code) return undefined;
  return resumedPeer(session, config, extensions.server_name);
}

/** The abbreviated handshake: this side finishes first. */
function abbreviatedHandshake(
  { config, hello, credentials, ...beginning }: Beginning12,
  session: Session12,
  peer: ResumedPeer,
  storedId: Uint8Array | undefined,
  io: HandshakeIo,
): Server12State {
  const suite = session.cipherSuite;
  const { server_name: serverName } = hello.extensions;
  const renewed =
    storedId === undefined ? renewedTicket(config, session) : undefined;
  const terms = { trust: config.trust, serverName };
  const state = sendServerHello12(
    {
      config,
      hello,
      suite,
      credential: undefined,
      credentials,
      sessionId: hello.legacySessionId,
      ticket: renewed !== undefined,
      group: undefined,
      resumed: true,
      transcript: beginning.transcript,
    },
    io,
  );
  if (renewed !== undefined) io.send(renewed);
  const transcript = renewed ? state.transcript.add(renewed) : state.transcript;
  const keyed = {
    ...state,
    transcript: transcript.withoutMessages(),
    ...resumedSecrets(state, session, state.encryptThenMac),
  };
  const sent = sendFinished12(keyed, "server", io);
  return {
    ...sent,
    at: "WAIT_CCS",
    peer: { by: "session", resumed: peer.under(session, terms) },
    resumed: session,
    // With a ticket the id in the hello is the client's own choice: it may be
    // that of somebody else's session.
    storedIds: storedId === undefined ? [] : [storedId],
  };
}

/**
 * Returns a NewSessionTicket for the same session, under the ticket key of now,
 * once half of its lifetime is over (RFC 5077 3.3). The session ends when it
 * would have: its main secret is the same, and must not live from ticket to
 * ticket. One under a pre-shared key, or without extended_main_secret, is left
 * as it is.
 */
function renewedTicket(
  config: ServerConfig,
  session: Session12,
): Uint8Array | undefined {
  const { extendedMainSecret, cipherSuite, lifetimeSeconds } = session;
  if (!extendedMainSecret || cipherSuite.authentication === "PSK")
    return undefined;
  const age = (config.provider.now() - session.createdAt) / 1000;
  const left = Math.floor(lifetimeSeconds - age);
  if (2 * age < lifetimeSeconds || left < 1) return undefined;
  const ticket = sealTicket(config, session);
  return ticket && encodeNewSessionTicket12(left, ticket);
}
