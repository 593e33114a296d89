/** The adapters of Deno and Bun, in those, against OpenSSL. */
import { beforeAll, expect, it } from "vitest";
import { PeerProcess } from "../support/process.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { buildProgram } from "./build.ts";
import { expectActs } from "./expected.ts";
import { RUNTIMES } from "./runtimes.ts";
import { opensslEcho, useStage } from "./stage.ts";

const stage = useStage();
const ways = [
  ["deno", "connect", /refused/i],
  ["deno", "streams", /refused/i],
  ["bun", "connect", /connect/i],
] as const;

for (const [name, way, refused] of ways) {
  const { command, found } = RUNTIMES[name]();
  describeProgram(name, `puretls/${name} by ${way}`, found, () => {
    let program = "";
    beforeAll(async () => {
      program = await buildProgram(`${name}-client.ts`);
    });

    it("carries, refuses, ends and waits as Node's adapter does", async () => {
      const { settings, certificates } = stage();
      const openssl = await opensslEcho(certificates);
      const run = new PeerProcess(command[0], [
        ...[...command.slice(1), program, way],
        JSON.stringify({ ...settings, openssl }),
      ]);
      const { code } = await run.exit();
      const text = new TextDecoder().decode(run.output());
      // A program that is done ends: nothing of its connections is left.
      expect(code, run.describe()).toBe(0);
      const told = JSON.parse(text) as Record<string, unknown>;
      expectActs(told, stage(), { refused });
    });
  });
}
