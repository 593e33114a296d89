/** Certificates as the objects that Node's programs know. */
import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, PeerCertificate } from "node:tls";

/** A certificate without members, which Node returns where there is none. */
export type NoCertificate = Readonly<Record<string, never>>;

/** Tells whether bytes are a certificate in DER that Node, too, reads. */
export function isReadable(der: Uint8Array): boolean {
  // Node would read PEM as well.
  if (der[0] !== SEQUENCE) return false;
  try {
    return new X509Certificate(der).raw.length === der.length;
  } catch {
    return false;
  }
}

const SEQUENCE = 0x30;

/**
 * Makes the object of Node's `getPeerCertificate()`.
 *
 * @param chain DER, leaf first
 * @param detailed whether the issuers are linked to it
 */
export function certificateObject(
  chain: readonly Uint8Array[],
  detailed: boolean,
): PeerCertificate | DetailedPeerCertificate | NoCertificate {
  const objects = chain.map((der) => new X509Certificate(der).toLegacyObject());
  const [leaf] = objects;
  if (leaf === undefined) return {};
  if (detailed)
    for (const [index, one] of objects.entries()) {
      const issuer =
        objects[index + 1] ?? (isSelfIssued(one) ? one : undefined);
      if (issuer !== undefined)
        Object.defineProperty(one, "issuerCertificate", {
          configurable: true,
          enumerable: true,
          writable: true,
          value: issuer,
        });
    }
  return leaf;
}

function isSelfIssued({ subject, issuer }: PeerCertificate): boolean {
  return JSON.stringify(subject) === JSON.stringify(issuer);
}

/**
 * Makes the object of Node's `getPeerX509Certificate()`: `issuerCertificate` of
 * each is the next one.
 *
 * @param chain DER, leaf first
 */
export function x509Certificate(
  chain: readonly Uint8Array[],
): X509Certificate | undefined {
  let issuer: X509Certificate | undefined;
  for (const der of [...chain].reverse()) {
    const one = new X509Certificate(der);
    Object.defineProperty(one, "issuerCertificate", {
      configurable: true,
      value: issuer,
    });
    issuer = one;
  }
  return issuer;
}
