/**
 * Ticket keys that processes share: a model of workers that look into a Redis,
 * lose its answers, find it empty or set back, over time. No order of events
 * makes a worker forget a key before its tickets, or seal with a key that nobody
 * else can have; where all goes well every ticket opens everywhere.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { TlsUsageError } from "../../src/engine/index.ts";
import {
  type SharedTicketKeys,
  type RedisTicketKeysOptions,
  redisTicketKeys,
  type TicketKeysEvent,
} from "../../src/redis/index.ts";
import { session13, T0 } from "../support/sessions.ts";
import { runs } from "../support/thorough.ts";

const encryptionKeys = [new Uint8Array(32).fill(1)];
const SECOND = 1000;
const ROTATE = 600 * SECOND;
const REFRESH = 60 * SECOND;
const LIFETIME = 900 * SECOND;
const SESSION = session13();

/** One value of Redis, and how the next call of it goes wrong. */
class OneValue {
  value = "";
  readonly written = new Set<string>();
  fault: "none" | "unreachable" | "answerLost" = "none";

  readonly call = async (
    _command: string,
    script = "",
    ...rest: string[]
  ): Promise<unknown> => {
    await Promise.resolve();
    if (this.fault === "unreachable") throw new Error("connection lost");
    const [, , expected = "", next = ""] = rest;
    if (!script.includes("SET'")) return this.value || null;
    const isSet = this.value === expected;
    if (isSet) this.value = next;
    if (this.fault === "answerLost") throw new Error("answer lost");
    return isSet ? "set" : "changed";
  };
}

interface Worker {
  readonly shared: SharedTicketKeys;
  readonly events: TicketKeysEvent[];
  nextLook: number;
}

class World {
  readonly redis = new OneValue();
  readonly workers: Worker[] = [];
  now = T0;
  readonly provider = { ...noble, now: () => this.now };

  start(more: Partial<RedisTicketKeysOptions> = {}): Worker {
    const events: TicketKeysEvent[] = [];
    const shared = redisTicketKeys({
      client: { call: this.redis.call },
      provider: this.provider,
      encryptionKeys,
      rotationInterval: ROTATE,
      refreshInterval: REFRESH,
      ticketLifetimeSeconds: LIFETIME / SECOND,
      onRefresh: (event) => events.push(event),
      ...more,
    });
    shared.close(); // Looks come when the model says so.
    const worker = { shared, events, nextLook: this.now };
    this.workers.push(worker);
    return worker;
  }
}

async function look({ shared }: Worker): Promise<boolean> {
  return shared.refresh().then(
    () => true,
    () => false,
  );
}

function seal({ shared }: Worker): Uint8Array {
  const ticket = shared.keys.seal(SESSION);
  if (ticket === undefined) throw new Error("no key seals");
  return ticket;
}

const nameOf = (ticket: Uint8Array): string => toHex(ticket.subarray(0, 16));
const sharedNames = ({ shared }: Worker): string[] =>
  shared.keys
    .usage()
    .filter((use) => use.isShared)
    .map(({ name }) => toHex(name));

