/** Certificates as the objects that Node's programs know. */
import type { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, PeerCertificate } from "node:tls";
import { nodeCertificates } from "../../net/node-certificate.ts";

/** A certificate without members, which Node returns where there is none. */
export type NoCertificate = Readonly<Record<string, never>>;

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
  const objects = nodeCertificates(chain).map((one) => one.toLegacyObject());
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
  for (const one of [...nodeCertificates(chain)].reverse()) {
    Object.defineProperty(one, "issuerCertificate", {
      configurable: true,
      value: issuer,
    });
    issuer = one;
  }
  return issuer;
}
