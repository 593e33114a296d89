/** Fuzzing with the lab: our own engine has no findings, and wrong peers have. */
import { describe, expect, it } from "vitest";
import { fuzz, type Player } from "../../../src/lab/fuzz/index.ts";
import { Lab, playInMemory, scenarioOf } from "../../../src/lab/index.ts";
import { runs } from "../../support/thorough.ts";

const lab = new Lab();
const honest: Player = (data) => playInMemory(scenarioOf(data), { lab });

describe("fuzz", () => {
  it("finds nothing in our own engine", async () => {
    const report = await fuzz({ runs: runs(1500).numRuns, seed: 11 });
    expect(
      report.findings.map(({ fault, scenario }) => [fault, scenario]),
    ).toEqual([]);
    expect(report.coverage.states.size).toBeGreaterThan(12);
    expect(report.coverage.ends.get("alert decode_error")).toBeGreaterThan(9);
  });

  it("plays the same scenarios for the same seed", async () => {
    const kinds = async (seed: number): Promise<readonly string[]> => {
      const names: string[] = [];
      await fuzz({
        ...{ runs: 20, seed },
        player: (data) => {
          names.push(data.name);
          return honest(data);
        },
      });
      return names;
    };
    expect(await kinds(3)).toEqual(await kinds(3));
    expect(await kinds(3)).not.toEqual(await kinds(4));
  });

  it("shrinks what a second peer does otherwise", async () => {
    // It is silent where it should complain of a repeated message.
    const deaf: Player = (data) => {
      const isRepeated = data.steps.some(({ step }) => step === "repeat");
      const result = playInMemory(scenarioOf(data), { lab });
      return isRepeated ? { ...result, events: [] } : result;
    };
    const { findings } = await fuzz({
      ...{ player: deaf, reference: honest, runs: 500, findings: 1 },
    });
    expect(findings[0]?.fault).toBe("difference");
    const rules = findings[0]?.scenario.steps.map(({ step }) => step);
    expect(rules).toEqual(["repeat", "expect_refusal"]);
  });

  it("refuses options that no scenario can be made of", async () => {
    await expect(fuzz({ roles: [] })).rejects.toThrow("at least");
  });
});
