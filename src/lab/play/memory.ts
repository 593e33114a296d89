/** Plays scenarios in memory, at once and without waiting. */
import type { Session } from "../../engine/index.ts";
import { LabError } from "../errors.ts";
import { EnginePeer, type MemoryConnection } from "../peers/memory.ts";
import { LabScenario, type ScenarioData } from "../scenario/scenario.ts";
import { Lab } from "../world/lab.ts";
import { Play } from "./play.ts";
import type { Result } from "./result.ts";

/** Options of {@link playInMemory}. */
export interface MemoryOptions {
  /** Configs and keys; one for all runs is quicker. Default: one that is shared. */
  readonly lab?: Lab;
  /** The other side. Default: an engine of ours that keeps to the protocol. */
  readonly peer?: (data: ScenarioData, lab: Lab) => MemoryConnection;
  /** Keeps the keys, so that the trace of the result is decrypted. Default false. */
  readonly trace?: boolean;
}

let shared: Lab | undefined;

/** More rounds than any scenario takes. */
const MOST_ROUNDS = 500;

/**
 * Plays a scenario against an engine of ours in memory, in no time: the clock stands
 * still, silence is known at once, and two runs are the same.
 *
 * @throws LabError for a step that the version or the role does not have
 * @throws TlsUsageError for a handshake whose options contradict each other
 * @example
 * ```ts
 * import { edit, flip, playInMemory, scenario } from "puretls/lab";
 *
 * const spoilt = scenario("tls13", "server")
 *   .afterSend("certificate_verify", edit.field("signature", flip()))
 *   .expectAlert("decrypt_error");
 * const { verdict, seen } = playInMemory(spoilt);
 * if (verdict !== "pass") throw new Error(seen);
 * ```
 */
export function playInMemory(
  scenario: LabScenario,
  options: MemoryOptions = {},
): Result {
  const begun = Date.now();
  const { play, peer, lab, keyLog } = prepare(scenario.data, options);
  const states = pump(play, peer);
  const duration = Date.now() - begun;
  return play.result({ seed: lab.seed, duration, states, keyLog });
}

/** A state that a scenario has led to, to go on from any number of times. */
export interface Branch {
  /** The outcome of the steps so far: a branch is there where they all passed. */
  readonly result: Result;
  /**
   * Goes on from there, by forks of both sides: the branch stays as it is. The steps of
   * the branch are not played again, and its rules are still in force.
   *
   * @param steps adds what is to happen to an empty scenario of that version and role
   * @throws LabError where the steps before have failed
   */
  go(steps: (from: LabScenario) => LabScenario): Result;
}

/**
 * Plays a scenario up to its last step, and keeps the state of both sides: a thousand
 * continuations cost a thousand forks, and one handshake.
 *
 * @throws LabError for a peer without `fork()`
 * @example
 * ```ts
 * import { branchInMemory, item, scenario } from "puretls/lab";
 *
 * const branch = branchInMemory(scenario("tls13").expectConnected());
 * for (const type of [1, 2, 8, 11, 15, 20, 99]) {
 *   const { verdict } = branch.go((from) =>
 *     from.send(item.message(type, "00")).expectRefusal(),
 *   );
 *   if (verdict !== "pass") throw new Error(`type ${type} is accepted`);
 * }
 * ```
 */
export function branchInMemory(
  scenario: LabScenario,
  options: MemoryOptions = {},
): Branch {
  const begun = Date.now();
  const { data } = scenario;
  const { play, peer, lab, keyLog } = prepare(data, options);
  const states = pump(play, peer, true);
  const { seed } = lab;
  const duration = Date.now() - begun;
  const result = play.result({ seed, duration, states, keyLog });
  if (result.verdict !== "pass")
    return {
      result,
      go: () => {
        throw new LabError(
          `branchInMemory: step ${result.step ?? 0} before it did not pass: expected ${result.expected}, saw ${result.seen}`,
        );
      },
    };
  if (peer.fork === undefined)
    throw new LabError("branchInMemory: the peer in memory has no fork()");
  const forkPlay = play.fork();
  const forkPeer = peer.fork();
  return {
    result,
    go: (steps) => {
      const from = Date.now();
      const next = steps(new LabScenario({ ...data, steps: [] })).data;
      const nextPlay = forkPlay(next);
      const nextStates: string[] = [];
      nextPlay.resume();
      continueWith(nextPlay, forkPeer(), nextStates);
      return nextPlay.result({
        ...{ seed, keyLog, states: nextStates },
        duration: Date.now() - from,
      });
    },
  };
}

