/** A certificate as lines for people. All that is in it is someone else's. */
import type { HashAlgorithm } from "../crypto/provider.ts";
import { signatureAlgorithm } from "../x509/algorithms.ts";
import type { Certificate } from "../x509/index.ts";
import { modulusBits } from "../x509/public-key.ts";
import { extensionFact } from "./extension-text.ts";
import { subjectText } from "./name-text.ts";
import { hexPairs, orFault, serialText, timeText } from "./value-text.ts";

/**
 * Subject, issuer, serial number, validity, key, extensions, fingerprint.
 *
 * @returns lines without line ends; what is malformed says so in its place
 */
export function certificateText(
  certificate: Certificate,
  sha256: HashAlgorithm,
): string[] {
  const facts: (readonly [string, string])[] = [
    ["version", certificate.version.toString()],
    ["serial", serialText(certificate.serialNumber)],
    ["subject", orFault(() => subjectText(certificate.subject))],
    ["issuer", orFault(() => subjectText(certificate.issuer))],
    ["valid from", timeText(certificate.notBefore)],
    ["valid until", timeText(certificate.notAfter)],
    ["public key", orFault(() => keyText(certificate))],
    ["signature", signatureText(certificate)],
    ["SHA-256", hexPairs(sha256.hash(certificate.der), ":")],
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(11)}  ${value}`);
  const extensions = certificate.extensions.map((extension) =>
    extensionFact(certificate, extension),
  );
  if (extensions.length === 0) return lines;
  const width = Math.max(...extensions.map(({ name }) => name.length));
  lines.push("extensions");
  for (const { name, value } of extensions)
    lines.push(`  ${name.padEnd(width)}  ${value}`);
  return lines;
}

const CURVES = {
  secp256r1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
} as const;

function keyText(certificate: Certificate): string {
  const { algorithm, key } = certificate.subjectPublicKeyInfo;
  if (key.type === "ec") return `EC ${CURVES[key.curve]}`;
  if (key.type !== "rsa") return algorithm;
  const bits = modulusBits(key.modulus).toString();
  return `${algorithm === "rsaEncryption" ? "RSA" : "RSASSA-PSS"} ${bits} bits`;
}

function signatureText({ signatureAlgorithm: used }: Certificate): string {
  return signatureAlgorithm(used)?.name ?? used.oid;
}
