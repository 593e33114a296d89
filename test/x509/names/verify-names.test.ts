/** Verify codes of hosts, name constraints and policies. */
import { OID } from "../../../src/x509/index.ts";
import {
  leafExtensions,
  NOW,
  bytes,
  dns,
  email,
  explicit,
  extension,
  implicit,
  ip,
  leaf,
  nameConstraints,
  oid,
  otherName,
  seq,
  utf8,
} from "../../support/der-builder.ts";
import {
  oneDns,
  constrained,
  compareWithOpenssl,
  DAY,
  anchor,
  other,
  plainLeaf,
} from "../path/openssl-cases.ts";

compareWithOpenssl("names and policies", {
  "another host": () => ({
    code: "hostname_mismatch",
    leaf: leaf(anchor),
    trusted: [anchor],
    host: "example.org",
    theirs: ["-verify_hostname", "example.org"],
  }),
  "another host of an expired leaf": () => ({
    code: "hostname_mismatch",
    leaf: leaf(anchor, { notAfter: NOW - DAY }),
    trusted: [anchor],
    host: "example.org",
    theirs: ["-verify_hostname", "example.org"],
  }),
  "another host of an unknown issuer": () => ({
    code: "unknown_issuer",
    leaf: leaf(anchor),
    trusted: [other],
    host: "example.org",
    theirs: ["-verify_hostname", "example.org"],
  }),
  "another address": () => ({
    code: "ip_address_mismatch",
    leaf: leaf(anchor),
    trusted: [anchor],
    host: "192.0.2.1",
    theirs: ["-verify_ip", "192.0.2.1"],
  }),
  "a name outside the permitted ones": () => ({
    code: "permitted_violation",
    ...constrained(nameConstraints([dns("example.org")]), ...oneDns),
  }),
  "an excluded name": () => ({
    code: "excluded_violation",
    ...constrained(nameConstraints([], [dns("example.com")]), ...oneDns),
  }),
  "a permitted name": () => ({
    code: "ok",
    ...constrained(
      nameConstraints([dns("example.com"), ip(192, 0, 2, 0, 255, 255, 255, 0)]),
      ...oneDns,
      ip(192, 0, 2, 9),
    ),
  }),
  "a name constraint with a maximum": () => ({
    code: "subtree_minmax",
    depth: 1,
    theirDepth: 0,
    ...constrained(
      extension(
        OID.nameConstraints,
        seq(explicit(0, seq(dns("example.com"), implicit(1, bytes(5))))),
        true,
      ),
      ...oneDns,
    ),
  }),
  "a constraint on other names": () => ({
    code: "unsupported_constraint_type",
    ...constrained(
      nameConstraints([otherName("1.2.3.4", utf8("x"))]),
      otherName("1.2.3.4", utf8("y")),
      ...oneDns,
    ),
  }),
  "an address constraint of odd length": () => ({
    code: "unsupported_constraint_syntax",
    depth: 1,
    theirDepth: 0,
    ...constrained(
      nameConstraints([ip(192, 0, 2, 0, 255)]),
      ip(192, 0, 2, 9),
      ...oneDns,
    ),
  }),
  "a mailbox without an at sign": () => ({
    code: "unsupported_name_syntax",
    ...constrained(
      nameConstraints([email("example.com")]),
      email("nobody"),
      ...oneDns,
    ),
  }),
  "a required policy that is missing": () => ({
    code: "no_explicit_policy",
    leaf: leaf(anchor),
    trusted: [anchor],
    ours: { requireExplicitPolicy: true },
    theirs: ["-policy_check", "-explicit_policy"],
  }),
  "a required policy": () => {
    const policy = extension(OID.certificatePolicies, seq(seq(oid("1.2.3.4"))));
    return {
      code: "ok",
      leaf: leaf(anchor, plainLeaf(policy)),
      trusted: [anchor],
      ours: { requireExplicitPolicy: true },
      theirs: ["-explicit_policy", "-policy", OID.anyPolicy],
    };
  },
  "policies that do not decode": () => ({
    code: "malformed_policy_extension",
    leaf: leaf(anchor, {
      extensions: [
        ...leafExtensions(anchor.key),
        extension(OID.certificatePolicies, bytes(1, 2, 3)),
      ],
    }),
    trusted: [anchor],
    theirs: ["-policy_check"],
  }),
});
