/** The messages that both roles send alike, each added to the transcript. */
import { NO_BYTES } from "../../bytes.ts";
import {
  type ChosenCredential,
  signedContent,
} from "../authentication/signatures-and-finished.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { HandshakeIo, Need } from "../machine/io.ts";
import type { TrafficSecret } from "../keys/key-schedule13.ts";
import type { CertificateAsked } from "../extensions/spec.ts";
import { stapleExtensions } from "../extensions/table.ts";
import { formOf } from "../features/feature.ts";
import { encodeCertificate13 } from "../messages/certificate13.ts";
import { encodeCertificateVerify } from "../messages/certificate-verify.ts";
import { encodeFinished } from "../messages/finished.ts";
import { SIGNATURE_SCHEMES } from "../registries/signature-schemes.ts";
import type { Transcript } from "../keys/transcript.ts";

/** Sends a message and has the transcript with it. */
export function send(
  io: HandshakeIo,
  transcript: Transcript,
  message: Uint8Array,
): Transcript {
  io.send(message);
  return transcript.add(message);
}

/**
 * Writes a Certificate (RFC 9846 4.5.1); without a credential the list is empty.
 * What the peer asked for goes beside the leaf.
 */
export function certificateMessage(
  chosen: ChosenCredential | undefined,
  asked: CertificateAsked,
  config: ClientConfig | ServerConfig,
  context: Uint8Array = NO_BYTES,
): Uint8Array {
  const { extensions: table } = config.protocol;
  // [9846-4.5.1-03]
  const chain = chosen?.credential.chain ?? [];
  // [9846-4.5.1-08]
  const entries = chain.map((certificate, depth) => ({
    certificate,
    extensions:
      chosen !== undefined && depth === 0
        ? stapleExtensions(table, chosen.credential, asked)
        : {},
  }));
  const { certificate: shape } = config.shapes;
  // [9846-4.5.1-05]
  const message = encodeCertificate13(table, context, entries, shape);
  return chosen === undefined ? message : formOf(message, config, asked);
}

/** RFC 9846 4.5.1.3: a client that has none sends an empty list. */
export function sendNoCertificate(
  io: HandshakeIo,
  transcript: Transcript,
  { shapes, protocol }: ClientConfig,
): Transcript {
  const { certificate: shape } = shapes;
  // [9846-4.5.1-03]
  const message = encodeCertificate13(protocol.extensions, NO_BYTES, [], shape);
  return send(io, transcript, message);
}

/** Returns the need for the signature that follows the Certificate. */
export function signingNeed(
  signer: "client" | "server",
  transcript: Transcript,
  { credential, scheme }: ChosenCredential,
): Extract<Need, { type: "sign" }> {
  const content = signedContent(signer, transcript);
  return { type: "sign", credential, scheme, content };
}

/** RFC 9846 4.5.2. */
export function sendCertificateVerify(
  io: HandshakeIo,
  transcript: Transcript,
  { scheme }: ChosenCredential,
  signature: Uint8Array,
): Transcript {
  const { code } = SIGNATURE_SCHEMES[scheme];
  return send(io, transcript, encodeCertificateVerify(code, signature));
}

/** RFC 9846 4.5.3, with the transcript up to it. */
export function finishedOf(
  transcript: Transcript,
  secret: TrafficSecret,
): { readonly message: Uint8Array; readonly transcript: Transcript } {
  const message = encodeFinished(secret.finished(transcript.digest()));
  return { message, transcript: transcript.add(message) };
}
