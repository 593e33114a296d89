/**
 * Runs tlsfuzzer's scripts against a server of puretls and prints what came of
 * it: `npm run test:tlsfuzzer -- --tlsfuzzer FOLDER [--python PATH]
 * [--patience SECONDS] [SCRIPT...]`.
 * See README.md.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** Every script's row: its server's flags, its own, and what it may not pass. */
export const SCRIPTS = JSON.parse(
  readFileSync(join(here, "scripts.json"), "utf8"),
);

/** @returns for each script how many probes passed, and which failed */
export async function runTlsfuzzer({
  tlsfuzzer,
  python = "python3",
  only = [],
  patience = 600,
  onResult = () => {},
}) {
  const folder = mkdtempSync(join(tmpdir(), "puretls-tlsfuzzer-"));
  try {
    await build({
      entryPoints: [join(here, "server.ts"), join(here, "prepare.ts")],
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
    });
    await run(process.execPath, [join(folder, "prepare.mjs"), folder]);
    const results = [];
    for (const row of SCRIPTS) {
      if (only.length > 0 && !only.includes(row.script)) continue;
      const result = await runScript({
        ...{ tlsfuzzer, python, folder, row, patience },
      });
      onResult(result);
      results.push(result);
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runScript({ tlsfuzzer, python, folder, row, patience }) {
  const { script, server = [], args = [], except = {} } = row;
  const { port, stop } = await startServer(folder, server);
  try {
    const own = args.map((arg) => arg.replace("FOLDER", folder));
    const path = join(resolve(tlsfuzzer), "scripts", `${script}.py`);
    const said = await run(
      python,
      [path, "-h", "127.0.0.1", "-p", String(port), ...own],
      {
        env: { ...process.env, PYTHONPATH: resolve(tlsfuzzer) },
        maxBuffer: 2 ** 28,
        timeout: 1000 * patience,
      },
    ).catch((error) => error);
    const output = said.stdout ?? "";
    return { script, ...judge(output, Object.values(except).flat()), output };
  } finally {
    stop();
  }
}

function startServer(folder, flags) {
  const child = spawn(
    process.execPath,
    [join(folder, "server.mjs"), "--folder", folder, ...flags],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return new Promise((settle, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`server: exit code ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, port] = /^listening on (\d+)$/.exec(line) ?? [];
      if (port !== undefined)
        settle({ port: Number(port), stop: () => child.kill() });
    });
  });
}

/** A script without a sum at its end has failed. */
function judge(output, patterns) {
  const passed = Number(/^PASS: (\d+)$/m.exec(output)?.[1] ?? 0);
  const list = /^FAILED:\n((?:\t.*\n)*)/m.exec(output)?.[1] ?? "";
  const names = [...list.matchAll(/^\t'(.*)'$/gm)].map(([, name]) => name);
  const isExcepted = (name) => patterns.some((one) => RegExp(one).test(name));
  const failed = names.filter((name) => !isExcepted(name));
  return {
    passed,
    excepted: names.length - failed.length,
    failed: [...failed, ...(passed === 0 ? ["no probe passed"] : [])],
  };
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tlsfuzzer: { type: "string" },
      python: { type: "string" },
      patience: { type: "string", default: "600" },
      verbose: { type: "boolean", default: false },
    },
  });
  const tlsfuzzer = values.tlsfuzzer ?? process.env["PURETLS_TLSFUZZER"];
  if (tlsfuzzer === undefined)
    throw new Error("--tlsfuzzer FOLDER: where is it? See test/tlsfuzzer");
  const patience = Number(values.patience);
  if (!Number.isInteger(patience) || patience < 1)
    throw new Error(
      `--patience: "${values.patience}"; a whole number of seconds above 0`,
    );
  const results = await runTlsfuzzer({
    tlsfuzzer,
    python: values.python ?? process.env["PURETLS_TLSFUZZER_PYTHON"],
    only: positionals,
    patience,
    onResult: ({ script, passed, excepted, failed, output }) => {
      console.log(
        `${script}: passed ${passed}, excepted ${excepted}, failed ${failed.length}`,
      );
      for (const name of failed) console.log(`    ${name}`);
      if (values.verbose) console.log(output);
    },
  });
  const sum = (count) => results.reduce((all, one) => all + count(one), 0);
  const failed = sum((one) => one.failed.length);
  console.log(
    `${results.length} scripts: passed ${sum((one) => one.passed)}, excepted ${sum((one) => one.excepted)}, failed ${failed}`,
  );
  return failed === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await main();
