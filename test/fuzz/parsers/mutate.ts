/** Changes to DER by its structure, and to any bytes by their places. */
import { concat } from "../../../src/bytes.ts";

export const CHANGES = [
  "flip",
  "set",
  "insert",
  "remove",
  "truncate",
  "tag",
  "length",
  "long form",
  "drop",
  "double",
  "swap",
  "empty",
  "edge",
  "splice",
  "nest",
] as const;

export interface Change {
  readonly change: (typeof CHANGES)[number];
  readonly a: number;
  readonly b: number;
}

/** An element of DER, changed or not. */
interface Element {
  tag: number;
  content: Uint8Array | Element[];
  /** Added to the length. */
  lie?: number;
  /** Bytes of the length beyond those that DER wants. */
  padding?: number;
}

/** Deeper elements are bytes. */
const DEPTH = 24;

function parse(bytes: Uint8Array, depth = 0): Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const [tag = 0, first = 0] = bytes.subarray(at);
    const more = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + more;
    if ((tag & 0x1f) === 0x1f || more > 4 || start > bytes.length)
      return undefined;
    const digits = bytes.subarray(at + 2, start);
    const length =
      more === 0 ? first : digits.reduce((sum, digit) => sum * 256 + digit, 0);
    if (start + length > bytes.length) return undefined;
    const content = bytes.subarray(start, start + length);
    const mayHold = (tag & 0x20) !== 0 || tag === 4 || tag === 3;
    const inside =
      mayHold && depth < DEPTH && length > 1
        ? parse(content, depth + 1)
        : undefined;
    elements.push({ tag, content: inside ?? content });
    at = start + length;
  }
  return elements;
}

function write({ tag, content, lie = 0, padding = 0 }: Element): Uint8Array {
  const bytes =
    content instanceof Uint8Array ? content : concat(...content.map(write));
  const length = Math.max(0, bytes.length + lie);
  return concat(Uint8Array.of(tag), lengthOf(length, padding), bytes);
}

function lengthOf(length: number, padding: number): Uint8Array {
  if (length < 0x80 && padding === 0) return Uint8Array.of(length);
  const digits: number[] = new Array<number>(padding).fill(0);
  for (let shift = 24; shift >= 0; shift -= 8)
    if (length >>> shift > 0 || shift === 0)
      digits.push((length >>> shift) & 0xff);
  return Uint8Array.of(0x80 | digits.length, ...digits);
}

function nodesOf(elements: readonly Element[]): Element[] {
  return elements.flatMap((one) =>
    one.content instanceof Uint8Array ? [one] : [one, ...nodesOf(one.content)],
  );
}

const TAGS = [0, 1, 2, 3, 4, 5, 6, 10, 12, 19, 22, 23, 24, 0x30, 0x31, 0xa0];
const EDGES: readonly (readonly number[])[] = [
  [],
  [0],
  [1],
  [0x7f],
  [0x80],
  [0xff],
  [0, 0x80],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
];

/** The bytes after one change; `other` gives parts of another file. */
export function changedFile(
  bytes: Uint8Array,
  { change, a, b }: Change,
  other: Uint8Array,
): Uint8Array {
  const at = a % (bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const [byte = 0] = tail;
  switch (change) {
    case "flip":
      return concat(
        head,
        Uint8Array.of(byte ^ (1 << (b % 8))),
        tail.subarray(1),
      );
    case "set":
      return concat(head, Uint8Array.of(b), tail.subarray(1));
    case "insert":
      return concat(head, new Uint8Array(1 + (b % 64)).fill(b >> 6), tail);
    case "remove":
      return concat(head, tail.subarray(1 + (b % 64)));
    case "truncate":
      return head;
    default: {
      const tree = parse(bytes);
      if (tree === undefined) return head;
      const parts = nodesOf(parse(other) ?? []);
      changeTree(nodesOf(tree), { change, a, b }, parts);
      return concat(...tree.map(write));
    }
  }
}

function changeTree(
  nodes: readonly Element[],
  { change, a, b }: Change,
  parts: readonly Element[],
): void {
  const node = nodes[a % nodes.length];
  if (node === undefined) return;
  switch (change) {
    case "tag":
      node.tag = TAGS[b % TAGS.length] ?? b;
      return;
    case "length":
      node.lie = [-1, 1, 128, -128, 65_536, 2 ** 31][b % 6] ?? 1;
      return;
    case "long form":
      node.padding = 1 + (b % 5);
      return;
    case "empty":
      node.content = new Uint8Array();
      return;
    case "edge":
      node.content = Uint8Array.from(EDGES[b % EDGES.length] ?? []);
      return;
    case "splice": {
      const part = parts[b % parts.length];
      if (part !== undefined) node.content = write(part);
      return;
    }
    case "nest": {
      let inner = write(node);
      const levels = 1 + (b % 400);
      for (let i = 0; i < levels; i++)
        inner = write({ tag: node.tag | 0x20, content: inner });
      node.content = inner;
      return;
    }
    default:
      changeList(node.content, change, b);
  }
}

function changeList(
  list: Uint8Array | Element[],
  change: Change["change"],
  b: number,
): void {
  if (list instanceof Uint8Array) return;
  const at = b % list.length;
  const to = (b >> 5) % list.length;
  const [one, two] = [list[at], list[to]];
  if (one === undefined || two === undefined) return;
  if (change === "drop") list.splice(at, 1);
  else if (change === "double") list.splice(to, 0, one);
  else if (change === "swap") {
    list[at] = two;
    list[to] = one;
  }
}
