/** Each extension's decoder: what it yields and what it refuses. */
import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes.ts";
import { Certificate, OID, X509Error } from "../../../src/x509/index.ts";
import type { X509ErrorCode } from "../../../src/x509/index.ts";
import {
  bool,
  bytes,
  directory,
  dns,
  ed25519Key,
  email,
  explicit,
  extension,
  generalizedTime,
  implicit,
  int,
  ip,
  issue,
  name,
  octets,
  oid,
  otherName,
  seq,
  tlv,
  uri,
  utf8,
} from "../../support/der-builder.ts";

const key = ed25519Key(1);

function withExtension(type: string, value: Uint8Array): Certificate {
  return Certificate.parse(
    issue({ key, extensions: [extension(type, value)] }).der,
  );
}

function codeOf(run: () => unknown): X509ErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

const point = (...parts: readonly Uint8Array[]): Uint8Array =>
  seq(seq(...parts));

describe("extensions", () => {
  it("basicConstraints", () => {
    const of = (...parts: readonly Uint8Array[]) =>
      withExtension(OID.basicConstraints, seq(...parts)).basicConstraints;
    const encodesDefault = false;
    expect(of()).toEqual({
      cA: false,
      pathLenConstraint: undefined,
      encodesDefault,
    });
    expect(of(bool(true), int(3))).toEqual({
      cA: true,
      pathLenConstraint: 3,
      encodesDefault,
    });
    // Some authorities write the default out.
    expect(of(bool(false))).toEqual({
      cA: false,
      pathLenConstraint: undefined,
      encodesDefault: true,
    });
  });

  it("keyUsage", () => {
    const of = (...content: number[]) =>
      withExtension(OID.keyUsage, tlv(3, bytes(...content))).keyUsage;
    expect(of(7, 0x80)).toEqual(new Set(["digitalSignature"]));
    expect(of(1, 0x06)).toEqual(new Set(["keyCertSign", "cRLSign"]));
    expect(of(7, 0, 0x80)).toEqual(new Set(["decipherOnly"]));
  });

  it("extKeyUsage and key identifiers", () => {
    expect(
      withExtension(OID.extKeyUsage, seq(oid(OID.serverAuth), oid("1.2.3")))
        .extendedKeyUsage,
    ).toEqual([OID.serverAuth, "1.2.3"]);
    const ski = withExtension(OID.subjectKeyIdentifier, octets(bytes(1, 2)));
    expect(ski.subjectKeyIdentifier).toEqual(bytes(1, 2));
    const aki = withExtension(
      OID.authorityKeyIdentifier,
      seq(
        implicit(0, bytes(9)),
        explicit(1, directory(name("x"))),
        implicit(2, bytes(5)),
      ),
    ).authorityKeyIdentifier;
    expect(aki?.keyIdentifier).toEqual(bytes(9));
    expect(aki?.authorityCertIssuer?.[0]?.type).toBe("directoryName");
    expect(aki?.authorityCertSerialNumber).toEqual(bytes(5));
  });

  it("subjectAltName of every form", () => {
    const certificate = withExtension(
      OID.subjectAltName,
      seq(
        otherName("1.2.3", utf8("o")),
        email("a@example.com"),
        dns("null.example.com\0evil"),
        explicit(3, utf8("x400")),
        directory(name("dir")),
        explicit(5, utf8("edi")),
        uri("https://example.com/"),
        ip(192, 0, 2, 1),
        implicit(8, oid("1.2.3.4").subarray(2)),
      ),
    );
    expect(
      certificate.subjectAltName?.map((one) => [
        one.type,
        typeof one.value === "string" ? one.value : undefined,
      ]),
    ).toEqual([
      ["otherName", undefined],
      ["rfc822Name", "a@example.com"],
      ["dNSName", "null.example.com\0evil"],
      ["x400Address", undefined],
      ["directoryName", undefined],
      ["ediPartyName", undefined],
      ["uniformResourceIdentifier", "https://example.com/"],
      ["iPAddress", undefined],
      ["registeredID", "1.2.3.4"],
    ]);
  });

  it("nameConstraints", () => {
    const constraints = withExtension(
      OID.nameConstraints,
      seq(
        explicit(0, seq(dns("a"))),
        explicit(1, seq(dns("b"), implicit(0, bytes(1)))),
      ),
    ).nameConstraints;
    expect(constraints).toEqual({
      permitted: [
        { base: { type: "dNSName", value: "a" }, hasMinimumOrMaximum: false },
      ],
      excluded: [
        { base: { type: "dNSName", value: "b" }, hasMinimumOrMaximum: true },
      ],
    });
  });

  it("authorityInfoAccess", () => {
    const access = withExtension(
      OID.authorityInfoAccess,
      seq(
        seq(oid(OID.ocsp), uri("http://ocsp/")),
        seq(oid(OID.caIssuers), uri("http://ca/")),
      ),
    ).authorityInfoAccess;
    expect(
      access?.map(({ accessMethod, accessLocation }) => [
        accessMethod,
        accessLocation.value,
      ]),
    ).toEqual([
      [OID.ocsp, "http://ocsp/"],
      [OID.caIssuers, "http://ca/"],
    ]);
  });

  it("cRLDistributionPoints", () => {
    const points = withExtension(
      OID.cRLDistributionPoints,
      seq(
        seq(explicit(0, explicit(0, uri("http://crl/")))),
        seq(
          explicit(0, explicit(1, seq(oid("2.5.4.3"), utf8("x")))),
          implicit(1, bytes(6, 0x40)),
          explicit(2, directory(name("i"))),
        ),
      ),
    ).crlDistributionPoints;
    expect(points?.[0]).toEqual({
      fullName: [{ type: "uniformResourceIdentifier", value: "http://crl/" }],
      nameRelativeToCRLIssuer: undefined,
      reasons: undefined,
      cRLIssuer: undefined,
    });
    expect(points?.[1]?.reasons).toBe(2);
    expect(toHex(points?.[1]?.nameRelativeToCRLIssuer ?? bytes())).toContain(
      "550403",
    );
    expect(points?.[1]?.cRLIssuer?.length).toBe(1);
  });

  it("TLS features: must-staple", () => {
    const of = (...features: readonly number[]): boolean =>
      withExtension(OID.tlsFeature, seq(...features.map((one) => int(one))))
        .mustStaple;
    expect([of(5), of(17), of(17, 5)]).toEqual([true, false, true]);
  });

  it("policies", () => {
    const policies = withExtension(
      OID.certificatePolicies,
      seq(
        seq(oid("1.2.3")),
        seq(oid(OID.anyPolicy), seq(seq(oid("1.3"), utf8("cps")))),
      ),
    );
    expect(policies.certificatePolicies).toEqual(["1.2.3", OID.anyPolicy]);
    expect(
      withExtension(OID.policyMappings, seq(seq(oid("1.2.3"), oid("1.2.4"))))
        .policyMappings,
    ).toEqual([{ issuerDomainPolicy: "1.2.3", subjectDomainPolicy: "1.2.4" }]);
    expect(
      withExtension(OID.policyConstraints, seq(implicit(0, bytes(2))))
        .policyConstraints,
    ).toEqual({ requireExplicitPolicy: 2, inhibitPolicyMapping: undefined });
    expect(withExtension(OID.inhibitAnyPolicy, int(4)).inhibitAnyPolicy).toBe(
      4,
    );
  });

  it("are absent when they are not there", () => {
    const bare = Certificate.parse(issue({ key }).der);
    expect([
      bare.basicConstraints,
      bare.keyUsage,
      bare.subjectAltName,
      bare.crlDistributionPoints,
      bare.mustStaple,
    ]).toEqual([undefined, undefined, undefined, undefined, false]);
  });
});

