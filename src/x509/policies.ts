/**
 * Certificate policies: RFC 5280 6.1, with the policy graph of RFC 9618, which
 * needs no more room than the certificates themselves.
 */
import type { Certificate } from "./certificate.ts";
import { X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import type { PathCheck } from "./judge.ts";
import * as OID from "./oids.ts";
import type { PolicyMapping } from "./policy-extensions.ts";

/** Certificate policies, RFC 5280 6.1 and RFC 9618. */
export const certificatePolicies: PathCheck = {
  name: "policies",
  understands: [
    OID.certificatePolicies,
    OID.policyMappings,
    OID.policyConstraints,
    OID.inhibitAnyPolicy,
  ],
  whole(path, { requireExplicitPolicy = false }) {
    checkPolicies(path, requireExplicitPolicy);
  },
};

/** Policies valid at one depth, each with what the next depth may call it. */
type Level = Map<string, ReadonlySet<string>>;

interface State {
  level: Level;
  /** Certificates until each rule holds; RFC 5280 6.1.2 (d) to (f). */
  explicitPolicy: number;
  policyMapping: number;
  inhibitAnyPolicy: number;
}

/**
 * Processes the policies of a path. The caller's own set of policies is
 * any-policy; what can fail is a path on which an explicit policy is required,
 * by a CA or by the caller, and none is left.
 *
 * @param path leaf first, anchor last; the anchor's own policies do not count
 * @throws X509Error `no_explicit_policy`, `malformed_policy_extension`
 */
export function checkPolicies(
  path: readonly Certificate[],
  requireExplicitPolicy: boolean,
): void {
  const certificates = path.slice(0, -1).reverse();
  const never = certificates.length + 1;
  const state: State = {
    level: new Map([[OID.anyPolicy, new Set([OID.anyPolicy])]]),
    explicitPolicy: requireExplicitPolicy ? 0 : never,
    policyMapping: never,
    inhibitAnyPolicy: never,
  };
  for (const [i, certificate] of certificates.entries()) {
    const isLeaf = i === certificates.length - 1;
    const depth = certificates.length - 1 - i;
    state.level = nextLevel(state, certificate, isLeaf);
    // RFC 5280 6.1.3 (f).
    if (state.explicitPolicy === 0 && state.level.size === 0)
      throw new X509Error(fault.no_explicit_policy, undefined, depth);
    if (!isLeaf) prepareNext(state, certificate);
    else wrapUp(state, certificate);
  }
}

/** RFC 5280 6.1.3 (d) and (e). */
function nextLevel(
  state: State,
  certificate: Certificate,
  isLeaf: boolean,
): Level {
  const next: Level = new Map();
  const policies = certificate.certificatePolicies;
  if (policies === undefined || state.level.size === 0) return next;
  const expected = new Set<string>();
  for (const names of state.level.values())
    for (const name of names) expected.add(name);
  const fromAny = state.level.has(OID.anyPolicy);
  for (const policy of policies)
    if (policy !== OID.anyPolicy && (fromAny || expected.has(policy)))
      next.set(policy, new Set([policy]));
  const anyCounts =
    state.inhibitAnyPolicy > 0 || (!isLeaf && certificate.isSelfIssued);
  if (anyCounts && policies.includes(OID.anyPolicy))
    for (const policy of expected)
      if (!next.has(policy)) next.set(policy, new Set([policy]));
  return next;
}

/** RFC 5280 6.1.4 (a), (b) and (h) to (j). */
function prepareNext(state: State, certificate: Certificate): void {
  applyMappings(state, certificate.policyMappings ?? []);
  if (!certificate.isSelfIssued) {
    state.explicitPolicy = Math.max(0, state.explicitPolicy - 1);
    state.policyMapping = Math.max(0, state.policyMapping - 1);
    state.inhibitAnyPolicy = Math.max(0, state.inhibitAnyPolicy - 1);
  }
  const constraints = certificate.policyConstraints;
  state.explicitPolicy = Math.min(
    state.explicitPolicy,
    constraints?.requireExplicitPolicy ?? Infinity,
  );
  state.policyMapping = Math.min(
    state.policyMapping,
    constraints?.inhibitPolicyMapping ?? Infinity,
  );
  state.inhibitAnyPolicy = Math.min(
    state.inhibitAnyPolicy,
    certificate.inhibitAnyPolicy ?? Infinity,
  );
}

function applyMappings(state: State, mappings: readonly PolicyMapping[]): void {
  const mapped = new Map<string, Set<string>>();
  for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
    const targets = mapped.get(issuerDomainPolicy);
    if (targets !== undefined) targets.add(subjectDomainPolicy);
    else mapped.set(issuerDomainPolicy, new Set([subjectDomainPolicy]));
  }
  for (const [policy, targets] of mapped) {
    if (state.policyMapping === 0) state.level.delete(policy);
    else if (state.level.has(policy) || state.level.has(OID.anyPolicy))
      state.level.set(policy, targets);
  }
}

/** RFC 5280 6.1.5 (a), (b) and the verdict. */
function wrapUp(state: State, leaf: Certificate): void {
  const required =
    state.explicitPolicy <= 1 ||
    leaf.policyConstraints?.requireExplicitPolicy === 0;
  if (required && state.level.size === 0)
    throw new X509Error(fault.no_explicit_policy, undefined, 0);
}
