/** The outcome of a run in a few words, and the oracle that judges it. */
import type { Result } from "../play/result.ts";
import type { Program } from "./program.ts";

/** The end of a run, as far as two peers can be compared by it. */
export interface Outcome {
  /** The handshake was done on the tested side, as far as can be seen. */
  readonly connected: boolean;
  /** "alert decode_error", "close" or "silence". */
  readonly end: string;
  /** Everything that was seen of the peer, in order. */
  readonly seen: readonly string[];
}

/** A kind of finding. */
export type Fault =
  "connected" | "refused" | "internal_error" | "endless" | "difference";

/** Reads the outcome off a result. */
export function outcomeOf({ events, states }: Result): Outcome {
  const seen = events
    .filter((event) => event.startsWith("< "))
    .map((event) => event.slice(2));
  const alert = seen.find((one) => one.startsWith("alert "));
  const end = alert ?? (seen.includes("close") ? "close" : "silence");
  // Elsewhere a peer is taken for connected where it objects to nothing.
  const connected =
    states.length > 0
      ? states.includes("CONNECTED")
      : seen.includes("connected") && end === "silence";
  return { connected, end, seen };
}

/** The fault that a result shows; undefined where all is well. */
export function faultOf({ must }: Program, result: Result): Fault | undefined {
  const { connected, end } = outcomeOf(result);
  if (result.verdict === "error") return "endless";
  if (end === "alert internal_error") return "internal_error";
  if (must === "connect" && !connected) return "refused";
  // A peer that connected, and objected behind that, has noticed.
  const hasNoticed = !connected || end.startsWith("alert ");
  return must === "fail" && !hasNoticed ? "connected" : undefined;
}

/** Tells whether two outcomes differ: in every message, or in their ends alone. */
export function differ(a: Outcome, b: Outcome, strictly: boolean): boolean {
  if (strictly) return a.seen.join() !== b.seen.join();
  return a.connected !== b.connected || a.end !== b.end;
}
