/** A run as a value: the connection, the hostile side, and the changes. */
import fc from "fast-check";
import { CHANGES } from "./mutate.ts";
import { SCENARIO_NAMES } from "./scenarios.ts";

export const MESSAGE_CHANGES = [
  ...CHANGES,
  "omit",
  "repeat",
  "delay",
  "inject",
  "replace",
] as const;

export const RECORD_CHANGES = [
  "type",
  "flip",
  "cut",
  "empty",
  "pad",
  "grow",
  "split",
  "repeat",
  "omit",
  "inject",
] as const;

export const WIRE_CHANGES = [
  "flip",
  "insert",
  "remove",
  "truncate",
  "length",
  "version",
  "type",
  "drop",
  "repeat",
  "swap",
  "inject",
  "split",
  "merge",
  "ccs",
  "alert",
  "message",
  "end",
] as const;

export type Mutation =
  | {
      readonly on: "message";
      /** Index of the message among those of the hostile side, from 0. */
      readonly at: number;
      readonly change: (typeof MESSAGE_CHANGES)[number];
      readonly a: number;
      readonly b: number;
      /** Tells whether the hostile side's transcript has the change too. */
      readonly agreed: boolean;
    }
  | {
      readonly on: "record";
      /**
       * Index of the record among those of the hostile side, before they are
       * protected.
       */
      readonly at: number;
      readonly change: (typeof RECORD_CHANGES)[number];
      readonly a: number;
      readonly b: number;
    }
  | {
      readonly on: "wire";
      readonly from: Role;
      /** Index of the record on the wire among those of that side. */
      readonly at: number;
      readonly change: (typeof WIRE_CHANGES)[number];
      readonly a: number;
      readonly b: number;
    };

export type Role = "client" | "server";

/** A step of one side's program, taken when no bytes are under way. */
export interface Step {
  readonly by: Role;
  readonly does: (typeof STEPS)[number];
  /** Bytes of data, or the message that a hostile side sends. */
  readonly size: number;
}

const STEPS = ["write", "update", "updateBoth", "ask", "close", "say"] as const;

export interface Program {
  readonly target: "engine";
  readonly scenario: string;
  readonly provider: "node" | "noble";
  /** The side that changes what it sends; "wire": neither does. */
  readonly hostile: Role | "wire";
  /** Bytes at a time that are delivered; 0: whole records. */
  readonly chunk: number;
  readonly steps: readonly Step[];
  readonly mutations: readonly Mutation[];
}

const role = fc.constantFrom<Role>("client", "server");
// The first ones decide most: hellos, what follows them, and Finished.
const at = fc.oneof(
  { weight: 3, arbitrary: fc.nat(2) },
  { weight: 3, arbitrary: fc.nat(6) },
  { weight: 1, arbitrary: fc.nat(20) },
);
const number = fc.nat(0xffff);

/** Changes after which a message is still one: these get furthest. */
const WELL_FORMED = ["drop", "swap", "double", "number"] as const;

const messageMutation = fc.record({
  on: fc.constant("message" as const),
  at,
  change: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...MESSAGE_CHANGES) },
    { weight: 1, arbitrary: fc.constantFrom(...WELL_FORMED) },
  ),
  a: number,
  b: number,
  agreed: fc.boolean(),
});

const recordMutation = fc.record({
  on: fc.constant("record" as const),
  at,
  change: fc.constantFrom(...RECORD_CHANGES),
  a: number,
  b: number,
});

export type WireMutation = Extract<Mutation, { on: "wire" }>;

export const wireMutation: fc.Arbitrary<WireMutation> = fc.record({
  on: fc.constant("wire" as const),
  from: role,
  at,
  change: fc.constantFrom(...WIRE_CHANGES),
  a: number,
  b: number,
});

const onWire: fc.Arbitrary<Mutation> = wireMutation;
const byPeer: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 2, arbitrary: messageMutation },
  { weight: 1, arbitrary: recordMutation },
);

const step = fc.record({
  by: role,
  does: fc.constantFrom(...STEPS),
  size: fc.oneof(fc.nat(300), fc.nat(40_000)),
});

/** Programs with all kinds of mutations where a side is hostile. */
export const program: fc.Arbitrary<Program> = fc
  .constantFrom<Role | "wire">("client", "server", "wire")
  .chain((hostile) =>
    fc.record({
      target: fc.constant("engine" as const),
      scenario: fc.constantFrom(...SCENARIO_NAMES),
      provider: fc.oneof(
        { weight: 9, arbitrary: fc.constant("node" as const) },
        { weight: 1, arbitrary: fc.constant("noble" as const) },
      ),
      hostile: fc.constant(hostile),
      chunk: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 700 }) },
      ),
      steps: fc.array(step, { maxLength: 5 }),
      mutations: fc.array(hostile === "wire" ? onWire : byPeer, {
        maxLength: 4,
      }),
    }),
  );
