/**
 * Checks that the page for those who know Python holds what the rows say of it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { examplesOfMarkdown } from "./extract.ts";

const read = (path: string): string =>
  readFileSync(join(PROJECT_ROOT, path), "utf8");
const PAGE = "docs/coming-from-python.md";
const page = read(PAGE);
/** The blocks that examples.test.ts runs. */
const runnable = examplesOfMarkdown(PAGE, page).map(({ code }) => code);

describe(PAGE, () => {
  it.each([
    ["G-05: names and certificates", "matchHostname("],
    ["G-06: times", "certTimeToSeconds("],
    ["G-07: the certificates of Windows", "enumCertificates("],
    ["G-08: versions of the library", "LIBRARY_VERSION"],
    ["G-09: a certificate's dictionary", "toCertificateInfo("],
    ["G-10: what a context holds and did", "sessionStats("],
    ["G-11: cipher strings", 'setCiphers("ECDHE+AESGCM:!ECDSA")'],
    ["G-17: versions by options", "OP_NO_TLSv1_1"],
  ])("%s", (_title, call) => {
    expect(runnable.filter((code) => code.includes(call))).toHaveLength(1);
  });

  it("P-35 Q-10: says what certificates are and what has to be checked", () => {
    for (const word of ["issuer", "root", "verifyMode", "checkHostname"])
      expect(page).toContain(word);
  });

  it("R-06 Q-13: says what a fork() means", () => {
    expect(page).toContain("no state\nto reseed after a `fork()`");
  });

  it("F-08: says that defaults may become stricter", () => {
    expect(page.replaceAll("\n", " ")).toContain("may become stricter");
  });
});
