/** Moves that change which messages come, and the records that carry them. */
import * as fc from "fast-check";
import type { LabMessage } from "../names.ts";
import type { RecordEdit } from "../scenario/records.ts";
import type { LabItem } from "../scenario/steps.ts";
import { HandshakeType } from "../../wire/code-points.ts";
import type { Ground } from "./ground.ts";
import { hexOf, IDLE, type Move, type Must, rule } from "./move.ts";

/** Messages that are left out, said twice, out of order, or made up. */
export function orderMoves(ground: Ground): fc.Arbitrary<Move> {
  const optional: ReadonlySet<LabMessage> = new Set([
    ...IDLE,
    "certificate_request",
    "certificate_status",
  ]);
  const names = [...new Set(ground.messages.map(({ name }) => name))];
  const solid = names.filter((name) => !IDLE.has(name));
  const types = Object.values(HandshakeType);
  return fc.oneof(
    fc.constantFrom(...names).map((message) =>
      rule(`skip ${message}`, optional.has(message) ? "either" : "fail", {
        step: "skip",
        message,
        transcript: "follows",
      }),
    ),
    fc.constantFrom(...solid).map((message) =>
      rule(`repeat ${message}`, "fail", {
        step: "repeat",
        message,
        times: 1,
        transcript: "follows",
      }),
    ),
    fc
      .tuple(fc.constantFrom(...solid), fc.constantFrom(...solid))
      .map(([message, until]) => {
        const isLater = solid.indexOf(until) > solid.indexOf(message);
        return rule(`hold ${message}`, isLater ? "fail" : "either", {
          step: "hold",
          message,
          until,
          transcript: "follows",
        });
      }),
    fc
      .tuple(
        fc.constantFrom(...solid),
        fc.constantFrom(...types, 99, 250),
        hexOf(12),
      )
      .map(([message, type, body]) => {
        const item: LabItem = { send: "message", type, body };
        const must = type === HandshakeType.hello_request ? "either" : "fail";
        return rule(`insert before ${message}`, must, {
          step: "insert",
          where: "before",
          message,
          items: [item],
        });
      }),
    fc.constantFrom(...solid).map((message) =>
      rule(`change_cipher_spec before ${message}`, "either", {
        step: "insert",
        where: "before",
        message,
        items: [{ send: "change_cipher_spec" }],
      }),
    ),
    fc.constantFrom("skip", "repeat").map((how) =>
      rule(
        `${how} change_cipher_spec`,
        ground.version === "tls12" ? "fail" : "either",
        how === "skip"
          ? {
              step: "skip",
              message: "change_cipher_spec",
              transcript: "follows",
            }
          : {
              step: "repeat",
              message: "change_cipher_spec",
              times: 1,
              transcript: "follows",
            },
      ),
    ),
  );
}

/** Signatures that are wrong, where this side signs. */
export function signatureMoves(ground: Ground): fc.Arbitrary<Move>[] {
  return ground.messages
    .map(({ name }) => name)
    .filter(
      (name) => name === "certificate_verify" || name === "server_key_exchange",
    )
    .map((message) =>
      fc
        .constantFrom(
          "wrong" as const,
          "empty" as const,
          "other_content" as const,
        )
        .map((sign) =>
          rule(`sign ${message}`, "fail", { step: "sign", message, sign }),
        ),
    );
}

const damage: fc.Arbitrary<RecordEdit> = fc.oneof(
  fc.integer({ min: -200, max: 200 }).map((bit): RecordEdit => {
    return { record: "fragment", changes: [{ change: "flip", bit }] };
  }),
  fc.integer({ min: 1, max: 30 }).map((bytes): RecordEdit => {
    return { record: "fragment", changes: [{ change: "cut", bytes }] };
  }),
  fc
    .constantFrom(0, 20, 24, 99)
    .map((to): RecordEdit => ({ record: "inner_type", to })),
  fc
    .constantFrom(0, 19, 24, 25, 99)
    .map((to): RecordEdit => ({ record: "header_type", to })),
  fc
    .integer({ min: 1, max: 3 })
    .map((skip): RecordEdit => ({ record: "sequence", skip })),
);

/** Records of a protected message that are damaged, or unusual and right. */
export function recordMoves(ground: Ground): fc.Arbitrary<Move> {
  const message = "finished" as const;
  return fc.oneof(
    damage.map((edit) =>
      rule(`record ${edit.record}`, "fail", {
        step: "record",
        message,
        edits: [edit],
      }),
    ),
    fc
      .array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 })
      .map((pieces) =>
        rule(
          "split",
          ground.messages.some(({ name }) => name === message)
            ? "connect"
            : "either",
          {
            step: "split",
            message,
            pieces: fit(pieces, 30 + (ground.version === "tls12" ? -16 : 0)),
            into: "records",
          },
        ),
      ),
    fc
      .constantFrom(
        "clear" as const,
        // TLS 1.2 has no other keys.
        ground.version === "tls13" ? ("application" as const) : "clear",
      )
      .map((under) =>
        rule("protect", "fail", { step: "protect", message, under }),
      ),
  );
}

/** Pieces that leave a rest of a message. */
function fit(pieces: readonly number[], most: number): number[] {
  let sum = 0;
  return pieces.filter((piece) => (sum += piece) < most);
}

/** Things that come when the handshake is done, and that no peer takes. */
export function afterMoves(ground: Ground): fc.Arbitrary<Move> {
  const is13 = ground.version === "tls13";
  const taken: ReadonlySet<number> = new Set([
    HandshakeType.hello_request,
    HandshakeType.client_hello,
    ...(is13 ? [HandshakeType.key_update] : []),
    ...(is13 && ground.role === "server"
      ? [HandshakeType.new_session_ticket, HandshakeType.certificate_request]
      : []),
  ]);
  const types = Object.values(HandshakeType);
  const send = (kind: string, must: Must, item: LabItem): Move => ({
    ...{ kind, must, rules: [] },
    after: [{ step: "send", items: [item] }],
  });
  return fc.oneof(
    fc.tuple(fc.constantFrom(...types, 99), hexOf(12)).map(([type, body]) =>
      send("message behind it", taken.has(type) ? "either" : "fail", {
        send: "message",
        type,
        body,
      }),
    ),
    fc.integer({ min: 2, max: 255 }).map((value) =>
      send("key_update of nonsense", is13 ? "fail" : "either", {
        send: "message",
        type: "key_update",
        body: value.toString(16).padStart(2, "0"),
      }),
    ),
    fc.tuple(damage, hexOf(50)).map(([edit, content]) =>
      send(
        `data ${edit.record}`,
        content === "" || (!is13 && edit.record === "inner_type")
          ? "either"
          : "fail",
        {
          send: "plaintext",
          type: "application_data",
          content,
          edits: [edit],
        },
      ),
    ),
    fc.tuple(fc.constantFrom(0, 20, 24, 99), hexOf(8)).map(([type, content]) =>
      send(`record of type ${type}`, is13 ? "fail" : "either", {
        send: "plaintext",
        type,
        content,
      }),
    ),
  );
}

/** Coalesced messages, where keys change behind the first. */
export function coalesceMoves({ version, role }: Ground): fc.Arbitrary<Move>[] {
  if (version !== "tls13") return [];
  const message =
    role === "client" ? ("client_hello" as const) : ("server_hello" as const);
  return [
    hexOf(6).map((bytes) =>
      rule(
        `coalesce ${message}`,
        bytes === "" ? "either" : "fail",
        { step: "coalesce", message },
        {
          step: "insert",
          where: "after",
          message,
          items: [{ send: "raw_message", bytes }],
        },
      ),
    ),
  ];
}