describe("processes that share ticket keys", () => {
  it("have one key from the first look on, whoever is first", async () => {
    const world = new World();
    const [one, two, three] = [world.start(), world.start(), world.start()];
    await Promise.all([one, two, three].map(look));
    const ticket = seal(one);
    for (const { shared } of [two, three])
      expect(shared.keys.open(ticket)).toBeDefined();
    const outcomes = [one, two, three].flatMap(({ events }) =>
      events.map(({ outcome }) => outcome),
    );
    expect(outcomes.filter((outcome) => outcome === "rotated")).toHaveLength(1);
    expect(world.redis.value).toMatch(/^[A-Za-z0-9+/=]+$/);
  });

  it("announce a key before it seals, and one of them writes it", async () => {
    const world = new World();
    const workers = [world.start(), world.start()];
    await Promise.all(workers.map(look));
    const [one, two] = workers;
    if (one === undefined || two === undefined) throw new Error();
    const before = nameOf(seal(one));
    world.now += ROTATE - 3 * REFRESH;
    await Promise.all(workers.map(look));
    expect(sharedNames(one)).toHaveLength(2);
    expect(sharedNames(two)).toEqual(sharedNames(one));
    expect(nameOf(seal(one))).toBe(before);
    world.now += 3 * REFRESH;
    expect(nameOf(seal(one))).not.toBe(before);
    expect(nameOf(seal(two))).toBe(nameOf(seal(one)));
  });

  it("keep sealing without Redis for one more period, then each for itself", async () => {
    const world = new World();
    const [one, two] = [world.start(), world.start()];
    await look(one);
    await look(two);
    world.redis.fault = "unreachable";
    world.now += 2 * ROTATE - 1;
    expect(await look(one)).toBe(false);
    expect(one.events.at(-1)).toMatchObject({ outcome: "failed", keys: 1 });
    expect(two.shared.keys.open(seal(one))).toBeDefined();
    const last = seal(one);
    world.now += 1;
    expect(two.shared.keys.open(seal(one))).toBeUndefined();
    expect(one.shared.keys.open(seal(one))).toBeDefined();
    world.now += LIFETIME - 1;
    expect(two.shared.keys.open(last)).toBeDefined();
    world.now += 1;
    expect(two.shared.keys.open(last)).toBeUndefined();
  });

  it("put back what Redis has lost", async () => {
    const world = new World();
    const [one, two] = [world.start(), world.start()];
    await look(one);
    await look(two);
    const kept = world.redis.value;
    world.redis.value = "";
    await look(two);
    expect(two.events.at(-1)?.outcome).toBe("restored");
    const late = world.start();
    await look(late);
    expect(late.shared.keys.open(seal(one))).toBeDefined();
    expect(world.redis.value).not.toBe(kept);
  });

  it("leave a value alone that their encryption keys do not open", async () => {
    const world = new World();
    const one = world.start();
    await look(one);
    const other = world.start({ encryptionKeys: [new Uint8Array(32)] });
    const before = world.redis.value;
    expect(await look(other)).toBe(false);
    expect(String(other.events.at(-1)?.error)).toContain("encryptionKeys");
    for (const garbage of ["x", "AAAA", `${before}AA==`, before.slice(4)]) {
      world.redis.value = garbage;
      expect(await look(one)).toBe(false);
      expect(world.redis.value).toBe(garbage);
    }
  });

  it("replace the encryption key in two steps", async () => {
    const world = new World();
    const [old, young] = [new Uint8Array(32).fill(1), new Uint8Array(32)];
    const one = world.start({ encryptionKeys: [old] });
    await look(one);
    const two = world.start({ encryptionKeys: [young, old] });
    await look(two);
    expect(two.shared.keys.open(seal(one))).toBeDefined();
    world.now += ROTATE;
    await look(two);
    const three = world.start({ encryptionKeys: [young] });
    expect(await look(three)).toBe(true);
    expect(await look(one)).toBe(false);
  });

  it.each([
    { encryptionKeys: [] },
    { encryptionKeys: [new Uint8Array(31)] },
    { rotationInterval: 0 },
    { rotationInterval: Number.NaN },
    { ticketLifetimeSeconds: -1 },
    { refreshInterval: 100_001 },
    { prefix: "a{b}" },
    { prefix: "" },
    { maxPending: 0 },
    { client: {} as never },
  ])("refuse %j", (options) => {
    expect(() => new World().start(options)).toThrow(TlsUsageError);
  });
});

/** A step of the model; `worker` and `by` are taken modulo. */
type Happening =
  | { readonly type: "pass"; readonly by: number }
  | { readonly type: "look"; readonly worker: number }
  | { readonly type: "seal"; readonly worker: number }
  | { readonly type: "start" }
  | { readonly type: "flush" }
  | { readonly type: "remember" }
  | { readonly type: "setBack" }
  | { readonly type: "fault"; readonly fault: OneValue["fault"] };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      by: fc.integer({ min: 1, max: ROTATE }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.oneof(
      fc.record({ type: fc.constant("look" as const), worker: fc.nat(9) }),
      fc.record({ type: fc.constant("seal" as const), worker: fc.nat(9) }),
    ),
  },
  ...(["start", "flush", "remember", "setBack"] as const).map((type) =>
    fc.record({ type: fc.constant(type) }),
  ),
  fc.record({
    type: fc.constant("fault" as const),
    fault: fc.constantFrom(
      "none" as const,
      "unreachable" as const,
      "answerLost" as const,
    ),
  }),
);

