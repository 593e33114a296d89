/**
 * Explores which messages a peer accepts where: every letter of a repertoire in every state
 * that is reached, by a fork in memory, or by a connection for each try elsewhere.
 */
import { LabError } from "../errors.ts";
import { type LabRole, type LabVersion, otherRole } from "../names.ts";
import { EnginePeer, type MemoryConnection } from "../peers/memory.ts";
import type { LabConnection, Opponent } from "../peers/opponent.ts";
import type { Handshake } from "../scenario/steps.ts";
import { scenario, type ScenarioData } from "../scenario/scenario.ts";
import { Lab } from "../world/lab.ts";
import { type Letter, lettersOf } from "./letters.ts";
import { NEXT, Walk } from "./walk.ts";

/** Options of {@link explore}. */
export interface ExploreOptions {
  readonly version: LabVersion;
  /** The role of the side that misbehaves. Default "client". */
  readonly role?: LabRole;
  readonly handshake?: Handshake;
  /** The things to say in each state, beside what an honest side says. */
  readonly letters?: readonly Letter[];
  /** Letters out of place that one path may have. Default 1. */
  readonly depth?: number;
  /** The most states. Default 60. */
  readonly states?: number;
  readonly lab?: Lab;
  /** The other side in memory. Default: an engine of ours. */
  readonly peer?: (data: ScenarioData, lab: Lab) => MemoryConnection;
  /** A peer elsewhere, in the place of one in memory. */
  readonly opponent?: Opponent;
  /** Milliseconds after which a peer elsewhere is silent. Default 250. */
  readonly patience?: number;
}

/** A state of a peer, as far as its answers tell. */
export interface ExploredState {
  readonly id: string;
  /** The message that an honest side would send; in memory the name of its state too. */
  readonly label: string;
  /** The letters that lead here. */
  readonly path: readonly string[];
}

/** One letter in one state. */
export interface ExploredEdge {
  readonly from: string;
  readonly letter: string;
  /** The peer's answer in words. */
  readonly output: string;
  /** The state that follows; undefined where the connection has ended. */
  readonly to: string | undefined;
}

/** The findings of an exploration. */
export interface Exploration {
  readonly version: LabVersion;
  /** The side that was explored. */
  readonly peer: LabRole;
  readonly states: readonly ExploredState[];
  readonly edges: readonly ExploredEdge[];
  /** True where the limit of states was reached. */
  readonly cut: boolean;
}

/** A place in the exploration that one can go on from. */
interface Place {
  /** Says something, and answers what came of it; the place itself stays. */
  say(letter: Letter | typeof NEXT): Promise<{ output: string; next: Place }>;
  readonly ended: boolean;
  readonly waiting: readonly string[];
  readonly state: string;
}

interface Open {
  readonly id: string;
  readonly place: Place;
  readonly path: readonly string[];
  readonly strays: number;
}

/**
 * Explores a peer: in each state that an honest handshake comes through, and in each that
 * a letter out of place leads to without an end, every letter is said. States whose answers
 * are the same to all letters are one.
 *
 * @example
 * ```ts
 * import { explore, explorationDot, explorationMermaid } from "puretls/lab";
 *
 * const found = await explore({ version: "tls13", role: "client" });
 * const first = found.edges.find(({ letter }) => letter === "next");
 * if (!first?.output.startsWith("server_hello")) throw new Error(first?.output);
 * if (!explorationDot(found).startsWith("digraph")) throw new Error();
 * if (!explorationMermaid(found).startsWith("stateDiagram")) throw new Error();
 * ```
 */
