/**
 * Ticket keys that processes share: their rotation, what a Redis that loses or
 * denies them costs, and clocks that are wrong. Their model is beside this file.
 */
import { describe, expect, it, vi } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { TlsUsageError } from "../../src/engine/index.ts";
import { redisSessionStore, redisTicketKeys } from "../../src/redis/index.ts";
import {
  LIFETIME,
  look,
  nameOf,
  OneValue,
  REFRESH,
  ROTATE,
  seal,
  SECOND,
  sharedNames,
  World,
  YEAR,
} from "./world.ts";

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
    [undefined, /^encryptionKeys: undefined; an array/],
    [
      new Uint8Array(32),
      /^encryptionKeys: one key of 32 bytes without an array/,
    ],
    ["00".repeat(32), /^encryptionKeys: text; an array/],
    [[], /^encryptionKeys: an empty array; an array/],
    [["00".repeat(32)], /^encryptionKeys: text as number 1; an array/],
    [
      [new Uint8Array(32), new Uint8Array(31)],
      /^encryptionKeys: a key of 31 bytes as number 2; an array/,
    ],
  ])(
    "refuse encryption keys that are none, and say how to make one",
    (given, says) => {
      const encryptionKeys = given as never;
      for (const make of [
        () => new World().start({ encryptionKeys }),
        () =>
          redisSessionStore({
            client: { call: () => Promise.resolve(null) },
            provider: noble,
            encryptionKeys,
          }),
      ]) {
        expect(make).toThrow(TlsUsageError);
        expect(make).toThrow(says);
        expect(make).toThrow(/32 bytes is allowed.*openssl rand 32/);
        expect(make).not.toThrow(/0000/);
      }
    },
  );

  it("are looked for each second until they are there, and then each minute", async () => {
    vi.useFakeTimers();
    const redis = new OneValue(() => Date.now());
    redis.fault = "unreachable";
    const outcomes: string[] = [];
    const shared = redisTicketKeys({
      client: { call: redis.call },
      provider: noble,
      encryptionKeys: [new Uint8Array(32)],
      onRefresh: ({ outcome }) => outcomes.push(outcome),
    });
    try {
      await expect(shared.refresh()).rejects.toThrow(); // It is still connecting.
      await vi.advanceTimersByTimeAsync(2999);
      redis.fault = "none";
      await vi.advanceTimersByTimeAsync(1);
      expect(outcomes).toEqual(["failed", "failed", "failed", "rotated"]);
      await vi.advanceTimersByTimeAsync(118_000);
      expect(outcomes.slice(4)).toEqual(["unchanged", "unchanged"]);
      shared.close();
      await vi.advanceTimersByTimeAsync(600_000);
      expect(outcomes).toHaveLength(6);
    } finally {
      shared.close();
      vi.useRealTimers();
    }
  });

  it("do not decrypt a value of megabytes", async () => {
    const world = new World();
    const one = world.start();
    await look(one);
    world.redis.value = "A".repeat(4_000_000);
    expect(await look(one)).toBe(false);
    expect(world.redis.longestSent).toBeLessThan(100_000);
    expect(one.events.at(-1)?.outcome).toBe("failed");
  });

  it.each([
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

describe("a clock that is wrong", () => {
  it.each([
    ["a year ahead", YEAR],
    ["a year behind", -YEAR],
  ])("by %s changes nothing for the others, nor for itself", async (_, by) => {
    const world = new World();
    const [good, wrong] = [world.start(), world.start({}, by)];
    const names = new Set<string>();
    await look(wrong); // It makes the first key.
    for (let minute = 0; minute < 60; minute++) {
      await look(wrong);
      await look(good);
      expect(good.shared.keys.open(seal(wrong))).toBeDefined();
      expect(wrong.shared.keys.open(seal(good))).toBeDefined();
      names.add(nameOf(seal(good)));
      world.now += 60 * SECOND;
    }
    expect(names.size).toBe(6); // An hour, and a key each ten minutes.
  });

  it("while Redis is away lets no key seal for longer", async () => {
    const world = new World();
    const one = world.start();
    await look(one);
    const shared = nameOf(seal(one));
    world.redis.fault = "unreachable";
    for (let minute = 0; minute < 20; minute++) {
      expect(nameOf(seal(one))).toBe(shared);
      one.clock.isAhead -= (minute % 3) * 3600 * SECOND;
      expect(nameOf(seal(one))).toBe(shared);
      world.now += 60 * SECOND;
    }
    expect(nameOf(seal(one))).not.toBe(shared);
  });

  it("of Redis that stands still lets no key seal for longer", async () => {
    const world = new World();
    const one = world.start();
    await look(one);
    const shared = nameOf(seal(one));
    for (let minute = 0; minute < 20; minute++) {
      world.now += 60 * SECOND;
      world.redisIsAhead -= 60 * SECOND;
      await look(one);
    }
    expect(nameOf(seal(one))).not.toBe(shared);
  });

  it("of Redis that was ahead stops no rotation, and loses no ticket", async () => {
    const world = new World();
    const [one, two] = [world.start(), world.start()];
    world.redisIsAhead = YEAR;
    await look(one);
    await look(two);
    const [ticket, before] = [seal(one), nameOf(seal(one))];
    world.redisIsAhead = 0;
    const names = new Set<string>();
    for (let minute = 0; minute < 14; minute++) {
      await look(one);
      await look(two);
      names.add(nameOf(seal(one)));
      expect(two.shared.keys.open(seal(one))).toBeDefined();
      expect(two.shared.keys.open(ticket)).toBeDefined();
      world.now += 60 * SECOND;
    }
    expect([...names]).toHaveLength(3);
    expect([...names][0]).toBe(before);
  });
});
