/**
 * Each call of a session store and of a strike register has an outcome, which
 * is counted and reported; garbage and faults cost the resumption or the early
 * data, never the handshake. A store that returns each session once guards
 * early data by itself (RFC 9846 8.1).
 */
import { describe, expect, it } from "vitest";
import {
  type ContextSessionStore,
  SSLContext,
  type SSLSession,
  type StoreEvent,
} from "../../src/index.ts";
import {
  type Session,
  sessionFromBytes,
  sessionToBytes,
} from "../../src/engine/index.ts";
import {
  clientContext,
  readyPair,
  rejection,
  serverContext,
  socketPair,
  thrown,
} from "./support.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
const EARLY = Uint8Array.of(7, 7, 7);

/** A map of sessions as bytes, as a store elsewhere has them. */
class Elsewhere implements ContextSessionStore {
  readonly rows = new Map<string, Uint8Array>();
  takesOnce?: boolean;
  /** In place of the session, where it is set. */
  garbage: ((session: Session) => unknown) | undefined;

  async take(id: Uint8Array): Promise<Session | undefined> {
    await Promise.resolve();
    const bytes = this.rows.get(id.join());
    this.rows.delete(id.join());
    if (bytes === undefined) return undefined;
    const session = sessionFromBytes(bytes);
    return this.garbage === undefined
      ? session
      : (this.garbage(session) as Session);
  }

  async put(id: Uint8Array, session: Session): Promise<void> {
    this.rows.set(id.join(), sessionToBytes(session));
    await Promise.resolve();
  }
}

function serving(store: ContextSessionStore): {
  server: SSLContext;
  events: StoreEvent[];
  words: () => string[];
} {
  const events: StoreEvent[] = [];
  const server = serverContext({
    options: { noTicket: true },
    sessionStore: store,
    maxEarlyData: 100,
    numTickets: 1,
    onStoreEvent: (event) => events.push(event),
  });
  const words = () => events.map((one) => `${one.operation} ${one.outcome}`);
  return { server, events, words };
}

/**
 * Tells whether a server accepts early data that a client sends with a session.
 */
async function offer(
  client: SSLContext,
  server: SSLContext,
  session: SSLSession,
): Promise<unknown> {
  const clientOptions = { session, doHandshakeOnConnect: false };
  const pair = socketPair({ client, server, clientOptions });
  await pair.client.sendEarlyData(EARLY);
  await Promise.all([pair.client.doHandshake(), pair.server.ready]);
  return pair.server.earlyDataOutcome;
}

/** One connection, and the session that it left. */
async function visit(
  client: SSLContext,
  server: SSLContext,
  session: SSLSession | null = null,
): Promise<{ resumed: boolean; session: SSLSession }> {
  const pair = await readyPair({ client, server, clientOptions: { session } });
  await pair.server.sendAll(Uint8Array.of(1));
  await pair.client.recv();
  const left = pair.client.session;
  if (left === null) throw new Error("there is no session");
  return { resumed: pair.client.sessionReused === true, session: left };
}