export async function explore(options: ExploreOptions): Promise<Exploration> {
  const { version, role = "client", depth = 1, states: most = 60 } = options;
  const { opponent, handshake = {} } = options;
  if (opponent?.role === role)
    throw new LabError(
      `explore: the ${role} misbehaves, and ${opponent.name} is a ${opponent.role} too; give the other role`,
    );
  const { data } = scenario(version, role).with(handshake);
  const letters = options.letters ?? lettersOf(version, role);
  const start =
    opponent === undefined
      ? startInMemory(data, options)
      : await startElsewhere(data, opponent, options);
  const states: ExploredState[] = [];
  const edges: ExploredEdge[] = [];
  const known = new Map<string, string>();
  const open: Open[] = [];
  let cut = false;
  const idOf = (
    place: Place,
    path: readonly string[],
    strays: number,
    stray: string,
  ): string | undefined => {
    if (place.ended) return undefined;
    const key = JSON.stringify([place.waiting, place.state, stray]);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (states.length >= most) {
      cut = true;
      return undefined;
    }
    const id = `s${states.length}`;
    known.set(key, id);
    states.push({ id, label: labelOf(place), path });
    open.push({ id, place, path, strays });
    return id;
  };
  idOf(start, [], 0, "");
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    const { id, place, path, strays } = one;
    const honest: readonly (Letter | typeof NEXT)[] =
      place.waiting.length > 0 ? [NEXT] : [];
    const tried = [...honest, ...(strays < depth ? letters : [])];
    for (const letter of tried) {
      const name = letter === NEXT ? NEXT : letter.name;
      const { output, next } = await place.say(letter);
      const said = [...path, name];
      // Behind a stray letter a state is told apart by it, until its answers are known.
      const stray = letter === NEXT ? strayOf(path) : strayOf(said);
      const isStray = letter !== NEXT;
      const to = idOf(next, said, strays + (isStray ? 1 : 0), stray);
      edges.push({ from: id, letter: name, output, to });
    }
  }
  return merged({ version, peer: otherRole(role), states, edges, cut });
}

function strayOf(path: readonly string[]): string {
  return path.filter((name) => name !== NEXT).join(" ");
}

function labelOf({ waiting, state, ended }: Place): string {
  if (ended) return "ended";
  const [next] = waiting;
  const wants = next === undefined ? "" : `before ${next}`;
  return [state, wants].filter((part) => part !== "").join(", ") || "open";
}

/** Joins states that answer alike, and lead to states that do, to honest messages. */
function merged(found: Exploration): Exploration {
  const { states, edges } = found;
  let group = new Map<string, string>(
    states.map(({ id, label }) => [id, label]),
  );
  for (let round = 0; round <= states.length; round++) {
    const rows = new Map<string, string>();
    const next = new Map<string, string>();
    for (const { id } of states) {
      const row = JSON.stringify([
        group.get(id),
        edges
          .filter(({ from, letter }) => from === id && letter === NEXT)
          .map(({ output, to }) => [output, to && group.get(to)]),
      ]);
      const first = rows.get(row) ?? id;
      rows.set(row, first);
      next.set(id, first);
    }
    const same =
      new Set(next.values()).size === new Set(group.values()).size && round > 0;
    group = next;
    if (same) break;
  }
  const kept = new Set(group.values());
  const seen = new Set<string>();
  return {
    ...found,
    states: states.filter(({ id }) => kept.has(id)),
    edges: edges.flatMap((edge) => {
      const { letter, output } = edge;
      const from = group.get(edge.from) ?? edge.from;
      const to = edge.to && (group.get(edge.to) ?? edge.to);
      const key = JSON.stringify([from, letter, output, to]);
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ from, letter, output, to }];
    }),
  };
}

// ## In memory, by forks

function startInMemory(data: ScenarioData, options: ExploreOptions): Place {
  const lab = options.lab ?? new Lab();
  lab.reset();
  const walk = Walk.begin(lab.tapped(data));
  const peer =
    options.peer?.(data, lab) ?? EnginePeer.of(lab.honest(data), "localhost");
  const output = peer.take();
  if (output.length > 0) walk.receive(output);
  walk.takeSeen();
  return forkPlace(walk, peer);
}

