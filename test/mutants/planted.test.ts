import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { PLANTED, plantedAt } from "./planted.mjs";

it.each(PLANTED)("$what can be planted", (fault) => {
  const code = readFileSync(join(PROJECT_ROOT, fault.file), "utf8");
  expect(plantedAt(code, fault).text).not.toBe(fault.from);
  expect(existsSync(join(PROJECT_ROOT, fault.test))).toBe(true);
});
