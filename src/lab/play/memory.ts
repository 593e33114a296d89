/** Plays scenarios in memory, at once and without waiting. */
import type { Session } from "../../engine/index.ts";
import { LabError } from "../errors.ts";
import { EnginePeer, type MemoryConnection } from "../peers/memory.ts";
import type { LabScenario, ScenarioData } from "../scenario/scenario.ts";
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
  const { data } = scenario;
  const lab = options.lab ?? (shared ??= new Lab());
  const begun = Date.now();
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
  const states = pump(play, peer);
  const duration = Date.now() - begun;
  return play.result({ seed: lab.seed, duration, states, keyLog });
}

/** Lets bytes go to and fro until the run is done; answers the peer's states. */
export function pump(play: Play, peer: MemoryConnection): string[] {
  const states: string[] = [];
  play.begin();
  continueWith(play, peer, states);
  return states;
}

/** The same from where both stand; what the peer's program throws is a finding. */
export function continueWith(
  play: Play,
  peer: MemoryConnection,
  states: string[],
): void {
  try {
    exchange(play, peer, states);
  } catch (error) {
    play.crash(error);
  }
}

function exchange(play: Play, peer: MemoryConnection, states: string[]): void {
  const note = (): void => {
    const { state } = peer;
    if (states[states.length - 1] !== state) states.push(state);
  };
  note();
  let told = false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let moved = false;
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
