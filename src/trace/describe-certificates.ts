/** Describes the messages with certificates, as pairs of words for people. */
import { EVERY_EXTENSION } from "../handshake/features/every-feature.ts";
import type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";
import {
  parseCertificates,
  readCertificate12,
} from "../handshake/messages/certificate12.ts";
import {
  type CertificateEntry,
  readCertificate13,
} from "../handshake/messages/certificate13.ts";
import { readCertificateRequest13 } from "../handshake/messages/certificate-request13.ts";
import type { RawMessage } from "../handshake/messages/codec.ts";
import { readCompressedCertificate } from "../handshake/messages/compressed-certificate.ts";
import { HandshakeType } from "../wire/code-points.ts";
import { compressionName, type Field, names, schemeName } from "./words.ts";

/** The most bytes that a compressed message is inflated to. */
const MAX_MESSAGE = 2 ** 17;

export function describeCertificate(message: RawMessage): readonly Field[] {
  return describeEntries(readCertificate13(message, EVERY_EXTENSION).entries);
}

export function describeCertificate12(message: RawMessage): readonly Field[] {
  const { body } = readCertificate12(message);
  // RFC 7250 3: DER of a key and no list, whose lengths begin with no 0x30.
  return body[3] === 0x30
    ? [["raw public key", `${body.length - 3} bytes`]]
    : [["certificates", sizes(parseCertificates({ body, raw: body }))]];
}

/** RFC 8879 4; what is inside only where there is a row that can undo it. */
export function describeCompressed(
  message: RawMessage,
  rows: readonly CertificateCompressor[],
): readonly Field[] {
  const { algorithm, uncompressedLength, compressed, raw } =
    readCompressedCertificate(message);
  const outside: readonly Field[] = [
    ["algorithm", compressionName(algorithm)],
    ["compressed", `${compressed.length} of ${uncompressedLength} bytes`],
  ];
  const row = rows.find(({ code }) => code === algorithm);
  if (row === undefined || uncompressedLength > MAX_MESSAGE) return outside;
  const body = row.decompress(compressed, uncompressedLength);
  const type = HandshakeType.certificate;
  return [...outside, ...describeCertificate({ type, body, raw })];
}

/** RFC 9846 4.4.2. */
export function describeRequest(message: RawMessage): readonly Field[] {
  const { extensions } = readCertificateRequest13(message, EVERY_EXTENSION);
  const { certificate_authorities: authorities } = extensions;
  return [
    ["signatures", names(extensions.signature_algorithms ?? [], schemeName)],
    ...(authorities === undefined
      ? []
      : ([["authorities", String(authorities.length)]] as const)),
  ];
}

function describeEntries(
  entries: readonly CertificateEntry[],
): readonly Field[] {
  const [leaf] = entries;
  const stapled = leaf === undefined ? [] : stapledTo(leaf);
  return [
    ["certificates", sizes(entries.map(({ certificate }) => certificate))],
    ...(stapled.length > 0 ? ([["stapled", stapled.join(", ")]] as const) : []),
  ];
}

function stapledTo({ extensions }: CertificateEntry): readonly string[] {
  const {
    status_request: response,
    signed_certificate_timestamp: scts,
    delegated_credential: delegated,
  } = extensions;
  return [
    ...(response ? [`OCSP response of ${response.length} bytes`] : []),
    ...(scts ? [`${scts.length} timestamps`] : []),
    ...(delegated ? ["delegated credential"] : []),
  ];
}

function sizes(certificates: readonly Uint8Array[]): string {
  return (
    certificates.map(({ length }) => `${length} bytes`).join(", ") || "none"
  );
}
