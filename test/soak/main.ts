/** `npm run soak`: reads the arguments, soaks, prints what it ran. */
import { parseArgs } from "node:util";
import type { Tally } from "../fuzz/report.ts";
import type { Program } from "./plan.ts";
import { Finding, run } from "./run.ts";
import { soak } from "./soak.ts";
import { World } from "./world.ts";

const USAGE =
  "npm run soak -- [--seconds N | --rounds N] [--seed S] [--replay JSON]";

class UsageError extends Error {}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string" },
        rounds: { type: "string" },
        seed: { type: "string" },
        replay: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message : String(error),
    );
  }
}

function number(
  name: string,
  text: string | undefined,
  least = 1,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 2 ** 31 - 1)
    throw new UsageError(
      `--${name}: "${text}"; a whole number from ${String(least)} to 2147483647 is allowed`,
    );
  return value;
}

async function replayed(json: string): Promise<number> {
  const program = JSON.parse(json) as Program;
  const world = await World.open();
  try {
    console.log(await run(program, world));
    return 0;
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    console.log("FOUND", error.message);
    return 1;
  } finally {
    await world.close();
  }
}

function section(title: string, tally: Tally): void {
  console.log(`  ${title}:`);
  for (const line of tally.lines()) console.log(line);
}

/** The exit code: 0 where nothing was found. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { replay, ...values } = parse(args);
    if (replay !== undefined) return await replayed(replay);
    const rounds = number("rounds", values.rounds);
    const seconds =
      number("seconds", values.seconds) ??
      (rounds === undefined ? 60 : undefined);
    const seed = number("seed", values.seed, 0) ?? 1;
    const began = performance.now();
    const soaked = await soak({
      seed,
      ...(seconds !== undefined && { time: 1000 * seconds }),
      ...(rounds !== undefined && { rounds }),
    });
    const elapsed = (performance.now() - began) / 1000;
    section("ends", soaked.kinds);
    section("modes", soaked.modes);
    section(
      "what the wire did: how the client ended, how the server ended",
      soaked.outcomes,
    );
    const { finding, heap } = soaked;
    const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
    console.log(
      `soak, seed ${String(seed)}: ${String(soaked.connections)} connections and ${mib(soaked.bytes)} MiB in ${String(soaked.rounds)} rounds and ${elapsed.toFixed(0)} s, heap ${mib(heap.heap)} MiB (${heap.growth < 0 ? "" : "+"}${mib(heap.growth)}), ${finding ? "FOUND:" : "nothing lost, late or left"}`,
    );
    if (finding === undefined) return 0;
    if (finding.program) console.log(JSON.stringify(finding.program));
    console.log(
      finding.error instanceof Finding ? finding.error.message : finding.error,
    );
    return 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`soak: ${error.message}\n${USAGE}`);
    return 2;
  }
}
