/**
 * Runs BoringSSL's test runner against puretls and prints what came of it:
 * `npm run test:bogo -- --runner PATH [--provider noble] [--late] [runner's own flags]`.
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
export async function runBogo({
  runner,
  flags = [],
  provider = "node",
  late = false,
  onLine = () => {},
}) {
  const folder = mkdtempSync(join(tmpdir(), "puretls-bogo-"));
  try {
    const args = [
      ...["-shim-path", await bundleShim(folder)],
      ...["-shim-config", join(here, "config.json")],
      // A machine that is busy with other things is no fault of the shim.
      ...["-idle-timeout", "60s"],
      ...["-pipe", "-allow-unimplemented", ...flags],
    ];
    const env = {
      ...process.env,
      PURETLS_BOGO_PROVIDER: provider,
      PURETLS_BOGO_LATE: late ? "1" : "",
    };
    return await collect(resolve(runner), args, env, onLine);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function collect(runner, args, env, onLine) {
  const cases = { passed: [], failed: [], unimplemented: [] };
  const child = spawn(runner, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env,
  });
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

/** This script's own flags, and those that the runner gets as they are. */
function split(args) {
  const own = { provider: "node", late: false };
  const flags = [];
  for (let i = 0; i < args.length; i++) {
    const name = args[i];
    if (name === "--late") own.late = true;
    else if (name === "--runner" || name === "--provider")
      own[name.slice(2)] = args[++i];
    else flags.push(name);
  }
  return { own, flags };
}

async function main(args) {
  const { own, flags } = split(args);
  const { runner = process.env["PURETLS_BOGO_RUNNER"], provider, late } = own;
  if (runner === undefined)
    throw new Error("--runner PATH: where is the runner? See test/bogo/README");
  if (provider !== "node" && provider !== "noble")
    throw new Error(`--provider: "${provider}"; node or noble`);
  const { passed, failed, unimplemented, code } = await runBogo({
    ...{ runner, flags, provider, late },
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
