/**
 * Rules that every certificate of a path must fulfil by itself, in any profile:
 * those that authorities keep, and that validators skip at their peril.
 */
import type { Certificate } from "../certificates/certificate.ts";
import { validityAt } from "../certificates/validity.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import * as OID from "../der/oids.ts";

/** Purposes of the leaf's key. */
export type Purpose = "serverAuth" | "clientAuth";

/** A certificate's place in the path that is validated. */
export interface Place {
  readonly certificate: Certificate;
  /** 0 for the leaf. */
  readonly depth: number;
  /** True for the trusted certificate that ends the path. */
  readonly isAnchor: boolean;
}

/**
 * Extensions that every validation acts upon. The informational ones (access
 * descriptions, freshestCRL) MUST be non-critical and are therefore not here.
 */
const ALWAYS_UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.subjectAltName,
]);

/** RFC 5280 4.2.1.1 and 4.2.1.2 want these non-critical. */
const NEVER_CRITICAL = [
  [OID.authorityKeyIdentifier, fault.authority_key_identifier_critical],
  [OID.subjectKeyIdentifier, fault.subject_key_identifier_critical],
] as const;

/**
 * Criticality, names and the certificate's own consistency.
 *
 * @param understood extensions that further checks act upon
 * @throws X509Error
 */
export function checkCertificate(
  place: Place,
  understood: ReadonlySet<string>,
): void {
  const { certificate, isAnchor } = place;
  checkCritical(certificate, understood);
  checkNames(place);
  checkCaConsistency(place);
  // A leaf or intermediate with an extension that does not decode is refused,
  // looked at or not. Real roots break lints, so anchors are spared.
  if (!isAnchor) decodeAll(certificate);
}

function checkCritical(
  certificate: Certificate,
  understood: ReadonlySet<string>,
): void {
  for (const [oid, why] of NEVER_CRITICAL)
    if (certificate.extension(oid)?.critical === true)
      throw new X509Error(why, `${oid} is critical`);
  for (const { oid, critical } of certificate.extensions)
    // RFC 5280 4.2: "A certificate-using system MUST reject the certificate if
    // it encounters a critical extension it does not recognize".
    // It forbids something: some who issue it forget that it MUST be critical.
    if (
      (critical || oid === OID.nameConstraints) &&
      !ALWAYS_UNDERSTOOD.has(oid) &&
      !understood.has(oid)
    )
      throw new X509Error(fault.unhandled_critical_extension, oid);
}

function checkNames({ certificate, depth, isAnchor }: Place): void {
  // RFC 5280 4.1.2.4: the issuer "MUST contain a non-empty distinguished name".
  if (certificate.issuer.isEmpty && !isAnchor)
    throw new X509Error(fault.issuer_name_empty);
  // RFC 5280 4.1.2.6: so must the subject of a CA.
  if (certificate.subject.isEmpty && depth > 0)
    throw new X509Error(fault.subject_name_empty);
  // RFC 5280 4.1.2.2: "MUST NOT use serialNumber values longer than 20 octets";
  // a sign byte may come on top, as it does in practice.
  if (!isAnchor && certificate.serialNumber.length > 21)
    throw new X509Error(
      fault.malformed_certificate,
      "an oversized serialNumber",
    );
}

function checkCaConsistency({ certificate, isAnchor }: Place): void {
  if (certificate.basicConstraints?.cA === true) {
    // A server that trusts its own self-signed CA issues nothing with it.
    if (!isAnchor && certificate.keyUsage?.has("keyCertSign") === false)
      throw new X509Error(fault.key_usage_no_cert_sign);
    return;
  }
  // RFC 5280 4.2.1.10: "MUST be used only in a CA certificate".
  if (certificate.extension(OID.nameConstraints) !== undefined)
    throw new X509Error(
      fault.inconsistent_extensions,
      "nameConstraints in a certificate that is no CA",
    );
}

function decodeAll(certificate: Certificate): void {
  if (certificate.subjectAltName?.length === 0)
    throw new X509Error(fault.empty_subject_alt_name);
  void certificate.issuerAltName;
  void certificate.extendedKeyUsage;
  void certificate.subjectKeyIdentifier;
  void certificate.authorityKeyIdentifier;
  void certificate.nameConstraints;
  void certificate.authorityInfoAccess;
  void certificate.subjectInfoAccess;
  void certificate.crlDistributionPoints;
  void certificate.freshestCRL;
  void certificate.tlsFeatures;
  void certificate.certificatePolicies;
  void certificate.policyMappings;
  void certificate.policyConstraints;
  void certificate.inhibitAnyPolicy;
}

/**
 * Checks that it may issue certificates.
 *
 * @throws X509Error `invalid_ca`, `key_usage_no_cert_sign`
 */
export function checkIsCa({ certificate, isAnchor }: Place): void {
  const constraints = certificate.basicConstraints;
  if (constraints === undefined) {
    // Roots of version 1 are older than extensions; nothing else gets by.
    if (isAnchor && certificate.version === 1 && certificate.isSelfIssued)
      return;
    throw new X509Error(fault.invalid_ca, "no basicConstraints");
  }
  if (!constraints.cA) throw new X509Error(fault.invalid_ca, "cA is false");
  if (certificate.keyUsage?.has("keyCertSign") === false)
    throw new X509Error(fault.key_usage_no_cert_sign);
}

/**
 * Object identifiers of the purposes in extendedKeyUsage, RFC 5280 4.2.1.12.
 */
export const PURPOSE_OID = {
  serverAuth: OID.serverAuth,
  clientAuth: OID.clientAuth,
} as const;

/**
 * extendedKeyUsage of leaf and CAs, keyUsage of the leaf.
 *
 * @throws X509Error `wrong_purpose`
 */
export function checkPurpose(
  { certificate, depth }: Place,
  purpose: Purpose,
): void {
  const purposes = certificate.extendedKeyUsage;
  if (purposes !== undefined && !purposes.includes(PURPOSE_OID[purpose])) {
    // A leaf must name its purpose; a CA may leave the choice open.
    if (depth === 0 || !purposes.includes(OID.anyExtendedKeyUsage))
      throw new X509Error(
        fault.wrong_purpose,
        `extendedKeyUsage without ${purpose}`,
      );
  }
  if (depth !== 0) return;
  const usage = certificate.keyUsage;
  // RFC 5280 6.1.6 does not ask what a CA as the last certificate may do; the
  // protocol that uses its key does (RFC 9846 4.5.1.2: digitalSignature).
  if (usage === undefined || certificate.basicConstraints?.cA === true) return;
  const fits =
    usage.has("digitalSignature") ||
    usage.has("keyAgreement") ||
    (purpose === "serverAuth" && usage.has("keyEncipherment"));
  if (!fits)
    throw new X509Error(fault.wrong_purpose, "keyUsage fits no handshake");
}

/**
 * RFC 5280 4.1.2.5: both ends belong to the period.
 *
 * @param now milliseconds since the epoch; fractions of a second are dropped
 * @throws X509Error `certificate_not_yet_valid`, `certificate_expired`
 */
export function checkValidity({ certificate }: Place, now: number): void {
  const place = validityAt(certificate, now);
  if (place === "before")
    throw new X509Error(
      fault.certificate_not_yet_valid,
      `valid from ${isoSeconds(certificate.notBefore)}`,
    );
  if (place === "after")
    throw new X509Error(
      fault.certificate_expired,
      `valid until ${isoSeconds(certificate.notAfter)}`,
    );
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
