/** The end of a client's handshake of TLS 1.2, RFC 5246 7.4.9, RFC 5077 3.3. */
import { NO_BYTES } from "../../bytes.ts";
import { verifyData, type VerifiedFinished } from "../authentication.ts";
import type { ConnectionInfo, HandshakeIo } from "../io.ts";
import { encodeFinished, type Finished } from "../messages/finished.ts";
import type { NewSessionTicket12 } from "../messages/new-session-ticket12.ts";
import type { Session12 } from "../session.ts";
import { logSecrets } from "../key-log.ts";
import type {
  ClientConnected12,
  Finishing12,
  Keyed12,
  WaitChangeCipherSpec,
  WaitFinished12,
  WaitTicket,
} from "./states12.ts";

/** ChangeCipherSpec, and under the new keys the Finished. */
export function sendFinished12<S extends Keyed12>(
  state: S,
  io: HandshakeIo,
): S & { readonly clientFinished: Uint8Array } {
  io.sendChangeCipherSpec();
  io.setWriteKeys(state.keys.client);
  const clientFinished = state.master.clientFinished(state.transcript.digest());
  const message = encodeFinished(clientFinished);
  io.send(message);
  const transcript = state.transcript.add(message);
  return { ...state, clientFinished, transcript };
}

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

/** RFC 5246 7.1: from here on the server's records are protected. */
export function onChangeCipherSpec(
  state: WaitChangeCipherSpec,
  _signal: unknown,
  io: HandshakeIo,
): WaitFinished12 {
  io.setReadKeys(state.keys.server);
  return { ...state, at: "WAIT_FINISHED" };
}

export function onServerFinished(
  state: WaitFinished12,
  message: Finished,
  io: HandshakeIo,
): ClientConnected12 {
  const { master, resumed, randoms, config } = state;
  const expected = master.serverFinished(state.transcript.digest());
  const finished = verifyData(expected, message);
  if (resumed === undefined) return connected(state, finished, expected, io);
  const transcript = state.transcript.add(message.raw);
  logSecrets(config, randoms.client, { CLIENT_RANDOM: master });
  const sent = sendFinished12({ ...state, transcript }, io);
  return connected(sent, finished, expected, io);
}

function connected(
  state: Finishing12,
  finished: VerifiedFinished,
  serverFinished: Uint8Array,
  io: HandshakeIo,
): ClientConnected12 {
  const { config, suite, randoms, master, resumed } = state;
  // RFC 5929 3.1: the first Finished of the handshake, whoever sent it.
  const tlsUnique =
    resumed === undefined
      ? (state.clientFinished ?? serverFinished)
      : serverFinished;
  // RFC 7627 5.4: after a resumption without it, it binds nothing.
  const binds = resumed === undefined || state.said.extendedMasterSecret;
  const info = { ...connectionInfo(state), ...(binds && { tlsUnique }) };
  io.emit({ type: "handshake_done", info });
  const session = newSession(state, info);
  if (session !== undefined) io.emit({ type: "session", session });
  return {
    machine: "client12",
    at: "CONNECTED",
    config,
    info,
    suite,
    randoms,
    master,
    tlsUnique,
    renegotiations: 0,
    finished,
  };
}

function connectionInfo(state: Finishing12): ConnectionInfo {
  const { peer } = state;
  const proof = peer.by === "certificate" ? peer.proof : undefined;
  return {
    version: "TLSv1.2",
    cipherSuite: state.suite,
    group: state.group,
    resumed: peer.by === "session",
    pskIdentity: peer.by === "psk" ? peer.identity : undefined,
    earlyData: "none",
    peerSignatureScheme:
      proof !== undefined && "scheme" in proof ? proof.scheme : undefined,
    peer:
      peer.by === "certificate"
        ? peer.chain
        : peer.by === "session"
          ? peer.resumed.chain
          : undefined,
    credential: state.credential,
    alpnProtocol: state.said.alpnProtocol,
    serverName: state.serverName,
    helloRetried: false,
    clientHello: undefined,
  };
}

/** What can be gone on from: a new ticket, or a session id of the server's. */
function newSession(
  state: Finishing12,
  info: ConnectionInfo,
): Session12 | undefined {
  const { config, suite, said, master, resumed, ticket, serverName } = state;
  // A session that went on without a new ticket stays the one that it was.
  if (
    ticket === undefined &&
    (resumed !== undefined || said.sessionId.length === 0)
  )
    return undefined;
  const now = config.provider.now();
  return {
    version: "TLSv1.2",
    cipherSuite: suite,
    masterSecret: master.session(),
    extendedMasterSecret: said.extendedMasterSecret,
    encryptThenMac: said.encryptThenMac,
    sessionId: ticket === undefined ? said.sessionId : NO_BYTES,
    ticket: ticket?.bytes ?? NO_BYTES,
    createdAt: now,
    authenticatedAt: resumed?.authenticatedAt ?? now,
    lifetime: lifetimeOf(ticket?.lifetimeHint),
    serverName,
    alpnProtocol: said.alpnProtocol,
    sessionContext: NO_BYTES,
    peerCertificates: state.peerCertificates,
    peer: info.peer,
  };
}

/** RFC 5246 F.1.4: "An upper limit of 24 hours is suggested". */
const DEFAULT_LIFETIME = 86_400;

/** RFC 5077 3.3: a hint of 0 leaves it to the client. */
function lifetimeOf(hint: number | undefined): number {
  return hint === undefined || hint === 0
    ? DEFAULT_LIFETIME
    : Math.min(hint, DEFAULT_LIFETIME);
}
