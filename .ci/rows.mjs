/**
 * Ends with 1 when a row of docs/python-ssl.md has no test that passed: takes
 * vitest's JSON report.
 */
import { readFileSync } from "node:fs";

const [report] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(report, "utf8"));

const say = (line) => process.stdout.write(`${line}\n`);
const bare = (title) => title.replaceAll("\\", "");

/** Titles without the ids in front, which are the row's first cell. */
const passed = testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => status === "passed")
  .map(({ title }) => title.replace(/^(?:[A-Z]-\d+[a-c]?(?: to)? ?)+: /, ""));

let rows = 0;
const missing = [];
for (const line of readFileSync("docs/python-ssl.md", "utf8").split("\n")) {
  const id = /^\| ([A-Z]-\d+[a-c]?) \|/.exec(line)?.[1];
  if (id === undefined) continue;
  rows++;
  const titles = [...line.matchAll(/\[((?:\\.|[^\\\]])*)\]\(\.\.\/test\//g)];
  // A title with parameters stands in the page up to the first of them.
  const isShown = titles.some(([, title]) =>
    passed.some((one) => one.startsWith(bare(title))),
  );
  if (!isShown) missing.push(id);
}
say(`${rows - missing.length} of ${rows} rows of docs/python-ssl.md shown`);
if (rows === 0 || missing.length > 0) {
  say(`no test that passed shows ${missing.join(" ")}`);
  process.exit(1);
}
