/**
 * A model check of the register's design: workers whose clocks differ, a Redis
 * that is restarted with nothing or with an old file, replicas that lag and
 * have clocks of their own, or wrong ones that are set. No order of events
 * accepts the same early data twice.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { redisStrikeRegister } from "../../src/redis/index.ts";
import { runs } from "../support/thorough.ts";
import { decide, type RegisterState } from "./register-model.ts";

/** RFC 9846 8.3: as the engine has it. */
const WINDOW = 10_000;
const TOLERANCE = 2000;

type Happening =
  | { readonly type: "pass"; readonly milliseconds: number }
  | { readonly type: "offer"; readonly worker: number; readonly flight: number }
  | { readonly type: "save" }
  | { readonly type: "flush" }
  | { readonly type: "load"; readonly clock: number }
  | { readonly type: "set"; readonly clock: number };

/** @param clock milliseconds by which that of Redis may be wrong */
const happeningsWith = (
  clock: fc.Arbitrary<number>,
): fc.Arbitrary<Happening>[] => [
  fc.record({
    type: fc.constant("pass" as const),
    milliseconds: fc.oneof(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1000, max: 30_000 }),
    ),
  }),
  ...Array.from({ length: 5 }, () =>
    fc.record({
      type: fc.constant("offer" as const),
      worker: fc.nat(3),
      flight: fc.nat(2),
    }),
  ),
  fc.record({ type: fc.constant("save" as const) }),
  fc.record({ type: fc.constant("flush" as const) }),
  fc.record({ type: fc.constant("load" as const), clock }),
];
const RIGHT = fc.integer({ min: -TOLERANCE / 2, max: TOLERANCE / 2 });
const WRONG = fc.oneof(RIGHT, fc.integer({ min: -60_000, max: 60_000 }));

const copyOf = ({ run, epoch, strikes }: RegisterState): RegisterState => ({
  run,
  epoch: epoch && { ...epoch },
  strikes: new Map(strikes),
});

interface Rules {
  readonly looksAtRun: boolean;
  readonly looksAtClock: boolean;
}

/** Tells whether a flight is accepted twice in that order of events. */
function isAcceptedTwice(
  clocks: readonly number[],
  happenings: readonly Happening[],
  rules: Rules = { looksAtRun: true, looksAtClock: true },
): boolean {
  let now = 100_000;
  let ofRedis = 0;
  let restarts = 0;
  let state: RegisterState = {
    run: "0",
    epoch: { run: "0", since: 0 },
    strikes: new Map(),
  };
  let saved = copyOf(state);
  const accepted = new Map<number, number>();
  /** The time at which each flight was made. */
  const made = [now, now + 12_000, now + 40_000];
  for (const next of happenings) {
    if (next.type === "pass") now += next.milliseconds;
    else if (next.type === "save") saved = copyOf(state);
    else if (next.type === "set") ofRedis = next.clock;
    else if (next.type === "flush") {
      state = { run: `${++restarts}`, epoch: undefined, strikes: new Map() };
    } else if (next.type === "load") {
      state = { ...copyOf(saved), run: `${++restarts}` };
      ofRedis = next.clock;
    } else {
      const callerNow = now + (clocks[next.worker] ?? 0);
      const at = made[next.flight] ?? 0;
      if (Math.abs(callerNow - at) > WINDOW) continue;
      if (!rules.looksAtRun && state.epoch) state.epoch.run = state.run;
      const answer = decide(state, now + ofRedis, {
        key: String(next.flight),
        keep: 2 * WINDOW + 2 * TOLERANCE,
        callerNow,
        tolerance: rules.looksAtClock ? TOLERANCE : Infinity,
      });
      // A caller that is not asked for its clock is not asked to wait for ever.
      if (answer === "first")
        accepted.set(next.flight, (accepted.get(next.flight) ?? 0) + 1);
    }
  }
  return [...accepted.values()].some((times) => times > 1);
}

const ordersOf = (
  clock: fc.Arbitrary<number>,
  happenings: fc.Arbitrary<Happening>[],
) =>
  fc.tuple(
    fc.array(clock, { minLength: 4, maxLength: 4 }),
    fc.array(fc.oneof(...happenings), { minLength: 4, maxLength: 40 }),
  );
/** Workers' clocks are wrong, and that of Redis is right. */
const orders = ordersOf(
  fc.integer({ min: -15_000, max: 15_000 }),
  happeningsWith(RIGHT),
);
/** Workers' clocks are right; that of Redis is wrong, and is set. */
const ordersOfRedis = ordersOf(RIGHT, [
  ...happeningsWith(WRONG),
  fc.record({ type: fc.constant("set" as const), clock: WRONG }),
]);

describe("the id of a register", () => {
  const idOf = (more: object = {}): string =>
    redisStrikeRegister({
      client: { call: () => Promise.resolve("first") },
      provider: noble,
      ...more,
    }).id.join();

  it("is that of the same settings alone: each of them says what is struck, and for how long", () => {
    const ids = [
      {},
      { prefix: "other" },
      { name: "other" },
      { shards: 16 },
      { clockTolerance: 60_000 },
    ].map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(idOf({ clockTolerance: 2000, shards: 1, name: "puretls" })).toBe(
      ids[0],
    );
  });
});

describe("the strike register", () => {
  it("accepts no early data twice, in whatever order things happen", () => {
    fc.assert(
      fc.property(orders, ([clocks, happenings]) => {
        expect(isAcceptedTwice(clocks, happenings)).toBe(false);
      }),
      runs(30_000),
    );
  });

  it("accepts none twice while the clock of Redis is wrong, and is set", () => {
    fc.assert(
      fc.property(ordersOfRedis, ([clocks, happenings]) => {
        expect(isAcceptedTwice(clocks, happenings)).toBe(false);
      }),
      runs(30_000),
    );
  });

  it("would, if a restart went unnoticed", () => {
    const found = fc.check(
      fc.property(
        orders,
        ([clocks, happenings]) =>
          !isAcceptedTwice(clocks, happenings, {
            looksAtRun: false,
            looksAtClock: true,
          }),
      ),
      { numRuns: 20_000, seed: 1 },
    );
    expect(found.failed).toBe(true);
  });
});