describe("no order of events", () => {
  it("loses a key before its tickets, or seals with one that was not published", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 5, maxLength: 40 }),
        async (happenings) => {
          const world = new World();
          world.start();
          let remembered = "";
          const published = new Set<string>();
          const tickets: { bytes: Uint8Array; until: number }[] = [];
          const workerAt = (index: number): Worker => {
            const worker = world.workers[index % world.workers.length];
            if (worker === undefined) throw new Error();
            return worker;
          };
          for (const next of happenings) {
            if (next.type === "pass") world.now += next.by;
            else if (next.type === "start") world.start();
            else if (next.type === "flush") world.redis.value = "";
            else if (next.type === "remember") remembered = world.redis.value;
            else if (next.type === "setBack") world.redis.value = remembered;
            else if (next.type === "fault") world.redis.fault = next.fault;
            else if (next.type === "look") {
              const worker = workerAt(next.worker);
              await look(worker);
              // What a worker has, Redis has had.
              for (const name of sharedNames(worker)) published.add(name);
            } else {
              const worker = workerAt(next.worker);
              const bytes = seal(worker);
              const sealing = worker.shared.keys
                .usage()
                .find((use) => use.isSealing);
              expect(nameOf(bytes)).toBe(toHex(sealing?.name ?? noBytes));
              if (sealing?.isShared !== true) continue;
              expect(published.has(nameOf(bytes))).toBe(true);
              tickets.push({ bytes, until: world.now + LIFETIME });
            }
            for (const worker of world.workers) {
              const names = knownTo(worker);
              for (const { bytes, until } of tickets)
                if (world.now < until && names.has(nameOf(bytes)))
                  expect(worker.shared.keys.open(bytes)).toBeDefined();
            }
          }
        },
      ),
      runs(60),
    );
  }, 120_000);

  it("that is on schedule makes a ticket useless anywhere in its life", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 1, max: REFRESH }), {
          minLength: 30,
          maxLength: 120,
        }),
        async (count, steps) => {
          const world = new World();
          for (let index = 0; index < count; index++) {
            const worker = world.start();
            await look(worker);
            // They look at different times.
            worker.nextLook += ((index + 1) * REFRESH) / count;
          }
          const tickets: { bytes: Uint8Array; until: number }[] = [];
          const keys = new Set<string>();
          for (const step of steps) {
            world.now += step;
            for (const worker of world.workers) {
              if (world.now >= worker.nextLook) {
                await look(worker);
                worker.nextLook = world.now + REFRESH;
              }
              const bytes = seal(worker);
              keys.add(nameOf(bytes));
              tickets.push({ bytes, until: world.now + LIFETIME });
            }
            for (const { bytes, until } of tickets.slice(-4 * count))
              for (const { shared } of world.workers)
                if (world.now < until)
                  expect(shared.keys.open(bytes)).toBeDefined();
          }
          for (const { bytes, until } of tickets)
            for (const { shared } of world.workers)
              if (world.now < until)
                expect(shared.keys.open(bytes)).toBeDefined();
          // One key for each period, whoever writes.
          const periods = (world.now - T0) / ROTATE;
          expect(keys.size).toBeLessThanOrEqual(Math.ceil(periods) + 1);
        },
      ),
      runs(20),
    );
  }, 120_000);
});

const noBytes = new Uint8Array(0);
const KNOWN = new WeakMap<Worker, Set<string>>();

/** Names of the keys that a worker has ever had. */
function knownTo(worker: Worker): Set<string> {
  const known = KNOWN.get(worker) ?? new Set<string>();
  for (const name of sharedNames(worker)) known.add(name);
  KNOWN.set(worker, known);
  return known;
}
