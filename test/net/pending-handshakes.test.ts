import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PendingHandshakes } from "../../src/net/pending-handshakes.ts";

interface One {
  readonly born: number;
  bytes: number;
}

describe("PendingHandshakes", () => {
  it("finds one that has received least, to a factor of two or 32 bytes", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant("add" as const),
            fc.constant("evict" as const),
            fc.nat(40),
            fc.record({ which: fc.nat(40), bytes: fc.nat(5000) }),
          ),
        ),
        (steps) => {
          const pending = new PendingHandshakes<One>(({ bytes }) => bytes);
          const model: One[] = [];
          for (const [born, step] of steps.entries())
            if (step === "add") {
              const one = { born, bytes: 0 };
              model.push(one);
              pending.add(one);
            } else if (step === "evict") {
              const least = pending.least();
              const bytes = Math.min(...model.map((one) => one.bytes));
              expect(least === undefined).toBe(model.length === 0);
              if (least === undefined) continue;
              if (bytes < 32)
                expect(least.bytes).toBeLessThanOrEqual(2 * bytes);
              // Of those that are silent it is the oldest.
              if (least.bytes === 0)
                expect(least).toBe(model.find((one) => one.bytes === 0));
              pending.delete(least);
              model.splice(model.indexOf(least), 1);
            } else if (typeof step === "number") {
              const [gone] = model.splice(step, 1);
              if (gone !== undefined) pending.delete(gone);
            } else {
              const one = model[step.which];
              if (one !== undefined) one.bytes += step.bytes;
            }
          expect(pending.size).toBe(model.length);
          expect(new Set(pending.values())).toEqual(new Set(model));
        },
      ),
    );
  });

  it("long hellos that stop do not push honest ones out", () => {
    const pending = new PendingHandshakes<One>(({ bytes }) => bytes);
    let born = 0;
    const arrive = (bytes: number): One => {
      if (pending.size === 512) {
        const least = pending.least();
        if (least !== undefined) pending.delete(least);
      }
      const one = { born: born++, bytes: 0 };
      pending.add(one);
      one.bytes = bytes;
      return one;
    };
    for (let i = 0; i < 1000; i++) arrive(2048);
    const honest = arrive(250);
    for (let i = 0; i < 500; i++) arrive(2048);
    expect([...pending.values()]).toContain(honest);
  });

  it("looks at each a few times in all, however many are evicted", () => {
    let looks = 0;
    const pending = new PendingHandshakes<One>(({ bytes }) => {
      looks++;
      return bytes;
    });
    const some: One[] = [];
    for (let born = 0; born < 512; born++) {
      const one = { born, bytes: 0 };
      some.push(one);
      pending.add(one);
    }
    // All move on, and then each newcomer costs one of them its place.
    for (const one of some) one.bytes = 1 + one.born;
    for (let born = 512; born < 4096; born++) {
      const least = pending.least();
      if (least !== undefined) pending.delete(least);
      pending.add({ born, bytes: 0 });
    }
    expect(pending.size).toBe(512);
    expect(looks).toBeLessThan(4096 + 2 * 512);
  });
});
