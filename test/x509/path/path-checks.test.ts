/** A verifier of few checks decides as the complete one does, or refuses. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  createVerifier,
  createVerifierOf,
  constrainedNames,
  OID,
  type PathCheck,
  revocationLists,
  TrustStore,
  type VerifierOptions,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  caExtensions,
  dns,
  ed25519Key,
  extension,
  intermediate,
  type Issued,
  leaf,
  nameConstraints as constraints,
  NOW,
  root,
  seq,
  explicit,
} from "../../support/der-builder.ts";

const anchor = root(1);
const middle = intermediate(10, anchor);
const options: VerifierOptions = {
  provider: noble,
  trustStore: TrustStore.of(anchor.der),
};

/** "ok", or the code of the refusal. */
function verdict(
  checks: readonly PathCheck[] | "all",
  ...chain: readonly Issued[]
): string {
  const verifier =
    checks === "all"
      ? createVerifier(options)
      : createVerifierOf(checks, options);
  try {
    verifier.verify(
      { certificates: chain.map(({ der }) => der) },
      { purpose: "serverAuth", serverName: "example.com", now: NOW },
    );
    return "ok";
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

const constrainedCa = (constraint: Uint8Array): Issued =>
  intermediate(11, anchor, {
    extensions: [...caExtensions(ed25519Key(11), anchor.key), constraint],
  });

describe("a verifier without further checks", () => {
  it("accepts a plain chain and refuses a wrong one", () => {
    expect(verdict([], leaf(middle), middle)).toBe("ok");
    expect(verdict([], leaf(middle))).toBe("unknown_issuer");
    const expired = leaf(middle, { notAfter: NOW - 86_400_000 });
    expect(verdict([], expired, middle)).toBe("certificate_expired");
  });

  it("refuses name constraints, which it cannot check, critical or not", () => {
    const permitted = constraints([dns("example.com")]);
    // RFC 5280 4.2.1.10 wants it critical, and some forget.
    const lax = extension(
      OID.nameConstraints,
      seq(explicit(0, seq(dns("example.com")))),
    );
    for (const constraint of [permitted, lax]) {
      const ca = constrainedCa(constraint);
      expect(verdict("all", leaf(ca), ca)).toBe("ok");
      expect(verdict([constrainedNames], leaf(ca), ca)).toBe("ok");
      expect(verdict([], leaf(ca), ca)).toBe("unhandled_critical_extension");
    }
    const elsewhere = constrainedCa(constraints([dns("example.org")]));
    expect(verdict([constrainedNames], leaf(elsewhere), elsewhere)).toBe(
      "permitted_violation",
    );
  });

  it("refuses a critical extension of a check that it lacks", () => {
    const ca = constrainedCa(
      extension(OID.policyConstraints, seq(explicit(0)), true),
    );
    expect(verdict([], leaf(ca), ca)).toBe("unhandled_critical_extension");
  });

  it.each<[string, Partial<VerifierOptions>]>([
    ["strict", { profile: "strict" }],
    ["strict", { profile: "issuance" }],
    ["policies", { requireExplicitPolicy: true }],
    ["CRLs", { crlCheck: "leaf" }],
    ["OCSP", { ocsp: "require" }],
    ["OCSP", { ocsp: "mustStaple" }],
  ])("is not made with options that want the check of %s", (name, wanted) => {
    expect(() => createVerifierOf([], { ...options, ...wanted })).toThrow(
      `the options want the check of ${name}`,
    );
    expect(() => createVerifier({ ...options, ...wanted })).not.toThrow();
  });

  it("is made with those whose check is named", () => {
    expect(() =>
      createVerifierOf([revocationLists], { ...options, crlCheck: "leaf" }),
    ).not.toThrow();
  });
});
