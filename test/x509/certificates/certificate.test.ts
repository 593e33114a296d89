import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import * as pkijs from "pkijs";
import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes.ts";
import {
  attributeName,
  Certificate,
  parsePem,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import type { CertificateSpec } from "../../support/der-builder.ts";
import {
  basicConstraints,
  bits,
  bytes,
  dns,
  ed25519Key,
  explicit,
  generalizedTime,
  int,
  ip,
  issue,
  keyUsage,
  leafExtensions,
  name,
  NOW,
  rdn,
  seq,
  subjectAltName,
  tlv,
  uri,
  utf8,
} from "../../support/der-builder.ts";

const key = ed25519Key(1);
const SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** OpenSSL's long names, as node prints short ones. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  commonName: "CN",
  countryName: "C",
  organizationName: "O",
  organizationalUnitName: "OU",
  localityName: "L",
  stateOrProvinceName: "ST",
  domainComponent: "DC",
};

/** Compares every fact that node:crypto reports, as it reports it. */
function compareWithNode(der: Uint8Array): void {
  const theirs = new X509Certificate(der);
  const ours = Certificate.parse(der);
  expect(BigInt(`0x${toHex(ours.serialNumber)}`)).toBe(
    BigInt(`0x${theirs.serialNumber}`),
  );
  expect(ours.notBefore).toBe(Date.parse(theirs.validFrom));
  expect(ours.notAfter).toBe(Date.parse(theirs.validTo));
  expect(ours.basicConstraints?.cA ?? false).toBe(theirs.ca);
  expect(toHex(ours.subjectPublicKeyInfoDer)).toBe(
    theirs.publicKey.export({ type: "spki", format: "der" }).toString("hex"),
  );
  expect(Buffer.from(ours.der).equals(theirs.raw)).toBe(true);
  expect(createHash("sha256").update(ours.der).digest("hex")).toBe(
    theirs.fingerprint256.replaceAll(":", "").toLowerCase(),
  );
  const lines = ours.subject.relativeDistinguishedNames
    .flat()
    .map(({ type, value }) => ({ type: attributeName(type), value }))
    .filter(({ type }) => type in SHORT_NAMES)
    .map(({ type, value }) => `${SHORT_NAMES[type] ?? ""}=${value}`);
  const text = theirs.subject.replace(/\\/g, "");
  for (const line of lines) expect(text).toContain(line.replace(/\\/g, ""));
  expect(ours.keyUsage === undefined).toBe(
    pkiExtension(der, "2.5.29.15") === undefined,
  );
}

const parsePkijs = (der: Uint8Array): pkijs.Certificate =>
  pkijs.Certificate.fromBER(der.slice().buffer);

function pkiExtension(der: Uint8Array, oid: string): string | undefined {
  const found = parsePkijs(der).extensions?.find(
    ({ extnID }) => extnID === oid,
  );
  return (
    found &&
    Buffer.from(found.extnValue.valueBlock.valueHexView).toString("hex")
  );
}

function compareWithPkijs(der: Uint8Array): void {
  const theirs = parsePkijs(der);
  const ours = Certificate.parse(der);
  expect(ours.version).toBe(theirs.version + 1);
  expect(ours.signatureAlgorithm.oid).toBe(
    theirs.signatureAlgorithm.algorithmId,
  );
  expect(toHex(ours.tbs)).toBe(Buffer.from(theirs.tbsView).toString("hex"));
  expect(toHex(ours.signature)).toBe(
    Buffer.from(theirs.signatureValue.valueBlock.valueHexView).toString("hex"),
  );
  expect(
    ours.extensions.map(({ oid, critical, value }) => [
      oid,
      critical,
      toHex(value),
    ]),
  ).toEqual(
    (theirs.extensions ?? []).map(({ extnID, critical, extnValue }) => [
      extnID,
      critical,
      Buffer.from(extnValue.valueBlock.valueHexView).toString("hex"),
    ]),
  );
  expect(
    ours.issuer.relativeDistinguishedNames.flat().map(({ type }) => type),
  ).toEqual(theirs.issuer.typesAndValues.map(({ type }) => type));
}

const bundle = existsSync(SYSTEM_BUNDLE) ? describe : describe.skip;

