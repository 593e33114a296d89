import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { jsonLine, jsonText } from "../../src/cli/text/json.ts";
import { testAuthority } from "../support/pki.ts";
import { run, scratch } from "./support.ts";

const files = scratch();
afterAll(() => {
  files.remove();
});

/** Controls of C0 and C1, and marks that turn or hide text, one beyond U+FFFF. */
const UNSEEN = "\u001b[2J\u009b2J\u202etxt\u2066\u2028\u200b\u{e0041}\u007f";

it("JSON has the same value, and nothing that a terminal acts on", () => {
  const value = { [UNSEEN]: [UNSEEN, "é", { deep: UNSEEN }] };
  for (const text of [jsonText(value), jsonLine(value)]) {
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(text).toContain("é");
    expect(JSON.parse(text)).toEqual(value);
  }
  expect(jsonLine(value).split("\n")).toHaveLength(2);
});

it("a command writes the name of a file so", async () => {
  const file = files.write("a\u009b2Jb\u202e.pem", testAuthority().pem);
  for (const verb of ["show", "check", "trust"]) {
    const { out } = await run(["cert", verb, file, "--json"]);
    expect(out).toContain("\\u009b2Jb\\u202e.pem");
    expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

it("all commands write JSON by it", () => {
  const folder = new URL("../../src/cli/", import.meta.url).pathname;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const writing = files
    .filter((file) => file.endsWith(".ts"))
    .filter((file) =>
      readFileSync(join(folder, file), "utf8").includes("JSON.stringify("),
    );
  // The second compares names by it, and writes nothing.
  expect(writing.sort()).toEqual(["serve/certificates.ts", "text/json.ts"]);
});
