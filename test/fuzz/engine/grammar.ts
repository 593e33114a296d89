/**
 * The structure of handshake messages, as far as a mutation needs it: trees of
 * vectors and plain bytes. A tree is written with lengths that fit, apart from
 * those with a `lie`.
 */
import { concat } from "../../../src/bytes.ts";
import { ExtensionType, HandshakeType } from "../../../src/wire/code-points.ts";

export type Node =
  | { readonly kind: "bytes"; bytes: Uint8Array }
  | {
      readonly kind: "vector";
      /** Bytes of its length; 0: a sequence without one. */
      readonly prefix: number;
      items: Node[];
      /** Added to the length that is written. */
      lie?: number;
    };

/** The bytes that are parsed, and the position in them. */
class Cursor {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new RangeError("too short");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

type Rule = (cursor: Cursor) => Node;

const fixed =
  (length: number): Rule =>
  (cursor) => ({ kind: "bytes", bytes: cursor.take(length) });

const rest: Rule = (cursor) => fixed(cursor.left)(cursor);

const sequence =
  (...rules: readonly Rule[]): Rule =>
  (cursor) => ({
    kind: "vector",
    prefix: 0,
    items: rules.map((rule) => rule(cursor)),
  });

/** Items of one kind, until the vector ends. */
const vector =
  (prefix: number, item: Rule): Rule =>
  (cursor) => {
    const length = numberOf(cursor.take(prefix));
    const inside = new Cursor(cursor.take(length));
    const items: Node[] = [];
    while (inside.left > 0) items.push(item(inside));
    return { kind: "vector", prefix, items };
  };

const opaque = (prefix: number): Rule => vector(prefix, rest);
const numbers = (prefix: number, size: number): Rule =>
  vector(prefix, fixed(size));

/** Parses raw bytes where the rule does not fit. */
const orBytes =
  (rule: Rule): Rule =>
  (cursor) => {
    const start = cursor.at;
    try {
      const node = rule(cursor);
      if (cursor.left > 0) throw new RangeError("more than the rule takes");
      return node;
    } catch {
      cursor.at = start;
      return rest(cursor);
    }
  };

const share = sequence(fixed(2), opaque(2));

/** Bodies of extensions in a ClientHello; elsewhere they may not fit. */
const BODIES: Readonly<Partial<Record<number, Rule>>> = {
  [ExtensionType.server_name]: vector(2, sequence(fixed(1), opaque(2))),
  [ExtensionType.supported_groups]: numbers(2, 2),
  [ExtensionType.ec_point_formats]: numbers(1, 1),
  [ExtensionType.signature_algorithms]: numbers(2, 2),
  [ExtensionType.signature_algorithms_cert]: numbers(2, 2),
  [ExtensionType.delegated_credential]: numbers(2, 2),
  [ExtensionType.application_layer_protocol_negotiation]: vector(2, opaque(1)),
  [ExtensionType.client_certificate_type]: numbers(1, 1),
  [ExtensionType.server_certificate_type]: numbers(1, 1),
  [ExtensionType.compress_certificate]: numbers(1, 2),
  [ExtensionType.pre_shared_key]: sequence(
    vector(2, sequence(opaque(2), fixed(4))),
    vector(2, opaque(1)),
  ),
  [ExtensionType.supported_versions]: numbers(1, 2),
  [ExtensionType.cookie]: opaque(2),
  [ExtensionType.psk_key_exchange_modes]: numbers(1, 1),
  [ExtensionType.certificate_authorities]: vector(2, opaque(2)),
  [ExtensionType.key_share]: vector(2, share),
  [ExtensionType.renegotiation_info]: opaque(1),
  [ExtensionType.encrypted_client_hello]: sequence(
    fixed(1),
    fixed(4),
    fixed(1),
    opaque(2),
    opaque(2),
  ),
};

const extension: Rule = (cursor) => {
  const type = cursor.take(2);
  const rule = BODIES[numberOf(type)] ?? rest;
  const body = new Cursor(cursor.take(numberOf(cursor.take(2))));
  return {
    kind: "vector",
    prefix: 0,
    items: [
      { kind: "bytes", bytes: type },
      { kind: "vector", prefix: 2, items: [orBytes(rule)(body)] },
    ],
  };
};

const extensions = vector(2, extension);

/** A key of TLS 1.2's ServerKeyExchange on a named curve, and its signature. */
const serverKeyExchange = sequence(
  fixed(1),
  fixed(2),
  opaque(1),
  fixed(2),
  opaque(2),
);

const MESSAGES: Readonly<Partial<Record<number, readonly Rule[]>>> = {
  [HandshakeType.client_hello]: [
    sequence(
      fixed(2),
      fixed(32),
      opaque(1),
      numbers(2, 2),
      numbers(1, 1),
      extensions,
    ),
  ],
  [HandshakeType.server_hello]: [
    sequence(fixed(2), fixed(32), opaque(1), fixed(2), fixed(1), extensions),
  ],
  [HandshakeType.encrypted_extensions]: [extensions],
  [HandshakeType.new_session_ticket]: [
    sequence(fixed(4), fixed(4), opaque(1), opaque(2), extensions),
    sequence(fixed(4), opaque(2)),
  ],
  [HandshakeType.certificate]: [
    sequence(opaque(1), vector(3, sequence(opaque(3), extensions))),
    vector(3, opaque(3)),
  ],
  [HandshakeType.compressed_certificate]: [
    sequence(fixed(2), fixed(3), opaque(3)),
  ],
  [HandshakeType.certificate_request]: [
    sequence(opaque(1), extensions),
    sequence(numbers(1, 1), numbers(2, 2), vector(2, opaque(2))),
  ],
  [HandshakeType.certificate_verify]: [sequence(fixed(2), opaque(2))],
  [HandshakeType.certificate_status]: [sequence(fixed(1), opaque(3))],
  [HandshakeType.server_key_exchange]: [serverKeyExchange, opaque(2)],
  [HandshakeType.client_key_exchange]: [opaque(1), opaque(2)],
};

/** The tree of a whole message, or undefined where it is none. */
export function parse(raw: Uint8Array): Node | undefined {
  const cursor = new Cursor(raw);
  if (raw.length < 4) return undefined;
  const type = cursor.take(1);
  const length = numberOf(cursor.take(3));
  if (length !== cursor.left) return undefined;
  const body = cursor.take(length);
  const rules = MESSAGES[numberOf(type)] ?? [];
  const parsed = [...rules, rest]
    .map((rule) => orBytes(rule)(new Cursor(body)))
    .find((node) => node.kind === "vector");
  return {
    kind: "vector",
    prefix: 0,
    items: [
      { kind: "bytes", bytes: type },
      {
        kind: "vector",
        prefix: 3,
        items: [parsed ?? { kind: "bytes", bytes: body }],
      },
    ],
  };
}

/** The bytes of a tree. */
export function write(node: Node): Uint8Array {
  if (node.kind === "bytes") return node.bytes;
  const content = concat(...node.items.map(write));
  const length = content.length + (node.lie ?? 0);
  return concat(numberBytes(length, node.prefix), content);
}

/** All nodes in the order of their bytes, that of the whole apart. */
export function nodesOf(tree: Node): Node[] {
  if (tree.kind === "bytes") return [];
  return tree.items.flatMap((item) => [item, ...nodesOf(item)]);
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

export function numberBytes(value: number, length: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, i) => Math.floor(value / 256 ** (length - 1 - i)) & 0xff,
  );
}
