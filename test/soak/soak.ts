/** Rounds of programs side by side, until the time is over or one fails. */
import { LeakCheck } from "./leaks.ts";
import { Tally } from "../fuzz/report.ts";
import { kindOf, type Program, programsOf } from "./plan.ts";
import { Finding, run } from "./run.ts";
import { World } from "./world.ts";

export interface Budget {
  readonly seed: number;
  /** Milliseconds; undefined: until the rounds are over. */
  readonly time?: number;
  readonly rounds?: number;
}

export interface Soaked {
  readonly connections: number;
  readonly rounds: number;
  readonly bytes: number;
  readonly kinds: Tally;
  readonly modes: Tally;
  readonly outcomes: Tally;
  readonly heap: { readonly heap: number; readonly growth: number };
  readonly finding?: { readonly program?: Program; readonly error: unknown };
}

/** Connections of a round, and those that are made at once. */
const ROUND = 36;
const AT_ONCE = 6;

export async function soak({
  seed,
  time = Infinity,
  rounds = Infinity,
}: Budget): Promise<Soaked> {
  const counts = {
    connections: 0,
    bytes: 0,
    kinds: new Tally(),
    modes: new Tally(),
    outcomes: new Tally(),
  };
  const begun = Date.now();
  using strays = new Strays();
  const world = await World.open();
  const leaks = new LeakCheck();
  let round = 0;
  let finding: Soaked["finding"];
  const one = async (program: Program): Promise<void> => {
    try {
      const outcome = await run(program, world);
      counts.connections++;
      counts.bytes += program.up + program.down;
      counts.kinds.add(kindOf(program));
      counts.modes.add(program.mode);
      counts.outcomes.add(outcome);
    } catch (error) {
      finding ??= { program, error };
    }
  };
  const isOver = (): boolean =>
    finding !== undefined || Date.now() - begun >= time;
  while (round < rounds && !isOver()) {
    await sideBySide(programsOf(seed, round++, ROUND), one, isOver);
    try {
      strays.check();
      await leaks.check();
    } catch (error) {
      finding ??= { error };
    }
  }
  await world.close();
  return {
    ...counts,
    rounds: round,
    heap: leaks.last,
    ...(finding !== undefined && { finding }),
  };
}

async function sideBySide(
  programs: readonly Program[],
  one: (program: Program) => Promise<void>,
  isOver: () => boolean,
): Promise<void> {
  const left = [...programs];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next && !isOver(); next = left.shift())
      await one(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Unhandled errors and warnings. */
class Strays {
  readonly #found: unknown[] = [];
  readonly #onStray = (error: unknown): void => {
    this.#found.push(error);
  };

  constructor() {
    for (const event of EVENTS) process.on(event, this.#onStray);
  }

  /** @throws Finding */
  check(): void {
    const [first] = this.#found;
    if (first === undefined) return;
    const error = first instanceof Error ? first.stack : String(first);
    throw new Finding(`nobody waited for: ${String(error)}`);
  }

  [Symbol.dispose](): void {
    for (const event of EVENTS) process.off(event, this.#onStray);
  }
}

const EVENTS = ["unhandledRejection", "uncaughtException", "warning"] as const;
