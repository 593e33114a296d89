import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** RFC 8879 4: a Certificate message, its body compressed. */
export interface CompressedCertificateFields {
  readonly algorithm: number;
  readonly uncompressedLength: number;
  readonly compressed: Uint8Array;
}

export interface CompressedCertificate
  extends CompressedCertificateFields, Message {}

export function encodeCompressedCertificate(
  fields: CompressedCertificateFields,
): Uint8Array {
  return encodeMessage(
    "compressed_certificate",
    (writer) =>
      writer
        .u16(fields.algorithm)
        .u24(fields.uncompressedLength)
        .opaque24(fields.compressed),
    4096,
  );
}

/** @throws TlsError */
export function readCompressedCertificate({
  body,
  raw,
}: RawMessage): CompressedCertificate {
  return Reader.all(body, "CompressedCertificate", (reader) => ({
    algorithm: reader.u16(),
    uncompressedLength: reader.u24(),
    compressed: reader.opaque24(1),
    raw,
  }));
}
