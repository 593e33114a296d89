/** The headings of CHANGELOG.md that `npm run release` reads and dates. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dated, nextRelease } from "../../scripts/changelog.mjs";

const page = (heading: string, notes = "- A change.\n"): string =>
  `# Changelog\n\n${heading}\n\n${notes}\n## 0.1.0 (2026-01-31)\n\n- Older.\n`;

describe("the release that CHANGELOG.md names first", () => {
  it("has a version and notes", () => {
    expect(nextRelease(page("## 0.2.0 (unreleased)"))).toEqual({
      version: "0.2.0",
      notes: "- A change.",
    });
  });

  it("gets the day of its release, and nothing else changes", () => {
    const before = page("## 0.2.0-rc.1 (unreleased)");
    expect(dated(before, "2026-02-28")).toBe(
      page("## 0.2.0-rc.1 (2026-02-28)"),
    );
  });

  it.each([
    ["without a heading", "# Changelog\n", /no heading like/],
    ["released", page("## 0.2.0 (2026-02-01)"), /was released on 2026-02-01/],
    ["without a version", page("## next (unreleased)"), /"next" is not/],
    ["without a change", page("## 0.2.0 (unreleased)", ""), /lists no change/],
  ])("is refused %s", (_, changelog, problem) => {
    expect(() => nextRelease(changelog)).toThrow(problem);
    expect(() => dated(changelog, "2026-02-28")).toThrow(problem);
  });

  it("fits the version of package.json", () => {
    const read = (name: string): string =>
      readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
    const { version } = JSON.parse(read("package.json")) as {
      readonly version: string;
    };
    expect(read("CHANGELOG.md")).toContain(`\n## ${version} (`);
  });
});
