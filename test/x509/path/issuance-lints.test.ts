/** The lints of the issuance profile, which no other profile has. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import { createVerifier, OID, TrustStore } from "../../../src/x509/index.ts";
import type { Issued } from "../../support/der-builder.ts";
import {
  authorityKeyIdentifier,
  bool,
  bytes,
  caExtensions,
  dns,
  ed25519Key,
  extension,
  extKeyUsage,
  int,
  intermediate,
  leaf,
  leafExtensions,
  nameConstraints,
  NOW,
  octets,
  oid,
  root,
  seq,
  subjectAltName,
} from "../../support/der-builder.ts";
import {
  anchor,
  end,
  leafOf,
  middle,
  outcome,
} from "../../support/verdicts.ts";

describe("the issuance profile", () => {
  const base = leafExtensions(anchor.key);
  const issuance = (
    chain: readonly Uint8Array[],
    trusted: Issued = anchor,
  ): string =>
    outcome(chain, { profile: "issuance" }, { serverName: undefined }, trusted);
  const named = (
    commonName: string,
    ...names: readonly string[]
  ): readonly Uint8Array[] =>
    leafOf(
      { subject: commonName },
      ...base.slice(0, 3),
      subjectAltName(names.map(dns)),
    );

  it("accepts what is issued by the rules", () => {
    expect(issuance([end.der, middle.der])).toBe("ok");
  });

  it.each([
    [
      "a critical extendedKeyUsage",
      leafOf(
        {},
        base[0] ?? bytes(),
        ...base.slice(2),
        extension(OID.extKeyUsage, seq(oid(OID.serverAuth)), true),
      ),
    ],
    [
      "anyExtendedKeyUsage",
      leafOf(
        {},
        base[0] ?? bytes(),
        ...base.slice(2),
        extKeyUsage(OID.serverAuth, OID.anyExtendedKeyUsage),
      ),
    ],
    [
      "a critical subjectAltName with a subject",
      leafOf(
        {},
        ...base.slice(0, 3),
        subjectAltName([dns("example.com")], true),
      ),
    ],
    ["an underscore", named("x", "a_b.example.com")],
    ["a common name of other case", named("Example.com", "example.com")],
    [
      "a common name in Unicode",
      named("bücher.example", "xn--bcher-kva.example"),
    ],
    ["another A-label", named("xn--a.example", "example.com")],
    ["an address nobody copies", named("192.0.2.1", "example.com")],
    ["an address in hexadecimal", named("0xC0000201", "example.com")],
    ["an IPv6 address", named("2001:db8::1", "example.com")],
    ["serial number 0", leafOf({ serialNumber: int(0) })],
    ["a negative serial number", leafOf({ serialNumber: int(bytes(0x80)) })],
    [
      "critical FALSE written out",
      leafOf(
        {},
        ...base,
        seq(oid(OID.cRLDistributionPoints), bool(false), octets(seq())),
      ),
    ],
    [
      "cA FALSE written out",
      leafOf(
        {},
        ...base,
        extension(OID.basicConstraints, seq(bool(false)), true),
      ),
    ],
  ])("refuses %s, and it alone", (_, chain) => {
    expect(issuance(chain)).toBe("issuance_rule_broken");
    for (const profile of ["default", "strict"] as const)
      expect(outcome(chain, { profile }, { serverName: undefined })).toBe("ok");
  });

  it("refuses a dNSName constraint with a leading dot", () => {
    const key = ed25519Key(10);
    const ca = intermediate(10, anchor, {
      extensions: [
        ...caExtensions(key, anchor.key),
        nameConstraints([dns(".com")]),
      ],
    });
    const chain = [leaf(ca).der, ca.der];
    expect(issuance(chain)).toBe("issuance_rule_broken");
    expect(outcome(chain, { profile: "strict" })).toBe("ok");
  });

  it("reports the fault, and how to do without the profile", () => {
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(anchor.der),
      profile: "issuance",
    });
    const certificates = leafOf({ serialNumber: int(0) });
    expect(() =>
      verifier.verify(
        { certificates },
        { purpose: "serverAuth", serverName: undefined, now: NOW },
      ),
    ).toThrow(/^the serial number is not positive: .*another profile/);
  });

  it.each([
    ["a plain word", named("My server", "example.com")],
    ["a copy", named("example.com", "example.com")],
    ["a number with a blank", named("Server 12", "example.com")],
  ])("lets a common name be %s", (_, chain) => {
    expect(issuance(chain)).toBe("ok");
  });

  it("requires equal identifiers at a root", () => {
    const key = ed25519Key(3);
    const odd = root(3, {
      extensions: [...caExtensions(key), authorityKeyIdentifier(ed25519Key(4))],
    });
    expect(issuance([leaf(odd).der], odd)).toBe("issuance_rule_broken");
  });
});