bundle(`the system's bundle (skipped without ${SYSTEM_BUNDLE})`, () => {
  const blocks = existsSync(SYSTEM_BUNDLE)
    ? parsePem(readFileSync(SYSTEM_BUNDLE, "latin1"))
    : [];

  it("is read as node:crypto and pkijs read it", () => {
    expect(blocks.length).toBeGreaterThan(50);
    for (const { der } of blocks) {
      compareWithNode(der);
      compareWithPkijs(der);
    }
  });

  it("decodes in every corner, and makes a trust store", () => {
    const store = TrustStore.of(readFileSync(SYSTEM_BUNDLE));
    expect(store.size).toBe(blocks.length);
    expect(store.statistics.x509Ca).toBe(blocks.length);
    for (const certificate of store.certificates) {
      expect(certificate.subjectPublicKeyInfo.key.type).toMatch(/^(rsa|ec)$/);
      expect(store.findBySubject(certificate.subject)).toContain(certificate);
      expect(certificate.isSelfIssued).toBe(true);
      const id = certificate.subjectKeyIdentifier;
      if (id !== undefined)
        expect(store.findByKeyIdentifier(id)).toContain(certificate);
    }
  });
});

describe("generated certificates", () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const spec = fc.record({
    subject: fc.array(
      fc.tuple(
        fc.constantFrom("2.5.4.3", "2.5.4.10", "2.5.4.11"),
        fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    serial: fc.integer({ min: 1, max: 2 ** 47 }),
    days: fc.integer({ min: 1, max: 20_000 }),
    names: fc.array(label, { minLength: 1, maxLength: 5 }),
    cA: fc.boolean(),
  });

  it("are read as node:crypto and pkijs read them", () => {
    fc.assert(
      fc.property(spec, ({ subject, serial, days, names, cA }) => {
        const { der } = issue({
          key,
          subject: seq(
            ...subject.map(([type, value]) => rdn(type, utf8(value))),
          ),
          serialNumber: int(serial),
          notAfter: NOW + days * 86_400_000,
          extensions: [
            basicConstraints(cA),
            keyUsage(cA ? 5 : 0),
            subjectAltName([
              ...names.map(dns),
              uri("https://a/"),
              ip(10, 0, 0, 1),
            ]),
          ],
        });
        compareWithNode(der);
        compareWithPkijs(der);
        const { subjectAltName: list } = new X509Certificate(der);
        const ours = (Certificate.parse(der).subjectAltName ?? []).map((one) =>
          one.type === "dNSName" ? `DNS:${one.value}` : "",
        );
        for (const entry of ours) expect(list).toContain(entry);
      }),
      { numRuns: 60 },
    );
  });
});

/** Everything that a certificate can be asked. */
function lookEverywhere(certificate: Certificate): void {
  const keys = Object.getOwnPropertyNames(Certificate.prototype);
  for (const property of keys) {
    const getter = Object.getOwnPropertyDescriptor(
      Certificate.prototype,
      property,
    )?.get;
    if (getter === undefined) continue;
    try {
      getter.call(certificate);
    } catch (error) {
      expect(error).toBeInstanceOf(X509Error);
    }
  }
}

describe("forgetDecoded", () => {
  it("changes nothing that can be asked", () => {
    const look = (certificate: Certificate): unknown[] => [
      certificate.der,
      certificate.version,
      certificate.serialNumber,
      certificate.issuer.key,
      certificate.subject.key,
      certificate.notBefore,
      certificate.notAfter,
      certificate.tbs,
      certificate.signature,
      certificate.signatureAlgorithm,
      certificate.subjectPublicKeyInfo,
      certificate.basicConstraints,
      certificate.keyUsage,
      certificate.extendedKeyUsage,
      certificate.subjectAltName,
      certificate.authorityKeyIdentifier,
      certificate.extensions.map(({ oid, value }) => [oid, value]),
    ];
    const certificate = Certificate.parse(
      issue({ key, extensions: leafExtensions(key) }).der,
    );
    const before = look(certificate);
    const { subject } = certificate;
    certificate.forgetDecoded();
    expect(certificate.subject).not.toBe(subject);
    expect(look(certificate)).toEqual(before);
  });
});

describe("hostile bytes", () => {
  const { der } = issue({ key, extensions: leafExtensions(key) });

  it("end in X509Error or in a certificate, never in anything else", () => {
    const edit = fc.tuple(
      fc.nat(der.length - 1),
      fc.nat(255),
      fc.constantFrom("set", "cut", "insert", "remove"),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let mutated = [...der];
        for (const [at, value, how] of edits) {
          if (how === "set") mutated[at % Math.max(1, mutated.length)] = value;
          else if (how === "cut") mutated = mutated.slice(0, at);
          else if (how === "insert") mutated.splice(at, 0, value);
          else mutated.splice(at, 1);
        }
        let certificate: Certificate;
        try {
          certificate = Certificate.parse(Uint8Array.from(mutated));
        } catch (error) {
          expect(error).toBeInstanceOf(X509Error);
          return;
        }
        lookEverywhere(certificate);
      }),
      { numRuns: 3000 },
    );
  });

  it("may be cut anywhere", () => {
    for (let length = 0; length < der.length; length++)
      expect(() => Certificate.parse(der.subarray(0, length))).toThrow(
        X509Error,
      );
  });

  it("may be deeply nested: nothing descends into what it does not know", () => {
    let nested: Uint8Array = bytes(5, 0);
    for (let depth = 0; depth < 3000; depth++) nested = seq(nested);
    const subject = seq(rdn("1.2.3", nested));
    const certificate = Certificate.parse(issue({ key, subject }).der);
    expect(
      certificate.subject.relativeDistinguishedNames[0]?.[0]?.value.startsWith(
        "#30",
      ),
    ).toBe(true);
    expect(() => Certificate.parse(nested)).toThrow(X509Error);
  });
});

