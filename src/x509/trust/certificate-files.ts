/** Files of certificates for others to see. */
import { type BytesLike, latin1, viewBytes } from "../../bytes.ts";
import type { Certificate } from "../certificates/certificate.ts";
import * as TAG from "../der/tags.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { readPemBlocks } from "../keys/pem.ts";
import { parseCertificates } from "./trust-store.ts";

/**
 * The certificates of a chain file (leaf, then each issuer) or of a file of
 * authorities, in their order. A private key among them is refused: such a file
 * is not for others.
 *
 * @param source PEM text or bytes, or DER of one or several
 * @throws X509Error `no_pem_block`, `malformed_pem`, `malformed_certificate`;
 *   `private_key_among_certificates`
 *
 * @example
 * ```ts
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 * import { parseChain } from "puretls/x509";
 *
 * const { pem } = createSelfSigned({ provider: noble, hosts: ["a.test"] });
 * if (parseChain(pem + pem).length !== 2) throw new Error();
 * ```
 */
export function parseChain(source: string | BytesLike): readonly Certificate[] {
  const text = typeof source === "string" ? source : textOf(viewBytes(source));
  if (text !== undefined && hasPrivateKey(text))
    throw new X509Error(fault.private_key_among_certificates);
  return parseCertificates(source);
}

function hasPrivateKey(text: string): boolean {
  for (const { label } of readPemBlocks(text))
    if (label.endsWith("PRIVATE KEY")) return true;
  return false;
}

/** The text of bytes that are not DER. */
function textOf(bytes: Uint8Array): string | undefined {
  return bytes[0] === TAG.sequence ? undefined : latin1(bytes);
}
