/**
 * Certificate policies: RFC 5280 6.1, with the policy graph of RFC 9618, which
 * needs no more room than the certificates themselves.
 */
import type { Certificate } from "../certificates/certificate.ts";
import { decoding, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { PathCheck } from "../path/validate-path.ts";
import * as OID from "../der/oids.ts";
import type { PolicyMapping } from "../certificates/policy-extensions.ts";
import { unknownQualifier } from "../certificates/policy-extensions.ts";

/**
 * Certificate policies, RFC 5280 6.1 and RFC 9618. See {@link createVerifierOf}
 * for an example.
 */
export const certificatePolicies: PathCheck = {
  name: "policies",
  understands: [
    OID.certificatePolicies,
    OID.policyMappings,
    OID.policyConstraints,
    OID.inhibitAnyPolicy,
  ],
  each({ certificate, isAnchor }) {
    if (!isAnchor) checkQualifiers(certificate);
  },
  whole: checkPolicies,
};

/**
 * RFC 5280 4.2.1.4: where the extension is critical, an application "MUST be
 * able to interpret this extension (including the optional qualifier), or MUST
 * reject the certificate".
 */
function checkQualifiers(certificate: Certificate): void {
  const extension = certificate.extension(OID.certificatePolicies);
  if (extension?.critical !== true) return;
  const unknown = decoding(fault.malformed_policy_extension, () =>
    unknownQualifier(extension.value),
  );
  if (unknown !== undefined)
    throw new X509Error(
      fault.unhandled_critical_extension,
      `certificatePolicies with the policy qualifier ${unknown}`,
    );
}

/** The caller's inputs to the validation, RFC 5280 6.1.1 (c) and (e) to (g). */
export interface PolicyInputs {
  readonly initialPolicySet?: readonly string[] | undefined;
  readonly requireExplicitPolicy?: boolean | undefined;
  readonly inhibitPolicyMapping?: boolean | undefined;
  readonly inhibitAnyPolicy?: boolean | undefined;
}

/** A policy that is valid at one depth. */
interface Node {
  /** The names by which the next certificate may assert it. */
  expected: ReadonlySet<string>;
  /** Policies of the depth before that it follows from. */
  readonly parents: readonly string[];
}

/** The nodes of one depth, by valid_policy. */
type Level = Map<string, Node>;

interface State {
  /** The policy graph of RFC 9618, from the anchor down. */
  readonly levels: Level[];
  /** Certificates until each rule holds; RFC 5280 6.1.2 (d) to (f). */
  explicitPolicy: number;
  policyMapping: number;
  inhibitAnyPolicy: number;
}

/**
 * Processes the policies of a path. It can fail only where an explicit policy
 * is required, by a CA or by the caller, and none of those that the caller
 * accepts is valid.
 *
 * @param path leaf first, anchor last; the anchor's own policies do not count
 * @throws X509Error `no_explicit_policy`, `malformed_policy_extension`
 */
export function checkPolicies(
  path: readonly Certificate[],
  inputs: PolicyInputs = {},
): void {
  const certificates = path.slice(0, -1).reverse();
  const never = certificates.length + 1;
  const state: State = {
    levels: [
      new Map([
        [OID.anyPolicy, { expected: new Set([OID.anyPolicy]), parents: [] }],
      ]),
    ],
    explicitPolicy: inputs.requireExplicitPolicy === true ? 0 : never,
    policyMapping: inputs.inhibitPolicyMapping === true ? 0 : never,
    inhibitAnyPolicy: inputs.inhibitAnyPolicy === true ? 0 : never,
  };
  for (const [i, certificate] of certificates.entries()) {
    const isLeaf = i === certificates.length - 1;
    const depth = certificates.length - 1 - i;
    const level = nextLevel(state, certificate, isLeaf);
    state.levels.push(level);
    // RFC 5280 6.1.3 (f).
    if (state.explicitPolicy === 0 && level.size === 0)
      throw new X509Error(fault.no_explicit_policy, undefined, depth);
    if (!isLeaf) prepareNext(state, level, certificate);
    else wrapUp(state, certificate, inputs.initialPolicySet);
  }
}

/** RFC 5280 6.1.3 (d) and (e). */
function nextLevel(
  state: State,
  certificate: Certificate,
  isLeaf: boolean,
): Level {
  const next: Level = new Map();
  const above = state.levels[state.levels.length - 1];
  const policies = certificate.certificatePolicies;
  if (policies === undefined || above === undefined) return next;
  const expecting = new Map<string, string[]>();
  for (const [policy, { expected }] of above)
    for (const name of expected) {
      const others = expecting.get(name);
      if (others === undefined) expecting.set(name, [policy]);
      else others.push(policy);
    }
  const fromAny = above.has(OID.anyPolicy) ? [OID.anyPolicy] : undefined;
  const add = (policy: string, parents: readonly string[]): void => {
    next.set(policy, { expected: new Set([policy]), parents });
  };
  for (const policy of policies) {
    if (policy === OID.anyPolicy) continue;
    const parents = expecting.get(policy) ?? fromAny;
    if (parents !== undefined) add(policy, parents);
  }
  const anyCounts =
    state.inhibitAnyPolicy > 0 || (!isLeaf && certificate.isSelfIssued);
  if (anyCounts && policies.includes(OID.anyPolicy))
    for (const [policy, parents] of expecting)
      if (!next.has(policy)) add(policy, parents);
  return next;
}

/** RFC 5280 6.1.4 (a), (b) and (h) to (j). */
function prepareNext(
  state: State,
  level: Level,
  certificate: Certificate,
): void {
  applyMappings(state, level, certificate.policyMappings ?? []);
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

function applyMappings(
  state: State,
  level: Level,
  mappings: readonly PolicyMapping[],
): void {
  const mapped = new Map<string, Set<string>>();
  for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
    const targets = mapped.get(issuerDomainPolicy);
    if (targets !== undefined) targets.add(subjectDomainPolicy);
    else mapped.set(issuerDomainPolicy, new Set([subjectDomainPolicy]));
  }
  for (const [policy, targets] of mapped) {
    const node = level.get(policy);
    if (state.policyMapping === 0) level.delete(policy);
    else if (node !== undefined) node.expected = targets;
    else if (level.has(OID.anyPolicy))
      level.set(policy, { expected: targets, parents: [OID.anyPolicy] });
  }
}

/** RFC 5280 6.1.5 (a), (b), (g) and the verdict. */
function wrapUp(
  state: State,
  leaf: Certificate,
  accepted: readonly string[] | undefined,
): void {
  const required =
    state.explicitPolicy <= 1 ||
    leaf.policyConstraints?.requireExplicitPolicy === 0;
  if (required && !hasAccepted(state.levels, accepted))
    throw new X509Error(fault.no_explicit_policy, undefined, 0);
}

/**
 * Tells whether the graph reaches the leaf from a policy that the caller
 * accepts, by the name that it has for the anchor: one that follows from
 * any-policy. Each node is looked at once (RFC 9618 5.6).
 */
function hasAccepted(
  levels: readonly Level[],
  accepted: readonly string[] | undefined,
): boolean {
  const last = levels[levels.length - 1];
  if (last === undefined || last.size === 0) return false;
  if (accepted === undefined || accepted.includes(OID.anyPolicy)) return true;
  // Any-policy to the end: whatever the caller accepts.
  if (last.has(OID.anyPolicy)) return accepted.length > 0;
  let reached = new Set(last.keys());
  for (const level of levels.slice(1).reverse()) {
    const before = new Set<string>();
    for (const policy of reached)
      for (const parent of level.get(policy)?.parents ?? []) {
        if (
          parent === OID.anyPolicy &&
          policy !== OID.anyPolicy &&
          accepted.includes(policy)
        )
          return true;
        before.add(parent);
      }
    reached = before;
  }
  return false;
}
