/**
 * Reads the test vectors of the public project Wycheproof and holds a
 * provider against them. The repository has no copy: the folder comes from the
 * environment, and without it every suite skips by name.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const folder = process.env["PURETLS_VECTORS"];

const HOW_TO =
  "set PURETLS_VECTORS to a folder with the public project C2SP/wycheproof's testvectors_v1 files in wycheproof/";

export interface Case {
  readonly tcId: number;
  readonly comment?: string;
  readonly flags?: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
}

interface VectorFile<Group, Test> {
  readonly numberOfTests: number;
  readonly testGroups: readonly (Group & { readonly tests: readonly Test[] })[];
}

/** The provider's outcome of a case. */
export type Outcome =
  | "accepted"
  | "rejected"
  /** No row of the provider can be asked: the reason goes into the counts. */
  | { readonly notApplicable: string };

/** An expectation that differs from Wycheproof's own, with the reason. */
export interface Expectation {
  readonly outcome: "accepted" | "rejected";
  readonly reason: string;
}

export interface Judge<Group, Test> {
  judge(test: Test, group: Group): Outcome;
  /**
   * Must have a word on every "acceptable" case, and may have one on others
   * that this project sees differently.
   */
  expectation?(test: Test, group: Group): Expectation | undefined;
}

/** One test that runs every case of a file and prints how many went how. */
export function wycheproof<Group, Test extends Case>(
  file: string,
  { judge, expectation }: Judge<Group, Test>,
): void {
  if (folder === undefined) {
    it.skip(`${file}: ${HOW_TO}`);
    return;
  }
  it(file, () => {
    const path = join(folder, "wycheproof", file);
    // The files are other people's; their shape is theirs to keep.
    const vectors = JSON.parse(readFileSync(path, "utf8")) as VectorFile<
      Group,
      Test
    >;
    const counts = new Map<string, number>();
    const wrong: string[] = [];
    for (const group of vectors.testGroups)
      for (const test of group.tests) {
        const outcome = judge(test, group);
        if (typeof outcome === "object") {
          count(counts, `not applicable: ${outcome.notApplicable}`);
          continue;
        }
        const wanted = expected(test, expectation?.(test, group));
        count(counts, `${outcome}${wanted.reason}`);
        if (outcome !== wanted.outcome) wrong.push(describeCase(test, outcome));
      }
    console.log(summary(file, counts));
    expect(wrong).toEqual([]);
    const total = [...counts.values()].reduce((a, b) => a + b, 0);
    expect(total).toBe(vectors.numberOfTests);
  });
}

function expected(
  test: Case,
  own: Expectation | undefined,
): { readonly outcome: string; readonly reason: string } {
  if (own !== undefined) return { ...own, reason: ` (${own.reason})` };
  if (test.result === "acceptable")
    return { outcome: "a stated expectation", reason: "" };
  const outcome = test.result === "valid" ? "accepted" : "rejected";
  return { outcome, reason: "" };
}

function describeCase(test: Case, outcome: string): string {
  const flags = (test.flags ?? []).join(" ");
  return `case ${test.tcId} (${test.comment ?? ""} ${flags}) is ${test.result} and was ${outcome}`;
}

function summary(file: string, counts: ReadonlyMap<string, number>): string {
  const lines = [...counts].map(([what, n]) => `    ${n} ${what}`);
  return [file, ...lines].join("\n");
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
