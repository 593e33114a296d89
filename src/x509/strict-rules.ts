/**
 * The strict profile: what RFC 5280 and the CA/Browser Forum's Baseline
 * Requirements (7.1) ask of those who issue. The web is full of certificates
 * that break one of these rules and harm nobody, so they are not the default.
 */
import { equal } from "../bytes.ts";
import type { Certificate } from "./certificate.ts";
import type { Place } from "./certificate-rules.ts";
import type { X509Fault } from "./errors.ts";
import { X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import { parseIpAddress } from "./ip-address.ts";
import type { PathCheck } from "./judge.ts";
import * as OID from "./oids.ts";
import { modulusBits } from "./public-key.ts";

/** The issuance lints of the strict profile. */
export const strictIssuance: PathCheck = {
  name: "issuance",
  understands: [],
  each(place, { profile }) {
    if (profile === "strict") checkIssuance(place);
  },
};

/**
 * @throws X509Error with OpenSSL's codes 81 and 85 to 92 where it has one,
 *   else `issuance_rule_broken`
 */
export function checkIssuance(place: Place): void {
  const { certificate, depth } = place;
  if (certificate.version !== 3)
    throw new X509Error(fault.extensions_require_version_3);
  if (certificate.usesGeneralizedTimeEarly)
    broken("a date before 2050 is a GeneralizedTime");
  checkKeyIdentifiers(place);
  checkPolicyCriticality(certificate);
  checkRsaSize(certificate);
  if (!place.isAnchor) checkSerialNumber(certificate);
  if (depth > 0) checkCa(place);
  else checkLeaf(certificate);
}

function broken(detail: string): never {
  throw new X509Error(fault.issuance_rule_broken, detail);
}

function demand(condition: boolean, otherwise: X509Fault): void {
  if (!condition) throw new X509Error(otherwise);
}

function checkKeyIdentifiers({ certificate, depth, isAnchor }: Place): void {
  const authority = certificate.authorityKeyIdentifier;
  const subject = certificate.subjectKeyIdentifier;
  // RFC 5280 4.2.1.2: "this extension MUST appear in all conforming CA
  // certificates".
  demand(
    depth === 0 || subject !== undefined,
    fault.missing_subject_key_identifier,
  );
  if (authority === undefined) {
    // RFC 5280 4.2.1.1: only a self-signed certificate may omit it.
    demand(certificate.isSelfIssued, fault.missing_authority_key_identifier);
    return;
  }
  const { keyIdentifier } = authority;
  if (keyIdentifier === undefined)
    throw new X509Error(
      fault.missing_authority_key_identifier,
      "no keyIdentifier",
    );
  // Baseline Requirements 7.1.2.1.3 and 7.1.2.11.1.
  if (
    authority.authorityCertIssuer !== undefined ||
    authority.authorityCertSerialNumber !== undefined
  )
    broken("authorityKeyIdentifier names issuer or serial number");
  if (
    isAnchor &&
    certificate.isSelfIssued &&
    subject !== undefined &&
    !equal(subject, keyIdentifier)
  )
    broken("the two key identifiers of a root differ");
}

function checkPolicyCriticality(certificate: Certificate): void {
  // RFC 5280 4.2.1.11 and 4.2.1.14: "MUST mark this extension as critical".
  for (const oid of [OID.policyConstraints, OID.inhibitAnyPolicy])
    if (certificate.extension(oid)?.critical === false)
      broken(`${oid} is not critical`);
}

function checkRsaSize(certificate: Certificate): void {
  const { key } = certificate.subjectPublicKeyInfo;
  // Baseline Requirements 6.1.5: "the modulus size, in bits, is evenly
  // divisible by 8".
  if (key.type === "rsa" && modulusBits(key.modulus) % 8 !== 0)
    broken("the RSA modulus is not a whole number of bytes");
}

function checkSerialNumber({ serialNumber }: Certificate): void {
  const [first = 0] = serialNumber;
  // RFC 5280 4.1.2.2: a positive integer.
  if (first >= 0x80 || serialNumber.every((byte) => byte === 0))
    broken("the serial number is not positive");
}

function checkCa({ certificate, isAnchor }: Place): void {
  if (certificate.keyUsage === undefined)
    throw new X509Error(
      certificate.basicConstraints?.pathLenConstraint === undefined
        ? fault.ca_without_key_usage
        : fault.path_length_without_cert_sign,
    );
  // RFC 5280 4.2.1.9: a CA "MUST mark the extension as critical".
  demand(
    certificate.extension(OID.basicConstraints)?.critical === true,
    fault.basic_constraints_not_critical,
  );
  // Baseline Requirements 7.1.2.1.2.
  if (
    isAnchor &&
    certificate.isSelfIssued &&
    certificate.extension(OID.extKeyUsage) !== undefined
  )
    broken("a root has extendedKeyUsage");
}

function checkLeaf(certificate: Certificate): void {
  const usage = certificate.extension(OID.extKeyUsage);
  // Baseline Requirements 7.1.2.7.6 and 7.1.2.7.10.
  if (usage?.critical === true) broken("extendedKeyUsage is critical");
  if (certificate.extendedKeyUsage?.includes(OID.anyExtendedKeyUsage) === true)
    broken("extendedKeyUsage has anyExtendedKeyUsage");
  // Baseline Requirements 7.1.2.7.12.
  if (
    certificate.extension(OID.subjectAltName)?.critical === true &&
    !certificate.subject.isEmpty
  )
    broken("subjectAltName is critical though the subject is not empty");
  const names = certificate.subjectAltName ?? [];
  // RFC 5280 4.2.1.6: the preferred name syntax of RFC 1034 3.5.
  for (const name of names)
    if (name.type === "dNSName" && name.value.includes("_"))
      broken("a dNSName has an underscore");
  checkCommonNames(certificate);
}

/**
 * Baseline Requirements 7.1.4.3: a common name is a copy, character for
 * character, of an entry of subjectAltName. Enforced where another spelling
 * could be taken for an entry: addresses, internationalised names, and names
 * that differ only in case.
 */
function checkCommonNames(certificate: Certificate): void {
  const entries = certificate.subjectAltName ?? [];
  const dnsNames: string[] = [];
  for (const name of entries)
    if (name.type === "dNSName") dnsNames.push(name.value);
  for (const commonName of certificate.subject.commonNames) {
    if (dnsNames.includes(commonName)) continue;
    const lower = commonName.toLowerCase();
    if (dnsNames.some((name) => name.toLowerCase() === lower))
      broken("the common name differs from a dNSName in case");
    if (/(?:^|\.)xn--/.test(lower) || /[^\0-\x7f].*\./.test(commonName))
      broken("the common name is a domain name that no dNSName copies");
    if (!looksLikeAddress(commonName)) continue;
    const copied = entries.some(
      (name) =>
        name.type === "iPAddress" && isCanonical(commonName, name.value),
    );
    if (!copied)
      broken("the common name is an address that no iPAddress copies");
  }
}

/** Any spelling that some parser takes for an address. */
function looksLikeAddress(text: string): boolean {
  return (
    /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}$/i.test(text) ||
    /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f.]*$/i.test(text)
  );
}

/** Whether the text is the address in the form of RFC 5952 4. */
function isCanonical(text: string, address: Uint8Array): boolean {
  const parsed = parseIpAddress(text);
  if (parsed === undefined || !equal(parsed, address)) return false;
  return address.length === 4 || canonicalIpv6(address) === text;
}

function canonicalIpv6(address: Uint8Array): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2)
    groups.push(((address[i] ?? 0) * 256 + (address[i + 1] ?? 0)).toString(16));
  const text = groups.join(":");
  // RFC 5952 4.2: the longest run of zeros, the first of equals, at least two.
  let best = "";
  for (const run of text.match(/(?<![^:])0(?::0)+(?![^:])/g) ?? [])
    if (run.length > best.length) best = run;
  if (best === "") return text;
  const at = `:${text}:`.indexOf(`:${best}:`);
  const left = text.slice(0, Math.max(0, at - 1));
  const right = text.slice(at + best.length + 1);
  return `${left}::${right}`;
}
