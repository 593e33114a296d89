/** Reading the peer's Certificate message, the same for both roles. */
import { equal, NO_BYTES } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { Certificate } from "../../x509/certificates/certificate.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { type PeerChain, readLeaf } from "../../x509/verifier.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { PeerKey } from "../credentials/delegation.ts";
import { type CertificateTypeName } from "../registries/certificate-types.ts";
import { checkSolicited } from "../extensions/table.ts";
import { byKind } from "../features/feature.ts";
import type { Certificate13 } from "../messages/certificate13.ts";
import { certificateFault } from "../credentials/certificate-alerts.ts";
import { acceptsUnreadable } from "./authenticated-peer.ts";

/**
 * RFC 9846 4.5.1: extensions of an entry answer those of the hello or of the
 * request; in the handshake the context is empty, later it is the request's.
 *
 * @throws TlsError
 */
export function readPeerChain(
  config: ClientConfig | ServerConfig,
  message: Certificate13,
  offered: ReadonlySet<number>,
  type: CertificateTypeName = "X509",
  context: Uint8Array = NO_BYTES,
): PeerChain {
  // [9846-4.5.1-05]
  if (!equal(message.context, context))
    throw new TlsError(reason.unsolicited_certificate_context);
  for (const { extensionTypes } of message.entries)
    // [9846-4.5.1-06]
    checkSolicited(extensionTypes, offered);
  const other = byKind(config, (kind) =>
    kind.presented?.(message, type, config),
  );
  if (other !== undefined) return other;
  // What is told of the certificates above the leaf is nobody's question.
  const { status_request: ocspResponse, signed_certificate_timestamp: scts } =
    message.entries[0]?.extensions ?? {};
  return {
    certificates: message.entries.map((entry) => entry.certificate),
    ...(ocspResponse && { ocspResponse }),
    ...(scts && { scts }),
  };
}

/** Tells whether the peer presented nothing. */
export function isAnonymous({
  certificates,
  rawPublicKey,
}: PeerChain): boolean {
  return certificates.length === 0 && rawPublicKey === undefined;
}

/**
 * The key that the peer of TLS 1.3 has to sign with: its raw public key, the
 * one that its certificate has delegated to, or the certificate's.
 *
 * @throws TlsError
 */
export function signingKey(
  message: Certificate13,
  chain: PeerChain,
  signer: "client" | "server",
  config: ClientConfig | ServerConfig,
): PeerKey {
  const key = leafKey(chain, config);
  if (chain.rawPublicKey !== undefined) return key;
  const [entry] = message.entries;
  const other =
    entry && byKind(config, (kind) => kind.signingKey?.(entry, signer, config));
  return other ? { ...other, leaf: key.leaf } : key;
}

/**
 * The key that the peer has to sign with.
 *
 * @throws TlsError for a leaf or a key that does not parse or must not sign
 */
export function leafKey(
  chain: PeerChain,
  config: ClientConfig | ServerConfig,
): PeerKey {
  const bare = byKind(config, (kind) => kind.leafKey?.(chain));
  if (bare !== undefined) return { ...bare, leaf: bare.der };
  return certificateFault(() => {
    const leaf = leafOf(chain, config);
    const { subjectPublicKeyInfo } = leaf;
    const keyUsage = keyUsageOf(leaf, config);
    // [5246-7.4.2-10b] [5246-7.4.2-14] [8422-2.2-01] [9846-4.5.1.2-03b]
    // RFC 9846 4.5.1.2: its key has to be one that may sign.
    if (keyUsage !== undefined && !keyUsage.has("digitalSignature"))
      throw new TlsError(reason.key_usage_without_signature);
    return { ...subjectPublicKeyInfo, leaf: leaf.der };
  });
}

/**
 * The certificate that the peer is to have the key of. Where it is not verified
 * it need not be readable.
 *
 * @throws TlsError where there is none
 * @throws X509Error for one that does not parse
 */
export function leafOf(
  chain: PeerChain,
  config: ClientConfig | ServerConfig,
): Certificate {
  const leaf = readLeaf(chain, acceptsUnreadable(config));
  // [9846-4.5.1.3-01]
  if (leaf === undefined) throw new TlsError(reason.certificate_missing);
  return leaf;
}

/** The key usage, as far as it has to be readable. */
export function keyUsageOf(
  leaf: Certificate,
  config: ClientConfig | ServerConfig,
): Certificate["keyUsage"] {
  try {
    return leaf.keyUsage;
  } catch (error) {
    if (error instanceof X509Error && acceptsUnreadable(config))
      return undefined;
    throw error;
  }
}
