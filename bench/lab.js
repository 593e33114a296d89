/**
 * The speed of the lab: in memory, and beside tlsfuzzer on the same conversation with the
 * same server (OpenSSL's): `npm run bench:lab -- [--tlsfuzzer FOLDER --python PATH]`.
 * Rates in memory are by processor time, so that a busy machine does not count.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { node } from "puretls/crypto/node";
import {
  drop,
  edit,
  flip,
  Lab,
  library,
  play,
  playInMemory,
  scenario,
} from "puretls/lab";
import { connectTo } from "puretls/lab/node";

const run = promisify(execFile);
const FLIPPED = scenario("tls13")
  .afterSend("finished", edit.field("verify_data", flip()))
  .expectAlert("decrypt_error");

/** Runs a second of processor time; answers runs for each. */
function rate(once) {
  for (let i = 0; i < 200; i++) once();
  const begun = process.cpuUsage();
  for (let runs = 0; ; runs += 20) {
    const { user, system } = process.cpuUsage(begun);
    if (user + system > 1e6) return (runs * 1e6) / (user + system);
    for (let i = 0; i < 20; i++) once();
  }
}

function inMemory() {
  const lab = new Lab({ provider: node });
  const rows = {
    "a hello that is refused": scenario("tls13")
      .beforeSend("client_hello", edit.extension("key_share", drop))
      .expectAlert("missing_extension"),
    "a wrong signature": scenario("tls13", "server")
      .sign("certificate_verify", "wrong")
      .expectAlert("decrypt_error"),
    "a wrong Finished": FLIPPED,
    "a whole handshake": scenario("tls13").expectConnected(),
  };
  for (const [name, one] of Object.entries(rows))
    print(
      `in memory: ${name}`,
      rate(() => playInMemory(one, { lab })),
    );
  const all = library();
  let at = 0;
  const next = () => playInMemory(all[at++ % all.length], { lab });
  for (let i = 0; i < all.length; i++) next();
  print(`in memory: the library of ${all.length}`, rate(next));
}

async function besideTlsfuzzer(tlsfuzzer, python) {
  const folder = mkdtempSync(join(tmpdir(), "puretls-lab-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
    ...["-keyout", key, "-out", cert, "-subj", "/CN=localhost"],
  ]);
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const server = spawn(
    "openssl",
    [
      ...["s_server", "-quiet", "-www", "-accept", `127.0.0.1:${port}`],
      ...["-key", key, "-cert", cert],
    ],
    { stdio: "ignore" },
  );
  try {
    await listening(port);
    const lab = new Lab({ provider: node, hollow: false, seed: 1 });
    const target = connectTo({ host: "127.0.0.1", port });
    const seconds = 5;
    const until = Date.now() + 1000 * seconds;
    let ours = 0;
    for (; Date.now() < until; ours++) {
      const { verdict, seen } = await play(FLIPPED, target, { lab });
      if (verdict !== "pass") throw new Error(`the lab saw ${seen}`);
    }
    print("OpenSSL's server: a wrong Finished, the lab", ours / seconds);
    const theirs = await tlsfuzzerRate(tlsfuzzer, python, port);
    print("OpenSSL's server: a wrong Finished, tlsfuzzer", theirs);
    console.log(`${(ours / seconds / theirs).toFixed(1)} times as many`);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

/** Conversations for each second of a script, without what Python takes to begin. */
async function tlsfuzzerRate(tlsfuzzer, python, port) {
  const timed = async (probes) => {
    const begun = Date.now();
    const { stdout } = await run(
      python,
      [
        join(resolve(tlsfuzzer), "scripts", "test-tls13-finished.py"),
        ...["-h", "127.0.0.1", "-p", `${port}`, "-n", `${probes}`],
      ],
      {
        env: { ...process.env, PYTHONPATH: resolve(tlsfuzzer) },
        maxBuffer: 2 ** 28,
      },
    ).catch((error) => error);
    const [, count] = /^TOTAL: (\d+)$/m.exec(stdout ?? "") ?? [];
    if (count === undefined) throw new Error("tlsfuzzer has said no sum");
    return { count: Number(count), time: Date.now() - begun };
  };
  const few = await timed(1);
  const many = await timed(25);
  return (1000 * (many.count - few.count)) / (many.time - few.time);
}

async function listening(port) {
  for (let tries = 0; tries < 100; tries++) {
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
  throw new Error("openssl s_server does not listen");
}

function print(name, perSecond) {
  console.log(`${name.padEnd(54)} ${Math.round(perSecond)} a second`);
}

const { values } = parseArgs({
  options: {
    tlsfuzzer: { type: "string" },
    python: { type: "string", default: "python3" },
  },
});
inMemory();
const tlsfuzzer = values.tlsfuzzer ?? process.env.PURETLS_TLSFUZZER;
if (tlsfuzzer === undefined)
  console.log("--tlsfuzzer FOLDER compares with it; see test/tlsfuzzer");
else await besideTlsfuzzer(tlsfuzzer, values.python);
