/**
 * `examples/fleet` as a program: four workers behind a balancer, real Redis, and
 * what goes wrong in a service's life. Its figures are what SECURITY.md and
 * docs/many-processes.md say of it. The types are checked against those of the package
 * `redis`, so that its client is one that puretls/redis takes.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { compilerOptions, entryPoints } from "../../docs/run.ts";
import { PeerProcess } from "../support/process.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { findServer } from "./redis.ts";

const FLEET = join(PROJECT_ROOT, "examples", "fleet");
const PACKAGES = join(PROJECT_ROOT, "test", "interop", "peers", "node_modules");

interface Phase {
  readonly visits: number;
  readonly failed: number;
  readonly resumptionRate: number;
  readonly early: number;
}

interface Figures {
  readonly balancer: string;
  readonly keysRotated: number;
  readonly keysWrittenAgain: number;
  readonly replays: {
    readonly sent: number;
    readonly answered: number;
    readonly refused: number;
    readonly accepted: number;
  };
  readonly strikes: {
    readonly sent: number;
    readonly distinct: number;
    readonly accepted: number;
    readonly acceptedTwice: number;
  };
  readonly rotating: Phase;
  readonly early: Phase;
  readonly workerKilled: Phase;
  readonly afterWorkerKilled: Phase;
  readonly redisDead: Phase;
  readonly redisBack: Phase;
}

/** Bundles it beside the package `redis`, which it imports by name. */
async function bundled(): Promise<string> {
  const outfile = join(PACKAGES, ".fleet", "main.mjs");
  await build({
    entryPoints: [join(FLEET, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["redis"],
    alias: Object.fromEntries(
      [...entryPoints()].map(([name, file]) => [
        name,
        join(PROJECT_ROOT, file),
      ]),
    ),
    logLevel: "error",
  });
  return outfile;
}

async function figuresOf(...options: string[]): Promise<Figures> {
  const program = await bundled();
  const run = new PeerProcess(process.execPath, [
    ...[program, "--json"],
    ...options,
  ]);
  const { code } = await run.ended;
  if (code !== 0) throw new Error(run.describe());
  return JSON.parse(Buffer.from(run.output()).toString()) as Figures;
}

describeProgram("redis", "redis", findServer("redis"), () => {
  it("the fleet resumes, refuses replays, and outlives its Redis", async () => {
    const figures = await figuresOf("--replays", "200");
    console.log(JSON.stringify(figures));
    const { rotating, early, replays, strikes } = figures;
    expect(rotating.failed).toBe(0);
    expect(rotating.resumptionRate).toBeGreaterThanOrEqual(99);
    expect(figures.keysRotated).toBeGreaterThanOrEqual(2);
    expect(early.early).toBeGreaterThan(0);
    expect(early.failed).toBe(0);

    // Replays reach the register, and none of them gets past it.
    expect(replays).toMatchObject({ sent: 200, answered: 200, accepted: 0 });
    expect(replays.refused).toBeGreaterThan(0);
    expect(strikes).toMatchObject({
      sent: 100_000,
      distinct: 1000,
      acceptedTwice: 0,
    });
    expect(strikes.accepted).toBeGreaterThan(990);

    // What a killed worker had under way is lost, and nothing else.
    expect(figures.workerKilled.failed).toBeLessThanOrEqual(8);
    expect(figures.afterWorkerKilled).toMatchObject({ failed: 0 });
    expect(figures.afterWorkerKilled.resumptionRate).toBeGreaterThanOrEqual(99);

    // Without Redis every handshake succeeds, and no early data is accepted;
    // nor is any by a register that may have lost strikes.
    for (const phase of [figures.redisDead, figures.redisBack]) {
      expect(phase.visits).toBeGreaterThan(0);
      expect(phase).toMatchObject({ failed: 0, early: 0 });
      expect(phase.resumptionRate).toBeGreaterThanOrEqual(99);
    }
    expect(figures.keysWrittenAgain).toBeGreaterThanOrEqual(1);
  }, 300_000);

  it("its types are those of the package redis", () => {
    const options = compilerOptions();
    const names = ["main", "worker", "parts", "load", "strikes"];
    const program = ts.createProgram(
      names.map((name) => join(FLEET, `${name}.ts`)),
      {
        ...options,
        paths: {
          ...options.paths,
          redis: [join(PACKAGES, "redis")],
          ioredis: [join(PACKAGES, "ioredis")],
        },
      },
    );
    const faults = program
      .getSourceFiles()
      .filter(({ fileName }) => fileName.startsWith(FLEET))
      .flatMap((file) => program.getSemanticDiagnostics(file))
      .map(({ messageText, file }) => [
        file?.fileName,
        ts.flattenDiagnosticMessageText(messageText, "\n"),
      ]);
    expect(existsSync(join(PACKAGES, "redis"))).toBe(true);
    expect(faults).toEqual([]);
  });
});