describe.each(VERSIONS)("events of a store of %s", (version) => {
  it("say what became of each call, and how long it was", async () => {
    const store = new Elsewhere();
    const { server, events, words } = serving(store);
    const client = clientContext({ maximumVersion: version });
    const first = await visit(client, server);
    expect(words()).toEqual(["put kept"]);
    events.length = 0;
    expect((await visit(client, server, first.session)).resumed).toBe(true);
    // A session of TLS 1.2 is put back, one of TLS 1.3 has a new ticket.
    expect(words().toSorted()).toEqual(["put kept", "take found"]);
    for (const { milliseconds } of events)
      expect(milliseconds).toBeGreaterThanOrEqual(0);
    events.length = 0;
    store.rows.clear();
    expect((await visit(client, server, first.session)).resumed).toBe(false);
    expect(words()).toContain("take missing");
    expect(server.sessionStats()).toMatchObject({ misses: 1, storeFaults: 0 });
  });

  const garbage: Record<string, (session: Session) => unknown> = {
    bytes: (session) => sessionToBytes(session),
    text: () => "session",
    "a number": () => 7,
    true: () => true,
    "an empty object": () => ({}),
    "its JSON": (session) => JSON.parse(JSON.stringify(session)) as unknown,
    "its clone": (session) => structuredClone(session),
    "one without its key": (session) => ({
      ...session,
      psk: undefined,
      mainSecret: undefined,
    }),
    "one with a list that is none": (session) => ({
      ...session,
      peerCertificates: { length: 1 },
    }),
    "one of the other version": (session) => ({
      ...session,
      version: session.version === "TLSv1.2" ? "TLSv1.3" : "TLSv1.2",
    }),
  };
  it.each(Object.entries(garbage))(
    "%s in place of a session: a full handshake",
    async (_title, make) => {
      const store = new Elsewhere();
      const { server, words } = serving(store);
      const client = clientContext({ maximumVersion: version });
      const { session } = await visit(client, server);
      store.garbage = make;
      expect((await visit(client, server, session)).resumed).toBe(false);
      expect(words()).toContain("take unusable");
      expect(server.sessionStats().storeFaults).toBe(1);
      // A store that has come back is asked again.
      store.garbage = undefined;
      const again = await visit(client, server);
      expect((await visit(client, server, again.session)).resumed).toBe(true);
    },
  );

  it("carry the error of a store that failed", async () => {
    const lost = new Error("connection lost");
    const { server, events } = serving({
      take: () => Promise.reject(lost),
      put: () => {
        throw lost;
      },
    });
    const client = clientContext({ maximumVersion: version });
    const { session } = await visit(client, server);
    expect((await visit(client, server, session)).resumed).toBe(false);
    const faults = events.filter((one) => one.outcome === "failed");
    expect(new Set(faults.map((one) => one.operation))).toEqual(
      new Set(["put", "take"]),
    );
    for (const { error } of faults) expect(error).toBe(lost);
    expect(server.sessionStats().storeFaults).toBe(faults.length);
  });

  it("carry it where the session of a destroyed connection is taken out", async () => {
    const lost = new Error("connection lost");
    const { server, events } = serving({
      take: () => Promise.reject(lost),
      put: () => Promise.resolve(),
    });
    const client = clientContext({ maximumVersion: version });
    const pair = await readyPair({ client, server });
    pair.server.destroy();
    await rejection(pair.client.recv());
    expect(events.at(-1)).toMatchObject({
      operation: "take",
      outcome: "failed",
      error: lost,
    });
  });

  it("cost nothing where the listener throws or rejects", async () => {
    for (const onStoreEvent of [
      () => {
        throw new Error("no metrics");
      },
      () => Promise.reject(new Error("no metrics")),
    ]) {
      const { server } = serving(new Elsewhere());
      server.onStoreEvent = onStoreEvent;
      const client = clientContext({ maximumVersion: version });
      const { session } = await visit(client, server);
      expect((await visit(client, server, session)).resumed).toBe(true);
    }
  });
});

describe("early data of sessions in a store that two processes share", () => {
  /** Outcomes of the same early data at the other process, and at the first. */
  async function twice(store: Elsewhere): Promise<unknown[]> {
    const [one, two] = [serving(store), serving(store)];
    const client = clientContext({ earlyData: true });
    const { session } = await visit(client, one.server);
    return [
      await offer(client, two.server, session),
      await offer(client, one.server, session),
    ];
  }

  it("is accepted once, by either, where it gives each session once", async () => {
    const store = new Elsewhere();
    store.takesOnce = true;
    expect(await twice(store)).toEqual(["accepted", "rejected"]);
  });

  it("is rejected by the other where nothing allows it", async () => {
    expect(await twice(new Elsewhere())).toEqual(["rejected", "rejected"]);
  });

  it("is guarded by a register too where one is set", async () => {
    const store = new Elsewhere();
    store.takesOnce = true;
    const { server, words } = serving(store);
    server.strikeRegister = { id: EARLY, strike: () => false };
    const client = clientContext({ earlyData: true });
    const { session } = await visit(client, server);
    expect(await offer(client, server, session)).toBe("rejected");
    expect(words()).toContain("strike repeated");
  });
});

it("a listener is a function", () => {
  expect(
    thrown(() => new SSLContext({ onStoreEvent: 7 as never })),
  ).toBeInstanceOf(TypeError);
});
