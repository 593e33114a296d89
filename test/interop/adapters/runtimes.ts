/** The runtimes of npm that run the adapters' programs. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { type Probed, probe } from "../support/probe.ts";

const PEERS = join(PROJECT_ROOT, "test/runtimes/node_modules");

export interface Runtime {
  readonly command: readonly [string, ...string[]];
  readonly found: Probed;
}

function runtime(program: string, ...args: readonly string[]): Runtime {
  const path = join(PEERS, program);
  const found = probe({
    source: "npm run runtimes",
    working: [[[path, "--version"], /\d/]],
  });
  if ("missing" in found) return { command: [path, ...args], found };
  const [output = ""] = found.output.split("\n");
  return { command: [path, ...args], found: { output } };
}

export const RUNTIMES = {
  bun: () => runtime("@oven/bun-linux-x64/bin/bun", "run"),
  workerd: () => runtime("@cloudflare/workerd-linux-64/bin/workerd"),
  deno: () => runtime("@deno/linux-x64-glibc/deno", "run", "-A"),
};
