/** Relative links of the documentation lead to files and headings that exist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { anchorsOf, linksOf } from "./links.mjs";

const FOLDERS = [".", "bench", "docs", "examples", "test", "vectors"] as const;
const PAGES = FOLDERS.flatMap((folder) =>
  readdirSync(join(PROJECT_ROOT, folder), {
    recursive: folder !== ".",
    encoding: "utf8",
  }).map((name) => normalize(join(folder, name))),
).filter((path) => path.endsWith(".md") && !path.includes("node_modules"));

const textOf = (path: string): string =>
  readFileSync(join(PROJECT_ROOT, path), "utf8");

/** Lists the links of a page that lead nowhere, each with its line. */
function brokenLinks(path: string, text: string): string[] {
  return linksOf(text)
    .filter(({ href }) => !/^[a-z]+:/.test(href) && !leads(path, text, href))
    .map(({ href, line }) => `${path}:${String(line)}: ${href}`);
}

function leads(from: string, text: string, href: string): boolean {
  const [path = "", fragment] = href.split("#");
  if (path === "") return anchorsOf(text).has(fragment ?? "");
  const target = join(dirname(from), path);
  if (!existsSync(join(PROJECT_ROOT, target))) return false;
  if (fragment === undefined || !target.endsWith(".md")) return true;
  return anchorsOf(textOf(target)).has(fragment);
}

describe("relative links", () => {
  it.each(PAGES)("of %s lead to a file or heading that exists", (path) => {
    expect(brokenLinks(path, textOf(path))).toEqual([]);
  });

  it("would be found if they did not", () => {
    const page = [
      "# A *b* `c`, d",
      "",
      "[good](../README.md) [good](https://nowhere.invalid) [good](#a-b-c-d)",
      "[good][far] ![good](bench.svg) `[no link](nowhere.md)`",
      "[bad](nowhere.md)",
      "",
      "| [bad](../README.md#nowhere) | ![bad](nowhere.svg) |",
      "| --- | --- |",
      "| [good](#a-b-c-d-1) | [bad](#a-b-c-d-2) |",
      "",
      "# A b c d",
      "",
      "[far]: ../SECURITY.md",
    ].join("\n");
    expect(brokenLinks("docs/planted.md", page)).toEqual([
      "docs/planted.md:3: nowhere.md",
      "docs/planted.md:7: ../README.md#nowhere",
      "docs/planted.md:7: nowhere.svg",
      "docs/planted.md:9: #a-b-c-d-2",
    ]);
  });

  it("are read on all pages", () => {
    expect(PAGES).toContain("README.md");
    expect(PAGES).toContain("docs/adr/README.md");
    expect(linksOf(textOf("docs/python-ssl.md")).length).toBeGreaterThan(100);
  });
});
