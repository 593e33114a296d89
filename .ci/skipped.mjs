/**
 * Lists the tests that a vitest JSON report calls skipped, by suite, and ends
 * with 1 when one is not among those that may be: report, pattern of a path with
 * the full name of a test behind it.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const [report, maySkip] = process.argv.slice(2);
const { numTotalTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
const allowed = maySkip ? new RegExp(maySkip) : undefined;

const say = (line) => process.stdout.write(`${line}\n`);

let total = 0;
let refused = 0;
for (const { name, assertionResults } of testResults) {
  const path = relative(process.cwd(), name);
  const skipped = assertionResults.filter(
    ({ status }) => status !== "passed" && status !== "failed",
  );
  if (skipped.length === 0) continue;
  const isFine = ({ fullName }) => allowed?.test(`${path} ${fullName}`);
  const wrong = skipped.filter((one) => !isFine(one)).length;
  total += skipped.length;
  refused += wrong;
  const verdict = wrong === 0 ? "" : `, ${wrong} of them NOT ALLOWED`;
  say(`${path}: ${skipped.length} skipped${verdict}`);
  for (const { fullName } of skipped.slice(0, 10)) say(`  ${fullName}`);
  if (skipped.length > 10) say(`  and ${skipped.length - 10} more`);
}
say(`${total} of ${numTotalTests} tests skipped`);
if (refused > 0) {
  say(`${refused} skipped tests are ones that must run here`);
  process.exit(1);
}
