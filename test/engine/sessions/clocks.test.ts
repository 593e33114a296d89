/** Clocks that step, over everything that remembers by time. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  MemoryStrikeRegister,
  type ServerConfig,
  TicketKeys,
  TlsEngine,
} from "../../../src/engine/index.ts";
import {
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const START = 1_800_000_000_000;
const WINDOW = 20_000;

function clock() {
  let now = START;
  return {
    provider: { ...noble, now: () => now },
    set: (ms: number) => {
      now = START + ms;
    },
  };
}

const key = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255);

describe("a strike register", () => {
  it.each([
    [-1, false],
    [0, false],
    // Nobody may use it any more, so it may be forgotten.
    [1, true],
  ])("remembers to the last moment, %i ms", (off, isTaken) => {
    const { provider, set } = clock();
    const register = new MemoryStrikeRegister({ provider });
    expect(register.strike(key(1), START + WINDOW)).toBe(true);
    set(WINDOW + off);
    expect(register.strike(key(1), START + 2 * WINDOW)).toBe(isTaken);
  });

  // [9846-8-03]
  it("gives no second chance to a clock that steps back", () => {
    const { provider, set } = clock();
    const register = new MemoryStrikeRegister({ provider });
    register.strike(key(1), START + WINDOW);
    set(WINDOW + 5000);
    expect(register.strike(key(2), START + 2 * WINDOW)).toBe(true);
    for (const back of [WINDOW, 5000]) {
      set(back);
      expect(register.strike(key(1), START + WINDOW)).toBe(false);
    }
    expect(register.strike(key(3), START + WINDOW)).toBe(false);
    set(WINDOW + 6000);
    expect(register.strike(key(3), START + 2 * WINDOW)).toBe(true);
  });

  it("forgets behind a key that was struck with the clock far ahead", () => {
    const { provider, set } = clock();
    const register = new MemoryStrikeRegister({ provider, capacity: 10 });
    set(1e9);
    register.strike(key(0), START + 1e9 + WINDOW);
    set(0);
    for (let i = 1; i <= 100; i++) {
      set(i * WINDOW);
      expect(register.strike(key(i), START + i * WINDOW + 10_000)).toBe(true);
    }
  });

  it("drops what filled it while the clock was ahead, and takes none of it again", () => {
    const { provider, set } = clock();
    const register = new MemoryStrikeRegister({ provider, capacity: 100 });
    const strike = (n: number, now: number): boolean => {
      set(now);
      return register.strike(key(n), START + now + WINDOW);
    };
    for (let i = 0; i < 100; i++) expect(strike(i, 1e9 + i)).toBe(true);
    expect(strike(100, 1e9 + 100)).toBe(false);
    // Back in time there is space at once, for as many as before.
    for (let i = 0; i < 100; i++) expect(strike(200 + i, i)).toBe(true);
    // None of the first is of use again, wherever the clock goes.
    for (const now of [1e9 - WINDOW, 1e9, 1e9 + 99, 1e9 + 99 + WINDOW])
      for (let i = 0; i < 100; i++) expect(strike(i, now)).toBe(false);
    expect(strike(300, 1e9 + 3 * WINDOW)).toBe(true);
  });

  it("keeps what is still of use when the clock steps back a little", () => {
    const { provider, set } = clock();
    const register = new MemoryStrikeRegister({ provider, capacity: 2 });
    register.strike(key(1), START + WINDOW);
    register.strike(key(2), START + WINDOW);
    for (const back of [-1, -WINDOW / 2, -WINDOW]) {
      set(back);
      expect(register.strike(key(1), START + back + WINDOW)).toBe(false);
      expect(register.strike(key(3), START + back + WINDOW)).toBe(false);
    }
  });

  // [9846-8-03]
  it("keeps two of one second by the earlier of them", () => {
    const { provider, set } = clock();
    const register = new MemoryStrikeRegister({ provider, capacity: 2 });
    const until = START + WINDOW;
    register.strike(key(1), until);
    set(-1000);
    register.strike(key(2), until);
    // The second may be of use again since WINDOW + 2000 ago, the first may not.
    set(-WINDOW - 1000);
    expect(register.strike(key(3), until)).toBe(false);
    expect(register.strike(key(2), until)).toBe(false);
  });
});

it("ticket keys made with the clock ahead rotate all the same", () => {
  const { provider, set } = clock();
  set(1e12);
  const keys = new TicketKeys({ provider, rotationInterval: 10_000 });
  set(0);
  expect(keys.export()).toHaveLength(1);
  set(9_999);
  expect(keys.export()).toHaveLength(1);
  set(10_000);
  expect(keys.export()).toHaveLength(2);
});

describe("early data between engines whose clock steps", () => {
  /** The tests' certificates are valid then. */
  const now = Date.now() + 60_000;
  let offset = 0;
  const provider = { ...noble, now: () => now + offset };
  const tickets = new TicketKeys({ provider });
  const serverOf = (): ServerConfig =>
    testServerConfig({
      provider,
      ticketKeys: tickets,
      maxEarlyData: 100,
      strikeRegister: new MemoryStrikeRegister({ provider }),
    });
  const early = (engine: TlsEngine): number =>
    events(engine).filter(({ type }) => type === "early_data").length;
  const STEPS = [-3_600_000, -15_000, -1000, -1, 1, 1000, 15_000, 3_600_000];

  /** A client's flight with early data, of which the server has read all. */
  function begin(server: ServerConfig): Pair & { readonly flight: Uint8Array } {
    offset = 0;
    const client = { provider: { ...noble, now: () => now } };
    const first = shuttle(newPair(testClientConfig(client), server));
    const session = events(first.client).find(({ type }) => type === "session");
    if (session?.type !== "session") throw new Error("no session");
    const pair = newPair(
      testClientConfig({
        ...client,
        session: session.session,
        earlyData: true,
      }),
      server,
    );
    pair.client.writeEarlyData(Uint8Array.of(7));
    const flight = pair.client.takeOutput();
    return { ...pair, flight };
  }

  it.each(STEPS)("%i ms between the flights: it stays accepted", (step) => {
    const server = serverOf();
    const pair = begin(server);
    pair.server.receive(pair.flight);
    offset = step;
    expect(early(pair.server)).toBe(1);
    shuttle(pair);
    expect(pair.server.info?.earlyData).toBe("accepted");
    // And is never taken again, wherever the clock goes from there.
    for (const next of [...STEPS, 0, ...STEPS.toReversed()]) {
      offset = next;
      const replay = TlsEngine.server(server);
      replay.receive(pair.flight);
      expect(early(replay), String(next)).toBe(0);
    }
  });

  it.each(STEPS)("%i ms before the flight: only what is recent", (step) => {
    const pair = begin(serverOf());
    offset = step;
    pair.server.receive(pair.flight);
    // A ticket from the future is none at all.
    expect(early(pair.server)).toBe(step >= 0 && step <= 10_000 ? 1 : 0);
    shuttle(pair);
    expect(pair.server.error ?? pair.client.error).toBeUndefined();
    expect(pair.server.info?.earlyData).toBe(
      step >= 0 && step <= 10_000 ? "accepted" : "rejected",
    );
  });
});
