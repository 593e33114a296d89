/** Fuzzing: random scenarios, an oracle, a second peer to compare with, and shrinking. */
import * as fc from "fast-check";
import { LabError } from "../errors.ts";
import { playInMemory } from "../play/memory.ts";
import { play, type PlayOptions } from "../play/play-against.ts";
import type { Opponent } from "../peers/opponent.ts";
import type { LabRole, LabVersion } from "../names.ts";
import type { Result } from "../play/result.ts";
import { LabScenario, type ScenarioData } from "../scenario/scenario.ts";
import { Lab } from "../world/lab.ts";
import {
  differ,
  type Fault,
  faultOf,
  type Outcome,
  outcomeOf,
} from "./outcome.ts";
import { type Program, programs } from "./program.ts";

/** Configs and keys for all runs in memory. */
let shared: Lab | undefined;

/** A peer for random scenarios: a function that plays one. */
export type Player = (data: ScenarioData) => Result | Promise<Result>;

/** Options of {@link fuzz}. */
export interface FuzzOptions {
  /** The peer. Default: an engine of ours in memory. */
  readonly player?: Player;
  /** A second peer, whose every other outcome is a finding. */
  readonly reference?: Player;
  /** True compares every message of the two peers, not only how they end. Default false. */
  readonly strictly?: boolean;
  readonly versions?: readonly LabVersion[];
  /** Roles that misbehave: a peer elsewhere has the other one. */
  readonly roles?: readonly LabRole[];
  /** Default 1. */
  readonly seed?: number;
  /** Random scenarios, at most. Default 1000. */
  readonly runs?: number;
  /** Seconds, at most. Default: no limit. */
  readonly seconds?: number;
  /** Findings after which it ends. Default 10. */
  readonly findings?: number;
}

/** A finding, shrunk to the smallest scenario that shows it. */
export interface Finding {
  readonly fault: Fault;
  readonly scenario: ScenarioData;
  readonly outcome: Outcome;
  /** The outcome of the second peer. */
  readonly reference: Outcome | undefined;
  /** The seed of fast-check that led there. */
  readonly seed: number;
}

/** A report of {@link fuzz}. */
export interface FuzzReport {
  readonly runs: number;
  readonly seed: number;
  readonly findings: readonly Finding[];
  /** Counts of what was met. */
  readonly coverage: {
    readonly kinds: ReadonlyMap<string, number>;
    readonly ends: ReadonlyMap<string, number>;
    readonly states: ReadonlyMap<string, number>;
  };
}

/**
 * Plays random scenarios against a peer, and shrinks what it finds: the peer connected
 * though it must not, refused what it must take, answered internal_error, did not come to
 * an end, or ended otherwise than a second peer. The same seed makes the same scenarios.
 *
 * @throws LabError for options that no scenario can be made of
 * @example
 * ```ts
 * import { fuzz } from "puretls/lab/fuzz";
 *
 * const { runs, findings } = await fuzz({ runs: 50, versions: ["tls13"] });
 * if (runs < 50 || findings.length > 0) throw new Error(findings[0]?.scenario.name);
 * ```
 */
export async function fuzz(options: FuzzOptions = {}): Promise<FuzzReport> {
  const lab = (shared ??= new Lab());
  const { seed = 1, runs = 1000, findings: most = 10 } = options;
  const { versions = ["tls13", "tls12"], roles = ["client", "server"] } =
    options;
  if (versions.length === 0 || roles.length === 0)
    throw new LabError(
      "fuzz: versions and roles must each name one at least; tls12, tls13, client and server are allowed",
    );
  const player = options.player ?? playerInMemory(lab);
  const hunt = new Hunt({ ...options, player });
  const until = Date.now() + 1000 * (options.seconds ?? Infinity);
  const arbitrary = programs({ versions, roles }, lab);
  for (let round = 0; hunt.runs < runs; round++) {
    const left = until - Date.now();
    if (left <= 0 || hunt.findings.length >= most) break;
    await hunt.round(arbitrary, seed + round, runs - hunt.runs, left);
  }
  return { ...hunt.report(), seed };
}

