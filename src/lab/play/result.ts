/** The outcome of a scenario. */
import { noble } from "../../crypto/noble/index.ts";
import { TraceDecoder, type TraceRecord } from "../../trace/decode.ts";
import { formatLadder } from "../../trace/format.ts";
import { KeyLog } from "../../trace/keylog.ts";
import { TlsError } from "../../errors.ts";
import { otherRole, type LabRole } from "../names.ts";
import type { ScenarioData } from "../scenario/scenario.ts";

/**
 * "pass": all that was expected came. "fail": it did not, which is a finding. "error":
 * the scenario could not be played: a field that is not there, a peer that cannot be
 * reached.
 */
export type Verdict = "pass" | "fail" | "error";

/** Bytes that one side sent. */
export interface Sending {
  readonly from: LabRole;
  readonly bytes: Uint8Array;
}

/** The outcome of one run of a scenario. */
export interface Result {
  readonly scenario: ScenarioData;
  readonly verdict: Verdict;
  /** The step that failed or was at fault, from 1; undefined where all is well. */
  readonly step: number | undefined;
  /** The expectation of that step, in words. */
  readonly expected: string;
  /** The thing that came instead, in words. */
  readonly seen: string;
  /** Each thing that was sent (`>`) or seen (`<`), in order. */
  readonly events: readonly string[];
  readonly seed: number;
  /** Milliseconds that it took. */
  readonly duration: number;
  /** States that the peer was in, where it is in memory. */
  readonly states: readonly string[];
  /** The bytes of both sides, for {@link traceOf}. */
  readonly sendings: readonly Sending[];
  readonly keyLog: readonly string[];
}

/**
 * The records of a run, decrypted where its keys were logged.
 *
 * @example
 * ```ts
 * import { ladderOf, playInMemory, scenario, traceOf } from "puretls/lab";
 *
 * const result = playInMemory(scenario("tls13").expectConnected(), { trace: true });
 * if (traceOf(result)[0]?.messages[0]?.name !== "client_hello") throw new Error();
 * if (!ladderOf(result).join("\n").includes("ClientHello")) throw new Error();
 * ```
 */
export function traceOf(result: Result): TraceRecord[] {
  const keyLog = new KeyLog();
  for (const line of result.keyLog) keyLog.add(line);
  const decoder = new TraceDecoder({ provider: noble, keyLog });
  const records: TraceRecord[] = [];
  for (const { from, bytes } of result.sendings)
    try {
      records.push(...decoder.feed(from, bytes));
    } catch (error) {
      // What a scenario sends need not be records.
      if (!(error instanceof TlsError)) throw error;
    }
  return records;
}

/** A run as a ladder, line by line. See {@link traceOf} for an example. */
export function ladderOf(
  result: Result,
  options: { readonly fields?: boolean } = {},
): string[] {
  return formatLadder(traceOf(result), options);
}

/** The side that is tested. */
export function peerOf({ role }: ScenarioData): LabRole {
  return otherRole(role);
}
