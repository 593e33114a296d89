/** RFC 5280 6.1 policy processing; OpenSSL's answers on the same chains. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  createVerifier,
  OID,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  bytes,
  caExtensions,
  ed25519Key,
  extension,
  ia5,
  implicit,
  int,
  intermediate,
  leaf,
  leafExtensions,
  NOW,
  oid,
  root,
  seq,
} from "../../support/der-builder.ts";
import { hasOpenssl, opensslVerify } from "../../support/openssl-certs.ts";
import { leafOf, outcome } from "../../support/verdicts.ts";

const A = "1.2.3.1";
const B = "1.2.3.2";
const ANY = OID.anyPolicy;
const anchor = root(1);

const policies = (...oids: readonly string[]): Uint8Array =>
  extension(OID.certificatePolicies, seq(...oids.map((one) => seq(oid(one)))));
const mapping = (from: string, to: string): Uint8Array =>
  extension(OID.policyMappings, seq(seq(oid(from), oid(to))), true);
const constraints = (require?: number, inhibit?: number): Uint8Array =>
  extension(
    OID.policyConstraints,
    seq(
      ...(require === undefined ? [] : [implicit(0, bytes(require))]),
      ...(inhibit === undefined ? [] : [implicit(1, bytes(inhibit))]),
    ),
    true,
  );
const inhibitAny = (skip: number): Uint8Array =>
  extension(OID.inhibitAnyPolicy, int(skip), true);

interface Scene {
  /** Further extensions of the CAs, the one below the root first. */
  readonly cas?: readonly (readonly Uint8Array[])[];
  readonly leaf?: readonly Uint8Array[];
  /** Tells whether the caller requires a policy; default true. */
  readonly required?: boolean;
  /** The policies that the caller accepts; default any. */
  readonly accepted?: readonly string[];
  readonly inhibitMapping?: boolean;
  readonly inhibitAny?: boolean;
  readonly expected: "ok" | "no_explicit_policy";
}

