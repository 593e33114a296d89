import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** RFC 9846 4.5.2. */
export interface CertificateVerify extends Message {
  /** SignatureScheme. */
  readonly algorithm: number;
  readonly signature: Uint8Array;
}

export function encodeCertificateVerify(
  algorithm: number,
  signature: Uint8Array,
): Uint8Array {
  return encodeMessage("certificate_verify", (writer) =>
    writer.u16(algorithm).opaque16(signature),
  );
}

/** @throws TlsError */
export function readCertificateVerify({
  body,
  raw,
}: RawMessage): CertificateVerify {
  return Reader.all(body, "CertificateVerify", (reader) => ({
    algorithm: reader.u16(),
    signature: reader.opaque16(),
    raw,
  }));
}
