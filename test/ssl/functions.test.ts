import { describe, expect, it } from "vitest";
import {
  CertificateError,
  certificateMatchesHost,
  certTimeToDate,
  certTimeToSeconds,
  derCertToPemCert,
  matchHostname,
  pemCertToDerCert,
  randBytes,
  randStatus,
  SSLError,
} from "../../src/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { testServer } from "../support/pki.ts";

describe("certTimeToSeconds", () => {
  // What CPython 3.11 answers.
  it.each([
    ["Jan  5 09:34:43 2018 GMT", 1515144883],
    ["jan 5 09:34:43 2018 GMT", 1515144883],
    ["Feb 30 00:00:00 2020 GMT", 1583020800],
    ["Feb 29 00:00:60 2020 GMT", 1582934460],
    ["Feb 29 00:00:61 2020 GMT", 1582934461],
    ["Jan 1 00:00:00 1960 GMT", -315619200],
    ["Jan 1 0:0:0 1960  GMT", -315619200],
    ["Jan 1 00:00:00 0060 GMT", -60273763200],
  ])("C-14 C-15: %s", (time, seconds) => {
    expect(certTimeToSeconds(time)).toBe(seconds);
  });

  it.each([
    "Jan 5 09:34:43 2018 UTC",
    "Jan 5 09:34:43 2018",
    "Feb 29 24:00:00 2020 GMT",
    "Jan 32 00:00:00 2020 GMT",
    "Jan 00 00:00:00 1960 GMT",
    "Foo 1 00:00:00 1960 GMT",
    "Jan 1 00:00:00 60 GMT",
    "  Jan 1 00:00:00 1960 GMT",
  ])("C-14 C-15 refuses: %s", (time) => {
    expect(() => certTimeToSeconds(time)).toThrow(RangeError);
  });

  it("has a strict sister", () => {
    expect(certTimeToDate("Feb 29 00:00:00 2020 GMT").toISOString()).toBe(
      "2020-02-29T00:00:00.000Z",
    );
    expect(() => certTimeToDate("Feb 30 00:00:00 2020 GMT")).toThrow(
      RangeError,
    );
    expect(() => certTimeToDate("Feb 29 00:00:60 2020 GMT")).toThrow(
      RangeError,
    );
  });
});

describe("PEM", () => {
  it("C-17 C-18: there and back, 64 columns, a newline at the end", () => {
    const [der = new Uint8Array(0)] = testServer().chain;
    const pem = derCertToPemCert(der);
    expect(pem.startsWith("-----BEGIN CERTIFICATE-----\n")).toBe(true);
    expect(pem.endsWith("\n-----END CERTIFICATE-----\n")).toBe(true);
    expect(Math.max(...pem.split("\n").map((line) => line.length))).toBe(64);
    expect(pemCertToDerCert(pem)).toEqual(der);
    expect(pemCertToDerCert(`${pem}\n  \n`)).toEqual(der);
  });

  it("C-18: nothing before the header, nothing behind the footer", () => {
    const pem = derCertToPemCert(Uint8Array.of(0x30, 0));
    expect(() => pemCertToDerCert(` ${pem}`)).toThrow(RangeError);
    expect(() => pemCertToDerCert(`${pem}x`)).toThrow(RangeError);
    expect(() => pemCertToDerCert("-----BEGIN CERTIFICATE-----a")).toThrow(
      RangeError,
    );
  });
});

describe("matchHostname", () => {
  const dns = (...names: string[]) => ({
    subjectAltName: names.map((name) => ["DNS", name] as const),
  });
  const ip = (...names: string[]) => ({
    subjectAltName: names.map((name) => ["IP Address", name] as const),
  });

  it.each([
    ["example.com", "example.com", true],
    ["example.com", "EXAMPLE.com", true],
    ["example.com", "example.com.", true],
    ["a.b.", "a.b", false],
    ["*.example.com", "a.example.com", true],
    ["*.example.com", "a.b.example.com", false],
    ["*.example.com", "example.com", false],
    ["f*.com", "foo.com", false],
    ["www*.example.com", "www1.example.com", false],
    ["*.*.com", "a.b.com", false],
    ["*", "host", false],
    ["www.xn--pthon-kva.org", "www.xn--pthon-kva.org", true],
    ["x*.python.org", "xn--tda.python.org", false],
    ["null.python.org\0example.org", "null.python.org", false],
    ["127.0.0.1", "127.0.0.1", false],
  ])(
    "C-02 to C-09 C-12: one name and one host: %j for %j: %s",
    (pattern, host, matches) => {
      expect(certificateMatchesHost(dns(pattern), host)).toBe(matches);
      if (matches) matchHostname(dns(pattern), host);
      else
        expect(() => {
          matchHostname(dns(pattern), host);
        }).toThrow(CertificateError);
    },
  );

  it("C-09: addresses by their bytes", () => {
    expect(certificateMatchesHost(ip("10.1.2.3"), "10.1.2.3")).toBe(true);
    expect(certificateMatchesHost(ip("10.1.2.3"), "10.1.2.4")).toBe(false);
    const sixteen = ip("2001:DB8:0:0:0:0:0:1");
    expect(certificateMatchesHost(sixteen, "2001:db8::1")).toBe(true);
    expect(certificateMatchesHost(sixteen, "2001:db8::2")).toBe(false);
  });

  it("C-01: refuses an empty certificate and tells the name", () => {
    expect(() => {
      matchHostname({}, "a");
    }).toThrow(RangeError);
    expect(() => {
      matchHostname(dns("b", "c"), "a.test");
    }).toThrow(
      "Hostname mismatch, certificate is not valid for 'a.test'. (it is for b, c)",
    );
  });
});

describe("random", () => {
  it("R-01 R-03: bytes of any length, and whether there are any", () => {
    expect(randBytes(70_000)).toHaveLength(70_000);
    expect(randBytes(16)).not.toEqual(randBytes(16));
    expect(() => randBytes(-1)).toThrow(RangeError);
    expect(randStatus()).toBe(true);
  });

  it("R-01: says so where there is no source", () => {
    const none = {
      ...noble,
      random: () => {
        throw new Error("none here");
      },
    };
    expect(randStatus(none)).toBe(false);
    expect(() => randBytes(1, none)).toThrow(SSLError);
    expect(() => randBytes(1, none)).toThrow("PRNG_NOT_SEEDED");
  });
});