interface Prepared {
  readonly play: Play;
  readonly peer: MemoryConnection;
  readonly lab: Lab;
  readonly keyLog: string[];
}

/** Both sides of a run, which have said nothing yet. */
function prepare(data: ScenarioData, options: MemoryOptions): Prepared {
  const lab = options.lab ?? (shared ??= new Lab());
  lab.reset();
  const session = data.handshake.resume
    ? lab.session(data, () => honestSession(data, lab))
    : undefined;
  lab.reset();
  const keyLog: string[] = [];
  const isClient = data.role === "client";
  const made = lab.tapped(data, {
    session: isClient ? session : undefined,
    ...(options.trace === true && { keyLog: (line) => keyLog.push(line) }),
  });
  const play = new Play(data, made);
  const peer =
    options.peer?.(data, lab) ??
    EnginePeer.of(
      lab.honest(data, isClient ? undefined : session),
      made.serverName ?? "localhost",
    );
  return { play, peer, lab, keyLog };
}

/**
 * Lets bytes go to and fro until the run is done; answers the peer's states.
 *
 * @param stopsAtOnce leaves what is still to be sent where it is
 */
export function pump(
  play: Play,
  peer: MemoryConnection,
  stopsAtOnce = false,
): string[] {
  const states: string[] = [];
  play.begin();
  continueWith(play, peer, states, stopsAtOnce);
  return states;
}

/** The same from where both stand; what the peer's program throws is a finding. */
export function continueWith(
  play: Play,
  peer: MemoryConnection,
  states: string[],
  stopsAtOnce = false,
): void {
  try {
    exchange(play, peer, states, stopsAtOnce);
  } catch (error) {
    play.crash(error);
  }
}

function exchange(
  play: Play,
  peer: MemoryConnection,
  states: string[],
  stopsAtOnce: boolean,
): void {
  const note = (): void => {
    const { state } = peer;
    if (states[states.length - 1] !== state) states.push(state);
  };
  note();
  let told = false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let moved = false;
    if (stopsAtOnce && play.done) return;
    for (const { bytes } of play.take()) {
      if (bytes.length === 0) continue;
      peer.receive(bytes);
      moved = true;
      note();
    }
    if (play.wantsEnd) {
      play.wantsEnd = false;
      peer.receiveEnd();
      moved = true;
    }
    const output = peer.take();
    if (output.length > 0) {
      play.receive(output);
      continue;
    }
    if (peer.ended && !told) {
      told = true;
      play.receiveEnd();
      continue;
    }
    if (moved) continue;
    if (play.done) return;
    play.quiet();
  }
  play.fault("the run does not come to an end");
}

/** The session that an honest run of that handshake leaves with the client. */
function honestSession(data: ScenarioData, lab: Lab): Session {
  const { resume: _resume, earlyData: _early, ...handshake } = data.handshake;
  const first: ScenarioData = {
    ...data,
    handshake: {
      ...handshake,
      ...(data.handshake.earlyData && { maxEarlyData: 16384 }),
    },
    steps: [{ step: "expect_connected" }],
  };
  const play = new Play(first, lab.tapped(first));
  const peer = EnginePeer.of(lab.honest(first), "localhost");
  pump(play, peer);
  const session = data.role === "client" ? play.session : peer.session;
  if (session === undefined)
    throw new LabError(
      "handshake.resume: the honest connection before left no session",
    );
  return session;
}
