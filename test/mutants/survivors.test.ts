import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { mutantsOf } from "./find.mjs";

interface Survivor {
  readonly file: string;
  readonly before: string;
  readonly becomes: string;
  readonly reason: string;
}

const SURVIVORS = JSON.parse(
  readFileSync(new URL("survivors.json", import.meta.url), "utf8"),
) as Survivor[];

it.each(SURVIVORS)("$file: $before → $becomes is a mutant", (survivor) => {
  const code = readFileSync(join(PROJECT_ROOT, survivor.file), "utf8");
  const is = ({ before, becomes }: { before: string; becomes: string }) =>
    before === survivor.before && becomes === survivor.becomes;
  expect(mutantsOf(code, { isTagged: true }).some(is)).toBe(true);
  expect(survivor.reason).not.toBe("");
});
