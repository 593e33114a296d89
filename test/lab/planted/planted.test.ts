/** Planted bugs are found by the library, in less than a minute each. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { sampled } from "../../support/thorough.ts";
import { BUGS } from "./bugs.ts";
import { huntWith } from "./plant.ts";

describe("planted bugs", () => {
  it.each(BUGS)("$what can be planted", ({ file, from }) => {
    const code = readFileSync(join(PROJECT_ROOT, file), "utf8");
    expect(code.split(from).length).toBe(2);
  });

  it.each(sampled(BUGS, 3))("$what: found by the library", async (bug) => {
    const { huntByLibrary } = await huntWith(bug);
    expect(huntByLibrary()).toBeDefined();
  });

  it("none: nothing is found", async () => {
    const { huntByLibrary } = await huntWith();
    expect(huntByLibrary("tls13/server/hello/")).toBeUndefined();
  });
});
