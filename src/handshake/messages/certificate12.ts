import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/**
 * Certificate of TLS 1.2, RFC 5246 7.4.2 and RFC 7250 3. What its body is
 * depends on the hellos, so it is read by who knows them.
 */
export interface Certificate12 extends Message {
  readonly body: Uint8Array;
}

/** DER, leaf first. */
function encodeCertificate12(chain: readonly Uint8Array[]): Uint8Array {
  return encodeMessage(
    "certificate",
    (writer) =>
      writer.vector24((list) => {
        for (const certificate of chain) list.opaque24(certificate);
      }),
    4096,
  );
}

/** RFC 7250 3: DER of a SubjectPublicKeyInfo, and no list around it. */
function encodeRawPublicKey12(publicKeyInfo: Uint8Array): Uint8Array {
  return encodeMessage("certificate", (writer) =>
    writer.opaque24(publicKeyInfo),
  );
}

/** Encodes the certificates of a credential; without one, an empty list. */
export function encodeCredential12(
  credential:
    | {
        readonly chain: readonly Uint8Array[];
        readonly certificateType?: "RawPublicKey";
      }
    | undefined,
): Uint8Array {
  const { chain = [], certificateType } = credential ?? {};
  const [key] = chain;
  return certificateType === "RawPublicKey" && key !== undefined
    ? encodeRawPublicKey12(key)
    : encodeCertificate12(chain);
}

export function readCertificate12({ body, raw }: RawMessage): Certificate12 {
  return { body, raw };
}

/** @throws TlsError */
export function parseCertificates({
  body,
}: Certificate12): readonly Uint8Array[] {
  return Reader.all(body, "Certificate", (reader) =>
    reader.list24((r) => r.opaque24(1)),
  );
}
