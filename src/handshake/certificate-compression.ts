/** Certificate compression, RFC 8879: the same for both roles. */
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { HandshakeType } from "../wire/code-points.ts";
import type { CertificateCompression } from "./compression-row.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import { compressCertificate } from "./extensions/compress-certificate.ts";
import type { Feature } from "./features.ts";
import {
  type Certificate13,
  readCertificate13,
} from "./messages/certificate13.ts";
import {
  type CompressedCertificate,
  encodeCompressedCertificate,
  readCompressedCertificate,
} from "./messages/compressed-certificate.ts";

/**
 * Certificate compression (RFC 8879), for `clientConfigOf` and `serverConfigOf`:
 * what the option `certificateCompression` needs.
 */
export const certificateCompression: Feature = {
  name: "certificateCompression",
  extensions: [compressCertificate],
  messages: {
    // RFC 8879 4: wherever a Certificate may be.
    compressed_certificate: {
      standsFor: "certificate",
      read: (message, config) =>
        decompress(readCompressedCertificate(message), config),
    },
  },
  turns: { compression: { compress } },
};

/** The message compressed, if that pays and the peer can undo it. */
function compress(
  certificate: Uint8Array,
  { certificateCompression: rows }: ClientConfig | ServerConfig,
  peerHas: readonly number[] = [],
): Uint8Array {
  const row = rows.find(({ code }) => peerHas.includes(code));
  if (row === undefined) return certificate;
  const body = certificate.subarray(4);
  const message = encodeCompressedCertificate({
    algorithm: row.code,
    uncompressedLength: body.length,
    compressed: row.compress(body),
  });
  const pays = message.length < certificate.length || row.evenIfLonger === true;
  return pays ? message : certificate;
}

/**
 * The Certificate in it; the transcript has the message as it came.
 *
 * @throws TlsError
 */
function decompress(
  message: CompressedCertificate,
  {
    certificateCompression: rows,
    limits,
    protocol,
  }: ClientConfig | ServerConfig,
): Certificate13 {
  const { algorithm, uncompressedLength: length, raw } = message;
  if (rows.length === 0)
    throw new TlsError(reason.unexpected_message, {
      detail: "CompressedCertificate: compression was not offered",
    });
  const row = rows.find(({ code }) => code === algorithm);
  // RFC 8879 4: "one of the algorithms" of the extension.
  if (row === undefined)
    throw new TlsError(reason.illegal_parameter, {
      detail: `CompressedCertificate: algorithm ${algorithm}`,
    });
  // RFC 8879 8: refused by what it declares, before a byte is inflated.
  if (length > limits.certificateMessage)
    throw new TlsError(reason.certificate_decompression_failed, {
      detail: `${length} bytes`,
    });
  const body = inflate(row, message);
  const { certificate: type } = HandshakeType;
  return readCertificate13({ type, body, raw }, protocol.extensions);
}

function inflate(
  row: CertificateCompression,
  { compressed, uncompressedLength: length }: CompressedCertificate,
): Uint8Array {
  try {
    const body = row.decompress(compressed, length);
    if (body.length === length) return body;
  } catch (cause) {
    throw new TlsError(reason.certificate_decompression_failed, { cause });
  }
  throw new TlsError(reason.certificate_decompression_failed, {
    detail: `${row.name}: not the ${length} bytes declared`,
  });
}
