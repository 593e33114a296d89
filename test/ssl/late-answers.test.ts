/**
 * Session stores that throw, reject, are late, never answer or answer twice
 * cost the resumption, and strike registers the early data; never the handshake. The time is the transport's own.
 */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  type ContextSessionStore,
  type ContextStrikeRegister,
  memoryPair,
  type SSLContext,
  type SSLSession,
  SSLTimeoutError,
  type Transport,
} from "../../src/index.ts";
import { connect as connectTcp, serve } from "../../src/net/node.ts";
import {
  clientContext,
  readyPair,
  rejection,
  thrown,
  serverContext,
  socketPair,
} from "./support.ts";
import { testAuthority, testServer } from "../support/pki.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** Timers that end when the test says so. */
class HandTimers {
  readonly started: number[] = [];
  readonly #due = new Map<number, () => void>();

  readonly setTimer = (callback: () => void, time: number): (() => void) => {
    const id = this.started.push(time);
    this.#due.set(id, callback);
    return () => this.#due.delete(id);
  };

  /** Timers that were neither cancelled nor fired. */
  get left(): number {
    return this.#due.size;
  }

  fire(): void {
    for (const [id, callback] of this.#due) {
      this.#due.delete(id);
      callback();
    }
  }
}

/** The transport, with timers of its own. */
function timed(transport: Transport, timers: HandTimers): Transport {
  return new Proxy(transport, {
    get(target, key) {
      if (key === "setTimer") return timers.setTimer;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function"
        ? (...args: unknown[]): unknown => Reflect.apply(value, target, args)
        : value;
    },
  });
}

type Take = ContextSessionStore["take"];
type Found = Awaited<ReturnType<Take>>;

const never = new Promise<never>(() => undefined);

/** The answers of a store that has the session, and whether it is resumed. */
const ANSWERS: Record<
  string,
  { readonly resumes: boolean; answer(found: Found): ReturnType<Take> }
> = {
  "at once": { resumes: true, answer: (found) => found },
  "with a promise": {
    resumes: true,
    answer: (found) => Promise.resolve(found),
  },
  "with a promise of another realm": {
    resumes: true,
    answer: (found) =>
      runInNewContext("Promise.resolve(found)", { found }) as Promise<Found>,
  },
  "twice, by a library's own promise": {
    resumes: true,
    answer: (found) =>
      ({
        then(resolve: (value: Found) => void) {
          resolve(found);
          resolve(undefined);
        },
      }) as Promise<Found>,
  },
  "by an exception": {
    resumes: false,
    answer: () => {
      throw new Error("no store");
    },
  },
  "by a rejection": {
    resumes: false,
    answer: () => Promise.reject(new Error("no store")),
  },
};

/** A server whose store answers in that way, and a client's session of it. */
async function storing(
  version: (typeof VERSIONS)[number],
  answer: (found: Found) => ReturnType<Take>,
): Promise<{ server: SSLContext; client: SSLContext; session: SSLSession }> {
  const kept = new Map<string, NonNullable<Found>>();
  const server = serverContext({
    options: { noTicket: true },
    sessionStore: {
      take: (id) => answer(kept.get(id.join())),
      put: (id, session) => void kept.set(id.join(), session),
    },
  });
  const client = clientContext({ maximumVersion: version });
  const first = await readyPair({ client, server });
  await first.server.sendAll(Uint8Array.of(1));
  await first.client.recv();
  const { session } = first.client;
  if (session === null) throw new Error("there is no session");
  return { server, client, session };
}

