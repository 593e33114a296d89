/**
 * Runs BoringSSL's test runner against puretls and prints what came of it:
 * `npm run test:bogo -- --runner PATH [--test PATTERNS] [runner's own flags]`.
 * See README.md.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** One file, and no TypeScript left: the runner starts it thousands of times. */
export async function bundleShim(folder) {
  const shim = join(folder, "shim.mjs");
  await build({
    entryPoints: [join(here, "shim.ts")],
    outfile: shim,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "error",
  });
  chmodSync(shim, 0o755);
  return shim;
}

/** @returns how many cases passed, failed and are not implemented, and which */
export async function runBogo({ runner, flags = [], onLine = () => {} }) {
  const folder = mkdtempSync(join(tmpdir(), "puretls-bogo-"));
  try {
    const args = [
      ...["-shim-path", await bundleShim(folder)],
      ...["-shim-config", join(here, "config.json")],
      ...["-pipe", "-allow-unimplemented", ...flags],
    ];
    return await collect(resolve(runner), args, onLine);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function collect(runner, args, onLine) {
  const cases = { passed: [], failed: [], unimplemented: [] };
  const child = spawn(runner, args, { stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [, outcome, name] =
      /^(PASSED|FAILED|UNIMPLEMENTED) \((.*)\)$/.exec(line) ?? [];
    if (outcome !== undefined) cases[outcome.toLowerCase()].push(name);
    onLine(line, outcome);
  });
  return new Promise((settle, reject) => {
    child.on("error", reject);
    child.on("close", (code) => settle({ ...cases, code }));
  });
}

async function main(args) {
  const at = args.indexOf("--runner");
  const runner = args[at + 1] ?? process.env["PURETLS_BOGO_RUNNER"];
  if (at === -1 && process.env["PURETLS_BOGO_RUNNER"] === undefined)
    throw new Error("--runner PATH: where is the runner? See test/bogo/README");
  const flags = at === -1 ? args : args.toSpliced(at, 2);
  const { passed, failed, unimplemented, code } = await runBogo({
    runner,
    flags,
    onLine: (line, outcome) => {
      if (outcome !== "PASSED" && outcome !== "UNIMPLEMENTED")
        console.log(line);
    },
  });
  for (const name of unimplemented) console.log(`UNIMPLEMENTED (${name})`);
  console.log(
    `passed ${passed.length}, failed ${failed.length}, not implemented ${unimplemented.length}`,
  );
  return failed.length > 0 || passed.length === 0 ? code || 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2));
