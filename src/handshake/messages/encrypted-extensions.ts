import { Reader } from "../../wire/reader.ts";
import type { Extensions } from "../extensions/spec.ts";
import {
  type ExtensionShape,
  type ExtensionTable,
  readExtensions,
  writeExtensions,
} from "../extensions/table.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** RFC 9846 4.4.1. */
export interface EncryptedExtensions extends Message {
  readonly extensions: Extensions<"encrypted_extensions">;
  readonly extensionTypes: readonly number[];
}

export function encodeEncryptedExtensions(
  table: ExtensionTable,
  extensions: Extensions<"encrypted_extensions">,
  shape?: ExtensionShape,
): Uint8Array {
  return encodeMessage("encrypted_extensions", (writer) =>
    writeExtensions(table, writer, "encrypted_extensions", extensions, shape),
  );
}

/** @throws TlsError */
export function readEncryptedExtensions(
  { body, raw }: RawMessage,
  table: ExtensionTable,
): EncryptedExtensions {
  return Reader.all(body, "EncryptedExtensions", (reader) => {
    const { known, types } = readExtensions(
      table,
      reader,
      "encrypted_extensions",
    );
    return { extensions: known, extensionTypes: types, raw };
  });
}
