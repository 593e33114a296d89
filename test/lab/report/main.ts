/**
 * Plays the library against every stack that is here, and writes docs/lab-report.md:
 * npm run lab:report [-- --only NAMES] [--withheld FILE]. With --keep FILE the outcome is
 * kept as JSON, and with --with FILES joins that of a later run.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Lab,
  labAuthorityPem,
  type LabRole,
  type LabScenario,
  type LabVersion,
  library,
  type Opponent,
  play,
  type Result,
  scenarioOf,
} from "../../../src/lab/index.ts";
import { clientByCommand } from "../../../src/lab/node/index.ts";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { lasting, single } from "./opponents.ts";
import {
  type Deviation,
  renderReport,
  type Played,
  withheldLines,
} from "./page.ts";
import {
  type Files,
  makeFiles,
  type Stack,
  STACKS,
  versionOf,
} from "./stacks.ts";

const PATIENCE = { answer: 1500, settle: 150 };

/** Runs at a time: most of them wait. */
const AT_ONCE = 6;

function tables(): string {
  return (
    readFileSync("/proc/net/tcp", "latin1") +
    readFileSync("/proc/net/tcp6", "latin1")
  );
}

export async function main(args: readonly string[]): Promise<number> {
  const option = (name: string): string | undefined =>
    args[args.indexOf(name) + 1];
  const only = args.includes("--only")
    ? option("--only")?.split(",")
    : undefined;
  const folder = mkdtempSync(join(tmpdir(), "lab-report-"));
  const played: Played[] = [];
  try {
    const files = makeFiles(
      folder,
      join(PROJECT_ROOT, "test/interop/peers"),
      labAuthorityPem(),
      writeFileSync,
    );
    for (const stack of STACKS) {
      if (only !== undefined && !only.includes(stack.name)) continue;
      const version = versionOf(stack, files);
      if (version === undefined) {
        console.log(`${stack.name}: not here`);
        continue;
      }
      try {
        if (stack.build !== undefined)
          execFileSync("sh", ["-c", stack.build(files)], { stdio: "ignore" });
      } catch {
        console.log(`${stack.name}: cannot be built`);
        continue;
      }
      for (const one of await playStack(stack, files)) {
        played.push({ ...one, label: `${stack.name} ${version}` });
        const { scenarios, deviations, unplayable, seconds } = one;
        console.log(
          `${stack.name} ${version} ${one.version} ${one.tested}: ${scenarios} played, ${unplayable} not, ${deviations.length} deviations, ${seconds.toFixed(0)} s`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const keep = args.includes("--keep") ? option("--keep") : undefined;
  if (keep !== undefined) writeFileSync(keep, JSON.stringify(played));
  const before = args.includes("--with") ? (option("--with") ?? "") : "";
  for (const file of before.split(",").filter((name) => name !== "")) {
    const kept: Played[] = JSON.parse(readFileSync(file, "utf8"));
    played.push(...kept);
  }
  const withheld = args.includes("--withheld")
    ? option("--withheld")
    : undefined;
  if (withheld !== undefined) writeFileSync(withheld, withheldLines(played));
  if (only === undefined || before !== "")
    writeFileSync(
      join(PROJECT_ROOT, "docs/lab-report.md"),
      renderReport(played),
    );
  return 0;
}

async function playStack(
  stack: Stack,
  files: Files,
): Promise<Omit<Played, "label">[]> {
  const all: Omit<Played, "label">[] = [];
  for (const version of stack.versions) {
    const { server, client } = stack;
    if (server !== undefined) {
      const make = stack.isSingle === true ? single : lasting;
      const plain = make(server(files, version, false), tables);
      const asking = make(server(files, version, true), tables);
      all.push(
        await playAll(
          version,
          "client",
          ({ data }) => (data.handshake.clientCertificate ? asking : plain),
          stack.isSerial === true ? 1 : AT_ONCE,
        ),
      );
      await plain.close();
      await asking.close();
    }
    if (client !== undefined) {
      const opponents = Array.from({ length: AT_ONCE }, () =>
        clientByCommand({ command: `exec ${client(files, version)}` }),
      );
      all.push(
        // A program that waits for its input reads nothing more.
        await playAll(version, "server", (one, worker) =>
          stack.isSingle === true && goesOn(one)
            ? undefined
            : opponents[worker],
        ),
      );
      for (const one of opponents) await one.close();
    }
  }
  return all;
}

type Choose = (one: LabScenario, worker: number) => Opponent | undefined;

async function playAll(
  version: LabVersion,
  role: LabRole,
  choose: Choose,
  workers = AT_ONCE,
): Promise<Omit<Played, "label">> {
  const begun = Date.now();
  const mine = library().filter(
    (one) => one.version === version && one.role === role,
  );
  const honest = new Map<string, Promise<boolean>>();
  const deviations: Deviation[] = [];
  let [unplayable, scenarios] = [0, 0];
  const queue = [...mine];
  const worker = async (number: number): Promise<void> => {
    const lab = new Lab({ hollow: false, seed: 1 + number });
    for (let one = queue.shift(); one; one = queue.shift()) {
      const opponent = choose(one, number);
      if (opponent === undefined) {
        unplayable++;
        continue;
      }
      const run = (it: LabScenario): Promise<Result> =>
        play(it, opponent, { lab, patience: PATIENCE, deadline: 8000 });
      const key = JSON.stringify(one.data.handshake);
      const isHonest =
        honest.get(key) ??
        run(honestOf(one)).then((result) => isHonestRun(one, result));
      honest.set(key, isHonest);
      if (!(await isHonest)) {
        unplayable++;
        continue;
      }
      let result = await run(one);
      // What was late once is played again.
      if (result.verdict === "fail") result = await run(one);
      if (result.verdict === "error") {
        unplayable++;
        continue;
      }
      scenarios++;
      if (result.verdict === "fail")
        deviations.push({
          name: one.name,
          ids: one.data.requirements,
          tags: one.data.tags,
          expected: result.expected,
          seen: result.seen,
          events: result.events,
        });
    }
  };
  await Promise.all(
    Array.from({ length: workers }, (_, number) => worker(number)),
  );
  deviations.sort((a, b) => a.name.localeCompare(b.name));
  const tested = role === "client" ? "server" : "client";
  return {
    version,
    tested,
    scenarios,
    unplayable,
    deviations,
    seconds: (Date.now() - begun) / 1000,
  };
}

/** Early data has to be accepted where a scenario is about it. */
function isHonestRun({ data }: LabScenario, result: Result): boolean {
  const isTaken =
    data.handshake.earlyData !== true ||
    result.events.includes("> end_of_early_data");
  return result.verdict === "pass" && isTaken;
}

/** Tells whether something is to come when the handshake is done. */
function goesOn({ data }: LabScenario): boolean {
  const steps = data.steps.map(({ step }) => step);
  return (
    steps.includes("expect_connected") && steps.at(-1) !== "expect_connected"
  );
}

/** The same handshake with nothing wrong. */
function honestOf({ data }: LabScenario): LabScenario {
  return scenarioOf({ ...data, steps: [{ step: "expect_connected" }] });
}
