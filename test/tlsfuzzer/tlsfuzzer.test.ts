import { describe, expect, it } from "vitest";
import { runTlsfuzzer } from "./run.mjs";

const tlsfuzzer = process.env["PURETLS_TLSFUZZER"];
const python = process.env["PURETLS_TLSFUZZER_PYTHON"];

describe("tlsfuzzer's scripts against a server", () => {
  it.skipIf(tlsfuzzer === undefined)(
    "pass but for what is excepted (PURETLS_TLSFUZZER names its folder)",
    async () => {
      const results = await runTlsfuzzer({
        tlsfuzzer: tlsfuzzer ?? "",
        ...(python !== undefined && { python }),
      });
      const failed = results.filter((one) => one.failed.length > 0);
      expect(failed.map((one) => [one.script, ...one.failed])).toEqual([]);
      expect(results.length).toBeGreaterThan(80);
    },
    3_600_000,
  );
});
