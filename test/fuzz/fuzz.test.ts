/**
 * A short run of each target of `npm run fuzz`, and everything that it has ever
 * found: a failure prints the program for `npm run fuzz -- --replay`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Program, Role } from "./engine/program.ts";
import { Run } from "./engine/run.ts";
import { SCENARIO_NAMES } from "./engine/scenarios.ts";
import { fuzz } from "./fuzz.ts";
import { main } from "./main.ts";
import { Report } from "./report.ts";
import { TARGETS } from "./targets.ts";

const FINDINGS = new URL("findings/", import.meta.url);

describe("everything found is gone", () => {
  for (const file of readdirSync(FINDINGS))
    it(file, async () => {
      const { program } = JSON.parse(
        readFileSync(new URL(file, FINDINGS), "utf8"),
      ) as { program: { target: string } };
      const target = TARGETS.find(({ name }) => name === program.target);
      expect(target).toBeDefined();
      await target?.run(program, new Report());
    });
});

/** Runs of the targets whose programs take longer. */
const RUNS: Readonly<Record<string, number>> = { sockets: 100 };

describe("a short run finds nothing", () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    "%s",
    async (_name, target) => {
      const runs = RUNS[target.name] ?? 1000;
      const { report, finding } = await fuzz(target, { seed: 7, runs });
      expect(finding).toBeUndefined();
      expect(report.programs).toBe(runs);
      expect(report.inputs).toBeGreaterThanOrEqual(runs);
    },
  );

  it("is the same for the same seed", async () => {
    for (const target of TARGETS) {
      const runs = target.name === "sockets" ? 30 : 100;
      const one = await fuzz(target, { seed: 9, runs });
      const two = await fuzz(target, { seed: 9, runs });
      expect(two.report).toEqual(one.report);
    }
  });
});

const STEPS: Program["steps"] = [
  { by: "client", does: "write", size: 300 },
  { by: "server", does: "updateBoth", size: 0 },
  { by: "server", does: "write", size: 40_000 },
  { by: "server", does: "ask", size: 0 },
  { by: "client", does: "update", size: 0 },
  { by: "client", does: "write", size: 20 },
  { by: "server", does: "close", size: 0 },
];

describe("what the engine's runs begin from is honest", () => {
  for (const hostile of ["wire", "client", "server"] as const)
    it.each(SCENARIO_NAMES)(`%s, hostile: ${hostile}`, (scenario) => {
      for (const provider of ["node", "noble"] as const) {
        const { outcomes } = run({ scenario, hostile, provider, chunk: 13 });
        const role: Role = hostile === "client" ? "server" : "client";
        expect(outcomes.join()).toContain(role);
      }
    });
});

function run(program: Omit<Program, "target" | "steps" | "mutations">) {
  return new Run({
    target: "engine",
    steps: STEPS,
    mutations: [],
    ...program,
  }).execute();
}

describe("wrong arguments are a sentence", () => {
  it.each([
    [["--seconds", "many"]],
    [["--seconds", "0"]],
    [["--target", "teapot"]],
    [["--replay", "no-such-finding"]],
    [["--speed", "11"]],
    [["now"]],
  ])("%s", async (args) => {
    expect(await main(args, FINDINGS.pathname)).toBe(2);
  });
});
