/** Plays scenarios against a peer elsewhere. */
import type { Session } from "../../engine/index.ts";
import { startTimer } from "../../ssl/platform/timers.ts";
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

/** Connects, and lets bytes go to and fro until the run is done, or its time is over. */
async function drive(
  run: Play,
  opponent: Opponent,
  deadline: number,
): Promise<void> {
  const until = Date.now() + deadline;
  const late = (): void => run.fault(`the run took longer than ${deadline} ms`);
  let connection: LabConnection | "late";
  const connecting = opponent.connect();
  try {
    connection = await within(until, connecting);
  } catch (error) {
    const why = error instanceof Error ? error.message : "no connection";
    run.fault(`${opponent.name} cannot be reached: ${why}`);
    return;
  }
  if (connection === "late") {
    late();
    connecting.then(
      (one) => one.destroy(),
      () => undefined,
    );
    return;
  }
  try {
    run.begin();
    while (!run.done || run.hasOutput) {
      // A peer that reads nothing takes nothing either.
      if ((await within(until, sendAll(run, connection))) === "late") {
        late();
        break;
      }
      if (run.done) break;
      const left = until - Date.now();
      const came = await connection.receive(Math.min(run.patience, left));
      if (came === "silence") run.quiet();
      else if (came === "end") run.receiveEnd();
      else run.receive(came);
    }
  } finally {
    connection.destroy();
  }
}

/** Waits for a promise, until that time. */
async function within<T>(
  until: number,
  promise: Promise<T>,
): Promise<T | "late"> {
  let cancel = (): void => undefined;
  const late = new Promise<"late">((resolve) => {
    const left = Math.max(0, until - Date.now());
    cancel = startTimer({}, left, () => resolve("late"));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
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

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer({}, Math.min(milliseconds, MOST_WAIT), resolve);
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
