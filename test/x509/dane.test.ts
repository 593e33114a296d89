import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import {
  createDaneVerifier,
  createVerifier,
  parseTlsa,
  TrustStore,
  type VerifiedChain,
  type VerifyContext,
} from "../../src/x509/index.ts";

const authority = createCertificateAuthority({ provider: noble, name: "Root" });
const between = authority.issueIntermediate({ name: "Between" });
const { chain } = between.issueServer({ hosts: ["a.test"] });
const at = {
  purpose: "serverAuth",
  serverName: "a.test",
  now: noble.now(),
} as const;

/** Verifies the chain by records, with the root trusted or nobody. */
function verify(
  text: string,
  context: Partial<VerifyContext>,
  trusted = false,
): VerifiedChain {
  const trustStore = trusted ? TrustStore.of(authority.pem) : new TrustStore();
  const verifier = createDaneVerifier({
    provider: noble,
    records: parseTlsa(text),
    pkix: createVerifier({ provider: noble, trustStore }),
  });
  return verifier.verify({ certificates: chain }, { ...at, ...context });
}

function pathBy(text: string, trusted = false, serverName = "a.test"): number {
  return verify(text, { serverName }, trusted).path.length;
}

const hex = (der: Uint8Array): string => toHex(der);
const digest = (der: Uint8Array): string =>
  toHex(noble.hashes["SHA-256"].hash(der));

describe("createDaneVerifier", () => {
  it("trusts a whole authority of a record that the peer does not send", () => {
    expect(chain).toHaveLength(2);
    expect(pathBy(`2 0 0 ${hex(authority.der)}`)).toBe(3);
    // A digest of it finds nothing that was sent.
    expect(() => pathBy(`2 0 1 ${digest(authority.der)}`)).toThrow(
      expect.objectContaining({ code: "dane_no_match", verifyCode: 65 }),
    );
    expect(pathBy(`2 0 1 ${digest(between.der)}`)).toBe(2);
  });

  it("takes the leaf for no authority, and an authority for no leaf", () => {
    const [leaf = new Uint8Array()] = chain;
    for (const usage of [0, 2])
      expect(() =>
        pathBy(`${String(usage)} 0 1 ${digest(leaf)}`, true),
      ).toThrow(expect.objectContaining({ code: "dane_no_match" }));
    for (const usage of [1, 3])
      expect(() =>
        pathBy(`${String(usage)} 0 1 ${digest(between.der)}`, true),
      ).toThrow(expect.objectContaining({ code: "dane_no_match" }));
  });

  it("believes usage 2 for the name, the dates and the use that it asks for", () => {
    const record = `2 0 1 ${digest(between.der)}`;
    expect(() => pathBy(record, false, "b.test")).toThrow(/expected name/);
    const day = 86_400_000;
    const now = noble.now() + 200 * day;
    expect(() => verify(record, { now })).toThrow(/expired/);
    expect(() => verify(record, { purpose: "clientAuth" })).toThrow(
      expect.objectContaining({ code: "wrong_purpose" }),
    );
    const [leaf = new Uint8Array()] = chain;
    expect(verify(`3 0 1 ${digest(leaf)}`, { now }).path).toEqual([]);
  });

  it("needs a trusted path and the name for usages 0 and 1", () => {
    const [leaf = new Uint8Array()] = chain;
    for (const record of [
      `0 0 1 ${digest(authority.der)}`,
      `1 0 1 ${digest(leaf)}`,
    ]) {
      expect(pathBy(record, true)).toBe(3);
      expect(() => pathBy(record)).toThrow(/issuer|trusted/);
      expect(() => pathBy(record, true, "b.test")).toThrow(/expected name/);
    }
    // And for nothing in usage 3.
    expect(pathBy(`3 0 1 ${digest(leaf)}`, false, "b.test")).toBe(0);
  });
});

it.each([
  ["3 1 1 AA BB", [3, 1, 1, "aabb"]],
  ["_443._tcp.a.test. 300 IN TLSA 3 1 1 aabb", [3, 1, 1, "aabb"]],
  ["a TLSA ( 0 0 2 aa ) ; a comment", [0, 0, 2, "aa"]],
])("parseTlsa(%j)", (text, wanted) => {
  expect(
    parseTlsa(`; comment\n\n${text}\n`).map((one) => [
      ...[one.usage, one.selector, one.matchingType, hex(one.data)],
    ]),
  ).toEqual([wanted]);
});

it("parseTlsa() has the records of an owner alone, as dig +dnssec prints them", () => {
  const text = `; <<>> DiG <<>> +dnssec _443._tcp.a.test. TLSA
_443._tcp.a.test.  300 IN CNAME _dane.b.test.
_443._tcp.a.test.  300 IN RRSIG CNAME 13 4 300 20270101000000 20261101000000 1 a.test. ab+/ cd==
_dane.B.test. 3600 IN TLSA 3 1 1 11 11
\t\t3600 IN TLSA 3 1 1 1212
_dane.b.test. 3600 IN RRSIG TLSA 13 3 3600 20270101000000 20261101000000 1 b.test. aabb
_25._tcp.a.test. IN TLSA 3 1 1 22
_443._udp.a.test. IN TLSA 3 1 1 33
_443._tcp.c.test. IN TLSA 3 1 1 44
_443._tcp.a IN TLSA 3 1 1 55
_443._tcp.a. IN TLSA 3 1 1 66
_443._tc IN TLSA 3 1 1 77
3 1 1 88
TLSA 3 1 1 99
`;
  const of = (owner?: string): string =>
    parseTlsa(text, owner)
      .map(({ data }) => hex(data))
      .join();
  expect(of("_443._tcp.A.test")).toBe("1111,1212,55,88,99");
  expect(of("_25._tcp.a.test")).toBe("22,88,99");
  expect(of("_8443._tcp.a.test")).toBe("88,99");
  expect(of()).toBe("1111,1212,22,33,44,55,66,77,88,99");
  // Names that lead to each other end.
  const circle = "a. CNAME b.\nb. CNAME a.\nb. TLSA 3 1 1 aa";
  expect(parseTlsa(circle, "a")).toHaveLength(1);
});

it.each([
  "3 1 aabb",
  "a.test. CNAME",
  "3 1 1",
  "3 1 1 abc",
  "x",
  "1 1 1 1111 zz",
  "1000 1 1 aa",
])("parseTlsa(%j) names the line", (text) => {
  expect(() => parseTlsa(`\n${text}`)).toThrow(/^line 2 is no TLSA record/);
});

it("reads a long line in time", () => {
  const began = performance.now();
  for (const text of [
    " ".repeat(200_000),
    `3 1 1 ${"a ".repeat(100_000)}x`,
    "TLSA ".repeat(40_000),
    "(".repeat(200_000),
  ])
    expect(() => parseTlsa(`${text}!`)).toThrow(TypeError);
  expect(performance.now() - began).toBeLessThan(3000);
});
