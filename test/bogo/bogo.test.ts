import { describe, expect, it } from "vitest";
import { runBogo } from "./run.mjs";

const runner = process.env["PURETLS_BOGO_RUNNER"];

describe("BoringSSL's test runner against the shim", () => {
  it.skipIf(runner === undefined)(
    "passes every case that is not disabled (PURETLS_BOGO_RUNNER names the runner)",
    async () => {
      const { passed, failed } = await runBogo({ runner: runner ?? "" });
      expect(failed).toEqual([]);
      expect(passed.length).toBeGreaterThan(500);
    },
    3_600_000,
  );
});
