/**
 * Edits of a handshake message, as data: what a scenario says of them can be written
 * to JSON and read back. {@link edit} makes them, `apply.ts` carries them out.
 */
import { toHex } from "../../bytes.ts";
import type { ExtensionTypeName } from "../../wire/code-points.ts";

/** A number, or bytes in hexadecimal. */
export type Value = number | string;

/** A change of one field, or of one extension. */
export type Change =
  | { readonly change: "set"; readonly to: Value }
  | { readonly change: "flip"; readonly bit: number }
  | { readonly change: "cut"; readonly bytes: number }
  | { readonly change: "append"; readonly bytes: string }
  | { readonly change: "prepend"; readonly bytes: string }
  | { readonly change: "fill"; readonly byte: number }
  | { readonly change: "resize"; readonly to: number }
  | { readonly change: "lie"; readonly by: number }
  | { readonly change: "type"; readonly to: number }
  | {
      readonly change:
        "drop" | "double" | "empty" | "first" | "last" | "reverse";
    };

/** An edit of a message. */
export type MessageEdit =
  | {
      readonly edit: "field";
      readonly path: string;
      readonly changes: readonly Change[];
    }
  | {
      readonly edit: "extension";
      readonly extension: number | ExtensionTypeName;
      readonly changes: readonly Change[];
    }
  | {
      readonly edit: "add_extension";
      readonly extension: number | ExtensionTypeName;
      readonly body: string;
      readonly at: "first" | "last";
    }
  | {
      readonly edit: "extensions";
      readonly order: "reverse" | readonly string[];
    }
  | { readonly edit: "message"; readonly changes: readonly Change[] }
  | { readonly edit: "bytes"; readonly changes: readonly Change[] }
  | { readonly edit: "all"; readonly edits: readonly MessageEdit[] }
  | {
      /** Not data: such a scenario is replayed from its file. */
      readonly edit: "custom";
      readonly apply: (raw: Uint8Array) => Uint8Array;
    };

/** Leaves a field, an extension or a message out. See {@link edit} for an example. */
export const drop: Change = { change: "drop" };
/** Says a field or an extension twice. See {@link edit} for an example. */
export const double: Change = { change: "double" };
/** Takes the content of a field away; lengths follow. See {@link edit} for an example. */
export const empty: Change = { change: "empty" };
/** Puts a field before the others that it stands among. See {@link edit} for an example. */
export const first: Change = { change: "first" };
/** Puts a field behind the others that it stands among. See {@link edit} for an example. */
export const last: Change = { change: "last" };
/** Turns the order of what a field holds round. See {@link edit} for an example. */
export const reverse: Change = { change: "reverse" };

/** Sets another content: a number in as many bytes as there are, or bytes. See {@link edit} for an example. */
export function set(to: number | string | Uint8Array): Change {
  return { change: "set", to: typeof to === "object" ? toHex(to) : to };
}

/** Changes one bit, counted from the first; negative from the last. See {@link edit} for an example. */
export function flip(bit = -1): Change {
  return { change: "flip", bit };
}

/** Takes so many bytes away at the end. See {@link edit} for an example. */
export function cut(bytes = 1): Change {
  return { change: "cut", bytes };
}

/** Adds bytes at the end. See {@link edit} for an example. */
export function append(bytes: string | Uint8Array): Change {
  return { change: "append", bytes: hexOf(bytes) };
}

/** Adds bytes at the beginning. See {@link edit} for an example. */
export function prepend(bytes: string | Uint8Array): Change {
  return { change: "prepend", bytes: hexOf(bytes) };
}

/** Makes all bytes the same. See {@link edit} for an example. */
export function fill(byte: number): Change {
  return { change: "fill", byte };
}

/** Makes so many bytes of it, cut off or filled up with zeros. See {@link edit} for an example. */
export function resize(to: number): Change {
  return { change: "resize", to };
}

/** Has the length say so many bytes more than there are; negative: fewer. See {@link edit} for an example. */
export function lie(by: number): Change {
  return { change: "lie", by };
}

/** Sets another type: of an extension, or of the whole message. See {@link edit} for an example. */
export function retype(to: number): Change {
  return { change: "type", to };
}

/**
 * Makes edits of messages by the names of their fields, which are those of the RFCs:
 * lengths around what changes are right again, unless {@link lie} says otherwise.
 *
 * @example
 * ```ts
 * import { append, drop, edit, flip, playInMemory, scenario } from "puretls/lab";
 *
 * const edits = edit.all(
 *   edit.field("cipher_suites", append("1399")),
 *   edit.extension("server_name", drop),
 *   edit.addExtension(0xabcd, "00"),
 * );
 * const { verdict } = playInMemory(
 *   scenario("tls13").beforeSend("client_hello", edits).expectConnected(),
 * );
 * if (verdict !== "pass") throw new Error();
 * const spoilt = scenario("tls13")
 *   .afterSend("finished", edit.field("verify_data", flip()))
 *   .expectAlert("decrypt_error");
 * if (playInMemory(spoilt).verdict !== "pass") throw new Error();
 * ```
 */
export const edit = {
  /**
   * Changes a field: its name, or a path as `extensions.key_share.group`; `name#1` is
   * the second of that name.
   */
  field: (path: string, ...changes: readonly Change[]): MessageEdit => ({
    edit: "field",
    path,
    changes,
  }),
  /** Changes an extension as a whole: its body, its length, its place. */
  extension: (
    extension: number | ExtensionTypeName,
    ...changes: readonly Change[]
  ): MessageEdit => ({ edit: "extension", extension, changes }),
  /** Adds an extension; behind the others unless `at` says "first". */
  addExtension: (
    extension: number | ExtensionTypeName,
    body: string | Uint8Array = "",
    at: "first" | "last" = "last",
  ): MessageEdit => ({
    edit: "add_extension",
    extension,
    body: hexOf(body),
    at,
  }),
  /** Orders the extensions: turned round, or those named first. */
  extensions: (
    order: "reverse" | readonly ExtensionTypeName[],
  ): MessageEdit => ({
    edit: "extensions",
    order,
  }),
  /** Changes the message with a header that fits: its body, its type, its length. */
  message: (...changes: readonly Change[]): MessageEdit => ({
    edit: "message",
    changes,
  }),
  /** Changes the bytes, header included, which need not fit afterwards. */
  bytes: (...changes: readonly Change[]): MessageEdit => ({
    edit: "bytes",
    changes,
  }),
  /** Several edits, one after the other. */
  all: (...edits: readonly MessageEdit[]): MessageEdit => ({
    edit: "all",
    edits,
  }),
  /** A function of the whole message; it cannot be written to JSON. */
  custom: (apply: (raw: Uint8Array) => Uint8Array): MessageEdit => ({
    edit: "custom",
    apply,
  }),
} as const;

function hexOf(bytes: string | Uint8Array): string {
  return typeof bytes === "string" ? bytes : toHex(bytes);
}