describe.each(VERSIONS)("a session store of %s that answers", (version) => {
  it.each(Object.entries(ANSWERS))("%s", async (_title, row) => {
    const { session, ...both } = await storing(version, row.answer);
    const pair = await readyPair({ ...both, clientOptions: { session } });
    expect(pair.client.sessionReused).toBe(row.resumes);
    expect(pair.server.sessionReused).toBe(row.resumes);
  });

  it("never: the transport's timer ends the wait", async () => {
    const { session, client, server } = await storing(version, () => never);
    server.sessionStoreTimeout = 5000;
    const timers = new HandTimers();
    const [near, far] = memoryPair();
    const there = server.wrapSocket(timed(far, timers), { serverSide: true });
    const here = client.wrapSocket(near, {
      serverHostname: "server.test",
      session,
    });
    // The ClientHello is read; nothing but the timer moves the server.
    await new Promise((resolve) => setImmediate(resolve));
    expect(timers.started).toEqual([5000]);
    expect(there.handshakeDone).toBe(false);
    timers.fire();
    await Promise.all([here.ready, there.ready]);
    expect(here.sessionReused).toBe(false);
    expect(timers.left).toBe(0);
  });

  it("late: what comes after the timer changes nothing", async () => {
    let found: ((session: Found) => void) | undefined;
    let kept: Found;
    const { session, client, server } = await storing(version, (stored) => {
      kept = stored;
      return new Promise<Found>((resolve) => (found = resolve));
    });
    const timers = new HandTimers();
    const [near, far] = memoryPair();
    const there = server.wrapSocket(timed(far, timers), { serverSide: true });
    const here = client.wrapSocket(near, {
      serverHostname: "server.test",
      session,
    });
    await new Promise((resolve) => setImmediate(resolve));
    timers.fire();
    found?.(kept);
    await Promise.all([here.ready, there.ready]);
    expect(here.sessionReused).toBe(false);
    await here.sendAll(Uint8Array.of(7));
    expect(await there.recv()).toEqual(Uint8Array.of(7));
  });

  it("in time: its timer is gone", async () => {
    const { session, client, server } = await storing(version, (found) =>
      Promise.resolve(found),
    );
    const timers = new HandTimers();
    const [near, far] = memoryPair();
    const socket = server.wrapSocket(timed(far, timers), { serverSide: true });
    const here = client.wrapSocket(near, {
      serverHostname: "server.test",
      session,
    });
    await Promise.all([here.ready, socket.ready]);
    expect(here.sessionReused).toBe(true);
    expect(timers.started).toHaveLength(1);
    expect(timers.left).toBe(0);
  });

  it("late, where the runtime has no timers", async () => {
    const { session, ...both } = await storing(version, (found) =>
      Promise.resolve(found),
    );
    const { setTimeout: saved } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, "setTimeout");
      const pair = socketPair({ ...both, clientOptions: { session } });
      await Promise.all([pair.client.ready, pair.server.ready]);
      expect(pair.client.sessionReused).toBe(true);
    } finally {
      globalThis.setTimeout = saved;
    }
  });
});

type Strike = ContextStrikeRegister["strike"];

/**
 * The answers of a register that would accept, and the outcome of early data.
 */
const STRIKES: Record<
  string,
  { readonly outcome: "accepted" | "rejected"; readonly strike: Strike }
> = {
  "at once": { outcome: "accepted", strike: () => true },
  "no, at once": { outcome: "rejected", strike: () => false },
  "with a promise": {
    outcome: "accepted",
    strike: () => Promise.resolve(true),
  },
  "no, with a promise": {
    outcome: "rejected",
    strike: () => Promise.resolve(false),
  },
  "after a while": {
    outcome: "accepted",
    strike: () => new Promise((resolve) => setImmediate(resolve, true)),
  },
  "with a promise of another realm": {
    outcome: "accepted",
    strike: () => runInNewContext("Promise.resolve(true)") as Promise<boolean>,
  },
  "no and then yes": {
    outcome: "rejected",
    strike: () =>
      ({
        then(resolve: (value: boolean) => void) {
          resolve(false);
          resolve(true);
        },
      }) as Promise<boolean>,
  },
  "something that is no boolean": {
    outcome: "rejected",
    strike: () => Promise.resolve("OK" as never),
  },
  "by an exception": {
    outcome: "rejected",
    strike: () => {
      throw new Error("no register");
    },
  },
  "by a rejection": {
    outcome: "rejected",
    strike: () => Promise.reject(new Error("no register")),
  },
  never: { outcome: "rejected", strike: () => never },
};

const EARLY = Uint8Array.of(7, 7, 7);