type Getter = (certificate: Certificate) => unknown;
const MALFORMED: readonly [string, string, Uint8Array, Getter][] = [
  [
    "basicConstraints with a negative length",
    OID.basicConstraints,
    seq(bool(true), int(bytes(0xff))),
    (c) => c.basicConstraints,
  ],
  [
    "basicConstraints with more",
    OID.basicConstraints,
    seq(bool(true), int(1), int(1)),
    (c) => c.basicConstraints,
  ],
  ["keyUsage without a bit", OID.keyUsage, tlv(3, bytes(0)), (c) => c.keyUsage],
  [
    "keyUsage with a set unused bit",
    OID.keyUsage,
    tlv(3, bytes(7, 0x81)),
    (c) => c.keyUsage,
  ],
  ["an empty extKeyUsage", OID.extKeyUsage, seq(), (c) => c.extendedKeyUsage],
  [
    "extKeyUsage of strings",
    OID.extKeyUsage,
    seq(utf8("x")),
    (c) => c.extendedKeyUsage,
  ],
  [
    "a dNSName above ASCII",
    OID.subjectAltName,
    seq(implicit(2, bytes(0xc3, 0xa9))),
    (c) => c.subjectAltName,
  ],
  [
    "a GeneralName of no kind",
    OID.subjectAltName,
    seq(implicit(9, bytes(1))),
    (c) => c.subjectAltName,
  ],
  [
    "a directoryName with two names",
    OID.subjectAltName,
    seq(explicit(4, name("a"), name("b"))),
    (c) => c.subjectAltName,
  ],
  [
    "subjectAltName with trailing bytes",
    OID.subjectAltName,
    bytes(...seq(dns("a")), 0),
    (c) => c.subjectAltName,
  ],
  [
    "empty nameConstraints",
    OID.nameConstraints,
    seq(),
    (c) => c.nameConstraints,
  ],
  [
    "nameConstraints with empty subtrees",
    OID.nameConstraints,
    seq(explicit(0)),
    (c) => c.nameConstraints,
  ],
  [
    "an empty authorityInfoAccess",
    OID.authorityInfoAccess,
    seq(),
    (c) => c.authorityInfoAccess,
  ],
  [
    "authorityInfoAccess without a location",
    OID.authorityInfoAccess,
    seq(seq(oid(OID.ocsp))),
    (c) => c.authorityInfoAccess,
  ],
  // P-21: the shape of CVE-2019-5010.
  [
    "an empty DistributionPointName",
    OID.cRLDistributionPoints,
    point(explicit(0)),
    (c) => c.crlDistributionPoints,
  ],
  [
    "a DistributionPointName of a third kind",
    OID.cRLDistributionPoints,
    point(explicit(0, explicit(2))),
    (c) => c.crlDistributionPoints,
  ],
  [
    "a TLS feature that is no number",
    OID.tlsFeature,
    seq(utf8("5")),
    (c) => c.mustStaple,
  ],
  [
    "an authorityKeyIdentifier out of order",
    OID.authorityKeyIdentifier,
    seq(implicit(2, bytes(1)), implicit(0, bytes(1))),
    (c) => c.authorityKeyIdentifier,
  ],
];

