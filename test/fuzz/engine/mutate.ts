/** Mutates a message, by its structure and by its bytes. */
import { concat } from "../../../src/bytes.ts";
import { type Node, nodesOf, numberBytes, parse, write } from "./grammar.ts";

/** Kinds of change within one message. */
export const CHANGES = [
  "flip",
  "set",
  "truncate",
  "extend",
  "length",
  "drop",
  "double",
  "swap",
  "insert",
  "number",
  "fill",
  "splice",
] as const;
export type Change = (typeof CHANGES)[number];

export interface Choice {
  /** The byte or node to change, modulo their number. */
  readonly a: number;
  /** The kind or the value of the change. */
  readonly b: number;
}

/** Numbers at which parsers and tables have their edges. */
const EDGES = [
  0, 1, 2, 3, 4, 0x0a0a, 0x0301, 0x0303, 0x0304, 0x00ff, 0x5600, 0x7f, 0x80,
  0xff, 0x100, 0x3fff, 0x4000, 0x4001, 0xffff, 0x1301, 0x1302, 0x1303, 0x001d,
  0x0017, 0x0201, 0x0203, 0x0401, 0x0403, 0x0804, 0x002b, 0x0029, 0x0033,
];

/**
 * The message after the change. `other` is a message to take parts from.
 * Equal to `raw` where the change does not apply.
 */
export function changed(
  raw: Uint8Array,
  change: Change,
  choice: Choice,
  other: Uint8Array,
): Uint8Array {
  const tree = parse(raw);
  const bytewise = changedBytes(raw, change, choice);
  if (bytewise !== undefined) return bytewise;
  if (tree === undefined) return raw;
  changeTree(tree, change, choice, other);
  return write(tree);
}

function changedBytes(
  raw: Uint8Array,
  change: Change,
  { a, b }: Choice,
): Uint8Array | undefined {
  const at = raw.length === 0 ? 0 : a % raw.length;
  switch (change) {
    case "flip":
    case "set": {
      const copy = raw.slice();
      const bit = 1 << (b % 8);
      copy[at] = change === "set" ? b & 0xff : (copy[at] ?? 0) ^ bit;
      return copy;
    }
    case "truncate":
      return raw.subarray(0, at);
    case "extend":
      return concat(raw, new Uint8Array(1 + (a % 40)).fill(b));
    default:
      return undefined;
  }
}

type Vector = Extract<Node, { kind: "vector" }>;

function changeTree(
  tree: Node,
  change: Change,
  { a, b }: Choice,
  other: Uint8Array,
): void {
  const nodes = nodesOf(tree);
  const vectors = nodes.filter((node) => node.kind === "vector");
  const lists = vectors.filter(({ items }) => items.length > 0);
  switch (change) {
    case "length": {
      const one = pick(
        vectors.filter(({ prefix }) => prefix > 0),
        a,
      );
      if (one) one.lie = [-1, 1, 2, -2, 255, 65_535, -255][b % 7] ?? 1;
      return;
    }
    case "number":
    case "fill": {
      const leaf = pick(
        nodes.filter((node) => node.kind === "bytes"),
        a,
      );
      if (leaf)
        leaf.bytes =
          change === "fill"
            ? new Uint8Array(leaf.bytes.length).fill(b)
            : numberBytes(EDGES[b % EDGES.length] ?? 0, leaf.bytes.length);
      return;
    }
    case "insert": {
      const bytes = new Uint8Array(1 + (b % 33)).fill(b >> 3);
      pick(vectors, a)?.items.push({ kind: "bytes", bytes });
      return;
    }
    case "splice": {
      const others = nodesOf(parse(other) ?? tree);
      const one = pick(lists, a);
      const part = pick(others, b);
      if (one === undefined || part === undefined) return;
      // Bytes, lest a tree comes to stand within itself.
      const copy: Node = { kind: "bytes", bytes: write(part) };
      one.items.splice(b % (one.items.length + 1), 0, copy);
      return;
    }
    default:
      changeList(
        pick(a % 8 === 0 ? lists : realLists(lists), a >> 3),
        change,
        b,
      );
  }
}

/** Lists that may have more or fewer items, where there are some. */
function realLists(lists: readonly Vector[]): readonly Vector[] {
  const real = lists.filter(
    ({ prefix, items: [first] }) => prefix > 0 && first?.kind === "vector",
  );
  return real.length === 0 ? lists : real;
}

function changeList(list: Vector | undefined, change: Change, b: number): void {
  if (list === undefined) return;
  const { items } = list;
  const at = b % items.length;
  const to = (b >> 4) % items.length;
  const [one, two] = [items[at], items[to]];
  if (one === undefined || two === undefined) return;
  if (change === "drop") items.splice(at, 1);
  else if (change === "double") items.splice(to, 0, one);
  else if (change === "swap") {
    items[at] = two;
    items[to] = one;
  }
}

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list.length === 0 ? undefined : list[at % list.length];
}
