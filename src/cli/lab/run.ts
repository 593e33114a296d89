/** `puretls lab run`. */
import { writeFileSync } from "node:fs";
import {
  Lab,
  type LabScenario,
  type Opponent,
  play,
  playInMemory,
  reportJUnit,
  reportText,
  type Result,
  resultJson,
} from "../../lab/index.ts";
import { node } from "../../crypto/node.ts";
import {
  type Arguments,
  CommandError,
  type Terminal,
  writeOut,
} from "../command.ts";
import { jsonText } from "../text/json.ts";
import type { RUN_OPTIONS } from "./options.ts";
import { numberOf, peerOf } from "./peer.ts";
import { scenariosOf, seedOf } from "./scenarios.ts";

export async function labRun(
  { values, positionals }: Arguments<typeof RUN_OPTIONS>,
  terminal: Terminal,
): Promise<number> {
  const { replay } = values;
  if (replay !== undefined && positionals.length > 0)
    throw new CommandError("--replay takes the place of FILE");
  const files = replay === undefined ? positionals : [replay];
  const seed =
    numberOf(values.seed, "seed") ??
    (replay === undefined ? undefined : seedOf(replay));
  const patience = numberOf(values.patience, "patience");
  const opponent = peerOf(values);
  const scenarios = playable(scenariosOf(files, values.only), opponent);
  const results: Result[] = [];
  try {
    const one = playerOf(opponent, seed, patience);
    for (const scenario of scenarios) {
      if (terminal.signal.aborted) break;
      results.push(await one(scenario));
    }
  } finally {
    await opponent?.close();
  }
  const name = opponent?.name ?? "puretls in memory";
  if (values.junit !== undefined)
    writeFileSync(values.junit, reportJUnit(results, name));
  if (values.json === true)
    await writeOut(
      terminal,
      jsonText({ peer: name, results: results.map(resultJson) }),
    );
  else {
    const text = reportText(results, {
      verbose: values.verbose === true,
      replay: ({ seed: used }) => `--seed ${used}`,
    });
    await writeOut(terminal, values.quiet === true ? lastLine(text) : text);
  }
  if (terminal.signal.aborted) return 130;
  return results.every(({ verdict }) => verdict === "pass") ? 0 : 1;
}

/** Those that have the role that the peer has not. */
function playable(
  scenarios: readonly LabScenario[],
  opponent: Opponent | undefined,
): readonly LabScenario[] {
  if (opponent === undefined) return scenarios;
  const { role } = opponent;
  const found = scenarios.filter((one) => one.role !== role);
  if (found.length > 0) return found;
  throw new CommandError(
    role === "server"
      ? "the scenarios are those of a misbehaving server; --client tests with them"
      : "the scenarios are those of a misbehaving client; --peer tests with them",
  );
}

function playerOf(
  opponent: Opponent | undefined,
  seed: number | undefined,
  patience: number | undefined,
): (scenario: LabScenario) => Promise<Result> {
  const seeded = seed === undefined ? {} : { seed };
  if (opponent === undefined) {
    const lab = new Lab({ provider: node, ...seeded });
    return (scenario) =>
      Promise.resolve(playInMemory(scenario, { lab, trace: true }));
  }
  const lab = new Lab({
    provider: node,
    hollow: false,
    seed: Math.floor(Math.random() * 2 ** 31),
    ...seeded,
  });
  const options = {
    lab,
    ...(patience !== undefined && { patience: { answer: patience } }),
  };
  return (scenario) => play(scenario, opponent, options);
}

function lastLine(text: string): string {
  return `${text.trimEnd().split("\n").pop() ?? ""}\n`;
}