describe("Certificate.parse", () => {
  const parse = (spec: Partial<CertificateSpec>): Certificate =>
    Certificate.parse(issue({ key, ...spec }).der);

  it("owns its bytes", () => {
    const { der } = issue({ key });
    const view = new DataView(der.slice().buffer);
    const certificate = Certificate.parse(view);
    view.setUint8(0, 0);
    expect(certificate.der).toEqual(der);
    expect(() => Certificate.parse("x" as unknown as Uint8Array)).toThrow(
      TypeError,
    );
  });

  it("reads versions 1, 2 and 3", () => {
    expect(parse({ version: undefined }).version).toBe(1);
    expect(parse({ version: 1 }).version).toBe(2);
    expect(parse({}).version).toBe(3);
  });

  it("keeps the serial number as it stands", () => {
    expect(toHex(parse({ serialNumber: int(128) }).serialNumber)).toBe("0080");
    expect(toHex(parse({ serialNumber: int(bytes(0x80)) }).serialNumber)).toBe(
      "80",
    );
  });

  it("reads dates of both kinds", () => {
    const late = parse({ notAfter: Date.UTC(2050, 0, 1) });
    expect(late.notAfter).toBe(Date.UTC(2050, 0, 1));
    expect(late.usesGeneralizedTimeEarly).toBe(false);
  });

  const { der } = issue({ key, version: undefined });
  const tbsParts = (...parts: readonly Uint8Array[]): Uint8Array =>
    seq(seq(...parts), key.algorithm, bits(new Uint8Array(64)));
  const validity = seq(generalizedTime(NOW), generalizedTime(NOW));
  const rest = [
    key.algorithm,
    name("i"),
    validity,
    name("s"),
    key.spki,
  ] as const;

  it("notes a GeneralizedTime before 2050", () => {
    expect(
      Certificate.parse(tbsParts(explicit(0, int(2)), int(1), ...rest))
        .usesGeneralizedTimeEarly,
    ).toBe(true);
  });

  it.each([
    [
      "version 1 that is encoded",
      tbsParts(explicit(0, int(0)), int(1), ...rest),
    ],
    ["version 4", tbsParts(explicit(0, int(3)), int(1), ...rest)],
    [
      "a serial number that is not minimal",
      tbsParts(explicit(0, int(2)), int(bytes(0, 1)), ...rest),
    ],
    [
      "unique identifiers in version 1",
      tbsParts(int(1), ...rest, tlv(0x81, bytes(0, 1))),
    ],
    ["trailing fields", tbsParts(explicit(0, int(2)), int(1), ...rest, int(5))],
    ["trailing bytes", bytes(...der, 0)],
    [
      "a signature of odd bits",
      seq(
        seq(explicit(0, int(2)), int(1), ...rest),
        key.algorithm,
        bits(bytes(0x80), 7),
      ),
    ],
    ["no key", tbsParts(explicit(0, int(2)), int(1), ...rest.slice(0, 4))],
    [
      "empty extensions",
      tbsParts(explicit(0, int(2)), int(1), ...rest, explicit(3, seq())),
    ],
  ])("refuses %s", (_, bad) => {
    expect(() => Certificate.parse(bad)).toThrow(X509Error);
  });

  it.each([undefined, 1])(
    "refuses extensions below version 3 (%s)",
    (version) => {
      expect(() => parse({ version, extensions: [keyUsage(0)] })).toThrow(
        "only a version 3",
      );
    },
  );
});
