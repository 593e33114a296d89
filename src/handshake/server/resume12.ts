/** Going on from a session of TLS 1.2, RFC 5246 7.3, RFC 5077, RFC 7627 5.3. */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { Answers, HandshakeIo } from "../io.ts";
import { logSecrets } from "../key-log.ts";
import { resumedMasterSecret } from "../key-schedule12.ts";
import { protectionKeys12 } from "../protection12.ts";
import {
  isOfThisServer,
  type ResumedPeer,
  resumedPeer,
} from "../resumption.ts";
import type { Session, Session12 } from "../session.ts";
import { sendFinished12 } from "../finish12.ts";
import { keep } from "./keep-session.ts";
import { best12 } from "./negotiate12.ts";
import { type Beginning12, fullHandshake } from "./server-flight12.ts";
import { sendServerHello12 } from "./server-hello12.ts";
import type { Server12State, WaitSession12 } from "./states12.ts";

/** TLS 1.2 is agreed: a session goes on, or a full handshake begins. */
export function begin12(
  beginning: Beginning12,
  io: HandshakeIo,
): Server12State {
  const { config, hello } = beginning;
  const { session_ticket: ticket } = hello.extensions;
  // RFC 5077 3.4: with a ticket the session id is but a name for the answer.
  if (ticket !== undefined && ticket.length > 0 && config.tickets !== undefined)
    return withSession(beginning, config.tickets.open(ticket), io);
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
  // RFC 5246 F.1.4: a session may go on more than once: it is put back.
  if (session !== undefined) keep(config.sessionStore, need.id, session, io);
  return withSession({ config, hello, credentials, transcript }, session, io);
}

function withSession(
  beginning: Beginning12,
  session: Session | undefined,
  io: HandshakeIo,
): Server12State {
  if (session?.version !== "TLSv1.2") return fullHandshake(beginning, io);
  const peer = acceptable(beginning, session);
  return peer === undefined
    ? fullHandshake(beginning, io)
    : goOn(beginning, session, peer, io);
}

/** Whether the session may go on for this client; undefined: no. */
function acceptable(
  { config, hello, credentials }: Beginning12,
  session: Session12,
): ResumedPeer | undefined {
  const { extensions, cipherSuites } = hello;
  const { code } = session.cipherSuite;
  const isExtended = extensions.extended_master_secret ?? false;
  if (
    !isOfThisServer(session, config, extensions.server_name) ||
    !config.suites12.some((suite) => suite.code === code) ||
    !cipherSuites.includes(code)
  )
    return undefined;
  // RFC 7627 5.3: a session with it "MUST" not go on without it, and one
  // without it begins anew.
  if (session.extendedMasterSecret && !isExtended)
    throw new TlsError(reason.resumed_session_mismatch, {
      detail: "the client does not offer extended_master_secret any more",
    });
  if (!session.extendedMasterSecret && isExtended) return undefined;
  // RFC 7366 3.1: nor does a session lose its MAC over the ciphertext.
  if (session.encryptThenMac && !extensions.encrypt_then_mac) return undefined;
  // A session does not keep alive a suite that the two would not choose today.
  const best = best12(config, hello, credentials);
  if (best !== undefined && best.suite.code !== code) return undefined;
  const peer = resumedPeer(session, config, undefined);
  if (config.clientAuthentication === "required" && !peer?.chain)
    return undefined;
  return peer;
}

/** The abbreviated handshake: this side finishes first. */
function goOn(
  { config, hello, transcript, credentials }: Beginning12,
  session: Session12,
  peer: ResumedPeer,
  io: HandshakeIo,
): Server12State {
  const suite = session.cipherSuite;
  const state = sendServerHello12(
    {
      config,
      hello,
      suite,
      credential: undefined,
      credentials,
      sessionId: hello.legacySessionId,
      ticket: false,
      group: undefined,
      resumed: true,
      transcript,
    },
    io,
  );
  const { randoms, encryptThenMac } = state;
  const { provider } = config;
  const hash = provider.hashes[suite.hash];
  const master = resumedMasterSecret(hash, session.masterSecret);
  logSecrets(config, randoms.client, { CLIENT_RANDOM: master });
  const keys = protectionKeys12({
    provider,
    suite,
    master,
    randoms,
    encryptThenMac,
  });
  const keyed = {
    ...state,
    transcript: state.transcript.withoutMessages(),
    master,
    keys,
  };
  const sent = sendFinished12(keyed, "server", io);
  return {
    ...sent,
    at: "WAIT_CCS",
    peer: { by: "session", resumed: peer },
    resumed: session,
  };
}
