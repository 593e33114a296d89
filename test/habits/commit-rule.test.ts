import { describe, expect, it } from "vitest";
import { problemsOf } from "../../.ci/commit-rule.mjs";

const WHY = "It was slow: 3 s before, 1 s now.\n";

describe("the rule of commit messages", () => {
  it.each([
    "engine: make raw public keys an optional feature",
    "crypto, cli, pki: group files by subject",
    "x509: embed the roots",
    "tls: need no socket",
  ])("accepts %s", (subject) => {
    expect(problemsOf(subject, WHY)).toEqual([]);
  });

  it.each([
    ["Raw public keys are a feature", /not of the form/],
    ["engine: a raw key is optional", /"a", which is no imperative/],
    ["engine: making keys optional", /"making"/],
    ["engine: added tests", /"added"/],
    ["engine: add tests.", /full stop/],
    [`engine: add ${"tests ".repeat(12)}`.trim(), /has 83 characters/],
  ])("rejects %s", (subject, problem) => {
    expect(problemsOf(subject, WHY).join()).toMatch(problem);
  });

  it("wants a body", () => {
    expect(problemsOf("engine: add tests", " \n")).toEqual([
      "it has no body that says why",
    ]);
  });
});
