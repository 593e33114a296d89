import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** ClientCertificateType, RFC 5246 7.4.4 and RFC 8422 5.5. */
export const ClientCertificateType = { rsa_sign: 1, ecdsa_sign: 64 } as const;

/** CertificateRequest of TLS 1.2, RFC 5246 7.4.4. */
export interface CertificateRequest12Fields {
  readonly certificateTypes: readonly number[];
  readonly signatureSchemes: readonly number[];
  /** DER names. */
  readonly authorities: readonly Uint8Array[];
}

export interface CertificateRequest12
  extends CertificateRequest12Fields, Message {}

export function encodeCertificateRequest12(
  fields: CertificateRequest12Fields,
): Uint8Array {
  return encodeMessage("certificate_request", (writer) =>
    writer
      .vector8((w) => {
        for (const type of fields.certificateTypes) w.u8(type);
      })
      .vector16((w) => {
        for (const scheme of fields.signatureSchemes) w.u16(scheme);
      })
      .vector16((list) => {
        for (const name of fields.authorities) list.opaque16(name);
      }),
  );
}

/** @throws TlsError */
export function readCertificateRequest12({
  body,
  raw,
}: RawMessage): CertificateRequest12 {
  return Reader.all(body, "CertificateRequest", (reader) => ({
    certificateTypes: reader.list8((r) => r.u8(), 1),
    signatureSchemes: reader.list16((r) => r.u16(), 1),
    authorities: reader.list16((r) => r.opaque16(1)),
    raw,
  }));
}
