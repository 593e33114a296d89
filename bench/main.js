/**
 * `npm run bench`: prints what puretls costs, absolutely and against the bare
 * primitives measured in the same run. See README.md beside this file.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Report } from "./lib/report.js";

const SECTIONS = [
  "record-layer",
  "handshake",
  "second-connection",
  "resumed",
  "cold-start",
  "growth",
  "certificates",
  "idle",
  "peers",
  "packages",
  "loopback",
  "node-tls",
  "slow-reader",
  "size",
];

const HELP = `Usage: npm run bench -- [options]

  --only NAME    one section, or several with commas: ${SECTIONS.join(", ")}
  --rounds N     rounds of each comparison (15; 5 with --quick)
  --quick        fewer rounds, shorter samples, smaller sizes
  --json FILE    writes all figures there too
  --check        ends with 1 when a bar is missed by more than the noise
  --help         this text
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    check: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(HELP);
else await main();

async function main() {
  const effort = effortOf(values);
  const wanted = sectionsOf(values.only);
  const run = {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    date: new Date().toISOString(),
    ...effort,
  };
  console.log(
    `Node ${run.node}, ${run.cpu}, ${effort.rounds} rounds: medians of CPU time; the band is the middle half of the ratios`,
  );
  const report = new Report();
  for (const name of wanted) {
    const section = await import(`./sections/${name}.js`);
    report.section(section.title);
    await section.run(report, effort);
  }
  console.log(`\n${report.summary()}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${report.toJson(run)}\n`);
  if (values.check && report.hasMissed) process.exitCode = 1;
}

function effortOf({ quick, rounds }) {
  const count = rounds === undefined ? (quick ? 5 : 15) : Number(rounds);
  if (!Number.isInteger(count) || count < 1)
    fail(`--rounds takes a whole number from 1, not ${rounds}`);
  return { rounds: count, sampleMs: quick ? 8 : 20, quick };
}

function sectionsOf(only) {
  if (only === undefined) return SECTIONS;
  const names = only.split(",");
  const unknown = names.find((name) => !SECTIONS.includes(name));
  if (unknown !== undefined)
    fail(`--only: no section ${unknown}; there are ${SECTIONS.join(", ")}`);
  return SECTIONS.filter((name) => names.includes(name));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