describe("a strike register that answers", () => {
  const both = () => ({
    client: clientContext({ earlyData: true }),
    server: serverContext({ maxEarlyData: 100 }),
  });

  /** A connection that offers early data, to a register that answers so. */
  async function offering(strike: Strike, timers = new HandTimers()) {
    const { client, server } = both();
    server.strikeRegister = { id: Uint8Array.of(1), strike };
    const first = await readyPair({ client, server });
    await first.server.sendAll(Uint8Array.of(1));
    await first.client.recv();
    const { session } = first.client;
    const [near, far] = memoryPair();
    const there = server.wrapSocket(timed(far, timers), { serverSide: true });
    const here = client.wrapSocket(near, {
      serverHostname: "server.test",
      session,
      doHandshakeOnConnect: false,
    });
    await here.sendEarlyData(EARLY);
    return { here, there, timers };
  }

  it.each(Object.entries(STRIKES))("%s", async (_title, row) => {
    const { here, there, timers } = await offering(row.strike);
    const handshakes = Promise.all([here.doHandshake(), there.ready]);
    // Nothing but the timer ends what never answers.
    if (row.strike === STRIKES["never"]?.strike) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(there.readEarlyData()).toBe(null);
      timers.fire();
    }
    await handshakes;
    expect(here.earlyDataOutcome).toBe(row.outcome);
    expect(there.earlyDataOutcome).toBe(row.outcome);
    expect(here.sessionReused).toBe(true);
    expect(there.readEarlyData()).toEqual(
      row.outcome === "accepted" ? EARLY : null,
    );
    expect(timers.left).toBe(0);
    await here.sendAll(EARLY);
    expect(await there.recv()).toEqual(EARLY);
  });

  it("late: a yes after the time changes nothing", async () => {
    let say: (first: boolean) => void = () => undefined;
    const { here, there, timers } = await offering(
      () => new Promise((resolve) => (say = resolve)),
    );
    const handshakes = Promise.all([here.doHandshake(), there.ready]);
    await new Promise((resolve) => setImmediate(resolve));
    timers.fire();
    say(true);
    await handshakes;
    expect(here.earlyDataOutcome).toBe("rejected");
    expect(there.readEarlyData()).toBe(null);
  });

  it("for two processes: early data is accepted by one of them", async () => {
    const struck = new Set<string>();
    const shared: ContextStrikeRegister = {
      id: Uint8Array.of(9),
      strike: async (key) => {
        await new Promise((resolve) => setImmediate(resolve));
        return struck.size < struck.add(key.join()).size;
      },
    };
    const { client, server } = both();
    const other = serverContext({ maxEarlyData: 100, strikeRegister: shared });
    server.strikeRegister = shared;
    other.ticketKeys = server.ticketKeys;
    const first = await readyPair({ client, server });
    await first.server.sendAll(Uint8Array.of(1));
    await first.client.recv();
    const { session } = first.client;
    const outcomes: unknown[] = [];
    for (const context of [server, other]) {
      const pair = socketPair({
        client,
        server: context,
        clientOptions: { session, doHandshakeOnConnect: false },
      });
      await pair.client.sendEarlyData(EARLY);
      await Promise.all([pair.client.doHandshake(), pair.server.ready]);
      expect(pair.client.sessionReused).toBe(true);
      outcomes.push(pair.server.earlyDataOutcome);
    }
    expect(outcomes.toSorted()).toEqual(["accepted", "rejected"]);
  });

  it("must have an id, and be a server's", () => {
    const context = serverContext();
    const strike = () => true;
    for (const id of [new Uint8Array(0), new Uint8Array(33)])
      expect(
        thrown(() => (context.strikeRegister = { id, strike })),
      ).toBeInstanceOf(RangeError);
    expect(
      thrown(() => (context.strikeRegister = { id: EARLY } as never)),
    ).toBeInstanceOf(TypeError);
    expect(
      thrown(() => clientContext({ strikeRegister: { id: EARLY, strike } })),
    ).toBeInstanceOf(RangeError);
  });
});

it("a transport that is made later times by its own timers", async () => {
  class Timed extends HandTimers {
    readonly #times: number[] = [];
    setTimerOf = (callback: () => void, time: number): (() => void) => {
      this.#times.push(time);
      return this.setTimer(callback, time);
    };
    get times(): number {
      return this.#times.length;
    }
  }
  const timers = new Timed();
  const [near] = memoryPair();
  // A method, which needs its object.
  const transport = Object.assign(Object.create(timed(near, timers)), {
    timers,
    setTimer(this: { timers: Timed }, callback: () => void, time: number) {
      return this.timers.setTimerOf(callback, time);
    },
  }) as Transport;
  const socket = clientContext().wrapSocket(() => transport, {
    serverHostname: "server.test",
    doHandshakeOnConnect: false,
  });
  await socket.connect();
  const received = rejection(socket.recv(1, { timeout: 1000 }));
  timers.fire();
  expect(await received).toBeInstanceOf(SSLTimeoutError);
  expect(timers.times).toBe(1);
});

describe("times longer than the runtime's timers can be", () => {
  const { certificatePem: cert, keyPem: key } = testServer();

  it.each([Infinity, 2 ** 31, 1e12])("%d ms do not end at once", async (ms) => {
    const server = await serve({
      cert,
      key,
      handshakeTimeout: ms,
      firstByteTimeout: ms,
    });
    const { port } = server;
    const [socket, { socket: accepted }] = await Promise.all([
      connectTcp({
        host: "127.0.0.1",
        serverHostname: "localhost",
        port,
        ca: testAuthority().pem,
        timeout: ms,
      }),
      server.accept(),
    ]);
    accepted.setTimeout(ms);
    const received = accepted.recv();
    // A timer that overflowed is due by now.
    await new Promise((resolve) => setTimeout(resolve, 10));
    await socket.sendAll(Uint8Array.of(1));
    expect(await received).toEqual(Uint8Array.of(1));
    await Promise.all([socket.close(), accepted.close(), server.close()]);
  });
});
