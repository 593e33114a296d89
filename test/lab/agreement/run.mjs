/**
 * Runs scripts of tlsfuzzer and the scenarios for them against the same servers, and prints
 * where the two agree: `node test/lab/agreement/run.mjs --tlsfuzzer FOLDER [--python PATH]
 * [--server NAME]... [--probes N] [SCRIPT...]`, after `npm run build`.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { node } from "puretls/crypto/node";
import { Lab, play } from "puretls/lab";
import { connectTo } from "puretls/lab/node";
import { ROWS } from "./rows.mjs";

const run = promisify(execFile);
const CLI = fileURLToPath(
  new URL("../../../dist/cli/main.js", import.meta.url),
);

const SERVERS = {
  openssl: (port, { key, cert }) => [
    "openssl",
    ...["s_server", "-quiet", "-www", "-accept", `127.0.0.1:${port}`],
    ...["-key", key, "-cert", cert],
  ],
  gnutls: (port, { key, cert }) => [
    "gnutls-serv",
    ...["--quiet", "--http", "--port", `${port}`, "--disable-client-cert"],
    ...["--x509keyfile", key, "--x509certfile", cert],
  ],
  puretls: (port, { key, cert }) => [
    process.execPath,
    ...[CLI, "serve", `${port}`, "--www", "--key", key, "--cert", cert],
  ],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tlsfuzzer: { type: "string" },
    python: { type: "string", default: "python3" },
    server: { type: "string", multiple: true },
    probes: { type: "string", default: "3" },
  },
});
const tlsfuzzer = values.tlsfuzzer ?? process.env.PURETLS_TLSFUZZER;
if (tlsfuzzer === undefined)
  throw new Error("--tlsfuzzer FOLDER: where is it?");

const folder = mkdtempSync(join(tmpdir(), "puretls-agreement-"));
const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
let [agreed, all] = [0, 0];
try {
  await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
    ...["-keyout", files.key, "-out", files.cert, "-subj", "/CN=localhost"],
  ]);
  for (const name of values.server ?? Object.keys(SERVERS)) await against(name);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${agreed} of ${all} agree`);

async function against(name) {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const [program, ...args] = SERVERS[name](port, files);
  const server = spawn(program, args, { stdio: "ignore" });
  try {
    await listening(port);
    for (const [script, scenarios] of Object.entries(ROWS)) {
      if (positionals.length > 0 && !positionals.includes(script)) continue;
      const theirs = await scriptPasses(script, port);
      const { pass, why } = await scenariosPass(scenarios, port);
      all++;
      if (theirs === pass) agreed++;
      const word = (is) => (is ? "pass" : "fail");
      console.log(
        `${name.padEnd(8)} ${script.padEnd(40)} ${word(theirs)} ${word(pass)}${theirs === pass ? "" : ` DIFFERS ${why}`}`,
      );
    }
  } finally {
    server.kill();
  }
}

async function scriptPasses(script, port) {
  try {
    await run(
      values.python,
      [
        join(resolve(tlsfuzzer), "scripts", `${script}.py`),
        ...["-h", "127.0.0.1", "-p", `${port}`, "-n", values.probes],
      ],
      {
        env: { ...process.env, PYTHONPATH: resolve(tlsfuzzer) },
        maxBuffer: 2 ** 28,
        timeout: 120_000,
      },
    );
    return true;
  } catch {
    return false;
  }
}

async function scenariosPass(scenarios, port) {
  const lab = new Lab({ provider: node, hollow: false, seed: 1 });
  const target = connectTo({ host: "127.0.0.1", port });
  for (const one of scenarios) {
    const { verdict, expected, seen } = await play(one, target, { lab });
    if (verdict !== "pass")
      return { pass: false, why: `expected ${expected}, saw ${seen}` };
  }
  return { pass: true, why: "" };
}

async function listening(port) {
  for (let tries = 0; tries < 150; tries++) {
    const isOpen = await new Promise((settle) => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.on("connect", () => {
        socket.destroy();
        settle(true);
      });
      socket.on("error", () => settle(false));
    });
    if (isOpen) return;
    await new Promise((settle) => setTimeout(settle, 100));
  }
  throw new Error("the server does not listen");
}