function forkPlace(walk: Walk, peer: MemoryConnection): Place {
  if (peer.fork === undefined)
    throw new LabError("explore: the peer in memory has no fork()");
  const ended = walk.ended;
  const restoreWalk = ended ? undefined : walk.fork();
  const restorePeer = ended ? undefined : peer.fork();
  return {
    ended,
    waiting: walk.waiting,
    state: peer.state,
    say: (letter) => {
      if (restoreWalk === undefined || restorePeer === undefined)
        throw new LabError("explore: the connection has ended");
      const nextWalk = restoreWalk();
      const nextPeer = restorePeer();
      nextWalk.say(letter);
      exchange(nextWalk, nextPeer);
      const output = nextWalk.takeSeen();
      return Promise.resolve({ output, next: forkPlace(nextWalk, nextPeer) });
    },
  };
}

/** More rounds than any answer takes. */
const MOST_ROUNDS = 100;

function exchange(walk: Walk, peer: MemoryConnection): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const segments = walk.take();
    for (const { bytes } of segments) peer.receive(bytes);
    const output = peer.take();
    if (output.length > 0) walk.receive(output);
    else if (segments.length === 0) break;
  }
  if (peer.ended) walk.receiveEnd();
}

// ## Elsewhere, by a connection for each try

async function startElsewhere(
  data: ScenarioData,
  opponent: Opponent,
  options: ExploreOptions,
): Promise<Place> {
  const lab = options.lab ?? new Lab({ hollow: false });
  const patience = options.patience ?? 250;
  const begin = async (): Promise<Try> => {
    lab.reset();
    const { serverName } = opponent;
    const walk = Walk.begin(lab.tapped(data, { serverName }));
    const connection = await opponent.connect();
    const one = new Try(walk, connection, patience);
    // A client says hello by itself.
    if (opponent.role === "client") await one.settle();
    walk.takeSeen();
    return one;
  };
  const first = await begin();
  first.end();
  return pathPlace(begin, [], first.walk);
}

/** A letter that was said before, with the answer that it had. */
interface Said {
  readonly letter: Letter | typeof NEXT;
  readonly output: string;
}

function pathPlace(
  begin: () => Promise<Try>,
  path: readonly Said[],
  at: Walk,
): Place {
  const { ended, waiting } = at;
  return {
    ended,
    waiting,
    state: "",
    say: async (letter) => {
      const one = await begin();
      try {
        for (const said of path) await one.repeat(said);
        const output = await one.say(letter);
        const next = pathPlace(begin, [...path, { letter, output }], one.walk);
        return { output, next };
      } finally {
        one.end();
      }
    },
  };
}

class Try {
  readonly walk: Walk;
  readonly #connection: LabConnection;
  readonly #patience: number;

  constructor(walk: Walk, connection: LabConnection, patience: number) {
    this.walk = walk;
    this.#connection = connection;
    this.#patience = patience;
  }

  /** Says something, and answers what came of it until nothing comes any more. */
  async say(letter: Letter | typeof NEXT): Promise<string> {
    this.walk.say(letter);
    await this.settle();
    return this.walk.takeSeen();
  }

  /** Says it again, and waits for no more than the answer that is known. */
  async repeat({ letter, output }: Said): Promise<void> {
    this.walk.say(letter);
    const isSaid = (): boolean => this.walk.seen === output;
    await this.settle(isSaid);
    this.walk.takeSeen();
  }

  /** Waits until nothing comes any more, or what is wanted has come. */
  async settle(isEnough: () => boolean = () => false): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const { bytes } of this.walk.take())
        await this.#connection.send(bytes);
      if (isEnough()) return;
      const came = await this.#connection.receive(this.#patience);
      if (came === "silence") return;
      if (came === "end") {
        this.walk.receiveEnd();
        return;
      }
      this.walk.receive(came);
    }
  }

  end(): void {
    this.#connection.destroy();
  }
}
