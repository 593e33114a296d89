/** The programs of a soak: one connection each, all of it out of a seed. */
import fc from "fast-check";

/** The implementations that can be either end. */
export const ENDS = ["socket", "duplex", "web", "object", "node:tls"] as const;
export type EndKind = (typeof ENDS)[number];

export const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
export type Version = (typeof VERSIONS)[number];

/** The kinds of traffic of a connection. */
export const MODES = [
  "client first",
  "server first",
  "echo",
  "upload",
  "download",
  "both ways",
  "key updates",
  "early data",
  "resumed",
  "renegotiation",
] as const;
export type Mode = (typeof MODES)[number];

/** The faults of one direction of the wire. */
export const FAULTS = {
  // All arrives, in whatever pieces and whenever.
  none: "harmless",
  split: "harmless",
  delay: "harmless",
  stall: "harmless",
  // Something else arrives than was sent.
  flip: "corrupts",
  swap: "corrupts",
  duplicate: "corrupts",
  drop: "corrupts",
  // No more arrives.
  cut: "ends",
  reset: "ends",
  silence: "ends",
} as const;
export type FaultKind = keyof typeof FAULTS;
export type Direction = "toServer" | "toClient";

export interface Fault {
  readonly kind: FaultKind;
  readonly direction: Direction;
  /** The record of that direction that it happens to, from 0. */
  readonly record: number;
  /** A place in the record: a bit, or a byte, modulo its length. */
  readonly at: number;
  /** Bytes of a piece, milliseconds of a pause. */
  readonly size: number;
}

export interface Program {
  readonly client: EndKind;
  readonly server: EndKind;
  readonly version: Version;
  readonly mode: Mode;
  readonly fault: Fault;
  /** Bytes that the client, and the server, sends. */
  readonly up: number;
  readonly down: number;
  /** Bytes of one call. */
  readonly chunk: number;
  readonly suppressRaggedEofs: boolean;
  readonly provider: "node" | "noble";
  /** Of the bytes that are sent. */
  readonly seed: number;
}

const amount = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 70_000 }), {
  arbitrary: fc.nat({ max: 1_500_000 }),
  weight: 1,
});

const names = <T extends object>(value: T) => Object.keys(value) as (keyof T)[];

const anyProgram = fc.record<Program>({
  client: fc.constantFrom(...ENDS),
  server: fc.constantFrom(...ENDS),
  version: fc.constantFrom(...VERSIONS),
  mode: fc.constantFrom(...MODES),
  fault: fc.record({
    kind: fc.constantFrom(...names(FAULTS)),
    direction: fc.constantFrom("toServer", "toClient"),
    record: fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 30 })),
    at: fc.nat({ max: 200_000 }),
    size: fc.integer({ min: 1, max: 700 }),
  }),
  up: amount,
  down: amount,
  chunk: fc.oneof(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 100_000 }),
  ),
  suppressRaggedEofs: fc.boolean(),
  provider: fc.constantFrom("node", "node", "noble"),
  seed: fc.nat(),
});

/** The programs of a round: the same for the same seed. */
export function programsOf(
  seed: number,
  round: number,
  count: number,
): Program[] {
  return fc
    .sample(anyProgram, {
      seed: (seed * 1_000_003 + round) | 0,
      numRuns: count,
    })
    .map(possible);
}

/** The nearest program that its ends can do. */
function possible(program: Program): Program {
  const { server, up, down, chunk, provider } = program;
  // Node on both sides says nothing of puretls.
  const both = program.client === "node:tls" && server === "node:tls";
  const client = both ? "socket" : program.client;
  const ours = client !== "node:tls" && server !== "node:tls";
  let { mode, version } = program;
  if (mode === "early data" && !ours) mode = "resumed";
  if (mode === "early data" || mode === "key updates") version = "TLSv1.3";
  if (mode === "renegotiation") {
    // One side alone can ask for it.
    if (client === "node:tls" && server !== "node:tls") version = "TLSv1.2";
    else mode = "both ways";
  }
  const sends = (bytes: number, least = 0): number =>
    Math.max(least, provider === "noble" ? bytes % 200_000 : bytes);
  const amounts = {
    up: mode === "download" ? 0 : sends(up, 1),
    down: mode === "upload" ? 0 : sends(down, 1),
  };
  const largest = Math.max(amounts.up, amounts.down);
  return {
    ...program,
    client,
    mode,
    version,
    ...amounts,
    ...(mode === "echo" && { down: amounts.up }),
    // At most some hundred calls in a direction. Where there is a KeyUpdate for
    // three of them, they hold the 128 bytes that forgive one.
    chunk: Math.max(
      chunk,
      Math.ceil(largest / 300),
      mode === "key updates" ? 43 : 1,
    ),
  };
}

/** The kind of a program, for the table. */
export function kindOf({ client, server, version }: Program): string {
  return `${client} to ${server}, ${version}`;
}
