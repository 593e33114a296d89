import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderPage } from "./page.ts";
import { idsOf, readSections, testsByRow } from "./rows.ts";

const sections = readSections();
const ids = sections.flatMap(({ rows }) => rows.map(({ id }) => id));
const tests = testsByRow(ids);

/** Rows that are known to have no test yet; a new one must not join them. */
const open = readFileSync(new URL("open.txt", import.meta.url), "utf8")
  .split(/\s+/)
  .filter((id) => id !== "");

describe("the rows of Python's ssl", () => {
  it("are 404, each once", () => {
    expect(new Set(ids).size).toBe(404);
    expect(ids).toHaveLength(404);
  });

  it("have each a test or a refusal that a test shows", () => {
    const without = ids.filter((id) => tests.get(id)?.length === 0);
    expect(without.filter((id) => !open.includes(id))).toEqual([]);
  });

  it("make docs/python-ssl.md (npm run docs:ssl)", async () => {
    await expect(renderPage(sections, tests)).toMatchFileSnapshot(
      "../../../docs/python-ssl.md",
    );
  });

  it("are named one by one and in ranges", () => {
    expect(idsOf("X-01 P-10 to P-12 T-01", ids)).toEqual([
      "X-01",
      "P-10",
      "P-11",
      "P-12",
      "T-01",
    ]);
  });
});
