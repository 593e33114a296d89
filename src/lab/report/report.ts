/** Reports of many runs: for programs, for CI and for people. */
import { ladderOf, peerOf, type Result } from "../play/result.ts";
import { toHex } from "../../bytes.ts";
import type { ScenarioData } from "../scenario/scenario.ts";

/** A result as JSON has it. */
export interface ReportedResult {
  readonly name: string;
  readonly requirements: readonly string[];
  readonly version: string;
  /** The side that was tested. */
  readonly peer: "client" | "server";
  readonly verdict: string;
  readonly step: number | undefined;
  readonly expected: string;
  readonly seen: string;
  readonly events: readonly string[];
  readonly seed: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The whole scenario, to be played again; absent where nothing is amiss. */
  readonly scenario?: ScenarioData;
  /** The bytes of both sides in hexadecimal, with the keys to read them. */
  readonly trace?: {
    readonly sendings: readonly {
      readonly from: string;
      readonly bytes: string;
    }[];
    readonly keyLog: readonly string[];
  };
}

/**
 * One result as plain data. A finding has its scenario and its trace besides.
 *
 * @example
 * ```ts
 * import { playInMemory, reportJUnit, reportText, resultJson, scenario } from "puretls/lab";
 *
 * // An honest server does connect: the scenario expects too much.
 * const wrong = scenario("tls13").named("never").expectRefusal();
 * const results = [playInMemory(wrong, { trace: true })];
 * if (resultJson(results[0]!).verdict !== "fail") throw new Error();
 * if (!reportText(results).includes("never")) throw new Error();
 * if (!reportJUnit(results).includes("<failure")) throw new Error();
 * ```
 */
export function resultJson(result: Result): ReportedResult {
  const { scenario, verdict, sendings, keyLog } = result;
  return {
    name: nameOf(scenario),
    requirements: scenario.requirements,
    version: scenario.version,
    peer: peerOf(scenario),
    verdict,
    step: result.step,
    expected: result.expected,
    seen: result.seen,
    events: result.events,
    seed: result.seed,
    duration: result.duration,
    ...(verdict !== "pass" && {
      scenario,
      trace: {
        sendings: sendings.map(({ from, bytes }) => ({
          from,
          bytes: toHex(bytes),
        })),
        keyLog,
      },
    }),
  };
}

/**
 * The results as JUnit's XML, which every CI reads: a test case each. See
 * {@link resultJson} for an example.
 *
 * @param suite the name of the peer
 */
export function reportJUnit(
  results: readonly Result[],
  suite = "puretls lab",
): string {
  const count = (verdict: string): number =>
    results.filter((one) => one.verdict === verdict).length;
  const seconds = results.reduce((sum, one) => sum + one.duration, 0) / 1000;
  const cases = results.map((result) => {
    const { scenario, verdict, duration } = result;
    const group = scenario.requirements.join(" ") || scenario.version;
    const open = `  <testcase name="${xml(nameOf(scenario))}" classname="${xml(group)}" time="${duration / 1000}"`;
    if (verdict === "pass") return `${open}/>`;
    const tag = verdict === "fail" ? "failure" : "error";
    const text = [...result.events, "", ...ladderOf(result)].join("\n");
    return `${open}>\n    <${tag} message="${xml(messageOf(result))}">${xml(text)}</${tag}>\n  </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${xml(suite)}" tests="${results.length}" failures="${count("fail")}" errors="${count("error")}" time="${seconds}">`,
    ...cases,
    "</testsuite>",
    "",
  ].join("\n");
}

/**
 * The results for people: what failed, with what was expected, what was seen and the
 * trace; then the counts. See {@link resultJson} for an example.
 */
export function reportText(
  results: readonly Result[],
  options: {
    /** Says a line of what passed too. Default false. */
    readonly verbose?: boolean;
    /** Leaves the traces out where false. Default true. */
    readonly trace?: boolean;
    /** The command line that plays one again. */
    readonly replay?: (result: Result) => string;
  } = {},
): string {
  const { verbose = false, trace = true, replay } = options;
  const lines: string[] = [];
  for (const result of results) {
    const { scenario, verdict } = result;
    if (verdict === "pass") {
      if (verbose) lines.push(`pass   ${nameOf(scenario)}`);
      continue;
    }
    const ids = scenario.requirements.join(" ");
    lines.push(
      `${verdict.padEnd(6)} ${nameOf(scenario)}${ids === "" ? "" : ` [${ids}]`}`,
      `       ${messageOf(result)}`,
      `       seed ${result.seed}${replay === undefined ? "" : `; again: ${replay(result)}`}`,
    );
    if (!trace) continue;
    const ladder = ladderOf(result);
    // The head and nothing below it says nothing.
    const shown =
      ladder.length > 1 ? ladder : result.events.map((event) => `  ${event}`);
    lines.push("", ...shown, "");
  }
  const count = (verdict: string): number =>
    results.filter((one) => one.verdict === verdict).length;
  lines.push(
    `${results.length} ${results.length === 1 ? "scenario" : "scenarios"}: ${count("pass")} passed, ${count("fail")} failed, ${count("error")} could not be played`,
    "",
  );
  return lines.join("\n");
}

/** The name of a scenario, or one of its steps where it has none. */
export function nameOf({ name, version, steps }: ScenarioData): string {
  if (name !== "") return name;
  return `${version}: ${steps.map(({ step }) => step).join(", ") || "nothing"}`;
}

function messageOf({ verdict, step, expected, seen }: Result): string {
  return verdict === "fail"
    ? `step ${step ?? 0}: expected ${expected}, saw ${seen}`
    : `step ${step ?? 0}: ${seen}`;
}

/** Text within XML; what XML 1.0 cannot hold becomes a question mark. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
