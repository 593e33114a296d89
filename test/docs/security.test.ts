/** SECURITY.md: each guarantee names tests that exist. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { hasTitle, parseTestFile, readTestFile } from "./test-titles.ts";

const page = readFileSync(join(PROJECT_ROOT, "SECURITY.md"), "utf8");

/** Sections, and whether their sentences are promises that tests hold. */
const SECTIONS = {
  "Reporting a vulnerability": false,
  "Supported versions": false,
  "Assets and boundaries": false,
  Attackers: false,
  Guarantees: true,
  // Its tables are held by limits.test.ts.
  Limits: false,
  "What JavaScript cannot promise": false,
  "What the protocol and its defaults do not protect": false,
  "What is left to you": false,
};

/** A file and, each in quotes, the titles from the outside in: "a" > "b". */
const REFERENCE = /`(test\/[^`]+)` ("[^"]+"(?: > "[^"]+")*)/g;

interface Reference {
  readonly file: string;
  readonly titles: readonly string[];
}

/** The parts of a text between headings of that level, by heading. */
function sections(text: string, level: string): [string, string][] {
  return text
    .split(new RegExp(`^${level} `, "m"))
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end).trim()];
    });
}

/** The items of a list, and what is none. */
function itemsOf(text: string): { items: string[]; rest: string[] } {
  const blocks = text.split(/\n(?=\S)|\n\n+/).filter((one) => one !== "");
  return {
    items: blocks.filter((one) => one.startsWith("- ")),
    rest: blocks.filter((one) => !one.startsWith("- ")),
  };
}

function referencesIn(item: string): Reference[] {
  return [...item.replaceAll(/\s+/g, " ").matchAll(REFERENCE)].map(
    ([, file = "", titles = ""]) => ({
      file,
      titles: titles.split(" > ").map((title) => title.slice(1, -1)),
    }),
  );
}

function exists({ file, titles }: Reference): boolean {
  return (
    existsSync(join(PROJECT_ROOT, file)) && hasTitle(readTestFile(file), titles)
  );
}

const guarantees = sections(page, "##").flatMap(([heading, text]) =>
  heading in SECTIONS && SECTIONS[heading as keyof typeof SECTIONS]
    ? sections(text, "###")
    : [],
);

describe("SECURITY.md", () => {
  it("says by its sections what is a promise", () => {
    expect(sections(page, "##").map(([heading]) => heading)).toEqual(
      Object.keys(SECTIONS),
    );
    expect(guarantees.length).toBeGreaterThan(4);
  });

  describe.each(guarantees)("%s", (_heading, text) => {
    const { items, rest } = itemsOf(text);

    it("is a list, and nothing beside it", () => {
      expect(rest).toEqual([]);
      expect(items.length).toBeGreaterThan(1);
    });

    it.each(items.map((item) => [item.slice(2).split("`test/")[0], item]))(
      "%s",
      (_promise, item) => {
        const references = referencesIn(item);
        expect(references).not.toEqual([]);
        expect(references.filter((one) => !exists(one))).toEqual([]);
        // No file is named without a title.
        expect(references).toHaveLength(item.split("`test/").length - 1);
      },
    );
  });
});

describe("titles of a test file", () => {
  const file = parseTestFile(
    "x.test.ts",
    `describe("a", () => { it("b", () => {}); it.each([["c", 1]])("%s", () => {}); });
     suite(\`of \${name}\`, () => { it("d %i e", { timeout: 1 }, () => {}); });
     note(name);`,
  );

  it.each([
    ["a"],
    ["b"],
    ["a", "b"],
    ["a", "c"],
    ["of noble", "d 5 e"],
    ["d 5 e"],
  ])("are found: %s %s", (...titles) => {
    expect(hasTitle(file, titles)).toBe(true);
  });

  it.each([["b", "a"], ["a", "x"], ["note"], ["a", "d 5 e"], ["e"], ["d 5"]])(
    "are not made up: %s %s",
    (...titles) => {
      expect(hasTitle(file, titles)).toBe(false);
    },
  );
});
