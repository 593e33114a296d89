/** A move and the parts that moves are made of. */
import * as fc from "fast-check";
import type { Change } from "../message/edits.ts";
import type { LabMessage } from "../names.ts";
import type { Action, Rule } from "../scenario/steps.ts";

/** "fail": the peer must not connect. "connect": it must. "either": no RFC decides. */
export type Must = "fail" | "connect" | "either";

/** One thing that goes wrong, in the handshake or behind it. */
export interface Move {
  /** For coverage. */
  readonly kind: string;
  readonly must: Must;
  readonly rules: readonly Rule[];
  /** Sent when the handshake is done. */
  readonly after: readonly Action[];
}

export const hexOf = (max: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ maxLength: max })
    .map((bytes) =>
      Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    );

export const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 0xff, 0x0301, 0x0302, 0x0303, 0x0304, 0xffff),
  fc.nat(0xffff),
);

export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    change: fc.constant("flip" as const),
    bit: fc.integer({ min: -64, max: 64 }),
  }),
  fc.record({
    change: fc.constant("set" as const),
    to: fc.oneof(number, hexOf(40)),
  }),
  fc.record({
    change: fc.constant("cut" as const),
    bytes: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ change: fc.constant("append" as const), bytes: hexOf(8) }),
  fc.record({ change: fc.constant("prepend" as const), bytes: hexOf(4) }),
  fc.record({ change: fc.constant("resize" as const), to: fc.nat(70) }),
  fc.record({
    change: fc.constant("lie" as const),
    by: fc.integer({ min: -4, max: 4 }),
  }),
  fc.record({ change: fc.constant("fill" as const), byte: fc.nat(255) }),
  fc.record({
    change: fc.constantFrom(
      "drop" as const,
      "double" as const,
      "empty" as const,
      "first" as const,
      "last" as const,
      "reverse" as const,
    ),
  }),
);

/** A move that only has rules. */
export function rule(
  kind: string,
  must: Must,
  ...rules: readonly Rule[]
): Move {
  return { kind, must, rules, after: [] };
}

/** Messages that only tell something, so that nothing depends on them. */
export const IDLE: ReadonlySet<LabMessage> = new Set([
  "new_session_ticket",
  "hello_request",
  "key_update",
]);
