/** The English of doc comments, in every folder; ESLint says so in editors. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isHeadless } from "../../scripts/eslint/doc-comments.mjs";
import { PROJECT_ROOT } from "../architecture/imports.ts";

const FOLDERS = [".ci", "bench", "examples", "scripts", "src", "test"] as const;

it("a doc comment begins with a verb or a subject", () => {
  expect(isHeadless("* What ended the connection. ")).toBe(true);
  expect(isHeadless("*\n   * Whether it is open.\n   ")).toBe(true);
  expect(isHeadless("* The error that ended it. ")).toBe(false);
  expect(isHeadless("*\n * Returns what is left.\n ")).toBe(false);
});

it.each(FOLDERS)("all doc comments of %s do", (folder) => {
  const path = join(PROJECT_ROOT, folder);
  const headless = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:m?ts|m?js)$/.test(name))
    .filter((name) => !name.includes("node_modules"))
    .flatMap((name) => {
      const text = readFileSync(join(path, name), "utf8");
      return [...text.matchAll(/\/\*(\*[^]*?)\*\//g)]
        .filter(([, comment = ""]) => isHeadless(comment))
        .map(([comment]) => `${name}: ${comment.slice(0, 60)}`);
    });
  expect(headless).toEqual([]);
});
