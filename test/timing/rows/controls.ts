/**
 * Rows that show the differences that this program can see, and those that it
 * cannot.
 */
import { equal } from "../../../src/bytes.ts";
import type { Random } from "../random.ts";
import type { Row, Subject } from "../row.ts";

const LENGTH = 32;
/** A comparison alone takes less than the clock can tell. */
const TIMES = 64;

export const controlRows: readonly Row[] = [
  {
    name: "control: the same class twice",
    provider: "noble",
    classes: ["first byte wrong", "first byte wrong"],
    samples: 60_000,
    make: (random) => subject(random, equal, [0, 0]),
  },
  {
    name: "control: equal, 64 times",
    provider: "noble",
    classes: ["first byte wrong", "last byte wrong"],
    samples: 60_000,
    make: (random) => subject(random, equal, [0, LENGTH - 1]),
  },
  {
    name: "control: an early exit, 64 times",
    provider: "noble",
    classes: ["first byte wrong", "last byte wrong"],
    samples: 60_000,
    make: (random) => subject(random, careless, [0, LENGTH - 1]),
  },
];

function subject(
  random: Random,
  compare: (a: Uint8Array, b: Uint8Array) => boolean,
  places: readonly [number, number],
): Subject {
  const [right, input] = [random.bytes(LENGTH), new Uint8Array(LENGTH)];
  return {
    prepare(which) {
      random.fill(right);
      input.set(right);
      const at = places[which];
      input[at] = (input[at] ?? 0) ^ 1;
    },
    run() {
      for (let i = 0; i < TIMES; i++)
        if (compare(right, input)) throw new Error("equal");
    },
  };
}

function careless(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
