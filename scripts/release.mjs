/**
 * `npm run release`: makes the release that CHANGELOG.md names first. npm does
 * what npm does (`npm version`: refuses a tree with changes, runs `preversion`,
 * writes package.json and the lock file, commits, tags); this adds what it does
 * not: the version comes from CHANGELOG.md, whose heading gets the day.
 *
 * `npm run release -- --dry-run` says what it would do.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { dated, nextRelease } from "./changelog.mjs";

const CHANGELOG = "CHANGELOG.md";
const say = (line) => process.stdout.write(`${line}\n`);

/** Runs a program in this terminal, and ends with its exit code if it failed. */
function run(program, ...args) {
  say(`$ ${program} ${args.join(" ")}`);
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const { values } = parseArgs({
  options: {
    "dry-run": { type: "boolean", default: false },
    // npm's "version" script calls back with it, between its check and its commit.
    date: { type: "boolean", default: false },
  },
});

const changelog = readFileSync(CHANGELOG, "utf8");
if (values.date) {
  const day = new Date().toISOString().slice(0, "2026-01-31".length);
  writeFileSync(CHANGELOG, dated(changelog, day));
  run("git", "add", CHANGELOG);
} else {
  const { version, notes } = nextRelease(changelog);
  say(`puretls ${version}\n\n${notes}\n`);
  if (!values["dry-run"]) {
    const subject = "release: make puretls %s";
    run("npm", "version", version, "--allow-same-version", "-m", subject);
    say(`then: git push --follow-tags && npm publish`);
  }
}
