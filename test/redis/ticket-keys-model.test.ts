/**
 * A model of workers that look into a Redis for their ticket keys, lose its
 * answers, find it empty or set back, with clocks that are wrong and are set. No
 * order of events makes a worker forget a key before its tickets, seal with a key
 * that nobody else can have, or with one key for long; where all goes well every
 * ticket opens everywhere.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { T0 } from "../support/sessions.ts";
import { runs } from "../support/thorough.ts";
import {
  LIFETIME,
  look,
  nameOf,
  type OneValue,
  REFRESH,
  ROTATE,
  seal,
  SECOND,
  sharedNames,
  type Worker,
  World,
  YEAR,
} from "./world.ts";

/** From a key's publication to its last seal. */
const LONGEST_SEAL = 3 * REFRESH + 2 * ROTATE;

/** A step of the model; `worker` and `by` are taken modulo. */
type Happening =
  | { readonly type: "pass"; readonly by: number }
  | { readonly type: "step"; readonly worker: number; readonly by: number }
  | { readonly type: "look"; readonly worker: number }
  | { readonly type: "seal"; readonly worker: number }
  | { readonly type: "start"; readonly isAhead: number }
  | { readonly type: "flush" }
  | { readonly type: "remember" }
  | { readonly type: "setBack" }
  | { readonly type: "fault"; readonly fault: OneValue["fault"] };

/** Milliseconds by which a clock is ahead, or is set forward. */
const wrongBy = fc.oneof(
  fc.integer({ min: -30 * SECOND, max: 30 * SECOND }),
  fc.integer({ min: -3 * ROTATE, max: 3 * ROTATE }),
  fc.constantFrom(YEAR, -YEAR),
);

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
  ...(["flush", "remember", "setBack"] as const).map((type) =>
    fc.record({ type: fc.constant(type) }),
  ),
  fc.record({ type: fc.constant("start" as const), isAhead: wrongBy }),
  fc.record({
    type: fc.constant("step" as const),
    worker: fc.nat(9),
    by: wrongBy,
  }),
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
          /** Workers whose clock was set forward since they looked. */
          const wasSet = new Set<Worker>();
          const firstSeen = new Map<string, number>();
          const tickets: { bytes: Uint8Array; until: number }[] = [];
          const workerAt = (index: number): Worker => {
            const worker = world.workers[index % world.workers.length];
            if (worker === undefined) throw new Error();
            return worker;
          };
          for (const next of happenings) {
            if (next.type === "pass") world.now += next.by;
            else if (next.type === "start") world.start({}, next.isAhead);
            else if (next.type === "step") {
              const worker = workerAt(next.worker);
              worker.clock.isAhead += next.by;
              if (next.by > 0) wasSet.add(worker);
            } else if (next.type === "flush") world.redis.value = "";
            else if (next.type === "remember") remembered = world.redis.value;
            else if (next.type === "setBack") world.redis.value = remembered;
            else if (next.type === "fault") world.redis.fault = next.fault;
            else if (next.type === "look") {
              const worker = workerAt(next.worker);
              if (await look(worker)) wasSet.delete(worker);
              // What a worker has, Redis has had.
              for (const name of sharedNames(worker)) {
                published.add(name);
                if (!firstSeen.has(name)) firstSeen.set(name, world.now);
              }
            } else {
              const worker = workerAt(next.worker);
              const bytes = seal(worker);
              const sealing = worker.shared.keys
                .usage()
                .find((use) => use.isSealing);
              expect(nameOf(bytes)).toBe(toHex(sealing?.name ?? noBytes));
              if (sealing?.isShared !== true) continue;
              expect(published.has(nameOf(bytes))).toBe(true);
              const since = firstSeen.get(nameOf(bytes)) ?? 0;
              expect(world.now - since).toBeLessThan(LONGEST_SEAL);
              tickets.push({ bytes, until: world.now + LIFETIME });
            }
            for (const worker of world.workers) {
              const names = knownTo(worker);
              if (wasSet.has(worker)) continue;
              for (const { bytes, until } of tickets)
                if (world.now < until && names.has(nameOf(bytes)))
                  expect(worker.shared.keys.open(bytes)).toBeDefined();
            }
          }
        },
      ),
      { ...runs(300), endOnFailure: true },
    );
  }, 120_000);

  it("that is on schedule makes a ticket useless anywhere in its life", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(wrongBy, { minLength: 1, maxLength: 4 }),
        fc.array(
          fc.record({
            by: fc.integer({ min: 1, max: REFRESH }),
            // Before a look, at which the worker learns of it.
            set: fc.option(wrongBy, { freq: 4, nil: 0 }),
          }),
          { minLength: 30, maxLength: 120 },
        ),
        async (ahead, steps) => {
          const world = new World();
          const count = ahead.length;
          for (const [index, by] of ahead.entries()) {
            const worker = world.start({}, by);
            await look(worker);
            // They look at different times.
            worker.nextLook += ((index + 1) * REFRESH) / count;
          }
          const tickets: { bytes: Uint8Array; until: number }[] = [];
          const keys = new Set<string>();
          const published = new Set<string>();
          const wasSet = new Set<Worker>();
          for (const { by, set } of steps) {
            world.now += by;
            for (const worker of world.workers) {
              if (world.now >= worker.nextLook) {
                if (set > 0) wasSet.add(worker);
                worker.clock.isAhead += set;
                await look(worker);
                worker.nextLook = world.now + REFRESH;
              }
              for (const name of sharedNames(worker)) published.add(name);
              const bytes = seal(worker);
              // One that jumped may seal for itself until the next rotation.
              if (!sharedNames(worker).includes(nameOf(bytes)))
                expect(wasSet.has(worker)).toBe(true);
              else {
                keys.add(nameOf(bytes));
                tickets.push({ bytes, until: world.now + LIFETIME });
              }
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
          expect(published.size).toBeGreaterThanOrEqual(Math.floor(periods));
        },
      ),
      { ...runs(20), endOnFailure: true },
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