const scenes: Record<string, Scene> = {
  "no policies, none required": { required: false, expected: "ok" },
  "no policies, one required": { expected: "no_explicit_policy" },
  "one policy all the way": {
    cas: [[policies(A)]],
    leaf: [policies(A)],
    expected: "ok",
  },
  "two policies that do not meet": {
    cas: [[policies(A)]],
    leaf: [policies(B)],
    expected: "no_explicit_policy",
  },
  "two of which one meets": {
    cas: [[policies(A, B)]],
    leaf: [policies(B)],
    expected: "ok",
  },
  "a CA without policies": {
    cas: [[]],
    leaf: [policies(A)],
    expected: "no_explicit_policy",
  },
  "a leaf without policies": {
    cas: [[policies(A)]],
    expected: "no_explicit_policy",
  },
  "anyPolicy of the CA": {
    cas: [[policies(ANY)]],
    leaf: [policies(A)],
    expected: "ok",
  },
  "anyPolicy of both": {
    cas: [[policies(ANY)]],
    leaf: [policies(ANY)],
    expected: "ok",
  },
  "anyPolicy of the leaf": {
    cas: [[policies(A)]],
    leaf: [policies(ANY)],
    expected: "ok",
  },
  "anyPolicy inhibited at once": {
    cas: [[policies(A), inhibitAny(0)]],
    leaf: [policies(ANY)],
    expected: "no_explicit_policy",
  },
  "anyPolicy inhibited one later": {
    cas: [[policies(A), inhibitAny(1)]],
    leaf: [policies(ANY)],
    expected: "ok",
  },
  "a mapping that is used": {
    cas: [[policies(A), mapping(A, B)]],
    leaf: [policies(B)],
    expected: "ok",
  },
  "a mapping that is missed": {
    cas: [[policies(A), mapping(A, B)]],
    leaf: [policies(A)],
    expected: "no_explicit_policy",
  },
  "a mapping from anyPolicy": {
    cas: [[policies(ANY), mapping(A, B)]],
    leaf: [policies(B)],
    expected: "ok",
  },
  "a mapping that is inhibited": {
    cas: [
      [policies(A), constraints(undefined, 0)],
      [policies(A), mapping(A, B)],
    ],
    leaf: [policies(B)],
    expected: "no_explicit_policy",
  },
  "a mapping inhibited one later": {
    cas: [
      [policies(A), constraints(undefined, 1)],
      [policies(A), mapping(A, B)],
    ],
    leaf: [policies(B)],
    expected: "ok",
  },
  "a CA that requires one at once": {
    required: false,
    cas: [[policies(A), constraints(0)]],
    leaf: [policies(B)],
    expected: "no_explicit_policy",
  },
  "a CA that requires one, which is there": {
    required: false,
    cas: [[policies(A), constraints(0)]],
    leaf: [policies(A)],
    expected: "ok",
  },
  "a CA that requires one of the leaf": {
    required: false,
    cas: [[policies(A), constraints(1)], [policies(A)]],
    leaf: [policies(B)],
    expected: "no_explicit_policy",
  },
  "the last CA requires one of the leaf": {
    required: false,
    cas: [[policies(A), constraints(1)]],
    leaf: [policies(B)],
    expected: "no_explicit_policy",
  },
  "a CA that requires one further down than the leaf": {
    required: false,
    cas: [[policies(A), constraints(2)]],
    leaf: [policies(B)],
    expected: "ok",
  },
  "a policy that the caller accepts": {
    accepted: [B, A],
    cas: [[policies(A)]],
    leaf: [policies(A)],
    expected: "ok",
  },
  "a policy that the caller does not accept": {
    accepted: [B],
    cas: [[policies(A)]],
    leaf: [policies(A)],
    expected: "no_explicit_policy",
  },
  "… and none is required": {
    accepted: [B],
    required: false,
    cas: [[policies(A)]],
    leaf: [policies(A)],
    expected: "ok",
  },
  "any policy all the way, for a caller that accepts one": {
    accepted: [B],
    cas: [[policies(ANY)]],
    leaf: [policies(ANY)],
    expected: "ok",
  },
  "any policy, then one that the caller accepts": {
    accepted: [B],
    cas: [[policies(ANY)]],
    leaf: [policies(B)],
    expected: "ok",
  },
  "any policy, then another": {
    accepted: [B],
    cas: [[policies(ANY)]],
    leaf: [policies(A)],
    expected: "no_explicit_policy",
  },
  "a mapped policy counts by the anchor's name": {
    accepted: [A],
    cas: [[policies(A), mapping(A, B)]],
    leaf: [policies(B)],
    expected: "ok",
  },
  "… and not by the leaf's": {
    accepted: [B],
    cas: [[policies(A), mapping(A, B)]],
    leaf: [policies(B)],
    expected: "no_explicit_policy",
  },
  "a mapping of any policy counts by the mapped name": {
    accepted: [A],
    cas: [[policies(ANY), mapping(A, B)]],
    leaf: [policies(B)],
    expected: "ok",
  },
  "a mapping below any policy, two CAs deep": {
    accepted: [A],
    cas: [[policies(ANY)], [policies(A, B), mapping(B, A)]],
    leaf: [policies(A)],
    expected: "ok",
  },
  "no mapping for this caller": {
    inhibitMapping: true,
    cas: [[policies(A), mapping(A, B)]],
    leaf: [policies(B)],
    expected: "no_explicit_policy",
  },
  "any policy is none for this caller": {
    inhibitAny: true,
    cas: [[policies(ANY)]],
    leaf: [policies(A)],
    expected: "no_explicit_policy",
  },
};

function chainOf({ cas = [], leaf: more = [] }: Scene) {
  let issuer = anchor;
  const sent = cas.map((extensions, i) => {
    issuer = intermediate(30 + i, issuer, {
      extensions: [
        ...caExtensions(ed25519Key(30 + i), issuer.key),
        ...extensions,
      ],
    });
    return issuer;
  });
  const end = leaf(issuer, {
    extensions: [...leafExtensions(issuer.key), ...more],
  });
  return { end, sent };
}

