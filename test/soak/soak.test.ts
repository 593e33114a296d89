/** The soak's own parts: its plan, and that each fault is noticed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Receiver, streamBytes } from "./bytes.ts";
import { main } from "./main.ts";
import { type FaultKind, FAULTS, type Program, programsOf } from "./plan.ts";
import { run } from "./run.ts";
import { World } from "./world.ts";

it("the same seed is the same plan", () => {
  const plan = programsOf(7, 3, 200);
  expect(programsOf(7, 3, 200)).toEqual(plan);
  expect(programsOf(8, 3, 200)).not.toEqual(plan);
  const kinds = new Set(plan.map(({ fault }) => fault.kind));
  expect(kinds.size).toBe(Object.keys(FAULTS).length);
});

it("a receiver finds wrong bytes, too many and too few", () => {
  const receiver = (length: number, change?: number): Receiver => {
    const one = new Receiver(5, 1000);
    const bytes = streamBytes(5, 0, length);
    if (change !== undefined) bytes[change] = (bytes[change] ?? 0) ^ 1;
    one.take(bytes.subarray(0, 333));
    one.take(bytes.subarray(333));
    one.end();
    return one;
  };
  expect(receiver(1000).complete).toBe(true);
  expect(receiver(1000).wrong).toBeUndefined();
  expect(receiver(999).complete).toBe(false);
  expect(receiver(1000, 500).wrong).toBe("byte 500 is wrong");
  expect(receiver(1001).wrong).toBe("1001 bytes came of 1000");
});

it("arguments are checked", async () => {
  expect(await main(["--seconds", "x"])).toBe(2);
  expect(await main(["--what"])).toBe(2);
});

describe("a wire that", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  it.each(Object.keys(FAULTS) as FaultKind[])("does %s", async (kind) => {
    const program: Program = {
      client: "socket",
      server: "socket",
      version: "TLSv1.3",
      mode: "both ways",
      fault: { kind, direction: "toClient", record: 5, at: 77, size: 50 },
      up: 50_000,
      down: 200_000,
      chunk: 10_000,
      suppressRaggedEofs: false,
      provider: "node",
      seed: 9,
    };
    const outcome = await run(program, world);
    if (FAULTS[kind] === "harmless") expect(outcome).toBe(`${kind}: end, end`);
    else expect(outcome).toMatch(/: (error|truncated|timeout), /);
  });
});
