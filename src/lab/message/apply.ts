/** Carries out edits on the bytes of a message. */
import { concat, fromHex } from "../../bytes.ts";
import type { CipherSuite } from "../../handshake/registries/cipher-suites.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { LabError } from "../errors.ts";
import type { Change, MessageEdit, Value } from "./edits.ts";
import {
  copyOf,
  extensionTypeOf,
  type Node,
  nodeOf,
  parseMessage,
  pathsOf,
  writeNode,
} from "./tree.ts";

/**
 * The message after an edit.
 *
 * @throws LabError where the message has no such field
 */
export function applyEdit(
  raw: Uint8Array,
  edit: MessageEdit,
  suite: CipherSuite | undefined,
): Uint8Array {
  switch (edit.edit) {
    case "custom":
      return edit.apply(raw.slice());
    case "all":
      return edit.edits.reduce((now, one) => applyEdit(now, one, suite), raw);
    case "bytes":
      return edit.changes.reduce(changedBytes, raw);
    default: {
      const root = parseMessage(raw, suite);
      editTree(root, edit);
      return writeNode(root);
    }
  }
}

type TreeEdit = Exclude<MessageEdit, { edit: "custom" | "all" | "bytes" }>;

function editTree(root: Node, edit: TreeEdit): void {
  switch (edit.edit) {
    case "message":
      for (const change of edit.changes) changeNode([root], root, change);
      return;
    case "field": {
      const [siblings, node] = find(root, edit.path);
      for (const change of edit.changes) changeNode(siblings, node, change);
      return;
    }
    case "extension": {
      const list = extensionsOf(root);
      const type = typeOf(edit.extension);
      const node = list.find((one) => extensionTypeOf(one) === type);
      if (node === undefined)
        throw new LabError(
          `edit.extension: this message has no extension ${edit.extension}; it has ${list.map(({ name }) => name).join(", ") || "none"}`,
        );
      for (const change of edit.changes) changeNode(list, node, change);
      return;
    }
    case "add_extension": {
      const type = typeOf(edit.extension);
      const head = Uint8Array.of(type >> 8, type);
      const node = nodeOf(`${edit.extension}`, head, 2, fromHex(edit.body));
      const list = extensionsOf(root);
      if (edit.at === "first") list.unshift(node);
      else list.push(node);
      return;
    }
    case "extensions":
      orderExtensions(extensionsOf(root), edit.order);
  }
}

function orderExtensions(
  list: Node[],
  order: "reverse" | readonly string[],
): void {
  if (order === "reverse") {
    list.reverse();
    return;
  }
  const rank = ({ name }: Node): number => {
    const at = order.indexOf(name);
    return at === -1 ? order.length : at;
  };
  list.sort((a, b) => rank(a) - rank(b));
}

function typeOf(extension: number | keyof typeof ExtensionType): number {
  return typeof extension === "number" ? extension : ExtensionType[extension];
}

/** The extensions of a message, which has a list of them from now on. */
function extensionsOf(root: Node): Node[] {
  const nodes = (root.nodes ??= []);
  const found = deep(root).find(([, { name }]) => name === "extensions")?.[1];
  if (found !== undefined) return (found.nodes ??= []);
  const made = nodeOf("extensions", new Uint8Array(), 2);
  made.nodes = [];
  nodes.push(made);
  return made.nodes;
}

type Found = readonly [siblings: Node[], node: Node];

/** Every node below another, with those it stands among. */
function deep(node: Node): Found[] {
  const nodes = node.nodes ?? [];
  return nodes.flatMap((one): Found[] => [[nodes, one], ...deep(one)]);
}

function find(root: Node, path: string): Found {
  let found: Found = [[root], root];
  for (const part of path.split(".")) {
    const [name = "", index = "0"] = part.split("#");
    const next = deep(found[1]).filter(([, one]) => one.name === name)[
      Number(index)
    ];
    if (next === undefined)
      throw new LabError(
        `edit.field: this message has no field "${path}"; it has ${[...new Set(pathsOf(root))].join(", ")}`,
      );
    found = next;
  }
  return found;
}

function changeNode(siblings: Node[], node: Node, change: Change): void {
  const at = siblings.indexOf(node);
  switch (change.change) {
    case "drop":
      siblings.splice(at, 1);
      return;
    case "double":
      siblings.splice(at, 0, copyOf(node));
      return;
    case "first":
      siblings.splice(at, 1);
      siblings.unshift(node);
      return;
    case "last":
      siblings.splice(at, 1);
      siblings.push(node);
      return;
    case "reverse":
      if (node.nodes === undefined) node.bytes = node.bytes.slice().reverse();
      else node.nodes.reverse();
      return;
    case "lie":
      node.lie += change.by;
      return;
    case "type":
      node.head = numberBytes(change.to, node.head.length);
      return;
    default:
      node.bytes = changedBytes(contentOf(node), change);
      node.nodes = undefined;
  }
}

function contentOf(node: Node): Uint8Array {
  return node.nodes === undefined
    ? node.bytes
    : concat(...node.nodes.map(writeNode));
}

/** Bytes after a change. */
export function changedBytes(bytes: Uint8Array, change: Change): Uint8Array {
  switch (change.change) {
    case "set":
      return valueBytes(change.to, bytes.length);
    case "flip": {
      const bits = 8 * bytes.length;
      if (bits === 0) return bytes;
      const bit = ((change.bit % bits) + bits) % bits;
      const copy = bytes.slice();
      const at = bit >> 3;
      copy[at] = (copy[at] ?? 0) ^ (0x80 >> (bit & 7));
      return copy;
    }
    case "cut":
      return bytes.subarray(0, Math.max(0, bytes.length - change.bytes));
    case "append":
      return concat(bytes, fromHex(change.bytes));
    case "prepend":
      return concat(fromHex(change.bytes), bytes);
    case "fill":
      return new Uint8Array(bytes.length).fill(change.byte);
    case "resize": {
      const sized = new Uint8Array(change.to);
      sized.set(bytes.subarray(0, change.to));
      return sized;
    }
    case "empty":
    case "drop":
      return new Uint8Array();
    case "double":
      return concat(bytes, bytes);
    case "reverse":
      return bytes.slice().reverse();
    default:
      throw new LabError(
        `edit: "${change.change}" is for fields and extensions, not for bytes`,
      );
  }
}

function valueBytes(value: Value, length: number): Uint8Array {
  return typeof value === "number"
    ? numberBytes(value, length)
    : fromHex(value);
}

function numberBytes(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++)
    bytes[i] = Math.floor(value / 256 ** (length - 1 - i)) & 0xff;
  return bytes;
}

/** A change or an edit in words. */
export function editText(edit: MessageEdit): string {
  switch (edit.edit) {
    case "field":
      return `${edit.path} ${edit.changes.map(changeText).join(", ")}`;
    case "extension":
      return `extension ${edit.extension} ${edit.changes.map(changeText).join(", ")}`;
    case "add_extension":
      return `extension ${edit.extension} added ${edit.at}`;
    case "extensions":
      return `extensions in order ${edit.order === "reverse" ? "reversed" : edit.order.join(", ")}`;
    case "message":
    case "bytes":
      return `${edit.edit} ${edit.changes.map(changeText).join(", ")}`;
    case "all":
      return edit.edits.map(editText).join("; ");
    case "custom":
      return "changed by a function";
  }
}

function changeText(change: Change): string {
  const { change: name, ...rest } = change;
  return [name, ...Object.values<unknown>(rest).map(String)].join(" ");
}