describe("certificate policies", () => {
  it.each(Object.entries(scenes))("%s", (_, scene) => {
    const { end, sent } = chainOf(scene);
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(anchor.der),
      requireExplicitPolicy: scene.required ?? true,
      ...(scene.accepted && { initialPolicySet: scene.accepted }),
      inhibitPolicyMapping: scene.inhibitMapping ?? false,
      inhibitAnyPolicy: scene.inhibitAny ?? false,
    });
    const run = (): string => {
      try {
        verifier.verify(
          { certificates: [end, ...sent].map(({ der }) => der) },
          { purpose: "serverAuth", serverName: undefined, now: NOW },
        );
        return "ok";
      } catch (error) {
        if (error instanceof X509Error) return error.code;
        throw error;
      }
    };
    expect(run()).toBe(scene.expected);
  });

  const qualified = (qualifier: string, critical: boolean): Uint8Array =>
    extension(
      OID.certificatePolicies,
      seq(seq(oid(A), seq(seq(oid(qualifier), ia5("https://cps"))))),
      critical,
    );

  it.each([
    [OID.cpsQualifier, true, "ok"],
    [OID.userNoticeQualifier, true, "ok"],
    ["1.2.3.4", false, "ok"],
    // RFC 5280 4.2.1.4.
    ["1.2.3.4", true, "unhandled_critical_extension"],
  ])("with qualifier %s, critical %s: %s", (qualifier, critical, expected) => {
    const [certificate = bytes()] = leafOf(
      {},
      ...leafExtensions(anchor.key),
      qualified(qualifier, critical),
    );
    expect(outcome([certificate], {}, { serverName: undefined })).toBe(
      expected,
    );
  });

  it("looks at each of many policies a few times", () => {
    // RFC 9618: a tree of these would have 3000 to the third of nodes.
    const many = Array.from({ length: 3000 }, (_, i) => `1.2.3.${String(i)}`);
    const pairs = extension(
      OID.policyMappings,
      seq(
        ...many.map((one, i) =>
          seq(oid(one), oid(many[(i + 1) % many.length] ?? one)),
        ),
      ),
      true,
    );
    const { end, sent } = chainOf({
      cas: [
        [policies(...many), pairs],
        [policies(...many), pairs],
        [policies(...many), pairs],
      ],
      leaf: [policies(...many)],
      expected: "ok",
    });
    const chain = [end, ...sent.reverse()].map(({ der }) => der);
    const options = { requireExplicitPolicy: true };
    expect(outcome(chain, { ...options, initialPolicySet: ["1.2.3.7"] })).toBe(
      "ok",
    );
    expect(outcome(chain, { ...options, initialPolicySet: ["1.2.4"] })).toBe(
      "no_explicit_policy",
    );
  });
});

const oracle = hasOpenssl() ? describe : describe.skip;

oracle(
  "certificate policies: OpenSSL agrees (skipped without OpenSSL 3)",
  () => {
    it.each(Object.entries(scenes))("%s", (_, scene) => {
      const { end, sent } = chainOf(scene);
      const required = scene.required ?? true;
      const { code } = opensslVerify({
        leaf: end.pem,
        intermediates: sent.map(({ pem }) => pem),
        trusted: [anchor.pem],
        time: NOW / 1000,
        options: [
          ...(scene.accepted ?? [ANY]).flatMap((one) => ["-policy", one]),
          "-policy_check",
          ...(scene.inhibitMapping === true ? ["-inhibit_map"] : []),
          ...(scene.inhibitAny === true ? ["-inhibit_any"] : []),
          ...(required ? ["-explicit_policy"] : []),
        ],
      });
      expect(code).toBe(scene.expected === "ok" ? 0 : 43);
    });
  },
);
