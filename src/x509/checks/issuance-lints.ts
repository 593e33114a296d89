/**
 * The issuance profile: lints of RFC 5280 and of the CA/Browser Forum's Baseline
 * Requirements (7.1) for those who issue. Many certificates break one of these
 * rules and harm nobody, so they are for tests of an authority, not for peers.
 */
import { equal } from "../../bytes.ts";
import type { Certificate } from "../certificates/certificate.ts";
import type { Place } from "../path/basic-rules.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { parseIpAddress } from "../names/ip-address.ts";
import type { PathCheck } from "../path/validate-path.ts";
import * as OID from "../der/oids.ts";
import { modulusBits } from "../keys/public-key.ts";

/**
 * Checks that the profile `issuance` adds to the strict one. See
 * {@link createVerifierOf} for an example.
 */
export const issuanceLints: PathCheck = {
  name: "issuance",
  understands: [],
  each(place, { profile }) {
    if (profile === "issuance") checkIssuance(place);
  },
};

/** @throws X509Error `issuance_rule_broken`, `extensions_require_version_3` */
export function checkIssuance(place: Place): void {
  const { certificate, depth } = place;
  if (certificate.version !== 3)
    throw new X509Error(fault.extensions_require_version_3);
  if (certificate.usesGeneralizedTimeEarly)
    broken("a date before 2050 is a GeneralizedTime");
  checkDefaults(certificate);
  checkAuthorityKeyIdentifier(place);
  checkPolicyCriticality(certificate);
  checkConstraints(certificate);
  checkRsaSize(certificate);
  if (!place.isAnchor) checkSerialNumber(certificate);
  if (depth > 0) checkCa(place);
  else checkLeaf(certificate);
}

function broken(detail: string): never {
  throw new X509Error(fault.issuance_rule_broken, detail);
}

/** X.690 11.5: a value that is the default is not encoded. */
function checkDefaults(certificate: Certificate): void {
  for (const { oid, encodesDefault } of certificate.extensions)
    if (encodesDefault) broken(`extension ${oid} encodes critical FALSE`);
  if (certificate.basicConstraints?.encodesDefault === true)
    broken("basicConstraints encodes cA FALSE");
}

/** Baseline Requirements 7.1.2.1.3 and 7.1.2.11.1. */
function checkAuthorityKeyIdentifier({ certificate, isAnchor }: Place): void {
  const authority = certificate.authorityKeyIdentifier;
  if (authority === undefined) {
    // RFC 5280 4.2.1.1, of an anchor too.
    if (certificate.isSelfIssued) return;
    throw new X509Error(fault.missing_authority_key_identifier);
  }
  const { keyIdentifier } = authority;
  if (keyIdentifier === undefined)
    return broken("authorityKeyIdentifier has no keyIdentifier");
  if (
    authority.authorityCertIssuer !== undefined ||
    authority.authorityCertSerialNumber !== undefined
  )
    broken("authorityKeyIdentifier names issuer or serial number");
  const subject = certificate.subjectKeyIdentifier;
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

/** RFC 5280 4.2.1.10: only the constraints of other forms have leading dots. */
function checkConstraints({ nameConstraints }: Certificate): void {
  if (nameConstraints === undefined) return;
  for (const { base } of [
    ...nameConstraints.permitted,
    ...nameConstraints.excluded,
  ])
    if (base.type === "dNSName" && base.value.startsWith("."))
      broken("a name constraint of type dNSName has a leading dot");
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

/** Tells whether the text is the address in the form of RFC 5952 4. */
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
