/** The tickets that a server of TLS 1.3 gives, RFC 8446 4.6.1. */
import { NO_BYTES, Secret } from "../../bytes.ts";
import type { ServerConfig } from "../config.ts";
import type { HandshakeIo } from "../io.ts";
import { hkdfExpandLabel } from "../key-schedule13.ts";
import { encodeNewSessionTicket13 } from "../messages/new-session-ticket13.ts";
import { kept } from "../peer-proof.ts";
import { proofOf } from "../psk.ts";
import { MAX_SESSION_LIFETIME, type Session13 } from "../session.ts";
import { greasedShape } from "./grease.ts";
import { serverEndPoint } from "../end-point.ts";
import { keep } from "./keep-session.ts";
import { commonMode, STORED_TICKET_LENGTH } from "./psk-search.ts";
import type { WaitFinished } from "./states.ts";

/**
 * Sends them: `ticketCount` after a full handshake, one after a resumed one,
 * since the client's own was used up.
 *
 * @param resumption resumption_master_secret
 */
export function sendTickets(
  state: WaitFinished,
  resumption: Secret,
  io: HandshakeIo,
): void {
  const { config, hello, peer } = state;
  const { tickets, sessionStore } = config;
  // RFC 8446 4.2.9: none that the client has no use for.
  if (commonMode(config, hello) === undefined) return;
  if (tickets === undefined && sessionStore === undefined) return;
  const resumed = peer && "psk" in peer && peer.psk.psk.kind === "resumption";
  const count = resumed ? Math.min(1, config.ticketCount) : config.ticketCount;
  for (let nonce = 0; nonce < count; nonce++) {
    const session = ticketSession(state, resumption, nonce);
    if (session === undefined) return;
    const ticket = ticketOf(config, session, io);
    if (ticket === undefined) return;
    const fields = {
      lifetime: session.lifetime,
      ageAdd: session.ageAdd,
      nonce: Uint8Array.of(nonce),
      ticket,
      extensions:
        session.maxEarlyData > 0 ? { early_data: session.maxEarlyData } : {},
    };
    const { extensions } = config.protocol;
    io.send(encodeNewSessionTicket13(extensions, fields, greasedShape(config)));
  }
}

function ticketSession(
  state: WaitFinished,
  resumption: Secret,
  nonce: number,
): Session13 | undefined {
  const { config, suite, peer } = state;
  const { provider } = config;
  const hash = provider.hashes[suite.hash];
  const now = provider.now();
  const psk = peer && "psk" in peer ? peer.psk.psk : undefined;
  const authenticatedAt =
    psk?.kind === "resumption" ? psk.session.authenticatedAt : now;
  // RFC 8446 4.6.1: new tickets do not stretch a session without end.
  const left = MAX_SESSION_LIFETIME - Math.ceil((now - authenticatedAt) / 1000);
  if (left <= 0) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = provider.random(4);
  const key = hkdfExpandLabel(
    hash,
    resumption,
    "resumption",
    Uint8Array.of(nonce),
    hash.outputLength,
  );
  return Object.freeze({
    version: "TLSv1.3",
    cipherSuite: suite,
    psk: new Secret(key),
    ticket: NO_BYTES,
    createdAt: now,
    authenticatedAt,
    lifetime: Math.min(config.sessionLifetime, left),
    ageAdd: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0,
    maxEarlyData: config.maxEarlyData,
    serverName: state.hello.extensions.server_name,
    alpnProtocol: state.alpnProtocol,
    sessionContext: config.sessionContext,
    serverEndPoint:
      psk?.kind === "resumption"
        ? psk.session.serverEndPoint
        : serverEndPoint(provider, state.credential),
    strikeRegister:
      (config.maxEarlyData > 0 ? config.strikeRegister?.id : undefined) ??
      NO_BYTES,
    ...kept(proofOf(peer)),
  });
}

function ticketOf(
  { tickets, sessionStore, provider }: ServerConfig,
  session: Session13,
  io: HandshakeIo,
): Uint8Array | undefined {
  if (tickets !== undefined) return tickets.seal(session);
  const id = provider.random(STORED_TICKET_LENGTH);
  keep(sessionStore, id, session, io);
  return id;
}
