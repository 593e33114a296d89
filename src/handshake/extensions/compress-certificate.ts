import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { type BodyCodec, carriedAs, type ExtensionSpec } from "./spec.ts";

/** `CertificateCompressionAlgorithm algorithms<2..2^8-2>` */
const algorithms: BodyCodec<readonly number[]> = {
  write: (writer, codes) =>
    writer.vector8((w) => {
      for (const code of codes) w.u16(code);
    }),
  read: (reader) => {
    const codes = reader.list8((r) => r.u16(), 1);
    if (new Set(codes).size < codes.length)
      throw new TlsError(reason.malformed_message, {
        detail: "compress_certificate: an algorithm twice",
      });
    return codes;
  },
};

/** RFC 8879 3. */
export const compressCertificate: ExtensionSpec = {
  name: "compress_certificate",
  type: ExtensionType.compress_certificate,
  carriers: {
    client_hello: carriedAs("compress_certificate", algorithms),
    certificate_request: carriedAs("compress_certificate", algorithms),
  },
  offer: ({ config: { certificateCompression: rows } }, into) => {
    if (rows.length > 0)
      into.compress_certificate = rows.map(({ code }) => code);
  },
  request: ({ certificateCompression: rows }, into) => {
    if (rows.length > 0)
      into.compress_certificate = rows.map(({ code }) => code);
  },
};
