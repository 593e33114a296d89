/** Certificate compression, RFC 8879: the same for both roles. */
import { ownBytes } from "../../bytes.ts";
import { TlsError, callProgram } from "../../errors.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { CertificateCompressor } from "../credentials/certificate-compressor.ts";
import {
  type BodyCodec,
  type CertificateAsked,
  type ExtensionSpec,
  carriedAs,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import {
  type Certificate13,
  readCertificate13,
} from "../messages/certificate13.ts";
import {
  type CompressedCertificate,
  encodeCompressedCertificate,
  readCompressedCertificate,
} from "../messages/compressed-certificate.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType, HandshakeType } from "../../wire/code-points.ts";

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
const compressCertificate: ExtensionSpec = {
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

/**
 * Certificate compression (RFC 8879), for `createClientConfigOf` and `createServerConfigOf`:
 * what the option `certificateCompression` needs.
 *
 * @example
 * ```ts
 * import { zlib } from "puretls/compression";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { certificateCompression, createClientConfigOf } from "puretls/engine";
 * import { createVerifierOf, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([], { provider, trustStore });
 * createClientConfigOf([certificateCompression], {
 *   provider,
 *   verifier,
 *   certificateCompression: [zlib],
 * });
 * ```
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
      write: compress,
    },
  },
};

/** The message compressed, if that pays and the peer can undo it. */
function compress(
  certificate: Uint8Array,
  { certificateCompression: rows }: ClientConfig | ServerConfig,
  { compress_certificate: peerHas = [] }: CertificateAsked,
): Uint8Array {
  const row = rows.find(({ code }) => peerHas.includes(code));
  if (row === undefined) return certificate;
  const body = certificate.subarray(4);
  const message = encodeCompressedCertificate({
    algorithm: row.code,
    uncompressedLength: body.length,
    compressed: callProgram(row.name, () => row.compress(body), compressed),
  });
  const pays = message.length < certificate.length || row.evenIfLonger === true;
  return pays ? message : certificate;
}

/** @throws TypeError for what a program's compressor returned in their place */
function compressed(answer: unknown): Uint8Array {
  const bytes = ownBytes(answer);
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw new TypeError("compress() returned no bytes");
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
  row: CertificateCompressor,
  { compressed, uncompressedLength: length }: CompressedCertificate,
): Uint8Array {
  try {
    const body = ownBytes(row.decompress(compressed, length));
    if (body?.length === length) return body;
  } catch (cause) {
    throw new TlsError(reason.certificate_decompression_failed, { cause });
  }
  throw new TlsError(reason.certificate_decompression_failed, {
    detail: `${row.name}: not the ${length} bytes declared`,
  });
}
