/** Runs a library's client, and its server where that is a library too. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Certificates } from "../support/certificates.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import type { Needs } from "../support/probe.ts";
import { NODE24 } from "../support/scenarios/peers.ts";

/** The implementation of `tls` in a process. */
export type Tls = "node:tls" | "puretls";

/** Files of certificates, by what they are for. */
export interface Files {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly serverCert: string;
  readonly serverKey: string;
}

export type Launch = (port: number) => PeerProcess;

/** A server program of another project. */
export interface ForeignServer {
  /** As PURETLS_REQUIRE_PEERS names it. */
  readonly name: string;
  readonly needs: Needs;
  /** Makes its folders; what it returns starts it on a port. */
  prepare(files: Files): Promise<Launch>;
  /** Members of the client's target: user, password, database. */
  readonly target?: Readonly<Record<string, string>>;
}

export interface Library {
  /** The module in clients/. */
  readonly client: string;
  /** The module in programs/, or a program of another project. */
  readonly server: string | ForeignServer;
}

/** The outcome of each check, by its name. */
export type Report = Readonly<Record<string, unknown>>;

const here = dirname(fileURLToPath(import.meta.url));

export function filesOf(certificates: Certificates): Files {
  const server = certificates.server.RSA;
  return {
    ca: certificates.ca,
    ...certificates.client.RSA,
    serverCert: server.cert,
    serverKey: server.key,
  };
}

/** Puts the library through all checks, with those implementations. */
export async function runChecks(
  library: Library,
  sides: { readonly client: Tls; readonly server: Tls },
  certificates: Certificates,
): Promise<Report> {
  const files = filesOf(certificates);
  const { server: kind } = library;
  const launch =
    typeof kind === "string"
      ? (port: number) =>
          nodeProcess(sides.server, "server.mjs", kind, { port, files })
      : await kind.prepare(files);
  const { server, port } = await startServer(launch);
  let again: PeerProcess | undefined;
  const strangers = { ca: certificates.strangerCa };
  const target = typeof kind === "string" ? {} : kind.target;
  const { ca, cert, key } = files;
  const client = nodeProcess(sides.client, "client.mjs", library.client, {
    ...{ port, files: { ca, cert, key }, strangers, ...target },
  });
  try {
    await client.prints('"kill"');
    server.kill();
    await server.exit();
    if (typeof kind === "string") again = launch(port);
    const { code, signal } = await client.exit();
    return {
      ...reportOf(client),
      "the process ends": signal ?? code,
      ...(typeof kind === "string" && { "the server's TLS": tlsOf(server) }),
    };
  } finally {
    for (const one of [client, server, again]) one?.kill();
  }
}

/** Starts a server of the library on a port of 127.0.0.1. */
export async function startLibrary(
  kind: Library["server"],
  files: Files,
  tls: Tls = "node:tls",
) {
  const launch =
    typeof kind === "string"
      ? (port: number) => nodeProcess(tls, "server.mjs", kind, { port, files })
      : await kind.prepare(files);
  return startServer(launch);
}

function nodeProcess(
  tls: Tls,
  program: string,
  ...[library, options]: readonly [string, object]
): PeerProcess {
  return new PeerProcess(
    NODE24,
    [
      ...["--import", join(here, "child/resolve.mjs")],
      ...(tls === "puretls" ? ["--import", "puretls/register"] : []),
      join(here, "child", program),
      ...[library, JSON.stringify(options)],
    ],
    "data",
  );
}

/** The implementation that a server of ours has used. */
function tlsOf(server: PeerProcess): Tls {
  const text = Buffer.from(server.output()).toString();
  return text.includes("node:tls") ? "node:tls" : "puretls";
}

function reportOf(client: PeerProcess): Report {
  const lines = Buffer.from(client.output()).toString().trim().split("\n");
  const report: Record<string, unknown> = {};
  for (const line of lines) {
    const value: unknown = JSON.parse(line);
    if (isOutcome(value)) report[value.name] = value.outcome;
  }
  return report;
}

function isOutcome(
  value: unknown,
): value is { name: string; outcome: unknown } {
  return typeof value === "object" && value !== null && "name" in value;
}
