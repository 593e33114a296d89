import { Reader } from "../../wire/reader.ts";
import type { Extensions } from "../extensions/spec.ts";
import {
  type ExtensionShape,
  type ExtensionTable,
  readExtensions,
  writeExtensions,
} from "../extensions/table.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** Certificate of TLS 1.3, RFC 9846 4.5.1. */
export interface Certificate13 extends Message {
  readonly context: Uint8Array;
  readonly entries: readonly CertificateEntry[];
}

export interface CertificateEntry {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly extensions: Extensions<"certificate">;
  readonly extensionTypes: readonly number[];
}

export function encodeCertificate13(
  table: ExtensionTable,
  context: Uint8Array,
  entries: readonly Omit<CertificateEntry, "extensionTypes">[],
  shape?: ExtensionShape,
): Uint8Array {
  return encodeMessage(
    "certificate",
    (writer) =>
      writer.opaque8(context).vector24((list) => {
        for (const { certificate, extensions } of entries) {
          list.opaque24(certificate);
          writeExtensions(table, list, "certificate", extensions, shape);
        }
      }),
    4096,
  );
}

/** @throws TlsError */
export function readCertificate13(
  { body, raw }: RawMessage,
  table: ExtensionTable,
): Certificate13 {
  return Reader.all(body, "Certificate", (reader) => ({
    context: reader.opaque8(),
    entries: reader.list24((r) => {
      const certificate = r.opaque24(1);
      const { known, types } = readExtensions(table, r, "certificate");
      return { certificate, extensions: known, extensionTypes: types };
    }),
    raw,
  }));
}
