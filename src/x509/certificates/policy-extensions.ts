/** The extensions of certificate policies; decoders throw DerError. */
import type { DerElement } from "../der/der.ts";
import {
  contextTag,
  DerError,
  objectIdentifier,
  readSingle,
  smallInteger,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import * as OID from "../der/oids.ts";

/** RFC 5280 4.2.1.4: policy OIDs; qualifiers are for people, not for us. */
export function certificatePolicies(value: Uint8Array): readonly string[] {
  const what = "certificatePolicies";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const policies = new Set<string>();
  while (!reader.done) {
    const information = reader.read(TAG.sequence, "PolicyInformation").reader();
    const policy = readOid(information.readAny("policyIdentifier"));
    if (information.optional(TAG.sequence, "policyQualifiers")?.length === 0)
      throw new DerError("policyQualifiers is empty");
    information.end("PolicyInformation");
    // "A certificate policy OID MUST NOT appear more than once"
    if (policies.has(policy))
      throw new DerError(`policy ${policy} stands twice`);
    policies.add(policy);
  }
  // An empty list, which some authorities issue, says as much as none.
  return [...policies];
}

/**
 * The first policy qualifier that is neither a pointer to a practice statement
 * nor a notice to the user, RFC 5280 4.2.1.4; undefined if there is none.
 */
export function unknownQualifier(value: Uint8Array): string | undefined {
  const what = "certificatePolicies";
  const reader = readSingle(value, TAG.sequence, what).reader();
  while (!reader.done) {
    const information = reader.read(TAG.sequence, "PolicyInformation").reader();
    information.readAny("policyIdentifier");
    const list = information.optional(TAG.sequence, "policyQualifiers");
    const qualifiers = list?.reader();
    while (qualifiers?.done === false) {
      const qualifier = qualifiers.read(TAG.sequence, "PolicyQualifierInfo");
      const oid = readOid(qualifier.reader().readAny("policyQualifierId"));
      if (oid !== OID.cpsQualifier && oid !== OID.userNoticeQualifier)
        return oid;
    }
  }
  return undefined;
}

/** Two policies that an issuer holds to be the same. */
export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

/** RFC 5280 4.2.1.5. */
export function policyMappings(value: Uint8Array): readonly PolicyMapping[] {
  const what = "policyMappings";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const mappings: PolicyMapping[] = [];
  while (!reader.done) {
    const mapping = reader.read(TAG.sequence, what).reader();
    const issuerDomainPolicy = readOid(mapping.readAny("issuerDomainPolicy"));
    const subjectDomainPolicy = readOid(mapping.readAny("subjectDomainPolicy"));
    mapping.end(what);
    // "Policies MUST NOT be mapped either to or from the special value anyPolicy"
    if ([issuerDomainPolicy, subjectDomainPolicy].includes(OID.anyPolicy))
      throw new DerError("policyMappings maps anyPolicy");
    mappings.push({ issuerDomainPolicy, subjectDomainPolicy });
  }
  if (mappings.length === 0) throw new DerError(`${what} is empty`);
  return mappings;
}

/**
 * The number of certificates that may follow before a rule holds; RFC 5280
 * 4.2.1.11.
 */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

/** RFC 5280 4.2.1.11. */
export function policyConstraints(value: Uint8Array): PolicyConstraints {
  const what = "policyConstraints";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const require = reader.optional(contextTag(0), what);
  const inhibit = reader.optional(contextTag(1), what);
  reader.end(what);
  // "Conforming CAs MUST NOT issue certificates where policy constraints is an
  // empty sequence."
  if (require === undefined && inhibit === undefined)
    throw new DerError(`${what} is empty`);
  return {
    requireExplicitPolicy:
      require && smallInteger(require, "requireExplicitPolicy"),
    inhibitPolicyMapping:
      inhibit && smallInteger(inhibit, "inhibitPolicyMapping"),
  };
}

/** RFC 5280 4.2.1.14. */
export function inhibitAnyPolicy(value: Uint8Array): number {
  const what = "inhibitAnyPolicy";
  return smallInteger(readSingle(value, TAG.integer, what), what);
}

function readOid(element: DerElement): string {
  if (element.tag !== TAG.objectIdentifier)
    throw new DerError("a policy is not an OBJECT IDENTIFIER");
  return objectIdentifier(element, "policy");
}
