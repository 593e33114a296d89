/** The results, for a terminal and for docs/runtimes.md. */

import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { PAGE } from "./snippets.mjs";

const OWN = "its own";

export function printTable(results) {
  console.table(
    Object.fromEntries(
      results.map((row) => [
        row.name,
        {
          version: row.version ?? "",
          random: row.random ?? OWN,
          "first, ms": rounded(row.first),
          "next, ms": rounded(row.next),
          checks: row.skipped === undefined ? row.checks.length : "",
          result: outcome(row),
          seconds: row.seconds ?? "",
        },
      ]),
    ),
  );
  for (const { name, checks, skipped, failures } of results) {
    for (const failure of failures) console.log(`${name}: ${failure}`);
    for (const { check, skip } of checks)
      if (skip !== undefined)
        console.log(`${name}: ${check}: skipped: ${skip}`);
    if (skipped !== undefined) console.log(`${name}: skipped: ${skipped}`);
  }
}

function outcome({ failures, skipped }) {
  if (failures.length > 0) return "FAILED";
  return skipped === undefined ? "passed" : "skipped";
}

function rounded(milliseconds) {
  if (milliseconds === undefined) return "";
  return milliseconds < 10
    ? milliseconds.toFixed(1)
    : String(Math.round(milliseconds));
}

/** Writes the table of docs/runtimes.md: every row has to have run. */
export async function writeDocs(results) {
  const head = ["runtime", "version", "random bytes", "checks"];
  const more = ["with OpenSSL over", "first, ms", "next, ms", "KiB", "lite"];
  const lines = [
    [...head, ...more],
    [...head, ...more].map(() => "---"),
    ...results.map((row) => {
      if (row.skipped !== undefined || row.failures.length > 0)
        throw new Error(`--docs: ${row.name} was skipped or failed`);
      return [
        ...[row.label, row.version, row.random ?? OWN, row.checks.length],
        entriesOf(row),
        ...[rounded(row.first), rounded(row.next)],
        ...[rounded(row.kib?.whole), rounded(row.kib?.lite)],
      ];
    }),
  ];
  const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const [before, , after] = readFileSync(PAGE, "utf8").split(
    /(?<=<!-- table: [^>]*-->\n)|(?=<!-- end of the table)/,
  );
  const page = `${before}\n${table}\n\n${after}`;
  writeFileSync(PAGE, await format(page, { parser: "markdown" }));
}

/** The entry points whose sockets met foreign peers. */
function entriesOf({ checks }) {
  const entries = checks.flatMap(
    ({ check }) => /^(puretls\/\w+): /.exec(check)?.[1] ?? [],
  );
  return [...new Set(entries)].map((entry) => `\`${entry}\``).join(", ");
}
