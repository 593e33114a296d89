/** Makes the items that `send`, `replace` and the inserts take. */
import { toHex, utf8Bytes } from "../../bytes.ts";
import type { AlertName } from "../../errors.ts";
import type {
  ContentTypeName,
  HandshakeTypeName,
} from "../../wire/code-points.ts";
import type { LabMessage } from "../names.ts";
import type { Epoch, RecordEdit } from "./records.ts";
import type { LabItem } from "./steps.ts";

type Content = string | Uint8Array;

function hexOf(content: Content): string {
  return typeof content === "string" ? content : toHex(content);
}

/**
 * Makes what can be sent at any moment. Strings are hexadecimal, apart from those of
 * `data`, which are text.
 *
 * @example
 * ```ts
 * import { item, playInMemory, scenario } from "puretls/lab";
 *
 * const early = scenario("tls13")
 *   .insertAfter("client_hello", item.message("finished", "00".repeat(32)))
 *   .expectAlert("unexpected_message");
 * if (playInMemory(early).verdict !== "pass") throw new Error();
 * ```
 */
export const item = {
  /** A handshake message with that body. */
  message: (type: HandshakeTypeName | number, body: Content = ""): LabItem => ({
    send: "message",
    type,
    body: hexOf(body),
  }),
  /** A message that this side has sent already. */
  copy: (message: LabMessage): LabItem => ({ send: "copy", message }),
  /** Bytes into the stream of handshake messages, header and all. */
  rawMessage: (bytes: Content): LabItem => ({
    send: "raw_message",
    bytes: hexOf(bytes),
  }),
  /** The content of a record, protected by the present keys or those named. */
  plaintext: (
    type: ContentTypeName | number,
    content: Content = "",
    options: {
      readonly edits?: readonly RecordEdit[];
      readonly under?: Epoch;
    } = {},
  ): LabItem => ({
    send: "plaintext",
    type,
    content: hexOf(content),
    ...options,
  }),
  /** Bytes on the wire, as they are. */
  bytes: (bytes: Content): LabItem => ({ send: "bytes", bytes: hexOf(bytes) }),
  /** An alert. */
  alert: (
    alert: AlertName | number,
    level: "warning" | "fatal" | number = "fatal",
  ): LabItem => ({ send: "alert", alert, level }),
  /** A change_cipher_spec, in the clear. */
  changeCipherSpec: (content: Content = "01"): LabItem => ({
    send: "change_cipher_spec",
    content: hexOf(content),
  }),
  /** Application data. */
  data: (content: Content): LabItem => ({
    send: "data",
    content: toHex(typeof content === "string" ? utf8Bytes(content) : content),
  }),
} as const;
