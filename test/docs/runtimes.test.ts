/** docs/runtimes.md: its table, and its programs, which `npm run test:runtimes` runs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { snippetsOf } from "../runtimes/lib/snippets.mjs";
import { ROWS } from "../runtimes/rows.mjs";

const read = (path: string): string =>
  readFileSync(join(PROJECT_ROOT, path), "utf8");
const page = read("docs/runtimes.md");

it("the table has every runtime that the tests know", () => {
  const [, table = ""] = page.split(/<!-- (?:table:|end of the table)[^>]*-->/);
  const labels = table
    .trim()
    .split("\n")
    .slice(2)
    .map((line) => line.split("|")[1]?.trim());
  expect(labels).toEqual(ROWS.map(({ label }) => label));
});

it("CI skips no runtime", () => {
  const [, required = ""] =
    /PURETLS_REQUIRE_RUNTIMES=(\S+)/.exec(read(".ci/run")) ?? [];
  expect(required.split(",").sort()).toEqual(
    ROWS.map(({ name }) => name).sort(),
  );
});

const programs = [...snippetsOf(page)];

it("the page has a program for each entry point of sockets", () => {
  expect(programs.map(([word]) => word).sort()).toEqual(
    ["browser", "bun", "deno", "node", "react-native", "workers"].sort(),
  );
});

it.each(programs)("the program for %s has ten lines at most", (_, code) => {
  const lines = code.split("\n").filter((line) => line.trim() !== "");
  expect(lines.length).toBeLessThanOrEqual(10);
});
