/**
 * Runs the packed package in every runtime that is there:
 * `npm run test:runtimes [-- --only NAME] [--json FILE] [--docs]`.
 *
 * `--require NAMES` (or PURETLS_REQUIRE_RUNTIMES) names rows that must not be
 * skipped, `--tarball FILE` a package that is packed already.
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { installPackage } from "./lib/package.mjs";
import { clientSize } from "./lib/bundle.mjs";
import { makeMaterial } from "./lib/material.mjs";
import { printTable, writeDocs } from "./lib/table.mjs";
import { runRow } from "./lib/row.mjs";
import { ROWS } from "./rows.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    require: { type: "string" },
    json: { type: "string" },
    docs: { type: "boolean", default: false },
    tarball: { type: "string" },
  },
});

const only = values.only?.flatMap((names) => names.split(","));
const rows = ROWS.filter(({ name }) => only?.includes(name) ?? true);
for (const name of only ?? [])
  if (!rows.some((row) => row.name === name))
    throw new Error(
      `--only ${name}: no such row; there are ${ROWS.map((row) => row.name).join(", ")}`,
    );
const required = new Set(
  (values.require ?? process.env.PURETLS_REQUIRE_RUNTIMES ?? "")
    .split(",")
    .filter((name) => name !== ""),
);

const began = Date.now();
const folder = installPackage(values.tarball);
const context = {
  folder,
  input: {
    material: await makeMaterial(folder),
    seed: randomBytes(32).toString("hex"),
  },
};
console.log(`packed and installed in ${String(seconds())} s`);

/** Two at a time: a machine of CI has two cores. The slow ones begin. */
const results = new Array(rows.length);
const order = [...rows.keys()].sort(
  (a, b) => Number(rows[b].slow ?? false) - Number(rows[a].slow ?? false),
);
await Promise.all([worker(), worker()]);

async function worker() {
  for (let at; (at = order.shift()) !== undefined;) {
    results[at] = await runRow(rows[at], context);
    if (results[at].skipped !== undefined && required.has(rows[at].name))
      results[at].failures = [`must not be skipped: ${results[at].skipped}`];
  }
}

printTable(results);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
if (values.docs) {
  const sizes = new Map();
  for (const [at, { target = "es2022" }] of rows.entries()) {
    if (target !== null && !sizes.has(target))
      sizes.set(target, {
        whole: await clientSize(folder, "whole", target),
        lite: await clientSize(folder, "lite", target),
      });
    results[at].kib = sizes.get(target);
  }
  await writeDocs(results);
}
const failed = results.filter(({ failures }) => failures.length > 0);
const skipped = results.filter(
  (row) => row.skipped !== undefined && row.failures.length === 0,
);
console.log(
  `${String(results.length - failed.length - skipped.length)} passed, ${String(failed.length)} failed, ${String(skipped.length)} skipped`,
);
console.log(`${String(seconds())} s`);
process.exitCode = failed.length > 0 ? 1 : 0;

function seconds() {
  return Math.round((Date.now() - began) / 1000);
}
