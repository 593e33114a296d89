/**
 * Ends with 1 when a commit since the rule was made does not keep it: a subject
 * `area: imperative` of at most 72 characters, and a body that says why. The
 * rule begins with the commit that added its file; in a shallow clone that is
 * the oldest commit there is, so that such a clone is checked as far as it goes.
 */
import { execFileSync } from "node:child_process";
import { problemsOf } from "./commit-rule.mjs";

const RULE = ".ci/commit-rule.mjs";

const say = (line) => process.stdout.write(`${line}\n`);
const git = (...args) => execFileSync("git", args, { encoding: "utf8" });

const added = git("log", "--diff-filter=A", "--format=%H", "--", RULE);
const base = added.trim().split("\n").at(-1) ?? "";
const log =
  base === ""
    ? ""
    : git("log", "-z", "--no-merges", "--format=%h%n%B", `${base}..HEAD`);
const commits = log.split("\0").filter((entry) => entry !== "");

let wrong = 0;
for (const entry of commits) {
  const [hash = "", subject = "", ...body] = entry.split("\n");
  for (const problem of problemsOf(subject, body.join("\n"))) {
    wrong++;
    say(`${hash} ${subject}\n  ${problem}`);
  }
}
say(`${commits.length} commits checked`);
if (wrong > 0) process.exit(1);
