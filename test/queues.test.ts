/** Queues whose work does not depend on how their bytes were cut. */
import { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryBIO, memoryPair, type Transport } from "../src/index.ts";
import { fromNodeSocket } from "../src/net/node.ts";
import { ByteQueue, Fifo } from "../src/queues.ts";

/** Bytes that a run copies, and elements of arrays that it moves. */
function work(run: () => void): { copied: number; moved: number } {
  const counted = { copied: 0, moved: 0 };
  const typed = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  const { set } = typed;
  const { shift, slice } = Array.prototype;
  const patch = (target: object, name: string, value: unknown): void => {
    Object.defineProperty(target, name, {
      value,
      configurable: true,
      writable: true,
    });
  };
  patch(typed, "set", function (this: Uint8Array, from: Uint8Array, at = 0) {
    counted.copied += from.length;
    set.call(this, from, at);
  });
  patch(Array.prototype, "shift", function (this: unknown[]) {
    counted.moved += this.length;
    return shift.call(this) as unknown;
  });
  patch(
    Array.prototype,
    "slice",
    function (this: unknown[], from?: number, to?: number) {
      const part: unknown[] = slice.call(this, from, to);
      counted.moved += part.length;
      return part;
    },
  );
  try {
    run();
  } finally {
    patch(typed, "set", set);
    patch(Array.prototype, "shift", shift);
    patch(Array.prototype, "slice", slice);
  }
  return counted;
}

const SINGLE_BYTES = 120_000;

describe("Fifo", () => {
  it("moves each item once or twice, however many wait", () => {
    const fifo = new Fifo<number>();
    const { moved } = work(() => {
      for (let i = 0; i < 100_000; i++) fifo.push(i);
      for (let i = 0; i < 100_000; i++)
        if (fifo.shift() !== i) throw new Error(String(i));
    });
    expect(moved).toBeLessThan(200_000);
    expect([fifo.length, fifo.shift(), fifo.peek()]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });

  it("gives what was added, in order, with the first one replaced", () => {
    const fifo = new Fifo<number>();
    for (const item of [1, 2, 3, 4]) fifo.push(item);
    expect([fifo.shift(), fifo.peek(), fifo.length]).toEqual([1, 2, 3]);
    fifo.replaceFirst(7);
    expect(fifo.takeAll()).toEqual([7, 3, 4]);
    expect(fifo.length).toBe(0);
  });
});

describe("ByteQueue", () => {
  it("is a queue of bytes, whatever is done with it", () => {
    const piece = fc
      .tuple(
        fc.constantFrom(0, 1, 2, 3, 100, 255, 256, 1023, 1024, 1025, 20_000),
        fc.integer({ min: 0, max: 255 }),
      )
      .map(([length, first]) =>
        Uint8Array.from({ length }, (_, i) => (first + i) & 255),
      );
    const step = fc.oneof(
      fc.record({ do: fc.constant("push" as const), piece }),
      fc.record({ do: fc.constant("unshift" as const), piece }),
      fc.record({
        do: fc.constantFrom("shift", "take", "view", "peek", "clear"),
        length: fc.constantFrom(0, 1, 2, 5, 100, 1000, 1024, 30_000),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new ByteQueue();
        let model: number[] = [];
        const given: [Uint8Array, number[]][] = [];
        for (const each of steps) {
          if ("piece" in each) {
            const own = each.piece.slice();
            if (each.do === "push") model.push(...own);
            else model = [...own, ...model];
            queue[each.do](own);
          } else if (each.do === "peek")
            expect(queue.peek(each.length)).toBe(model[each.length]);
          else if (each.do === "clear") {
            queue.clear();
            model = [];
          } else {
            const got =
              each.do === "shift"
                ? queue.shift()
                : each.do === "view"
                  ? queue.view(each.length)
                  : queue.take(each.length);
            if (each.do !== "shift")
              expect(got.length).toBe(Math.min(each.length, model.length));
            else expect(got.length > 0).toBe(model.length > 0);
            given.push([got, model.splice(0, got.length)]);
          }
          expect(queue.length).toBe(model.length);
        }
        // Whatever came later has changed nothing that was given out.
        for (const [got, wanted] of given)
          expect(Buffer.from(got).equals(Buffer.from(wanted))).toBe(true);
        expect([...queue.take(model.length)]).toEqual(model);
      }),
      { numRuns: 300 },
    );
  });

  for (const size of [1, 3, 100, 1023, 1024, 5000])
    it(`accepts pieces of ${size.toString()} bytes for the same work`, () => {
      const queue = new ByteQueue();
      const total = 300_000;
      let most = 0;
      let got = 0;
      const { copied, moved } = work(() => {
        for (let at = 0; at < total; at += size)
          queue.push(new Uint8Array(size));
        most = queue.chunks;
        while (queue.length > 0) got += queue.shift().length;
      });
      expect(got).toBe(Math.ceil(total / size) * size);
      expect(most).toBeLessThan(total / 512 + 8);
      expect(copied).toBeLessThan(3 * total);
      expect(moved).toBeLessThan(4 * most);
    });

  it("holds little more memory than bytes when sizes alternate", () => {
    const queue = new ByteQueue();
    for (let i = 0; i < 1000; i++) {
      queue.push(new Uint8Array(1024));
      queue.push(new Uint8Array(1));
    }
    const buffers = new Set<ArrayBufferLike>();
    while (queue.length > 0) buffers.add(queue.shift().buffer);
    let memory = 0;
    for (const { byteLength } of buffers) memory += byteLength;
    expect(memory).toBeLessThan(4 * 1_025_000);
  });
});

describe("single bytes that no call waits for", () => {
  it("are few pieces in a MemoryBIO", () => {
    const bio = new MemoryBIO();
    const { copied, moved } = work(() => {
      for (let i = 0; i < SINGLE_BYTES; i++) bio.write(Uint8Array.of(i));
      for (let i = 0; i < SINGLE_BYTES; i += 4) bio.read(4);
    });
    expect(copied).toBeLessThan(6 * SINGLE_BYTES);
    expect(moved).toBeLessThan(SINGLE_BYTES);
  });

  const transports: Record<string, () => [Transport, () => void]> = {
    "a node stream": () => {
      const stream = new Duplex({ read: () => undefined });
      const transport = fromNodeSocket(stream);
      return [transport, () => stream.emit("data", Buffer.of(1))];
    },
    "a memory pair": () => {
      const [near, far] = memoryPair({ highWaterMark: 1 << 20 });
      return [far, () => void near.write(Uint8Array.of(1))];
    },
  };
  for (const [name, make] of Object.entries(transports))
    it(`are few pieces from ${name}`, async () => {
      const [transport, give] = make();
      for (let i = 0; i < SINGLE_BYTES; i++) give();
      expect(transport.buffered).toBe(SINGLE_BYTES);
      let got = 0;
      let reads = 0;
      for (; got < SINGLE_BYTES; reads++)
        got += (await transport.read())?.length ?? 0;
      expect(reads).toBeLessThan(SINGLE_BYTES / 512);
      transport.abort();
    });
});
