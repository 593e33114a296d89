import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** Certificate of TLS 1.2, RFC 5246 7.4.2. */
export interface Certificate12 extends Message {
  /** DER, leaf first. */
  readonly certificates: readonly Uint8Array[];
}

export function encodeCertificate12(chain: readonly Uint8Array[]): Uint8Array {
  return encodeMessage(
    "certificate",
    (writer) =>
      writer.vector24((list) => {
        for (const certificate of chain)
          list.vector24((w) => w.bytes(certificate));
      }),
    4096,
  );
}

/** @throws TlsError */
export function readCertificate12({ body, raw }: RawMessage): Certificate12 {
  return Reader.all(body, "Certificate", (reader) => ({
    certificates: reader.list24((r) => r.opaque24(1)),
    raw,
  }));
}
