/**
 * The strict profile: OpenSSL's X509_V_FLAG_X509_STRICT and no more. Its rules
 * are those of RFC 5280 4.1 and 4.2 that a validator can do without.
 */
import type { Place } from "../path/basic-rules.ts";
import type { Certificate } from "../certificates/certificate.ts";
import type { X509Fault } from "../faults/errors.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { PathCheck } from "../path/validate-path.ts";
import * as OID from "../der/oids.ts";

/**
 * The rules that the profiles `strict` and `issuance` add to the default. See
 * {@link createVerifierOf} for an example.
 */
export const strictProfile: PathCheck = {
  name: "strict",
  understands: [],
  each(place, { profile = "default" }) {
    // OpenSSL does not ask them of a trusted certificate that is the peer's own.
    const isAlone = place.isAnchor && place.depth === 0;
    if (profile !== "default" && !isAlone) checkStrictly(place);
  },
};

/** @throws X509Error with OpenSSL's codes 79 to 92 */
export function checkStrictly(place: Place): void {
  const { certificate, depth } = place;
  const isCa = certificate.basicConstraints?.cA ?? false;
  // A root of version 1 passes by default, for it is older than extensions.
  demand(depth === 0 || isCa, fault.invalid_ca);
  checkNames(certificate, isCa);
  if (isCa) checkCa(certificate);
  else checkNoCa(certificate);
  if (certificate.version === 3) checkKeyIdentifiers(place, isCa);
}

function demand(condition: boolean, otherwise: X509Fault): void {
  if (!condition) throw new X509Error(otherwise);
}

function checkNames(certificate: Certificate, isCa: boolean): void {
  demand(!certificate.issuer.isEmpty, fault.issuer_name_empty);
  if (!certificate.subject.isEmpty) return;
  const names = certificate.extension(OID.subjectAltName);
  // RFC 5280 4.1.2.6: the subject of a CA and of whoever signs CRLs is not
  // empty, and another's only beside a critical subjectAltName.
  demand(
    !isCa &&
      names !== undefined &&
      certificate.keyUsage?.has("cRLSign") !== true,
    fault.subject_name_empty,
  );
  demand(names?.critical === true, fault.subject_alt_name_not_critical);
}

function checkCa(certificate: Certificate): void {
  const usage = certificate.keyUsage;
  // RFC 5280 4.2.1.9: a path length goes with keyCertSign.
  demand(
    certificate.basicConstraints?.pathLenConstraint === undefined ||
      usage?.has("keyCertSign") === true,
    fault.path_length_without_cert_sign,
  );
  // RFC 5280 4.2.1.3: a CA "MUST include this extension".
  demand(usage !== undefined, fault.ca_without_key_usage);
  // RFC 5280 4.2.1.9: a CA "MUST mark the extension as critical".
  demand(
    certificate.extension(OID.basicConstraints)?.critical === true,
    fault.basic_constraints_not_critical,
  );
}

/** RFC 5280 4.2.1.3 and 4.2.1.9. */
function checkNoCa(certificate: Certificate): void {
  demand(
    certificate.basicConstraints?.pathLenConstraint === undefined,
    fault.path_length_without_ca,
  );
  demand(
    certificate.keyUsage?.has("keyCertSign") !== true,
    fault.cert_sign_without_ca,
  );
}

function checkKeyIdentifiers(
  { certificate, isAnchor }: Place,
  isCa: boolean,
): void {
  // RFC 5280 4.2.1.1: only a self-signed certificate may omit it. An anchor's
  // issuer is not looked for.
  demand(
    isAnchor ||
      certificate.isSelfIssued ||
      certificate.authorityKeyIdentifier?.keyIdentifier !== undefined,
    fault.missing_authority_key_identifier,
  );
  // RFC 5280 4.2.1.2: "this extension MUST appear in all conforming CA
  // certificates".
  demand(
    !isCa || certificate.subjectKeyIdentifier !== undefined,
    fault.missing_subject_key_identifier,
  );
}
