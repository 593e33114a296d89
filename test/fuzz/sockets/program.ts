/** A run as a value: two ends, what their programs call, what the wire does. */
import fc from "fast-check";
import {
  type Role,
  type WireMutation,
  wireMutation,
} from "../engine/program.ts";
import { SETTING_NAMES } from "./settings.ts";

/** The interfaces of puretls that an end can use. */
export const FACES = ["socket", "object", "server"] as const;
export type Face = (typeof FACES)[number];

/** Functions of the program that a context calls. */
export const CALLBACKS = [
  "sni",
  "alpn",
  "verifier",
  "signer",
  "keylog",
  "onSession",
  "storeTake",
  "storePut",
  "psk",
  "onHandshakeError",
] as const;
export type CallbackName = (typeof CALLBACKS)[number];

/** The ways in which a callback can answer. */
export const MANNERS = [
  "answers",
  "throws",
  "rejects",
  "late",
  "rejectsLate",
  "never",
  "nonsense",
  "swaps",
] as const;
export type Manner = (typeof MANNERS)[number];

export const CALLS = [
  "recv",
  "recvInto",
  "iterate",
  "send",
  "sendMuch",
  "sendFile",
  "doHandshake",
  "ready",
  "keyUpdate",
  "keyUpdateBoth",
  "keyUpdates",
  "shutdownRead",
  "shutdownWrite",
  "shutdownBoth",
  "unwrap",
  "close",
  "destroy",
  "detach",
  "sendEarlyData",
  "readEarlyData",
  "verifyClient",
  "look",
  "setSession",
  "setContext",
  "setTimeout",
  "settle",
  "accept",
  "closeServer",
] as const;
export type CallName = (typeof CALLS)[number];

export type Action =
  | {
      readonly does: "call";
      readonly by: Role;
      readonly call: CallName;
      readonly size: number;
      /** Milliseconds; 0: none. */
      readonly timeout: number;
      /** Index of the signal among those of the run; -1: none. */
      readonly signal: number;
      /** Tells whether to settle all that is pending before the next action. */
      readonly rests: boolean;
    }
  /** Bytes on their way from that side arrive; 0: all of them. */
  | { readonly does: "deliver"; readonly by: Role; readonly size: number }
  | { readonly does: "tick"; readonly size: number }
  | { readonly does: "abort"; readonly signal: number }
  | { readonly does: "break"; readonly by: Role; readonly how: Breakage }
  /** A client that sends nothing connects to an SSLServer. */
  | { readonly does: "knock" };

export const BREAKAGES = [
  "end",
  "reset",
  "resetOddly",
  "stall",
  "resume",
  "closeFails",
] as const;
export type Breakage = (typeof BREAKAGES)[number];

export const ENDINGS = ["drain", "end", "close", "destroy"] as const;

export interface Program {
  readonly target: "sockets";
  readonly setting: string;
  readonly faces: { readonly client: Face; readonly server: Face };
  readonly callbacks: Partial<Record<CallbackName, Manner>>;
  /** Bytes that a direction holds before its writer has to wait. */
  readonly highWaterMark: number;
  /** Bytes at a time that are read from the transport. */
  readonly chunk: number;
  /** Tells whether bytes arrive without being delivered by an action. */
  readonly flows: boolean;
  /** The owner of the timers. */
  readonly timers: "transport" | "platform";
  readonly lends: boolean;
  readonly ragged: boolean;
  readonly atOnce: boolean;
  readonly actions: readonly Action[];
  readonly faults: readonly WireMutation[];
  readonly ending: (typeof ENDINGS)[number];
}

const role = fc.constantFrom<Role>("client", "server");
const signal = fc.oneof(
  { weight: 5, arbitrary: fc.constant(-1) },
  { weight: 1, arbitrary: fc.nat(1) },
);

const call: fc.Arbitrary<Action> = fc.record({
  does: fc.constant("call" as const),
  by: role,
  call: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...CALLS) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<CallName>(
        "recv",
        "send",
        "sendMuch",
        "doHandshake",
      ),
    },
  ),
  size: fc.oneof(fc.nat(300), fc.nat(100_000)),
  timeout: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(1, 50, 1000) },
  ),
  signal,
  rests: fc.boolean(),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: call },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("deliver" as const),
      by: role,
      size: fc.oneof(fc.constant(0), fc.nat(2000)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("tick" as const),
      size: fc.constantFrom(1, 30, 100, 2000, 40_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("abort" as const),
      signal: fc.nat(1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("break" as const),
      by: role,
      how: fc.constantFrom(...BREAKAGES),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ does: "knock" as const }) },
);

/** Most runs have no callback that misbehaves, the others one or two. */
const callbacks = fc
  .array(fc.tuple(fc.constantFrom(...CALLBACKS), fc.constantFrom(...MANNERS)), {
    maxLength: 2,
  })
  .map((list): Partial<Record<CallbackName, Manner>> =>
    Object.fromEntries(list),
  );

export const program: fc.Arbitrary<Program> = fc.record({
  target: fc.constant("sockets" as const),
  setting: fc.constantFrom(...SETTING_NAMES),
  faces: fc.record({
    client: fc.constantFrom<Face>("socket", "socket", "object"),
    server: fc.constantFrom<Face>("socket", "socket", "object", "server"),
  }),
  callbacks: fc.oneof(fc.constant({}), callbacks),
  highWaterMark: fc.constantFrom(1, 2000, 65_536),
  chunk: fc.oneof(
    { weight: 3, arbitrary: fc.constant(65_536) },
    { weight: 1, arbitrary: fc.integer({ min: 20, max: 2000 }) },
  ),
  flows: fc.oneof(fc.constant(true), fc.boolean()),
  timers: fc.constantFrom("transport" as const, "platform" as const),
  lends: fc.boolean(),
  ragged: fc.boolean(),
  atOnce: fc.boolean(),
  actions: fc.array(action, { maxLength: 14 }),
  faults: fc.oneof(fc.constant([]), fc.array(wireMutation, { maxLength: 3 })),
  ending: fc.constantFrom(...ENDINGS),
});
