/** Reading the peer's Certificate message, the same for both roles. */
import { equal, NO_BYTES } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { SubjectPublicKeyInfo } from "../x509/public-key.ts";
import { type PeerChain, readLeaf } from "../x509/verifier.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { SigningKey } from "./delegation.ts";
import type { CertificateTypeName } from "./certificate-types.ts";
import { checkSolicited } from "./extensions/table.ts";
import { turnsOf } from "./features.ts";
import type { Certificate13 } from "./messages/certificate13.ts";
import { certificateFault } from "./x509-faults.ts";

/**
 * RFC 8446 4.4.2: extensions of an entry answer those of the hello or of the
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
  if (!equal(message.context, context))
    throw new TlsError(reason.unsolicited_certificate_context);
  for (const { extensionTypes } of message.entries)
    checkSolicited(extensionTypes, offered);
  const raw = turnsOf(config).rawKeys?.peerChain(message, type);
  if (raw !== undefined) return raw;
  // What is told of the certificates above the leaf is nobody's question.
  const { status_request: ocspResponse, signed_certificate_timestamp: scts } =
    message.entries[0]?.extensions ?? {};
  return {
    certificates: message.entries.map((entry) => entry.certificate),
    ...(ocspResponse && { ocspResponse }),
    ...(scts && { scts }),
  };
}

/** Whether the peer has shown nothing. */
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
): SigningKey {
  const key = leafKey(chain, config);
  if (chain.rawPublicKey !== undefined) return key;
  const [entry] = message.entries;
  const { delegation } = turnsOf(config);
  return (entry && delegation?.peerKey(entry, signer, config)) ?? key;
}

/**
 * The key that the peer has to sign with.
 *
 * @throws TlsError for a leaf or a key that does not parse or must not sign
 */
export function leafKey(
  chain: PeerChain,
  config: ClientConfig | ServerConfig,
): SubjectPublicKeyInfo {
  const bare = turnsOf(config).rawKeys?.bareKey(chain);
  if (bare !== undefined) return bare;
  return certificateFault(() => {
    const leaf = readLeaf(chain);
    if (leaf === undefined) throw new TlsError(reason.certificate_missing);
    const { keyUsage, subjectPublicKeyInfo } = leaf;
    // RFC 8446 4.4.2.2: "The certificate MUST allow the key to be used for
    // signing (i.e., the digitalSignature bit MUST be set if the Key Usage
    // extension is present)".
    if (keyUsage !== undefined && !keyUsage.has("digitalSignature"))
      throw new TlsError(reason.key_usage_without_signature);
    return subjectPublicKeyInfo;
  });
}
