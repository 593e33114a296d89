import { Reader } from "../../wire/reader.ts";
import type { Extensions } from "../extensions/spec.ts";
import {
  type ExtensionShape,
  type ExtensionTable,
  readExtensions,
  writeExtensions,
} from "../extensions/table.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** CertificateRequest of TLS 1.3, RFC 9846 4.4.2. */
export interface CertificateRequest13 extends Message {
  readonly context: Uint8Array;
  readonly extensions: Extensions<"certificate_request">;
}

export function encodeCertificateRequest13(
  table: ExtensionTable,
  context: Uint8Array,
  extensions: Extensions<"certificate_request">,
  shape?: ExtensionShape,
): Uint8Array {
  return encodeMessage("certificate_request", (writer) => {
    writer.opaque8(context);
    writeExtensions(table, writer, "certificate_request", extensions, shape);
  });
}

/** @throws TlsError */
export function readCertificateRequest13(
  { body, raw }: RawMessage,
  table: ExtensionTable,
): CertificateRequest13 {
  return Reader.all(body, "CertificateRequest", (reader) => ({
    context: reader.opaque8(),
    extensions: readExtensions(table, reader, "certificate_request").known,
    raw,
  }));
}
