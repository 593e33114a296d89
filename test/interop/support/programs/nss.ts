/** NSS: `tstclnt` and `selfserv`, with databases made by its own tools. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { latin1, utf8Bytes } from "../../../../src/bytes.ts";
import type { KeyFiles } from "../certificates.ts";
import { exchange, serve } from "../scenarios/conduct.ts";
import type {
  ClientOptions,
  ClientRun,
  Group,
  PeerServer,
  ServerOptions,
  TlsOptions,
} from "../scenarios/options.ts";
import type { Needs } from "../probe.ts";
import { PeerProcess } from "../process.ts";
import { suiteCode } from "../scenarios/suites.ts";
import { temporaryFolder } from "../temporary.ts";

const run = promisify(execFile);

/** NSS 3.87 knows no hybrid group. */
const GROUPS: Readonly<Partial<Record<Group, string>>> = {
  x25519: "x25519",
  secp256r1: "P256",
  secp384r1: "P384",
  secp521r1: "P521",
  ffdhe2048: "FF2048",
  ffdhe3072: "FF3072",
};

/** Sends the payload, waits for as much, then closes. */
export async function nssClient(
  options: ClientOptions,
  payload: Uint8Array,
): Promise<ClientRun> {
  const { port, ca, servername = "localhost", identity } = options;
  const { database } = await databaseOf(ca, identity);
  const client = new PeerProcess("tstclnt", [
    ...["-4", "-h", "127.0.0.1", "-p", String(port), "-a", servername],
    ...["-d", database],
    ...(identity ? ["-n", NICKNAME] : []),
    ...commonArguments(options),
  ]);
  return exchange(client, payload);
}

/**
 * selfserv answers a GET with the file of that name: it sends what the GET
 * names, not what it received.
 */
export async function nssServer(options: ServerOptions): Promise<PeerServer> {
  const { identity, clientAuth = "none", ca } = options;
  const { database, folder } = await databaseOf(ca, identity);
  const server = await serve(
    "when told",
    (port) =>
      new PeerProcess(
        "selfserv",
        [
          ...["-p", String(port), "-d", database, "-n", NICKNAME, "-v"],
          ...(clientAuth === "optional" ? ["-r"] : []),
          ...(clientAuth === "required" ? ["-r", "-r"] : []),
          ...commonArguments(options),
        ],
        "log",
      ),
  );
  const file = join(folder, "payload");
  return {
    ...server,
    dialogue: {
      request: (payload) => {
        writeFileSync(file, payload);
        // The first slash is not part of the name.
        return utf8Bytes(`GET /${file} HTTP/1.0\r\n\r\n`);
      },
      answer: (received) => {
        const head = /^HTTP[^]*?\r\n\r\n/.exec(latin1(received.slice(0, 1024)));
        return received.subarray(head?.[0].length);
      },
    },
  };
}

export const NICKNAME = "identity";

interface Database {
  /** As NSS names it. */
  readonly database: string;
  /** The path of the database. */
  readonly folder: string;
}

const databases = new Map<string, Promise<Database>>();

/** A database that trusts the CA and owns the identity; one for each pair. */
export function databaseOf(
  ca: string | undefined,
  identity: KeyFiles | undefined,
): Promise<Database> {
  const key = JSON.stringify([ca, identity]);
  const known = databases.get(key) ?? makeDatabase(ca, identity);
  databases.set(key, known);
  return known;
}

async function makeDatabase(
  ca: string | undefined,
  identity: KeyFiles | undefined,
): Promise<Database> {
  const folder = temporaryFolder();
  const database = await databaseAt(folder, ca);
  if (identity === undefined) return { database, folder };
  const file = join(folder, "identity.p12");
  await run("openssl", [
    ...["pkcs12", "-export", "-in", identity.cert, "-inkey", identity.key],
    ...["-name", NICKNAME, "-passout", "pass:", "-out", file],
  ]);
  await run("pk12util", ["-i", file, "-d", database, "-W", "", "-K", ""]);
  return { database, folder };
}

/** The programs that {@link databaseAt} needs. */
export const DATABASE_TOOLS: Needs = {
  source: "Debian package libnss3-tools",
  programs: [["certutil", "-H"]],
};

/** An empty database in that folder, but for the CA that it trusts; its name. */
export async function databaseAt(
  folder: string,
  ca: string | undefined,
): Promise<string> {
  const database = `sql:${folder}`;
  await run("certutil", ["-N", "-d", database, "--empty-password"]);
  if (ca !== undefined)
    await run("certutil", [
      ...["-A", "-d", database, "-n", "ca", "-t", "CT,C,C", "-a", "-i", ca],
    ]);
  return database;
}

function commonArguments(options: TlsOptions): string[] {
  const { version = "TLSv1.3", suites, groups } = options;
  const only = version === "TLSv1.3" ? "tls1.3" : "tls1.2";
  const ciphers = suites?.map((suite) => `:${suiteCode(suite)}`).join("");
  const curves = groups?.map((group) => GROUPS[group] ?? "unknown").join(",");
  return [
    ...["-V", `${only}:${only}`],
    ...(ciphers ? ["-c", ciphers] : []),
    ...(curves ? ["-I", curves] : []),
  ];
}
