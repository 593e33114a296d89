import { Reader } from "../../wire/reader.ts";
import { certificateStatus } from "../extensions/status-request.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** CertificateStatus of TLS 1.2, RFC 6066 8: behind the Certificate. */
export interface CertificateStatus extends Message {
  /** DER. */
  readonly ocspResponse: Uint8Array;
}

export function encodeCertificateStatus(ocspResponse: Uint8Array): Uint8Array {
  return encodeMessage("certificate_status", (writer) => {
    certificateStatus.write(writer, ocspResponse);
  });
}

/** @throws TlsError */
export function readCertificateStatus({
  body,
  raw,
}: RawMessage): CertificateStatus {
  return Reader.all(body, "CertificateStatus", (reader) => ({
    ocspResponse: certificateStatus.read(reader),
    raw,
  }));
}
