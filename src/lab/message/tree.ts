/** A handshake message as a tree of named fields, whose lengths follow from what it holds. */
import { concatAll, toHex } from "../../bytes.ts";
import type { CipherSuite } from "../../handshake/registries/cipher-suites.ts";
import { dissectMessage, type WireField } from "../../trace/dissect/dissect.ts";

/** A field, with the fields inside it or the bytes that it holds. */
export interface Node {
  readonly name: string;
  /** Bytes before the length: the type of an extension or of the message. */
  head: Uint8Array;
  readonly lengthBytes: number;
  /** Bytes that the length says beyond those that there are. */
  lie: number;
  /** Undefined where `bytes` are its content. */
  nodes: Node[] | undefined;
  bytes: Uint8Array;
}

const NOTHING = new Uint8Array();

/** Reads a message; what does not parse is a field named "malformed". */
export function parseMessage(
  raw: Uint8Array,
  suite: CipherSuite | undefined,
): Node {
  const [type, , ...fields] = dissectMessage(raw, { suite });
  const root = nodeOf("message", type?.bytes ?? NOTHING, 3);
  // The header's length and the fields behind it are the root's own.
  root.nodes = nodesOf(fields);
  return root;
}

/** Writes a tree, each length as its content has it, or as it lies. */
export function writeNode(node: Node): Uint8Array {
  const content =
    node.nodes === undefined
      ? node.bytes
      : concatAll(node.nodes.map(writeNode));
  const said = content.length + node.lie;
  const length = new Uint8Array(node.lengthBytes);
  for (let i = 0; i < length.length; i++)
    length[i] = Math.floor(said / 256 ** (length.length - 1 - i)) & 0xff;
  return concatAll([node.head, length, content]);
}

/** A node of bytes. */
export function nodeOf(
  name: string,
  head: Uint8Array,
  lengthBytes: number,
  bytes: Uint8Array = NOTHING,
): Node {
  return { name, head, lengthBytes, lie: 0, nodes: undefined, bytes };
}

/** A copy that shares no node. */
export function copyOf(node: Node): Node {
  return { ...node, nodes: node.nodes?.map(copyOf) };
}

/** The fields of a list of dissected fields, those at a depth with what they hold. */
function nodesOf(fields: readonly WireField[]): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < fields.length;) {
    const field = fields[at];
    if (field === undefined) break;
    let end = at + 1;
    while ((fields[end]?.depth ?? -1) > field.depth) end++;
    nodes.push(treeOf(field, fields.slice(at + 1, end)));
    at = end;
  }
  return nodes;
}

function treeOf(field: WireField, inner: readonly WireField[]): Node {
  const { name, bytes, lengthBytes, holds } = field;
  if (!holds) {
    const content = bytes.subarray(lengthBytes);
    return nodeOf(name, NOTHING, lengthBytes, content);
  }
  const head = bytes.subarray(0, bytes.length - lengthBytes);
  return { ...nodeOf(name, head, lengthBytes), nodes: nodesOf(inner) };
}

/** The paths of all fields of a message, for words in errors. */
export function pathsOf(node: Node, prefix = ""): string[] {
  return (node.nodes ?? []).flatMap((one) => {
    const path = prefix === "" ? one.name : `${prefix}.${one.name}`;
    return [path, ...pathsOf(one, path)];
  });
}

/** The type of an extension's node; undefined for another field. */
export function extensionTypeOf(node: Node): number | undefined {
  return node.head.length === 2 ? Number(`0x${toHex(node.head)}`) : undefined;
}
