/** Certificates of peers as Node's own class has them. */
import { X509Certificate } from "node:crypto";

const SEQUENCE = 0x30;

/**
 * Reads a certificate; undefined where Node does not read it: what a peer sent must
 * not throw in the listener that asks for it.
 */
export function nodeCertificate(der: Uint8Array): X509Certificate | undefined {
  // Node would read PEM as well.
  if (der[0] !== SEQUENCE) return undefined;
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.length === der.length ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a chain up to the first certificate that Node does not read. */
export function nodeCertificates(
  chain: readonly Uint8Array[],
): readonly X509Certificate[] {
  const read: X509Certificate[] = [];
  for (const der of chain) {
    const one = nodeCertificate(der);
    if (one === undefined) break;
    read.push(one);
  }
  return read;
}
