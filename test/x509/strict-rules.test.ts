/** The issuance lints that only the strict profile has. */
import { describe, expect, it } from "vitest";
import { OID } from "../../src/x509/index.ts";
import type { Issued } from "../support/der-builder.ts";
import {
  authorityKeyIdentifier,
  bytes,
  caExtensions,
  dns,
  ed25519Key,
  extension,
  extKeyUsage,
  leaf,
  leafExtensions,
  root,
  seq,
  subjectAltName,
} from "../support/der-builder.ts";
import { anchor, end, leafOf, middle, outcome } from "../support/verdicts.ts";

describe("the strict profile", () => {
  const base = leafExtensions(anchor.key);
  const strict = (
    chain: readonly Uint8Array[],
    trusted: Issued = anchor,
  ): string =>
    outcome(chain, { profile: "strict" }, { serverName: undefined }, trusted);
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
    expect(strict([end.der, middle.der])).toBe("ok");
  });

  it.each([
    [
      "a critical extendedKeyUsage",
      leafOf(
        {},
        base[0] ?? bytes(),
        ...base.slice(2),
        extension(OID.extKeyUsage, seq(), true),
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
  ])("refuses %s", (_, chain) => {
    expect(strict(chain)).not.toBe("ok");
    if (!_.includes("critical extendedKeyUsage"))
      expect(outcome(chain, {}, { serverName: undefined })).toBe("ok");
  });

  it.each([
    ["a plain word", named("My server", "example.com")],
    ["a copy", named("example.com", "example.com")],
    ["a number with a blank", named("Server 12", "example.com")],
  ])("lets a common name be %s", (_, chain) => {
    expect(strict(chain)).toBe("ok");
  });

  it("wants identifiers in step at a root", () => {
    const key = ed25519Key(3);
    const odd = root(3, {
      extensions: [...caExtensions(key), authorityKeyIdentifier(ed25519Key(4))],
    });
    expect(strict([leaf(odd).der], odd)).toBe("issuance_rule_broken");
  });
});
