/** Sessions that no handshake made. */
import { fromHex, Secret } from "../../src/bytes.ts";
import {
  CIPHER_SUITES,
  type ClientOptions,
  type ServerOptions,
  type Session,
  type Session12,
  type Session13,
} from "../../src/engine/index.ts";
import {
  type Delivery,
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "./engines.ts";

export const T0 = Date.UTC(2026, 5, 1);

const facts = {
  createdAt: T0,
  authenticatedAt: T0,
  lifetimeSeconds: 7200,
  serverName: "localhost",
  alpnProtocol: "h2",
  sessionContext: fromHex("c0ffee"),
  peerCertificates: [],
  stapled: {},
  serverEndPoint: fromHex("e0"),
  peer: undefined,
};

export function session13(changes: Partial<Session13> = {}): Session13 {
  return {
    version: "TLSv1.3",
    cipherSuite: CIPHER_SUITES.TLS_AES_128_GCM_SHA256,
    ...facts,
    psk: new Secret(new Uint8Array(32).fill(7)),
    ticket: fromHex("0102"),
    ageAdd: 0xfedcba98,
    maxEarlyData: 16_384,
    strikeRegister: fromHex("99"),
    ofExternalPsk: false,
    ...changes,
  };
}

export function session12(changes: Partial<Session12> = {}): Session12 {
  return {
    version: "TLSv1.2",
    cipherSuite: CIPHER_SUITES.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ...facts,
    mainSecret: new Secret(new Uint8Array(48).fill(9)),
    extendedMainSecret: true,
    encryptThenMac: false,
    sessionId: fromHex("aabb"),
    ticket: fromHex("0102"),
    ...changes,
  };
}

/** Connections that follow one another, with the sessions that they leave. */
export interface Following {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly serverName?: string;
  readonly delivery?: Delivery;
}

/** The sessions that a handshake left with the client. */
export function sessionsAfter(pair: Pair): Session[] {
  return events(pair.client).flatMap((event) =>
    event.type === "session" ? [event.session] : [],
  );
}

/** Runs a full handshake and hands out the session of its first ticket. */
export function firstSession(following: Following): Session13 {
  const pair = connect(following);
  const [session] = sessionsAfter(pair);
  if (session?.version !== "TLSv1.3") throw new Error("no session came");
  return session;
}

/** A connection in memory, its handshake done or failed. */
export function connect(following: Following): Pair {
  const { client, server, serverName, delivery } = following;
  return shuttle(
    newPair(testClientConfig(client), testServerConfig(server), serverName),
    delivery,
  );
}
