import { env } from "node:process";
import { describe, expect, it } from "vitest";
import { REASONS, runNodeTests, summary, WANTED } from "./run.mjs";

const folder = env["PURETLS_NODE_TESTS"];

describe("Node's own tests of tls", () => {
  it.skipIf(folder === undefined)(
    "pass with puretls, or have a reason",
    async () => {
      const results = await runNodeTests({ folder: folder ?? "" });
      const { passes, unlisted } = summary(results);
      expect(unlisted.map(({ name, output }) => [name, output])).toEqual([]);
      expect(passes.length).toBeGreaterThanOrEqual(WANTED);
    },
    1_200_000,
  );

  it("have reasons that are sentences", () => {
    for (const [name, reason] of Object.entries(REASONS)) {
      expect(name).toMatch(/^test-tls-[\w.-]+\.m?js$/);
      expect(reason.length).toBeGreaterThan(10);
    }
  });
});
