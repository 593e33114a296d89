/** SECURITY.md lists every limit with the default that the code has. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/engine/index.ts";
import { DEFAULT_BUDGETS } from "../../src/x509/index.ts";

const ROW = /^\| `(\w+)` +\| +([^|]+?) \| .*\S.* \|$/gm;

function printed(value: number): string {
  if (value === Number.MAX_SAFE_INTEGER) return "the cipher";
  // From 32 KiB on these are sizes; counts are smaller, or stand in thousands.
  return value >= 32 * 1024 && value !== DEFAULT_BUDGETS.nameComparisons
    ? `${String(Number((value / 1024).toFixed(1)))} KiB`
    : value >= 10_000
      ? value.toLocaleString("en")
      : String(value);
}

it("SECURITY.md and the code have the same limits", () => {
  const page = readFileSync(
    new URL("../../SECURITY.md", import.meta.url),
    "utf8",
  );
  const rows = [...page.matchAll(ROW)].map(([, name, value]) => [name, value]);
  const all = { ...DEFAULT_LIMITS, ...DEFAULT_BUDGETS };
  expect(rows).toEqual(
    Object.entries(all).map(([name, value]) => [name, printed(value)]),
  );
});
