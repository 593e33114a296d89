/**
 * Every comparison with a clock, in its own unit: one before the edge, at the
 * edge, one behind it. A row drives the product at a moment and returns the
 * outcome.
 */
import { RAISE_NEED } from "../src/promises.ts";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { equal, fromHex } from "../src/bytes.ts";
import { noble } from "../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../src/crypto/provider.ts";
import {
  acceptDelegatedCredentials,
  type ClientOptions,
  type Credential,
  createCredential,
  DELEGATION_USAGE,
  delegateCredential,
  MemorySessionStore,
  MemoryStrikeRegister,
  createRetryCookies,
  type ServerOptions,
  type Session,
  TicketKeys,
  TlsEngine,
} from "../src/engine/index.ts";
import {
  createCertificateAuthority,
  generateKey,
  type OcspOptions,
} from "../src/pki/index.ts";
import {
  type CertificateVerifier,
  createVerifier,
  CrlStore,
  type PeerChain,
  requireTimestamps,
  TrustStore,
  type VerifierOptions,
  X509Error,
} from "../src/x509/index.ts";
import { Certificate } from "../src/x509/certificates/certificate.ts";
import { issuersInStore } from "../src/x509/path/complete-chain.ts";
import { ClientSessionCache, SSLContext } from "../src/index.ts";
import { BioPair } from "./ssl/support.ts";
import {
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "./support/engines.ts";
import { testKey } from "./support/pki.ts";
import { timestampOf } from "./support/transparency.ts";

const T0 = Date.UTC(2027, 0, 1);
const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** Of sessions, in seconds. */
const LIFETIME = 100;
const WEEK = 7 * DAY;

const at = (now: number): CryptoProvider => ({ ...noble, now: () => now });

const authority = createCertificateAuthority({
  provider: noble,
  name: "edges",
  notBefore: T0 - 30 * DAY,
  notAfter: T0 + 400 * DAY,
});
const issue = (notBefore: number, notAfter: number, extensions = [USAGE]) =>
  authority.issueServer({
    hosts: ["localhost"],
    key: testKey("ec-p256"),
    notBefore,
    notAfter,
    extensions,
  });
const USAGE = { oid: DELEGATION_USAGE, value: fromHex("0500") };

interface Row {
  readonly what: string;
  /** The unit in which the product compares, in milliseconds. */
  readonly unit: number;
  readonly edge: number;
  readonly expected: readonly [before: boolean, at: boolean, behind: boolean];
  readonly holds: (now: number) => boolean;
}

/** Until the edge, which belongs to it. */
const UNTIL = [true, true, false] as const;
/** From the edge on. */
const FROM = [false, true, true] as const;

/** Connections under clocks that stand still; sessions live {@link LIFETIME}. */
interface Meeting {
  readonly version?: "TLSv1.2" | "TLSv1.3";
  readonly kept?: "store" | "ticket";
  readonly clientNow?: number;
  readonly serverNow?: number;
  /** Changes the session before it is used again. */
  readonly edit?: Partial<Session>;
  readonly editedBy?: "client" | "server";
  readonly lifetime?: number;
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly chain?: ReturnType<typeof issue>;
}

const verifierOf = (options: Partial<VerifierOptions> = {}) =>
  createVerifier({
    provider: noble,
    trustStore: TrustStore.of(authority.der),
    ...options,
  });
const verifier = verifierOf();
const lasting = issue(T0 - DAY, T0 + 90 * DAY);

function credentialOf({ chain, certificate, key }: typeof lasting): Credential {
  const { algorithm } = certificate.subjectPublicKeyInfo;
  return createCredential({
    provider: noble,
    chain,
    key: { algorithm, key: key.privateKey },
  });
}

/** A connection that offers the session of an earlier one, of {@link T0}. */
function again(meeting: Meeting): Pair {
  const { version = "TLSv1.3", kept = "store", editedBy = "client" } = meeting;
  const { edit = {}, lifetime = LIFETIME, chain = lasting } = meeting;
  const memory = new MemorySessionStore();
  const edited = (session: Session): Session =>
    ({ ...session, ...edit }) as Session;
  const sessionStore = {
    put: memory.put.bind(memory),
    take: (id: Uint8Array) => {
      const found = memory.take(id);
      return found && editedBy === "server" ? edited(found) : found;
    },
  };
  const tickets = new TicketKeys({ provider: at(T0) });
  const server = (now: number) =>
    testServerConfig({
      provider: at(now),
      versions: [version],
      credentials: [credentialOf(chain)],
      sessionLifetimeSeconds: lifetime,
      ...(kept === "store" ? { sessionStore } : { ticketKeys: tickets }),
      ...meeting.server,
    });
  const client = (now: number, more: Partial<ClientOptions> = {}) =>
    testClientConfig({
      provider: at(now),
      versions: [version],
      verifier,
      ...meeting.client,
      ...more,
    });
  const first = newPair(client(T0), server(T0));
  const [session] = finish(first).sessions;
  if (session === undefined) throw new Error("no session");
  const offered = editedBy === "client" ? edited(session) : session;
  const { clientNow = T0, serverNow = T0 } = meeting;
  return newPair(client(clientNow, { session: offered }), server(serverNow));
}

/** Runs a handshake to its end; a client that asks is answered. */
function finish(pair: Pair): { readonly sessions: readonly Session[] } {
  shuttle(pair);
  const { need } = pair.client;
  if (need?.type === "verify") {
    const chain = verifier.verify(need.peer, need.context);
    pair.client.resume({ type: "verified", chain });
    shuttle(pair);
  }
  return {
    sessions: events(pair.client).flatMap((event) =>
      event.type === "session" ? [event.session] : [],
    ),
  };
}

const resumes = (meeting: Meeting): boolean => {
  const pair = again(meeting);
  shuttle(pair);
  return pair.server.info?.resumed ?? false;
};

/** The rules behind RAISE_NEED. */
const ASKED = {};
const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

const SESSIONS: readonly Row[] = VERSIONS.flatMap((version) => [
  ...(["store", "ticket"] as const).map((kept) => ({
    what: `a server's ${kept} of ${version} ends with its lifetime`,
    unit: 1,
    edge: T0 + LIFETIME * SECOND,
    expected: UNTIL,
    holds: (serverNow: number) => resumes({ version, kept, serverNow }),
  })),
  {
    what: `a client's ticket of ${version} ends with its lifetime`,
    unit: 1,
    edge: T0 + LIFETIME * SECOND,
    expected: UNTIL,
    holds: (clientNow) => resumes({ version, kept: "ticket", clientNow }),
  },
  {
    what: `a server's session of ${version} is not from the future`,
    unit: 1,
    edge: T0,
    expected: FROM,
    holds: (serverNow) => resumes({ version, serverNow }),
  },
  {
    what: `a client's session of ${version} is not from the future`,
    unit: 1,
    edge: T0,
    expected: FROM,
    holds: (clientNow) => resumes({ version, clientNow }),
  },
  ...(["client", "server"] as const).map((editedBy) => ({
    what: `a ${editedBy}'s session of ${version} ends a week after the certificate was presented`,
    unit: 1,
    edge: T0 - 5 * SECOND + WEEK,
    expected: UNTIL,
    holds: (now: number) =>
      resumes({
        version,
        lifetime: WEEK / SECOND,
        edit: {
          authenticatedAt: T0 - 5 * SECOND,
          lifetimeSeconds: WEEK / SECOND,
        },
        editedBy,
        [`${editedBy}Now`]: now,
      }),
  })),
  {
    what: `a session of ${version} ends with the server's certificate`,
    unit: SECOND,
    edge: T0 + 50 * SECOND,
    expected: UNTIL,
    holds: (clientNow) =>
      resumes({ version, clientNow, chain: issue(T0 - DAY, T0 + 50 * SECOND) }),
  },
  {
    what: `a proof of ${version} that was asked for ends with the certificate`,
    unit: 1,
    edge: T0 + 50 * SECOND + 999,
    expected: UNTIL,
    holds: (clientNow) =>
      resumes({
        version,
        clientNow,
        chain: issue(T0 - DAY, T0 + 50 * SECOND),
        client: { verifier: RAISE_NEED, trust: ASKED },
      }),
  },
]);

const ticketKeys = (now: number): boolean => {
  let clock = T0;
  const provider = { ...noble, now: () => clock };
  const keys = new TicketKeys({ provider, rotationInterval: 10_000 });
  clock = now;
  return keys.export().length === 2;
};

/**
 * Tells whether early data is accepted from a client that is 50 s from the
 * ticket.
 */
function takesEarlyData(serverNow: number): boolean {
  const strikeRegister = new MemoryStrikeRegister({ provider: at(serverNow) });
  const pair = again({
    kept: "ticket",
    clientNow: T0 + 50 * SECOND,
    serverNow,
    client: { earlyData: true },
    server: { maxEarlyData: 100, strikeRegister },
  });
  pair.client.writeEarlyData(Uint8Array.of(1));
  shuttle(pair);
  return pair.server.info?.earlyData === "accepted";
}

/**
 * Tells whether a key that was struck at T0 until then is still struck at that
 * moment.
 */
function isStruck(until: number): (now: number) => boolean {
  return (now) => {
    let clock = T0;
    const provider = { ...noble, now: () => clock };
    const register = new MemoryStrikeRegister({ provider });
    register.strike(Uint8Array.of(1), until);
    clock = now;
    return !register.strike(Uint8Array.of(1), now);
  };
}

/** A register that has forgotten what ran out 20 s after T0, at that moment. */
function takesAfterForgetting(now: number): boolean {
  let clock = T0;
  const provider = { ...noble, now: () => clock };
  const register = new MemoryStrikeRegister({ provider });
  register.strike(Uint8Array.of(1), T0 + 20 * SECOND);
  clock = T0 + DAY;
  register.strike(Uint8Array.of(2), clock + 20 * SECOND);
  clock = now;
  return register.strike(Uint8Array.of(3), now + 20 * SECOND);
}

/** A register that was filled a day ahead, and dropped that at T0. */
function takesAroundDropped(now: number): boolean {
  let clock = T0 + DAY;
  const provider = { ...noble, now: () => clock };
  const register = new MemoryStrikeRegister({ provider, capacity: 2 });
  register.strike(Uint8Array.of(1), clock + 20 * SECOND);
  register.strike(Uint8Array.of(2), clock + 20 * SECOND);
  clock = T0;
  expect(register.strike(Uint8Array.of(3), clock + 20 * SECOND)).toBe(true);
  clock = now;
  return register.strike(Uint8Array.of(4), now + 20 * SECOND);
}

const REGISTERS: readonly Row[] = [
  {
    what: "early data is taken ten seconds before the ticket's age",
    unit: 1,
    edge: T0 + 40 * SECOND,
    expected: FROM,
    holds: takesEarlyData,
  },
  {
    what: "early data is taken ten seconds behind the ticket's age",
    unit: 1,
    edge: T0 + 60 * SECOND,
    expected: UNTIL,
    holds: takesEarlyData,
  },
  {
    what: "a key is struck until its second ends",
    unit: 1,
    edge: T0 + 20 * SECOND,
    expected: UNTIL,
    holds: isStruck(T0 + 20 * SECOND),
  },
  {
    what: "a key is struck until the second that it ends in is over",
    unit: 1,
    edge: T0 + 21 * SECOND,
    expected: UNTIL,
    holds: isStruck(T0 + 20 * SECOND + 1),
  },
  {
    what: "nothing is taken before the end of what was forgotten",
    unit: 1,
    edge: T0 + 20 * SECOND + 1,
    expected: FROM,
    holds: takesAfterForgetting,
  },
  {
    what: "nothing is taken from before what was dropped",
    unit: 1,
    edge: T0 + DAY - 20 * SECOND - 1,
    expected: UNTIL,
    holds: takesAroundDropped,
  },
  {
    what: "nothing is taken until behind what was dropped",
    unit: 1,
    edge: T0 + DAY + 20 * SECOND + 1,
    expected: FROM,
    holds: takesAroundDropped,
  },
  {
    what: "ticket keys rotate",
    unit: 1,
    edge: T0 + 10 * SECOND,
    expected: FROM,
    holds: ticketKeys,
  },
  {
    what: "a resumed connection is given tickets while a second is left of the week",
    unit: 1,
    edge: T0 + WEEK - SECOND,
    expected: UNTIL,
    holds: (serverNow) => {
      const pair = again({
        kept: "ticket",
        serverNow,
        lifetime: WEEK / SECOND,
      });
      const { sessions } = finish(pair);
      expect(pair.server.info?.resumed).toBe(true);
      return sessions.length > 0;
    },
  },
  {
    what: "a ticket of TLSv1.2 is renewed from half of its lifetime on",
    unit: 1,
    edge: T0 + (LIFETIME / 2) * SECOND,
    expected: FROM,
    holds: (serverNow) => {
      const pair = again({ version: "TLSv1.2", kept: "ticket", serverNow });
      const { sessions } = finish(pair);
      expect(pair.server.info?.resumed).toBe(true);
      return sessions.length > 0;
    },
  },
];

/** Tells whether a chain is accepted at a given time. */
function accepts(
  options: Partial<VerifierOptions>,
  peer: Partial<PeerChain> = {},
  chain = lasting,
): (now: number) => boolean {
  return (now) => {
    const one: CertificateVerifier = verifierOf(options);
    const context = {
      purpose: "serverAuth",
      serverName: "localhost",
      now,
    } as const;
    try {
      one.verify({ certificates: chain.chain, ...peer }, context);
      return true;
    } catch (error) {
      if (error instanceof X509Error) return false;
      throw error;
    }
  };
}

const staple = (options: OcspOptions): ((now: number) => boolean) =>
  accepts(
    { ocsp: "require" },
    { ocspResponse: authority.createOcspResponse(lasting, options) },
  );
const list = (options: { thisUpdate: number; nextUpdate: number }) =>
  accepts({
    crls: CrlStore.of(authority.createCrl(options).der),
    crlCheck: "leaf",
  });
/** Clocks may differ by that much from a responder's. */
const SKEW = 300 * SECOND;
const responder = authority.issueOcspResponder({
  name: "responder",
  key: generateKey({ provider: noble, type: "ec-p256" }),
  notBefore: T0,
  notAfter: T0 + 60 * SECOND,
});
const always = { thisUpdate: T0 - DAY, producedAt: T0 - DAY };
const byResponder = staple({ ...always, responder });
const logKey = generateKey({ provider: noble, type: "ec-p256" });

const CERTIFICATES: readonly Row[] = [
  {
    what: "a certificate begins",
    unit: SECOND,
    edge: T0,
    expected: FROM,
    holds: accepts({}, {}, issue(T0, T0 + DAY)),
  },
  {
    what: "a certificate ends",
    unit: SECOND,
    edge: T0 + DAY,
    expected: UNTIL,
    holds: accepts({}, {}, issue(T0, T0 + DAY)),
  },
  {
    what: "a certificate ends with the last millisecond of its last second",
    unit: 1,
    edge: T0 + DAY + 999,
    expected: UNTIL,
    holds: accepts({}, {}, issue(T0, T0 + DAY)),
  },
  {
    what: "a responder's certificate begins",
    unit: SECOND,
    edge: T0,
    expected: FROM,
    holds: byResponder,
  },
  {
    what: "a responder's certificate ends",
    unit: SECOND,
    edge: T0 + 60 * SECOND,
    expected: UNTIL,
    holds: byResponder,
  },
  {
    what: "thisUpdate of a response",
    unit: 1,
    edge: T0 - SKEW,
    expected: FROM,
    holds: staple({ thisUpdate: T0, producedAt: T0 - DAY }),
  },
  {
    what: "producedAt of a response",
    unit: 1,
    edge: T0 - SKEW,
    expected: FROM,
    holds: staple({ thisUpdate: T0 - DAY, producedAt: T0 }),
  },
  {
    what: "nextUpdate of a response",
    unit: 1,
    edge: T0 + SKEW,
    expected: UNTIL,
    holds: staple({ ...always, nextUpdate: T0 }),
  },
  {
    what: "a response without nextUpdate",
    unit: 1,
    edge: T0 - DAY + WEEK + SKEW,
    expected: UNTIL,
    holds: staple({ ...always, nextUpdate: undefined }),
  },
  {
    what: "thisUpdate of a list",
    unit: SECOND,
    edge: T0,
    expected: FROM,
    holds: list({ thisUpdate: T0, nextUpdate: T0 + DAY }),
  },
  {
    what: "nextUpdate of a list",
    unit: SECOND,
    edge: T0 + DAY,
    expected: UNTIL,
    holds: list({ thisUpdate: T0, nextUpdate: T0 + DAY }),
  },
  {
    what: "a timestamp of a log",
    unit: 1,
    edge: T0,
    expected: FROM,
    holds: accepts(
      {
        transparency: requireTimestamps({
          provider: noble,
          logs: [{ key: logKey.publicKeyInfo() }],
          minimum: 1,
        }),
      },
      { scts: [timestampOf(logKey, lasting.certificate, T0)] },
    ),
  },
];

/** Tells whether another engine accepts the cookie of T0 at a given time. */
function readsCookie(now: number): boolean {
  const key = new Uint8Array(32);
  const server = (moment: number) => {
    const provider = at(moment);
    return TlsEngine.server(
      testServerConfig({
        provider,
        credentials: [credentialOf(lasting)],
        groups: ["secp384r1"],
        retryCookies: createRetryCookies({ provider, key, maxAge: 30_000 }),
      }),
    );
  };
  const client = TlsEngine.client(
    testClientConfig({ provider: at(T0), verifier }),
    "localhost",
  );
  const first = server(T0 + 600);
  first.receive(client.takeOutput());
  client.receive(first.takeOutput());
  const sent = { client: new Uint8Array(), server: new Uint8Array() };
  const pair = shuttle({ client, server: server(now), sent });
  return pair.server.info?.helloRetried ?? false;
}

const delegated = generateKey({ provider: noble, type: "ec-p256" });
const delegate = (now: number, lifetime: number): Credential =>
  delegateCredential({
    provider: at(now),
    credential: credentialOf(lasting),
    role: "server",
    publicKeyInfo: delegated.publicKeyInfo(),
    key: { algorithm: delegated.algorithm, key: delegated.privateKey },
    scheme: "ecdsa_secp256r1_sha256",
    lifetimeSeconds: lifetime,
  });

/** Tells whether a connection uses a delegated credential of T0. */
function delegates(
  lifetime: number,
  { client = T0, server = T0 }: { client?: number; server?: number },
): boolean {
  const own = credentialOf(lasting);
  const pair = shuttle(
    newPair(
      testClientConfig({
        provider: at(client),
        verifier,
        delegatedCredentials: acceptDelegatedCredentials(),
      }),
      testServerConfig({
        provider: at(server),
        credentials: [delegate(T0, lifetime), own],
      }),
    ),
  );
  return pair.server.info?.credential?.delegation !== undefined;
}

const makes = (now: number): boolean => {
  try {
    delegate(now, 60);
    return true;
  } catch {
    return false;
  }
};

/** Tells whether a client's cache returns then what came at {@link T0}. */
function isKept(now: number): boolean {
  let clock = T0;
  const provider = { ...noble, now: () => clock };
  const chain = { cert: lasting.pem + authority.pem, key: lasting.key.toPem() };
  const client = new SSLContext({
    protocol: "tlsClient",
    provider,
    verifyLocations: { ca: authority.pem },
  });
  const server = new SSLContext({ protocol: "tlsServer", provider });
  server.loadCertChain(chain);
  const cache = new ClientSessionCache(client);
  const pair = new BioPair(client, server, "localhost").handshake();
  pair.client.tryRead();
  clock = now;
  return cache.take("localhost") !== null;
}

/** Tells whether a leaf alone is completed by the issuer that ends first of two. */
function isCompletedByFirst(now: number): boolean {
  const { key } = authority;
  const until = (notAfter: number): Uint8Array =>
    createCertificateAuthority({
      provider: noble,
      name: "edges",
      key,
      notBefore: T0 - 30 * DAY,
      notAfter,
    }).der;
  const [first, second] = [until(T0 + 10 * DAY), until(T0 + 20 * DAY)];
  const { certificate } = lasting;
  const [issuer] = issuersInStore(
    Certificate.parse(certificate.der),
    TrustStore.of(first, second),
    now,
  );
  return issuer !== undefined && equal(issuer.der, first);
}

const OTHERS: readonly Row[] = [
  {
    what: "a client's cache returns a session for its lifetime",
    unit: 1,
    edge: T0 + 7200 * SECOND,
    expected: UNTIL,
    holds: isKept,
  },
  {
    what: "an own leaf is completed by an issuer until that ends",
    unit: SECOND,
    edge: T0 + 10 * DAY,
    expected: UNTIL,
    holds: isCompletedByFirst,
  },
  {
    what: "a cookie is not from the future",
    unit: 1,
    edge: T0 + 600,
    expected: FROM,
    holds: readsCookie,
  },
  {
    what: "a cookie ends with its lifetime",
    unit: 1,
    edge: T0 + 600 + 30 * SECOND,
    expected: UNTIL,
    holds: readsCookie,
  },
  {
    what: "a client accepts a delegated credential until it ends",
    unit: 1,
    edge: T0 + 60 * SECOND,
    expected: UNTIL,
    holds: (client) => delegates(60, { client }),
  },
  {
    what: "a client accepts a delegated credential of a week at most",
    unit: 1,
    edge: T0,
    expected: FROM,
    holds: (client) => delegates(WEEK / SECOND, { client }),
  },
  {
    what: "a server presents a delegated credential until it ends",
    unit: 1,
    edge: T0 + 60 * SECOND,
    expected: UNTIL,
    holds: (server) => delegates(60, { server }),
  },
  {
    what: "a delegated credential ends no later than its certificate",
    unit: SECOND,
    edge: T0 + 90 * DAY - 60 * SECOND,
    expected: UNTIL,
    holds: makes,
  },
];

describe.each(Object.entries({ SESSIONS, REGISTERS, CERTIFICATES, OTHERS }))(
  "%s",
  (_name, rows) => {
    it.each(rows)("$what", ({ unit, edge, expected, holds }) => {
      const found = [-unit, 0, unit].map((off) => holds(edge + off));
      expect(found).toEqual(expected);
    });
  },
);

/** The sources that read a clock, and the words of the rows that test each. */
const READERS: Readonly<Record<string, RegExp | "never compared">> = {
  "src/handshake/authentication/authenticated-peer.ts": /certificate/,
  "src/handshake/authentication/delegated-credential.ts": /delegated/,
  "src/handshake/authentication/resumption.ts": /session/,
  "src/handshake/authentication/signatures-and-finished.ts": /presents a deleg/,
  "src/handshake/client/features/sessions.ts": /client's session of TLSv1.2/,
  "src/handshake/client/offer/psk-offer.ts": /client's session of TLSv1.3/,
  "src/handshake/client/tls13/machine.ts": /week after the certificate/,
  "src/handshake/client/tls13/tickets.ts": /client's ticket/,
  "src/handshake/server/hello-retry.ts": /cookie/,
  "src/handshake/server/tls12/resumption.ts": /is renewed/,
  "src/handshake/server/tls13/early-data.ts": /early data/,
  "src/handshake/server/tls13/tickets.ts": /given tickets/,
  "src/handshake/sessions/strike-register.ts": /struck/,
  "src/handshake/sessions/ticket-keys.ts": /ticket keys/,
  "src/handshake/tls12/finished.ts": /client's ticket of TLSv1.2/,
  "src/ssl/connection/client-session-cache.ts": /client's cache/,
  "src/ssl/context/credentials.ts": /own leaf is completed/,
  "src/ssl/context/session.ts": "never compared",
  "src/ssl/context/store-calls.ts": "never compared",
};

it("each file that reads a clock has its rows", () => {
  const root = new URL("../", import.meta.url).pathname;
  const floors = ["engine", "handshake", "x509", "ech", "record", "ssl"];
  const readers = floors
    .flatMap((floor) =>
      readdirSync(`${root}src/${floor}`, { recursive: true }).map(
        (path) => `src/${floor}/${String(path)}`,
      ),
    )
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => {
      const code = readFileSync(root + path, "utf8");
      return /\bnow\(\)/.test(code.replaceAll(/\/\*[^]*?\*\//g, ""));
    });
  expect(readers.toSorted()).toEqual(Object.keys(READERS).toSorted());
  const whats = [SESSIONS, REGISTERS, CERTIFICATES, OTHERS].flat();
  for (const [path, words] of Object.entries(READERS))
    if (words !== "never compared")
      expect(
        whats.some(({ what }) => words.test(what)),
        path,
      ).toBe(true);
});
