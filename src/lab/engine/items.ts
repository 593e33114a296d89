/** Bytes and words of what a scenario sends beside the messages of the engine. */
import { ALERTS } from "../../alerts.ts";
import { asciiBytes, concatAll, fromHex } from "../../bytes.ts";
import { ContentType, HandshakeType } from "../../wire/code-points.ts";
import { LabError } from "../errors.ts";
import type { LabMessage } from "../names.ts";
import type { LabItem } from "../scenario/steps.ts";
import { PLAIN, type WriteLayer } from "./write-layer.ts";

/** Content of a signature as a rule has it. */
export function contentBySign(
  content: Uint8Array,
  { sign }: { readonly sign: string },
): Uint8Array {
  const changed = content.slice();
  const at = changed.length - 1;
  if (sign === "other_content") changed[at] = (changed[at] ?? 0) ^ 1;
  if (sign === "other_role") {
    // RFC 9846 4.5.2: 64 spaces, "TLS 1.3, " and the role.
    const role = 64 + "TLS 1.3, ".length;
    const isServer = content[role] === "s".charCodeAt(0);
    changed.set(isServer ? CLIENT : SERVER, role);
  }
  return changed;
}

const CLIENT = asciiBytes("client");
const SERVER = asciiBytes("server");

/** Messages that have waited for this one; they wait no more. */
export function released(
  waiting: { readonly until: LabMessage; readonly parts: Uint8Array[] }[],
  name: LabMessage,
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let i = waiting.length - 1; i >= 0; i--)
    if (waiting[i]?.until === name)
      parts.unshift(...waiting.splice(i, 1).flatMap((one) => one.parts));
  return parts;
}

/** The handshake messages of an item; none for what is no message. */
export function messagesOf(
  one: LabItem,
  sent: ReadonlyMap<LabMessage, Uint8Array>,
): Uint8Array[] {
  switch (one.send) {
    case "message": {
      const body = fromHex(one.body);
      const { length } = body;
      const type =
        typeof one.type === "number" ? one.type : HandshakeType[one.type];
      const head = [type, length >> 16, length >> 8, length];
      return [concatAll([Uint8Array.from(head), body])];
    }
    case "raw_message":
      return [fromHex(one.bytes)];
    case "copy": {
      const before = sent.get(one.message);
      if (before === undefined)
        throw new LabError(
          `item.copy: no ${one.message} was sent; sent were ${[...sent.keys()].join(", ") || "none"}`,
        );
      return [before];
    }
    default:
      return [];
  }
}

/** Level and description of an alert. */
function alertBytes({
  level,
  alert,
}: Extract<LabItem, { send: "alert" }>): Uint8Array {
  const levels = { warning: 1, fatal: 2 } as const;
  return Uint8Array.of(
    typeof level === "number" ? level : levels[level],
    typeof alert === "number" ? alert : ALERTS[alert],
  );
}

/** An item in words. */
export function itemText(one: LabItem): string {
  switch (one.send) {
    case "message":
      return `${one.type}, made up`;
    case "copy":
      return `${one.message} again`;
    case "alert":
      return `alert ${one.alert}`;
    case "plaintext":
      return `a record of ${one.type}`;
    default:
      return one.send;
  }
}

/** Writes an item; messages that were sent before can be sent again. */
export function writeItem(
  write: WriteLayer,
  one: LabItem,
  sent: ReadonlyMap<LabMessage, Uint8Array>,
): void {
  switch (one.send) {
    case "message":
    case "raw_message":
    case "copy":
      for (const message of messagesOf(one, sent))
        write.message(message, PLAIN);
      return;
    case "plaintext":
      write.write(
        typeof one.type === "number" ? one.type : ContentType[one.type],
        fromHex(one.content),
        { ...PLAIN, records: one.edits ?? [], under: one.under },
      );
      return;
    case "bytes":
      write.raw(fromHex(one.bytes));
      return;
    case "alert":
      write.write(ContentType.alert, alertBytes(one));
      return;
    case "change_cipher_spec":
      write.write(ContentType.change_cipher_spec, fromHex(one.content ?? "01"));
      return;
    case "data":
      write.write(ContentType.application_data, fromHex(one.content));
  }
}
