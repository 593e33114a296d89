/** The results, for a terminal and for docs/runtimes.md. */

export function printTable(results) {
  console.table(
    Object.fromEntries(
      results.map((row) => [
        row.name,
        {
          version: row.version ?? "",
          random: row.random ?? "its own",
          "first, ms": rounded(row.first),
          "next, ms": rounded(row.next),
          checks: row.skipped === undefined ? row.checks.length : "",
          result: outcome(row),
          seconds: row.seconds ?? "",
        },
      ]),
    ),
  );
  for (const { name, skipped, failures } of results) {
    for (const failure of failures) console.log(`${name}: ${failure}`);
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

export async function writeDocs() {}
