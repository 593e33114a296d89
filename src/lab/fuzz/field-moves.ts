/** Moves that change what messages say. */
import * as fc from "fast-check";
import type { MessageEdit } from "../message/edits.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { changes, type Ground, type GroundMessage } from "./ground.ts";
import { change, hexOf, IDLE, type Move, type Must, rule } from "./move.ts";

/** The place of a message among those of its name, from 1. */
export function nthOf({ messages }: Ground, message: GroundMessage): number {
  const same = messages.filter(({ name }) => name === message.name);
  return same.indexOf(message) + 1;
}

/** Extensions that a hello of that ground has, by the names in its paths. */
function extensionsOf({ paths }: GroundMessage): string[] {
  return paths
    .filter((path) => /^extensions\.[a-z_]+$/.test(path))
    .map((path) => path.slice("extensions.".length))
    .filter((name) => name in ExtensionType);
}

function edits(message: GroundMessage): fc.Arbitrary<MessageEdit> {
  const whole = fc.record({
    edit: fc.constantFrom("message" as const, "bytes" as const),
    changes: fc.tuple(change),
  });
  if (message.paths.length === 0) return whole;
  const field = fc.record({
    edit: fc.constant("field" as const),
    path: fc.constantFrom(...message.paths),
    changes: fc.tuple(change),
  });
  return fc.oneof(
    { weight: 6, arbitrary: field },
    { weight: 1, arbitrary: whole },
  );
}

/** Changes of messages, which the transcript follows or not. */
export function changesOf(ground: Ground): fc.Arbitrary<Move> {
  const solid = ground.messages.filter(({ name }) => !IDLE.has(name));
  return fc.constantFrom(...solid).chain((message) =>
    fc
      .tuple(edits(message), fc.boolean())
      .filter(([edit]) => edit.edit === "bytes" || changes(message, edit))
      .map(([edit, follows]): Move => {
        const step = follows ? "before_send" : "after_send";
        const nth = nthOf(ground, message);
        const must = follows || edit.edit === "bytes" ? "either" : "fail";
        const { name } = message;
        return rule(`${step} ${name}`, must, {
          step,
          message: name,
          edit,
          nth,
        });
      }),
  );
}

/** Questions may have any unknown extension, answers none. */
function mustOfUnknown(ground: Ground, message: GroundMessage): Must {
  const { name } = message;
  if (name === "client_hello" && ground.handshake.retry)
    // The two hellos differ by it.
    return nthOf(ground, message) === 2 ? "fail" : "either";
  if (name === "client_hello") return "connect";
  if (name === "certificate_request") return "connect";
  return IDLE.has(name) ? "either" : "fail";
}

/** Extensions that are added, or stand twice. */
export function extensionMoves(ground: Ground): fc.Arbitrary<Move>[] {
  return ground.messages.flatMap((message) => {
    const { name } = message;
    const names = extensionsOf(message);
    if (names.length === 0 && name !== "encrypted_extensions") return [];
    const nth = nthOf(ground, message);
    const add = fc
      .tuple(fc.constantFrom(0xfeed, 0xabcd, 0x7777), hexOf(6))
      .map(([extension, body]): Move => {
        const edit = {
          edit: "add_extension",
          extension,
          body,
          at: "first",
        } as const;
        const must = mustOfUnknown(ground, message);
        return rule(`unknown extension in ${name}`, must, {
          step: "before_send",
          message: name,
          edit,
          nth,
        });
      });
    if (names.length === 0) return [add];
    const twice = fc.constantFrom(...names).map((extension): Move => {
      const edit: MessageEdit = {
        edit: "field",
        path: `extensions.${extension}`,
        changes: [{ change: "double" }],
      };
      return rule(`extension twice in ${name}`, "fail", {
        step: "before_send",
        message: name,
        edit,
        nth,
      });
    });
    return [add, twice];
  });
}

/** Fields whose every other value is a fault, by message. */
const STRICT: Readonly<Record<string, readonly string[]>> = {
  "tls13 client client_hello": ["legacy_version"],
  "tls13 client client_hello 2": [
    "random",
    "legacy_session_id",
    "cipher_suites",
  ],
  "tls13 server server_hello": [
    "legacy_version",
    "legacy_session_id_echo",
    "legacy_compression_method",
  ],
  "tls13 server hello_retry_request": [
    "legacy_version",
    "legacy_session_id_echo",
  ],
  "tls12 server server_hello": [
    "renegotiated_connection",
    "legacy_compression_method",
  ],
  "tls12 client client_hello": ["renegotiated_connection"],
};

/** Fields that have one right value, set to another, and the transcript follows. */
export function strictMoves(ground: Ground): fc.Arbitrary<Move>[] {
  const { version, role } = ground;
  return ground.messages.flatMap((message) => {
    const nth = nthOf(ground, message);
    const place = nth === 1 ? "" : ` ${nth}`;
    const key = `${version} ${role} ${message.name}${place}`;
    const fields = STRICT[key] ?? [];
    return fields.map((field) =>
      fc
        .record({
          edit: fc.constant("field" as const),
          path: fc.constant(field),
          changes: fc.tuple(change),
        })
        .filter((edit) => changes(message, edit))
        .map((edit) =>
          rule(`${field} of ${message.name}`, "fail", {
            step: "before_send",
            message: message.name,
            edit,
            nth,
          }),
        ),
    );
  });
}

/** Early data that was meant for another protocol. */
export function alpnMoves({ role, handshake }: Ground): fc.Arbitrary<Move>[] {
  if (role !== "client" || handshake.earlyData !== true) return [];
  return [
    fc.constant(
      rule("early data of another ALPN", "either", {
        step: "before_send",
        message: "client_hello",
        edit: {
          edit: "field",
          path: "protocol_name_list",
          changes: [{ change: "set", to: "08687474702f312e31" }],
        },
      }),
    ),
  ];
}

/** A downgrade of a client of both versions, and the same with a sentinel. */
const SENTINELS = ["444f574e47524401", "444f574e47524400"];

export function downgradeMoves({
  version,
  role,
  handshake,
}: Ground): fc.Arbitrary<Move>[] {
  if (
    version !== "tls13" ||
    role !== "server" ||
    handshake.bothVersions !== true
  )
    return [];
  return [
    fc.constantFrom(...SENTINELS).map((end) =>
      rule("downgrade", "fail", {
        step: "before_send",
        message: "server_hello",
        edit: {
          edit: "all",
          edits: [
            {
              edit: "field",
              path: "random",
              changes: [{ change: "set", to: `${"11".repeat(24)}${end}` }],
            },
            {
              edit: "extension",
              extension: "supported_versions",
              changes: [{ change: "drop" }],
            },
            {
              edit: "extension",
              extension: "key_share",
              changes: [{ change: "drop" }],
            },
            {
              edit: "field",
              path: "cipher_suite",
              changes: [{ change: "set", to: 0xc02b }],
            },
          ],
        },
      }),
    ),
  ];
}