/** A player for {@link fuzz} in memory; it has an engine of ours as its peer. */
function playerInMemory(lab: Lab): Player {
  return (data) => playInMemory(new LabScenario(data), { lab });
}

/**
 * A player for {@link fuzz} of a peer elsewhere. It waits less than `play()` does, for
 * silence is a common outcome of random scenarios.
 *
 * @example
 * ```ts
 * import { fuzz, playerAgainst } from "puretls/lab/fuzz";
 *
 * const nobody = playerAgainst({
 *   role: "server",
 *   name: "nobody",
 *   connect: () => Promise.reject(new Error("refused")),
 *   close: () => Promise.resolve(),
 * });
 * const { findings } = await fuzz({ player: nobody, roles: ["client"], runs: 1 });
 * if (findings[0]?.fault !== "endless") throw new Error();
 * ```
 */
export function playerAgainst(
  opponent: Opponent,
  options: PlayOptions = {},
): Player {
  const patience = { answer: 400, settle: 50, ...options.patience };
  return (data) =>
    play(new LabScenario(data), opponent, { ...options, patience });
}

class Hunt {
  readonly #options: FuzzOptions & { readonly player: Player };
  readonly findings: Finding[] = [];
  readonly #known = new Set<string>();
  readonly #kinds = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  readonly #states = new Map<string, number>();
  runs = 0;

  constructor(options: FuzzOptions & { readonly player: Player }) {
    this.#options = options;
  }

  report(): Omit<FuzzReport, "seed"> {
    return {
      runs: this.runs,
      findings: this.findings,
      coverage: {
        kinds: this.#kinds,
        ends: this.#ends,
        states: this.#states,
      },
    };
  }

  /** One check of fast-check, which ends with its first finding. */
  async round(
    arbitrary: fc.Arbitrary<Program>,
    seed: number,
    runs: number,
    left: number,
  ): Promise<void> {
    const property = fc.asyncProperty(arbitrary, async (program) => {
      const found = await this.#try(program);
      return (
        found === undefined || this.#known.has(keyOf(program, found.fault))
      );
    });
    const details = await fc.check(property, {
      ...{ seed, numRuns: runs },
      ...(left < Infinity && {
        interruptAfterTimeLimit: left,
        markInterruptAsFailure: false,
      }),
    });
    const [program] = details.counterexample ?? [];
    if (program === undefined) return;
    const found = await this.#try(program);
    if (found === undefined) return;
    this.#known.add(keyOf(program, found.fault));
    this.findings.push({ ...found, scenario: program.data, seed });
  }

  async #try(
    program: Program,
  ): Promise<Pick<Finding, "fault" | "outcome" | "reference"> | undefined> {
    this.runs++;
    const { player, reference, strictly = false } = this.#options;
    const result = await player(program.data);
    const outcome = outcomeOf(result);
    for (const kind of program.kinds) count(this.#kinds, kind);
    for (const state of new Set(result.states)) count(this.#states, state);
    count(this.#ends, outcome.end);
    const fault = isUnplayable(result) ? undefined : faultOf(program, result);
    if (fault !== undefined) return { fault, outcome, reference: undefined };
    if (reference === undefined) return undefined;
    const other = outcomeOf(await reference(program.data));
    return differ(outcome, other, strictly)
      ? { fault: "difference", outcome, reference: other }
      : undefined;
  }
}

/** A change of a field that the message lacks this time is nobody's fault. */
function isUnplayable({ verdict, seen }: Result): boolean {
  return verdict === "error" && seen.startsWith("edit");
}

/** Findings of the same kind of move are one. */
function keyOf({ data, kinds }: Program, fault: Fault): string {
  return `${data.version} ${data.role} ${kinds.join()} ${fault}`;
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
