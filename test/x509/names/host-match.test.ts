/** Seed rules C-01 to C-12. */
import { describe, expect, it } from "vitest";
import {
  Certificate,
  matchHost,
  parseIpAddress,
} from "../../../src/x509/index.ts";
import {
  dns,
  ed25519Key,
  ip,
  issue,
  subjectAltName,
  uri,
} from "../../support/der-builder.ts";

const key = ed25519Key(1);

function certificate(
  names: readonly Uint8Array[],
  subject = "cn.example.com",
): Certificate {
  const extensions = names.length === 0 ? [] : [subjectAltName(names)];
  return Certificate.parse(issue({ key, subject, extensions }).der);
}

const matches = (pattern: string, host: string): boolean =>
  matchHost(certificate([dns(pattern)]), host);

describe("matchHost", () => {
  it.each([
    ["example.com", "example.com"],
    ["EXAMPLE.com", "example.COM"], // C-07
    ["example.com", "example.com."], // C-08
    ["*.example.com", "a.example.com"], // C-02
    ["*.example.com", "xn--tda.example.com"],
    ["*.b.example.com", "a.b.example.com"],
    ["www.xn--pthon-kva.org", "www.xn--pthon-kva.org"], // C-06
    ["foo_bar.example.com", "foo_bar.example.com"],
    ["localhost", "localhost"],
  ])("%s is valid for %s", (pattern, host) => {
    expect(matches(pattern, host)).toBe(true);
  });

  it.each([
    ["example.com", "example.org"],
    ["example.com", "a.example.com"],
    ["*.example.com", "a.b.example.com"], // C-02
    ["*.example.com", "example.com"],
    ["*.example.com", ".example.com"],
    ["*.example.com", "*.example.com"],
    ["f*.example.com", "foo.example.com"], // C-03
    ["*o.example.com", "foo.example.com"],
    ["www*.example.com", "www1.example.com"],
    ["xn--*.example.com", "xn--a.example.com"],
    ["x*.python.org", "xn--tda.python.org"], // C-06
    ["*.*.com", "a.b.com"], // C-04
    ["a.*.com", "a.b.com"],
    ["*", "example"], // C-05
    ["*.com", "example.com"],
    ["example.com.", "example.com"], // C-08
    ["null.python.org\0example.org", "null.python.org"], // C-12
    ["null.python.org\0example.org", "null.python.org\0example.org"],
    ["example.com ", "example.com"],
    ["-a.example.com", "-a.example.com"],
    ["192.0.2.1", "192.0.2.1"], // C-09
    ["*.0.2.1", "192.0.2.1"],
    ["", ""],
    ["example.com", ""],
    ["example.com", "exam ple.com"],
  ])("%j is not valid for %j", (pattern, host) => {
    expect(matches(pattern, host)).toBe(false);
  });

  it("compares addresses as bytes, and only with iPAddress (C-09)", () => {
    const v4 = certificate([ip(192, 0, 2, 1)]);
    expect(matchHost(v4, "192.0.2.1")).toBe(true);
    expect(matchHost(v4, "192.0.2.2")).toBe(false);
    const six = parseIpAddress("2001:db8::1") ?? new Uint8Array();
    const v6 = certificate([ip(...six), dns("2001:db8::1")]);
    expect(matchHost(v6, "2001:DB8:0:0::1")).toBe(true);
    expect(matchHost(v6, "2001:db8::2")).toBe(false);
    expect(matchHost(certificate([ip(192, 0, 2)]), "192.0.2.0")).toBe(false);
  });

  it("looks at the common name only when told to, and never for an address", () => {
    const bare = certificate([]);
    const on = { checkCommonName: true };
    expect(matchHost(bare, "cn.example.com")).toBe(false);
    expect(matchHost(bare, "cn.example.com", on)).toBe(true);
    // C-11: a dNSName takes its place, another kind of name does not.
    expect(
      matchHost(certificate([dns("a.example.com")]), "cn.example.com", on),
    ).toBe(false);
    expect(
      matchHost(certificate([uri("https://a/")]), "cn.example.com", on),
    ).toBe(true);
    expect(matchHost(certificate([], "192.0.2.1"), "192.0.2.1", on)).toBe(
      false,
    );
  });

  it("checks all entries", () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      dns(`h${i.toString()}.example.com`),
    );
    expect(matchHost(certificate(many), "h499.example.com")).toBe(true);
    expect(matchHost(certificate(many), "h500.example.com")).toBe(false);
  });
});

describe("parseIpAddress", () => {
  const hex = (text: string): string | undefined => {
    const address = parseIpAddress(text);
    return address && Buffer.from(address).toString("hex");
  };

  it.each([
    ["0.0.0.0", "00000000"],
    ["255.255.255.255", "ffffffff"],
    ["::", "0".repeat(32)],
    ["::1", "1".padStart(32, "0")],
    ["1::", "0001".padEnd(32, "0")],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
    ["::ffff:192.0.2.1", "ffffc0000201".padStart(32, "0")],
    ["1:2:3:4:5:6:192.0.2.1", "000100020003000400050006c0000201"],
  ])("reads %s", (text, expected) => {
    expect(hex(text)).toBe(expected);
  });

  it.each([
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "256.1.1.1",
    "1.2.3.4 ",
    "0x7f.0.0.1",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "::1%eth0",
    "[::1]",
    "::192.0.2.1:1",
    "192.0.2.1::",
    "g::",
  ])("refuses %j", (text) => {
    expect(hex(text)).toBeUndefined();
  });
});
