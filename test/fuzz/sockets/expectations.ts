/** The allowed outcomes of calls, by what the program and the wire did. */
import * as reason from "../../../src/reasons.ts";
import type { Role } from "../engine/program.ts";
import { Finding } from "../engine/side.ts";
import { isDeclared, type Options } from "./end.ts";
import type { CallName, Program } from "./program.ts";
import { Planned } from "./transport.ts";

/** A call that was made. */
export interface Made {
  readonly by: Role | "run";
  readonly name: CallName | "drain" | "finish" | "the end";
  readonly options: Options;
  outcome: "pending" | "resolved" | "rejected";
  error?: unknown;
}

/** The calls that may fail with an error that the run made itself. */
const PLANNED: Readonly<Record<string, readonly Made["name"][] | "any">> = {
  source: ["sendFile"],
  onHandshakeError: ["accept", "drain"],
  onSession: "any",
  signal: "any",
};

/** Handshakes that a server makes side by side. */
export const MOST_PENDING = 2;

/** Calls that an orderly program makes. */
const ORDERLY: ReadonlySet<CallName> = new Set<CallName>([
  "recv",
  "recvInto",
  "iterate",
  "send",
  "sendMuch",
  "doHandshake",
  "ready",
  "keyUpdate",
  "keyUpdateBoth",
  "look",
  "readEarlyData",
  "sendEarlyData",
  "setTimeout",
]);
/** Of these, those that then must succeed. */
export const SUCCEEDING: ReadonlySet<string> = new Set<CallName>([
  "recv",
  "recvInto",
  "iterate",
  "send",
  "sendMuch",
  "doHandshake",
  "ready",
]);

/** Calls that may wait for data that is never sent. */
export const READING: ReadonlySet<string> = new Set([
  "recv",
  "recvInto",
  "iterate",
]);

/** Calls that hand on what the transport throws. */
const TRANSPORT_ERRORS: ReadonlySet<string> = new Set([
  "close",
  "shutdownWrite",
  "shutdownBoth",
  "the end",
  "finish",
]);

/**
 * Tells whether an error or one of its causes is an internal error of this
 * library.
 */
function isOurFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.message.includes(reason.internal_error.says) ||
    isOurFault(error.cause)
  );
}

/** Tells whether neither program nor wire did anything that may end calls. */
export function isOrderly({ actions, callbacks, faces }: Program): boolean {
  const knocks = actions.filter(({ does }) => does === "knock").length;
  return (
    // A server with no place left gives up the handshake that received least.
    (faces.server !== "server" || knocks < MOST_PENDING) &&
    Object.values(callbacks).every((manner) =>
      ["answers", "late"].includes(manner),
    ) &&
    actions.every((action) =>
      // A server waits for so long for a client's first byte.
      action.does === "tick"
        ? action.size <= 2000
        : action.does !== "call" ||
          (ORDERLY.has(action.call) &&
            action.timeout === 0 &&
            action.signal < 0 &&
            action.call !== "setTimeout"),
    )
  );
}

/** Calls that close, and share the outcome of the first of them. */
const CLOSES: ReadonlySet<Made["name"]> = new Set(["close", "the end"]);

/**
 * @param all the calls of the program so far
 * @throws Finding for an error that no call is documented to fail with
 */
export function checkError(made: Made, all: readonly Made[]): void {
  const { by, name, error, options } = made;
  if (isOurFault(error))
    throw new Finding(`${by}: ${name}: internal_error`, { cause: error });
  if (isDeclared(error)) return;
  if (name === "setSession" && error instanceof RangeError) return;
  if (error instanceof Planned) {
    const where = PLANNED[error.message];
    const { signal } = sharedWith(made, all)?.options ?? options;
    if (error.message === "signal" && signal === undefined)
      throw new Finding(`${by}: ${name} ended by another call's signal`);
    if (where === "any" || where?.includes(name)) return;
    if (where === undefined && TRANSPORT_ERRORS.has(name)) return;
  }
  if (error === undefined && TRANSPORT_ERRORS.has(name)) return;
  throw new Finding(`${by}: ${name} throws what it does not declare`, {
    cause: error,
  });
}

/** The call whose outcome a later close has. */
function sharedWith(
  { by, name }: Made,
  all: readonly Made[],
): Made | undefined {
  return CLOSES.has(name)
    ? all.find((one) => one.by === by && CLOSES.has(one.name))
    : undefined;
}
