/** Reading the peer's Certificate message, the same for both roles. */
import { TlsError } from "../errors.ts";
import { Certificate } from "../x509/certificate.ts";
import type { SubjectPublicKeyInfo } from "../x509/public-key.ts";
import type { PeerChain } from "../x509/verifier.ts";
import { checkSolicited } from "./extensions/table.ts";
import type { Certificate13 } from "./messages/certificate13.ts";
import { certificateFault } from "./x509-faults.ts";

/**
 * RFC 8446 4.4.2: extensions of an entry answer those of the hello or of the
 * request; in the handshake the context is empty.
 *
 * @throws TlsError
 */
export function readPeerChain(
  message: Certificate13,
  offered: ReadonlySet<number>,
): PeerChain {
  if (message.context.length > 0)
    throw new TlsError("unsolicited_certificate_context");
  for (const { extensionTypes } of message.entries)
    checkSolicited(extensionTypes, offered);
  // What is told of the certificates above the leaf is nobody's question.
  const { status_request: ocspResponse, signed_certificate_timestamp: scts } =
    message.entries[0]?.extensions ?? {};
  return {
    certificates: message.entries.map((entry) => entry.certificate),
    ...(ocspResponse && { ocspResponse }),
    ...(scts && { scts }),
  };
}

/**
 * The key that the peer has to sign with.
 *
 * @throws TlsError for a leaf that does not parse or must not sign
 */
export function leafKey({ certificates }: PeerChain): SubjectPublicKeyInfo {
  const [leaf] = certificates;
  if (leaf === undefined) throw new TlsError("certificate_missing");
  return certificateFault(() => {
    const { keyUsage, subjectPublicKeyInfo } = Certificate.parse(leaf);
    // RFC 8446 4.4.2.2: "The certificate MUST allow the key to be used for
    // signing (i.e., the digitalSignature bit MUST be set if the Key Usage
    // extension is present)".
    if (keyUsage !== undefined && !keyUsage.has("digitalSignature"))
      throw new TlsError("key_usage_without_signature");
    return subjectPublicKeyInfo;
  });
}
