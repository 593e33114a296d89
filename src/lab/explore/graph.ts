/** Draws an exploration as text that others draw: Graphviz and Mermaid. */
import type { Exploration, ExploredEdge } from "./explore.ts";

/** Edges with the same ends and the same answer, drawn as one. */
interface Drawn {
  readonly from: string;
  readonly to: string;
  readonly letters: string[];
  readonly output: string;
}

const END = "end";

/**
 * The graph for Graphviz (`dot -Tsvg`). See {@link explore} for an example.
 *
 * @param all draws what ends the connection too. Default false: what is accepted
 */
export function explorationDot(found: Exploration, all = false): string {
  const quoted = (text: string): string =>
    `"${text.replace(/["\\]/g, "\\$&")}"`;
  const edges = drawn(found, all);
  return [
    `digraph ${found.peer} {`,
    "  rankdir=TB; node [shape=box, style=rounded];",
    ...found.states.map(({ id, label }) => `  ${id} [label=${quoted(label)}];`),
    ...(edges.some(({ to }) => to === END)
      ? [`  ${END} [label="ended", shape=oval];`]
      : []),
    ...edges.map(
      ({ from, to, letters, output }) =>
        `  ${from} -> ${to} [label=${quoted(`${letters.join(", ")} / ${output}`)}];`,
    ),
    "}",
    "",
  ].join("\n");
}

/**
 * The graph for Mermaid, as Markdown on many sites shows it. See {@link explore} for an
 * example.
 *
 * @param all draws what ends the connection too. Default false: what is accepted
 */
export function explorationMermaid(found: Exploration, all = false): string {
  const plain = (text: string): string => text.replace(/[:;#"]/g, " ");
  return [
    "stateDiagram-v2",
    `  %% the ${found.peer} of ${found.version}`,
    ...found.states.map(
      ({ id, label }) => `  state "${plain(label)}" as ${id}`,
    ),
    ...(found.states.some(({ id }) => id === "s0") ? ["  [*] --> s0"] : []),
    ...drawn(found, all).map(
      ({ from, to, letters, output }) =>
        `  ${from} --> ${to === END ? "[*]" : to} : ${plain(`${letters.join(", ")} / ${output}`)}`,
    ),
    "",
  ].join("\n");
}

function drawn({ edges }: Exploration, all: boolean): Drawn[] {
  const joined = new Map<string, Drawn>();
  for (const edge of edges.filter((one) => all || isAccepted(one))) {
    const { from, letter, output, to = END } = edge;
    const key = JSON.stringify([from, to, output]);
    const one = joined.get(key) ?? { from, to, letters: [], output };
    one.letters.push(letter);
    joined.set(key, one);
  }
  return [...joined.values()];
}

function isAccepted({ to }: ExploredEdge): boolean {
  return to !== undefined;
}
