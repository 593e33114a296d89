/** `npm run timing`: reads the arguments, measures the rows, prints the table. */
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Row } from "./row.ts";
import { ROWS } from "./rows/all.ts";
import { HEAD, lineOf, MARKDOWN_HEAD } from "./table.ts";
import type { Welch } from "./welch.ts";

const USAGE = `npm run timing -- [--only TEXT] [--seeds N] [--part P] [--markdown]

  --only TEXT   rows whose name, provider or classes have that text
  --seeds N     how many seeds, each in a process of its own (5)
  --part P      that part of the samples: 0.1 for a look (1)
  --markdown    the table in Markdown, for docs/timing.md
`;

class UsageError extends Error {}

interface Options {
  readonly rows: readonly Row[];
  readonly seeds: number;
  readonly part: number;
  readonly markdown: boolean;
}

/** Returns the exit code. `child` is the file that measures one row. */
export function main(args: readonly string[], child: string): number {
  let options: Options;
  try {
    options = optionsOf(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n${USAGE}`);
    return 2;
  }
  const engine = `node ${process.version}, OpenSSL ${process.versions.openssl}, V8 ${process.versions.v8}`;
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${String(availableParallelism())} processors, load ${loadavg()[0]?.toFixed(1) ?? "?"}`;
  console.log(`${engine}; ${machine}; ${new Date().toISOString()}`);
  console.log(options.markdown ? MARKDOWN_HEAD : HEAD);
  for (const row of options.rows) {
    const seeds = Array.from({ length: options.seeds }, (_, i) =>
      runChild(child, ROWS.indexOf(row), i + 1, options.part),
    );
    const line = lineOf(row, seeds);
    console.log(options.markdown ? line.markdown : line.text);
  }
  return 0;
}

function optionsOf(args: readonly string[]): Options {
  const { only = "", seeds = "5", part = "1", markdown } = parse(args);
  const count = Number(seeds);
  if (!/^\d+$/.test(seeds) || count < 1)
    throw new UsageError(`--seeds: "${seeds}"; a whole number from 1`);
  const share = Number(part);
  if (!(share > 0 && share <= 100))
    throw new UsageError(`--part: "${part}"; a number above 0, at most 100`);
  const rows = ROWS.filter(({ name, provider, classes }) =>
    [provider, name, ...classes].join(" ").includes(only),
  );
  if (rows.length === 0)
    throw new UsageError(`--only: no row has the text "${only}"`);
  return { rows, seeds: count, part: share, markdown: markdown ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        seeds: { type: "string" },
        part: { type: "string" },
        markdown: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message : String(error),
    );
  }
}

function runChild(
  child: string,
  index: number,
  seed: number,
  part: number,
): Welch {
  const args = [child, ...[index, seed, part].map(String)];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`row ${String(index)}: exit ${status}`);
  const result: Welch = JSON.parse(stdout);
  return result;
}
