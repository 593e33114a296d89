/** The English of doc comments: a ratchet, which only falls. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isHeadless } from "../../scripts/eslint/doc-comments.mjs";
import { PROJECT_ROOT } from "../architecture/imports.ts";

/** Doc comments of src/ that begin with What, Whether, How and the like. */
const LEFT = 0;

it("a doc comment begins with a verb or a subject", () => {
  expect(isHeadless("* What ended the connection. ")).toBe(true);
  expect(isHeadless("*\n   * Whether it is open.\n   ")).toBe(true);
  expect(isHeadless("* The error that ended it. ")).toBe(false);
  expect(isHeadless("*\n * Returns what is left.\n ")).toBe(false);
});

it(`${String(LEFT)} doc comments are left that do not`, () => {
  const src = join(PROJECT_ROOT, "src");
  const headless = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const text = readFileSync(join(src, name), "utf8");
      return [...text.matchAll(/\/\*(\*[^]*?)\*\//g)]
        .filter(([, comment = ""]) => isHeadless(comment))
        .map(([comment]) => `${name}: ${comment.slice(0, 60)}`);
    });
  expect(headless.length, headless.join("\n")).toBeLessThanOrEqual(LEFT);
});
