import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { loadSources, PROJECT_ROOT, type Sources } from "./imports.ts";

/** Files of an answer that a reader may have to open. */
const MOST_FILES = 2;

interface Question {
  readonly asks: string;
  /** Each file of the answer, from `src/`, with the names it is to declare. */
  readonly files: readonly {
    readonly path: string;
    readonly names: readonly string[];
  }[];
}

/** The rows of the table under "Where things are". */
function questionsOf(page: string): Question[] {
  const [, section = ""] = page.split("## Where things are\n");
  const [table = ""] = section.split("\n## ");
  return [...table.matchAll(/^\| (Where|Which) .*$/gm)].map(([row]) => {
    const [, asks = "", answer = ""] = row.split("|");
    return {
      asks: asks.trim(),
      files: [
        ...answer.matchAll(/`([\w/-]+\.ts)` \(((?:`\w+`(?:, )?)+)\)/g),
      ].map(([, path = "", names = ""]) => ({
        path: `src/${path}`,
        names: [...names.matchAll(/\w+/g)].map(([name]) => name),
      })),
    };
  });
}

/** Functions, methods, classes, constants and types that a file declares. */
function declared(path: string, text: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (
      (ts.isFunctionDeclaration(node) ||
        ts.isMethodDeclaration(node) ||
        ts.isGetAccessorDeclaration(node) ||
        ts.isClassDeclaration(node) ||
        ts.isVariableDeclaration(node)) &&
      node.name !== undefined &&
      ts.isIdentifier(node.name)
    )
      names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
  return names;
}

/** One sentence for each answer that leads nowhere, or to too many files. */
function faultsOf(page: string, sources: Sources): string[] {
  return questionsOf(page).flatMap(({ asks, files }) => {
    const faults = files.flatMap(({ path, names }) => {
      const text = sources.get(path);
      if (text === undefined) return [`${asks}: there is no ${path}`];
      const known = declared(path, text);
      return names
        .filter((name) => !known.has(name))
        .map((name) => `${asks}: ${path} declares no ${name}`);
    });
    return files.length > 0 && files.length <= MOST_FILES
      ? faults
      : [...faults, `${asks}: ${String(files.length)} files`];
  });
}

describe("ARCHITECTURE.md", () => {
  const page = readFileSync(join(PROJECT_ROOT, "ARCHITECTURE.md"), "utf8");

  it("answers twenty questions with one or two files that are there", () => {
    expect(questionsOf(page)).toHaveLength(20);
    expect(faultsOf(page, loadSources("src"))).toEqual([]);
  });

  it("names no file that is gone", () => {
    const paths = [...loadSources("src").keys(), ...loadSources("test").keys()];
    const gone = [...page.matchAll(/`([\w./-]+\.ts)`/g)]
      .map(([, name = ""]) => name)
      .filter((name) => !paths.some((path) => `/${path}`.endsWith(`/${name}`)));
    expect(gone).toEqual([]);
  });

  it("would not send a reader to what is gone, or through many files", () => {
    const planted = [
      "## Where things are",
      "| Where is it? | `a.ts` (`gone`, `here`), then `b.ts` (`here`) |",
      "| Where is that? | `a.ts` (`here`) `a.ts` (`here`) `a.ts` (`here`) |",
      "| Where is this? | somewhere |",
      "## Next",
      "| Where is no question? | `c.ts` (`here`) |",
    ].join("\n");
    expect(
      faultsOf(planted, new Map([["src/a.ts", "const here = 1;"]])),
    ).toEqual([
      "Where is it?: src/a.ts declares no gone",
      "Where is it?: there is no src/b.ts",
      "Where is that?: 3 files",
      "Where is this?: 0 files",
    ]);
  });
});