const MALFORMED_POLICIES: readonly [string, string, Uint8Array, Getter][] = [
  [
    "a policy twice",
    OID.certificatePolicies,
    seq(seq(oid("1.2.3")), seq(oid("1.2.3"))),
    (c) => c.certificatePolicies,
  ],
  [
    "empty qualifiers",
    OID.certificatePolicies,
    seq(seq(oid("1.2.3"), seq())),
    (c) => c.certificatePolicies,
  ],
  ["no mappings", OID.policyMappings, seq(), (c) => c.policyMappings],
  [
    "a mapping of anyPolicy",
    OID.policyMappings,
    seq(seq(oid("1.2.3"), oid(OID.anyPolicy))),
    (c) => c.policyMappings,
  ],
  [
    "empty policyConstraints",
    OID.policyConstraints,
    seq(),
    (c) => c.policyConstraints,
  ],
  [
    "a negative inhibitAnyPolicy",
    OID.inhibitAnyPolicy,
    int(bytes(0x80)),
    (c) => c.inhibitAnyPolicy,
  ],
];

describe("malformed extensions", () => {
  it.each(MALFORMED)("%s", (_, type, value, get) => {
    const certificate = withExtension(type, value);
    expect(codeOf(() => get(certificate))).toBe("malformed_extension");
  });

  it.each(MALFORMED_POLICIES)("%s", (_, type, value, get) => {
    const certificate = withExtension(type, value);
    expect(codeOf(() => get(certificate))).toBe("malformed_policy_extension");
  });
});

describe("the list of extensions", () => {
  const parse =
    (...extensions: readonly Uint8Array[]) =>
    () =>
      Certificate.parse(issue({ key, extensions }).der);
  const one = extension("1.2.3", bytes(5, 0));

  it("keeps order, criticality and bytes", () => {
    const { extensions } = parse(one, extension("1.2.4", utf8("x"), true))();
    expect(
      extensions.map(({ oid: type, critical, value }) => [
        type,
        critical,
        toHex(value),
      ]),
    ).toEqual([
      ["1.2.3", false, "0500"],
      ["1.2.4", true, "0c0178"],
    ]);
  });

  it.each([
    ["a duplicate", [one, one]],
    ["no value", [seq(oid("1.2.3"))]],
    ["more than a value", [seq(oid("1.2.3"), octets(), octets())]],
  ])("refuses %s", (_, extensions) => {
    expect(codeOf(parse(...extensions))).toBe("malformed_certificate");
  });

  it("accepts an encoded default, and reports it", () => {
    const { extensions } = parse(seq(oid("1.2.3"), bool(false), octets()))();
    expect(extensions).toMatchObject([
      { oid: "1.2.3", critical: false, encodesDefault: true },
    ]);
  });

  it.each([OID.cRLDistributionPoints, OID.certificatePolicies])(
    "accepts an empty list in %s",
    (type) => {
      const certificate = parse(extension(type, seq()))();
      expect(certificate.crlDistributionPoints ?? []).toEqual([]);
      expect(certificate.certificatePolicies ?? []).toEqual([]);
    },
  );

  it("does not mistake a GeneralizedTime for a name", () => {
    const value = seq(generalizedTime(0));
    expect(
      codeOf(() => withExtension(OID.subjectAltName, value).subjectAltName),
    ).toBe("malformed_extension");
  });
});
