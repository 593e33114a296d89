/**
 * Servers that are processes of their own, with and without the same ticket
 * keys, on TCP: sessions of one are resumed at the other, in both versions and
 * over a rotation (RFC 5077 5.5, RFC 9846 4.7.1).
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { asciiBytes } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { Session } from "../../src/engine/index.ts";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { clientTalk } from "../interop/support/puretls/engines.ts";
import { testClientConfig } from "../support/engines.ts";
import { testServer } from "../support/pki.ts";
import type { Order, Report } from "./support/ticket-server.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-processes-"));
const program = join(folder, "server.mjs");

beforeAll(async () => {
  await build({
    entryPoints: [join(PROJECT_ROOT, "test/net/support/ticket-server.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
});

const running = new Set<ServerProcess>();
afterEach(() => {
  for (const server of running) server.stop();
  running.clear();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A server in a process of its own. */
class ServerProcess {
  readonly #child: ChildProcess = fork(program, [], { stdio: "inherit" });
  readonly #reports: Report[] = [];
  readonly #waiting: ((report: Report) => void)[] = [];
  port = 0;
  /** Its ticket keys, newest first. */
  keys: readonly string[] = [];

  constructor() {
    running.add(this);
    this.#child.on("message", (report: Report) => {
      const waiter = this.#waiting.shift();
      if (waiter) waiter(report);
      else this.#reports.push(report);
    });
  }

  static async start(keys?: readonly string[]): Promise<ServerProcess> {
    const server = new ServerProcess();
    const { certificatePem: cert, keyPem: key } = testServer();
    const order = { type: "start", cert, key, ...(keys && { keys }) } as const;
    const report = await server.tell(order);
    if (report.type !== "listening") throw new Error(report.type);
    server.port = report.port;
    server.keys = report.keys;
    return server;
  }

  async tell(order: Order): Promise<Report> {
    this.#child.send(order);
    return this.next();
  }

  async rotate(key?: string): Promise<void> {
    const order = {
      type: "rotate",
      ...(key !== undefined && { key }),
    } as const;
    const report = await this.tell(order);
    if (report.type !== "rotated") throw new Error(report.type);
    this.keys = report.keys;
  }

  next(): Promise<Report> {
    const report = this.#reports.shift();
    if (report) return Promise.resolve(report);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  stop(): void {
    this.#child.kill();
  }
}

const VERSIONS = ["TLSv1.3", "TLSv1.2"] as const;
type Version = (typeof VERSIONS)[number];

/** One connection: whether both sides say that it went on, and what it left. */
async function visit(
  server: ServerProcess,
  version: Version,
  session?: Session,
): Promise<{ resumed: boolean; session: Session }> {
  const { engine, received, sessions } = await clientTalk(
    server.port,
    testClientConfig({
      provider: noble,
      versions: [version],
      ...(session && { session }),
    }),
    "localhost",
  );
  expect(engine.error).toBeUndefined();
  expect(received).toEqual(asciiBytes("hello\n"));
  const resumed = engine.info?.resumed === true;
  expect(await server.next()).toEqual({
    type: "connection",
    version,
    resumed,
    early: 0,
  });
  // TLS 1.2: a session that goes on without a new ticket stays what it was.
  const left = sessions[0] ?? session;
  if (left === undefined) throw new Error("no session came");
  return { resumed, session: left };
}

describe.each(VERSIONS)("two processes, %s", (version) => {
  it("with the same ticket keys resume each other's sessions, over a rotation", async () => {
    const one = await ServerProcess.start();
    const two = await ServerProcess.start(one.keys);
    const first = await visit(one, version);
    expect(first.resumed).toBe(false);
    const second = await visit(two, version, first.session);
    expect(second.resumed).toBe(true);
    const third = await visit(one, version, second.session);
    expect(third.resumed).toBe(true);

    // One has a new key, the other not yet: no session is lost but for that time.
    await one.rotate();
    const early = await visit(one, version);
    expect((await visit(two, version, early.session)).resumed).toBe(false);
    expect((await visit(one, version, third.session)).resumed).toBe(true);

    await two.rotate(one.keys[0]);
    expect(two.keys).toEqual(one.keys);
    const late = await visit(two, version, early.session);
    expect(late.resumed).toBe(true);
    expect((await visit(one, version, late.session)).resumed).toBe(true);
    // What was sealed before the rotation still goes on, on either side.
    expect((await visit(two, version, third.session)).resumed).toBe(true);
  });

  it("with keys of their own begin anew", async () => {
    const one = await ServerProcess.start();
    const two = await ServerProcess.start();
    const { session } = await visit(one, version);
    expect((await visit(two, version, session)).resumed).toBe(false);
    expect((await visit(one, version, session)).resumed).toBe(true);
  });
});

it("early data is accepted by the process that issued the ticket, and once", async () => {
  const one = await ServerProcess.start();
  const two = await ServerProcess.start(one.keys);
  const { session } = await visit(one, "TLSv1.3");
  const early = asciiBytes("early\n");
  const outcomes: unknown[] = [];
  for (const server of [two, one, one]) {
    const { engine } = await clientTalk(
      server.port,
      testClientConfig({ provider: noble, session, earlyData: true }),
      "localhost",
      { early },
    );
    const report = await server.next();
    if (report.type !== "connection") throw new Error(report.type);
    outcomes.push([engine.info?.earlyData, report.resumed, report.early]);
  }
  expect(outcomes).toEqual([
    ["rejected", true, 0],
    ["accepted", true, 6],
    ["rejected", true, 0],
  ]);
});
