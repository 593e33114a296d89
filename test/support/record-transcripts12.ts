/**
 * Records `vectors/transcripts12` anew: see its README. A program, run by
 * make.mjs there; its one argument is the folder to write to.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "../../src/bytes.ts";
import { CIPHER_SUITES } from "../../src/handshake/registries/cipher-suites.ts";
import { ScriptedClient } from "./transcripts12.ts";
import type { Setting, Transcript } from "./transcripts12.ts";

const psk = "5f".repeat(24);

const SETTINGS: readonly Setting[] = [
  {
    name: "ecdhe-ecdsa-aes-128-gcm",
    suite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    key: "ec",
  },
  {
    name: "ecdhe-rsa-aes-256-gcm",
    suite: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    key: "rsa",
  },
  {
    name: "ecdhe-rsa-chacha20",
    suite: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    key: "rsa",
  },
  {
    name: "ecdhe-rsa-aes-128-cbc",
    suite: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    key: "rsa",
    openssl: ["-no_etm"],
  },
  {
    name: "ecdhe-rsa-aes-256-cbc-encrypt-then-mac",
    suite: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    key: "rsa",
  },
  {
    name: "dhe-rsa-aes-128-gcm",
    suite: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    key: "rsa",
  },
  {
    name: "ecdhe-ecdsa-aes-128-ccm",
    suite: "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
    key: "ec",
  },
  {
    name: "ecdhe-ecdsa-aes-256-ccm-8",
    suite: "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
    key: "ec",
  },
  {
    name: "psk-aes-128-gcm",
    suite: "TLS_PSK_WITH_AES_128_GCM_SHA256",
    key: "ec",
    psk,
  },
  {
    name: "ecdhe-psk-chacha20",
    suite: "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
    key: "ec",
    psk,
  },
  {
    name: "dhe-psk-aes-256-gcm",
    suite: "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",
    key: "rsa",
    psk,
  },
  {
    name: "rsa-aes-128-gcm",
    suite: "TLS_RSA_WITH_AES_128_GCM_SHA256",
    key: "rsa",
  },
];

const folder = process.argv[2] ?? ".";
const scratch = mkdtempSync(join(tmpdir(), "puretls-transcripts-"));
try {
  makeCertificates();
  for (const setting of SETTINGS) {
    const transcript = await record(setting);
    const file = join(folder, `${setting.name}.json`);
    writeFileSync(file, `${JSON.stringify(transcript, null, 2)}\n`);
    console.log(`${setting.name}: ${String(transcript.turns.length)} turns`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

function path(name: string): string {
  return join(scratch, name);
}

function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

function makeCertificates(): void {
  const issue = (name: string, ...more: readonly string[]): void => {
    const isEc = name !== "rsa";
    openssl(
      ...["req", "-x509", "-nodes", "-days", "3650", "-subj", `/CN=${name}`],
      ...["-newkey", isEc ? "ec" : "rsa:2048"],
      ...(isEc ? ["-pkeyopt", "ec_paramgen_curve:P-256"] : []),
      ...["-keyout", path(`${name}.key`), "-out", path(`${name}.crt`)],
      ...more,
    );
  };
  issue("ca", "-addext", "keyUsage=critical,keyCertSign,cRLSign");
  for (const name of ["ec", "rsa"])
    issue(
      name,
      ...["-CA", path("ca.crt"), "-CAkey", path("ca.key")],
      ...["-addext", "subjectAltName=DNS:localhost"],
      ...["-addext", "basicConstraints=critical,CA:false"],
      ...["-addext", "keyUsage=critical,digitalSignature,keyEncipherment"],
    );
}

async function record(setting: Setting): Promise<Transcript> {
  const { key, suite, psk, openssl: more = [] } = setting;
  const port = await freePort();
  const keys = path(`${setting.name}.keys`);
  const server = spawn("openssl", [
    ...["s_server", "-brief", "-naccept", "1", "-tls1_2"],
    ...["-accept", `127.0.0.1:${String(port)}`, "-keylogfile", keys],
    ...["-cert", path(`${key}.crt`), "-key", path(`${key}.key`)],
    ...["-cipher", opensslName(suite)],
    ...(psk ? ["-psk", psk, "-psk_identity", "client 1"] : []),
    ...more,
  ]);
  server.stdout.pipe(server.stdin);
  await sleep(500);
  const now = Date.now();
  const ca = readFileSync(path("ca.crt"), "utf8");
  const turns = await converse(port, new ScriptedClient(setting, now, ca));
  server.kill();
  const keyLog = readFileSync(keys, "utf8").trim().split("\n");
  return {
    ...setting,
    recordedWith: /^OpenSSL [\d.]+\w*/.exec(openssl("version"))?.[0] ?? "",
    ...{ now, ca, turns },
    keyLog: keyLog.find((line) => line.startsWith("CLIENT_RANDOM")) ?? "",
  };
}

function converse(
  port: number,
  client: ScriptedClient,
): Promise<Transcript["turns"]> {
  const turns: { from: "client" | "server"; bytes: string }[] = [];
  const note = (from: "client" | "server", bytes: Uint8Array): void => {
    const last = turns.at(-1);
    if (bytes.length === 0) return;
    if (last?.from === from) last.bytes += toHex(bytes);
    else turns.push({ from, bytes: toHex(bytes) });
  };
  const socket = connect(port, "127.0.0.1");
  const send = (bytes: Uint8Array): void => {
    note("client", bytes);
    socket.write(bytes);
  };
  send(client.receive(new Uint8Array()));
  socket.on("data", (bytes) => {
    note("server", bytes);
    send(client.receive(bytes));
  });
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => {
      const { error } = client.engine;
      if (error === undefined) resolve(turns);
      else reject(error);
    });
  });
}

/** `openssl ciphers` knows both names of a suite by its number. */
function opensslName(suite: Setting["suite"]): string {
  const code = CIPHER_SUITES[suite].code.toString(16).padStart(4, "0");
  const wanted = `0x${code.slice(0, 2)},0x${code.slice(2)}`.toUpperCase();
  for (const row of openssl("ciphers", "-V", "ALL").split("\n")) {
    const [number = "", , name] = row.trim().split(/\s+/);
    if (number.toUpperCase() === wanted && name !== undefined) return name;
  }
  throw new Error(`openssl does not know ${suite}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port =
        address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
