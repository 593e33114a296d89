import { describe, expect, it } from "vitest";
import { isBinding, readCatalogue } from "./catalogue.ts";
import { renderPage } from "./page.ts";
import { tagsIn, tagsOf } from "./tags.ts";

const code = tagsIn("src");
const tests = tagsIn("test");

const HOW = `Made by \`npm run docs:rfc\` from \`test/requirements/\` and from the ids that stand in
comments of the code and of the tests; a test fails when it is out of date, and when a MUST has
no code or no test. \`git grep '\\[9846-4.2.2-03\\]'\` finds the lines of one.
`;

const PAGES = [
  ["rfc9846", `# RFC 9846, requirement by requirement\n\n${HOW}`],
  [
    "tls12",
    `# TLS 1.2, requirement by requirement\n\nEach MUST of RFC 5246, RFC 5746, RFC 7627 and RFC 8422.\n\n${HOW}`,
  ],
] as const;

/** Finds ids that stand more than once. */
function twice(ids: readonly string[]): string[] {
  return ids.filter((id, i) => ids.indexOf(id) !== i);
}

describe.each(PAGES)("docs/%s.md", (page, head) => {
  const sections = readCatalogue(`${page}.txt`);
  const all = sections.flatMap(({ requirements }) => requirements);

  it("has each id once", () => {
    expect(twice(all.map(({ id }) => id))).toEqual([]);
  });

  it.each([
    ["code", code],
    ["a test", tests],
  ])("has %s for each MUST", (_what, tags) => {
    const named = new Set(tags.map(({ id }) => id));
    const without = all.filter((one) => isBinding(one) && !named.has(one.id));
    expect(without.map(({ id, what }) => `${id} ${what}`)).toEqual([]);
  });

  it("has code, a test or a reason for each", () => {
    const named = new Set([...code, ...tests].map(({ id }) => id));
    const without = all.filter(
      ({ id, notApplicable, notFollowed }) =>
        (notApplicable ?? notFollowed) === undefined && !named.has(id),
    );
    expect(without.map(({ id, what }) => `${id} ${what}`)).toEqual([]);
  });

  it("is up to date (npm run docs:rfc)", async () => {
    await expect(renderPage(head, sections, code, tests)).toMatchFileSnapshot(
      `../../docs/${page}.md`,
    );
  });
});

describe("ids in comments", () => {
  const known = new Set(
    PAGES.flatMap(([page]) => readCatalogue(`${page}.txt`))
      .flatMap(({ requirements }) => requirements)
      .map(({ id }) => id),
  );

  it("are all in the catalogue", () => {
    const unknown = [...code, ...tests].filter(({ id }) => !known.has(id));
    expect(unknown).toEqual([]);
  });

  it("stand for the declaration around or below", () => {
    const source = `
// [9846-1-01]
/** Does. */
function does() {
  // [9846-1-02] [9846-1-03]
  return 1;
}
class Engine {
  // [9846-1-04]
  write() {}
}
// [9846-1-05]
const table = { one: 1 };
const text = "[9846-1-06]";
`;
    expect(
      tagsOf("a.ts", source, "src").map(({ id, name }) => `${id} ${name}`),
    ).toEqual([
      "9846-1-01 does",
      "9846-1-02 does",
      "9846-1-03 does",
      "9846-1-04 Engine.write",
      "9846-1-05 table",
    ]);
  });

  it("stand for the title below", () => {
    const source = `
describe("outer", () => {
  // [9846-1-01]
  it("inner", () => {});
  it.each([
    // [9846-1-02]
    ["row", 1],
  ])("%s", () => {});
});
`;
    expect(tagsOf("a.test.ts", source, "test").map(({ name }) => name)).toEqual(
      ["inner", "row"],
    );
  });
});
