/** Plays scenarios against a peer elsewhere. */
import type { Session } from "../../engine/index.ts";
import { LabError } from "../errors.ts";
import type { LabConnection, Opponent } from "../peers/opponent.ts";
import type { LabScenario, ScenarioData } from "../scenario/scenario.ts";
import { Lab } from "../world/lab.ts";
import { type Patience, Play } from "./play.ts";
import type { Result } from "./result.ts";

/** Options of {@link play}. */
export interface PlayOptions {
  /** Configs and keys. Default: one with a seed that is drawn. */
  readonly lab?: Lab;
  readonly patience?: Partial<Patience>;
  /** Milliseconds for the whole run. Default 20000. */
  readonly deadline?: number;
}

const DEADLINE = 20_000;

/**
 * Plays a scenario against a peer elsewhere: a server that `connectTo()` of
 * `puretls/lab/node` reaches, a client that `clientByCommand()` starts, or an
 * {@link Opponent} of your own. It never rejects for what the peer does.
 *
 * @throws LabError for a step that the version or the role does not have, and for a
 *   peer of the same role as the scenario
 * @example
 * ```ts
 * import { type Opponent, play, scenario } from "puretls/lab";
 *
 * // A peer that is not there: the run is an error, and says so.
 * const nobody: Opponent = {
 *   role: "server",
 *   name: "nobody",
 *   connect: () => Promise.reject(new Error("refused")),
 *   close: () => Promise.resolve(),
 * };
 * const { verdict } = await play(scenario("tls13").expectConnected(), nobody);
 * if (verdict !== "error") throw new Error();
 * ```
 */
export async function play(
  scenario: LabScenario,
  opponent: Opponent,
  options: PlayOptions = {},
): Promise<Result> {
  const { data } = scenario;
  if (opponent.role === data.role)
    throw new LabError(
      `scenario: its ${data.role} misbehaves, and ${opponent.name} is a ${opponent.role} too; choose a scenario of the other role`,
    );
  const lab = options.lab ?? new Lab({ hollow: false, seed: drawnSeed() });
  const begun = Date.now();
  const keyLog: string[] = [];
  lab.reset();
  const isResumed = data.handshake.resume === true && data.role === "client";
  const fault = { message: "" };
  const session = isResumed
    ? await earlierSession(data, opponent, { ...options, lab }, fault)
    : undefined;
  const made = lab.tapped(data, {
    session,
    serverName: data.handshake.serverName ?? opponent.serverName,
    keyLog: (line) => keyLog.push(line),
  });
  const run = new Play(data, made, options.patience);
  if (isResumed && session === undefined) run.fault(fault.message);
  else await drive(run, opponent, options.deadline ?? DEADLINE);
  const duration = Date.now() - begun;
  return run.result({ seed: lab.seed, duration, states: [], keyLog });
}

function drawnSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** Connects, and lets bytes go to and fro until the run is done. */
async function drive(
  run: Play,
  opponent: Opponent,
  deadline: number,
): Promise<void> {
  let connection: LabConnection;
  try {
    connection = await opponent.connect();
  } catch (error) {
    const why = error instanceof Error ? error.message : "no connection";
    run.fault(`${opponent.name} cannot be reached: ${why}`);
    return;
  }
  const until = Date.now() + deadline;
  try {
    run.begin();
    while (!run.done || run.hasOutput) {
      await sendAll(run, connection);
      if (run.done) break;
      const left = until - Date.now();
      if (left <= 0) {
        run.fault(`the run took longer than ${deadline} ms`);
        break;
      }
      const came = await connection.receive(Math.min(run.patience, left));
      if (came === "silence") run.quiet();
      else if (came === "end") run.receiveEnd();
      else run.receive(came);
    }
  } finally {
    connection.destroy();
  }
}

async function sendAll(run: Play, connection: LabConnection): Promise<void> {
  for (const { bytes, wait } of run.take()) {
    if (wait > 0) await delay(wait);
    if (bytes.length > 0) await connection.send(bytes);
  }
  if (!run.wantsEnd) return;
  run.wantsEnd = false;
  connection.end();
}

/** A timer, where the runtime has one: all but the barest have. */
declare function setTimeout(
  callback: () => void,
  milliseconds: number,
): unknown;

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(milliseconds, MOST_WAIT));
  });
}

const MOST_WAIT = 60_000;

/** The session that an honest connection to the same peer leaves. */
async function earlierSession(
  data: ScenarioData,
  opponent: Opponent,
  options: PlayOptions & { readonly lab: Lab },
  fault: { message: string },
): Promise<Session | undefined> {
  const { resume: _resume, earlyData: _early, ...handshake } = data.handshake;
  const first: ScenarioData = {
    ...data,
    handshake,
    steps:
      data.version === "tls13"
        ? [{ step: "expect", message: "new_session_ticket" }]
        : [{ step: "expect_connected" }],
  };
  const { lab } = options;
  const made = lab.tapped(first, {
    serverName: handshake.serverName ?? opponent.serverName,
  });
  const run = new Play(first, made, options.patience);
  await drive(run, opponent, options.deadline ?? DEADLINE);
  const { seen } = run.result({
    ...{ seed: 0, duration: 0, states: [], keyLog: [] },
  });
  fault.message = `handshake.resume: the honest connection before left no session (${seen})`;
  return run.session;
}
