/** The tickets that a server of TLS 1.3 gives, RFC 9846 4.7.1. */
import { NO_BYTES, Secret } from "../../../bytes.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import { hkdfExpandLabel } from "../../keys/key-schedule13.ts";
import { encodeNewSessionTicket13 } from "../../messages/new-session-ticket13.ts";
import { kept } from "../../credentials/peer-identity.ts";
import { isByExternalPsk, proofOf, randomAge } from "../../sessions/psk.ts";
import {
  MAX_SESSION_LIFETIME,
  type Session13,
} from "../../sessions/session.ts";
import { greasedShape } from "../grease.ts";
import { serverEndPoint } from "../../credentials/server-end-point.ts";
import { keep } from "../keep-session.ts";
import { sealTicket } from "../ticket-calls.ts";
import { commonModes, STORED_TICKET_LENGTH } from "./psk-search.ts";
import type { WaitFinished } from "../states.ts";

/**
 * Sends NewSessionTickets: `numTickets` after a full handshake, one after a
 * resumed one, since the client's own was used up.
 *
 * @param resumption resumption_secret
 * @returns ids of sessions that were put into the store
 */
export function sendTickets(
  state: WaitFinished,
  resumption: Secret,
  io: HandshakeIo,
): readonly Uint8Array[] {
  const { config, hello, peer } = state;
  const stored: Uint8Array[] = [];
  const { ticketKeys: tickets, sessionStore } = config;
  // [9846-4.3.9-05] [9846-4.7.1-01]
  // RFC 9846 4.3.9: none that the client has no use for.
  if (commonModes(config, hello).length === 0) return stored;
  if (tickets === undefined && sessionStore === undefined) return stored;
  const resumed = "psk" in peer && peer.psk.psk.kind === "resumption";
  // [9846-C.4-03]
  const count = resumed ? Math.min(1, config.numTickets) : config.numTickets;
  for (let nonce = 0; nonce < count; nonce++) {
    const session = ticketSession(state, resumption, nonce);
    if (session === undefined) return stored;
    const ticket = ticketOf(config, session, io);
    if (ticket === undefined) return stored;
    if (tickets === undefined) stored.push(ticket);
    const fields = {
      lifetime: session.lifetimeSeconds,
      ageAdd: session.ageAdd,
      nonce: Uint8Array.of(nonce),
      ticket,
      extensions:
        session.maxEarlyData > 0 ? { early_data: session.maxEarlyData } : {},
    };
    const { extensions } = config.protocol;
    io.send(encodeNewSessionTicket13(extensions, fields, greasedShape(config)));
  }
  return stored;
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
  const psk = "psk" in peer ? peer.psk.psk : undefined;
  const authenticatedAt =
    psk?.kind === "resumption" ? psk.session.authenticatedAt : now;
  // [9846-4.7.1-19]
  // RFC 9846 4.7.1: new tickets do not stretch a session without end.
  const left = MAX_SESSION_LIFETIME - Math.ceil((now - authenticatedAt) / 1000);
  if (left <= 0) return undefined;
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
    // [9846-4.7.1-11]
    lifetimeSeconds: Math.min(config.sessionLifetimeSeconds, left),
    // [9846-4.7.1-14]
    ageAdd: randomAge(provider.random),
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
    ofExternalPsk: isByExternalPsk(peer),
    ...kept(proofOf(peer)),
  });
}

function ticketOf(
  config: ServerConfig,
  session: Session13,
  io: HandshakeIo,
): Uint8Array | undefined {
  const { ticketKeys: tickets, sessionStore, provider } = config;
  if (tickets !== undefined) return sealTicket(config, session);
  const id = provider.random(STORED_TICKET_LENGTH);
  keep(sessionStore, id, session, io);
  return id;
}
