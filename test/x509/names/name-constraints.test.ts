/** RFC 5280 4.2.1.10, rule by rule. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { X509ErrorCode } from "../../../src/x509/index.ts";
import {
  createVerifier,
  OID,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import type { CertificateSpec } from "../../support/der-builder.ts";
import {
  caExtensions,
  directory,
  dns,
  ed25519Key,
  email,
  extension,
  ia5,
  intermediate,
  ip,
  issue,
  leaf,
  leafExtensions,
  name,
  nameConstraints,
  NOW,
  otherName,
  rdn,
  root,
  seq,
  set,
  subjectAltName,
  uri,
  utf8,
  oid,
  implicit,
} from "../../support/der-builder.ts";

const anchor = root(1);
const caKey = ed25519Key(20);

interface Scene {
  readonly permitted?: readonly Uint8Array[];
  readonly excluded?: readonly Uint8Array[];
  readonly names?: readonly Uint8Array[];
  readonly leaf?: Partial<CertificateSpec>;
  readonly checkCommonName?: boolean;
}

function judge(scene: Scene): X509ErrorCode | "ok" {
  const { permitted = [], excluded = [], names = [dns("example.com")] } = scene;
  const constraints = nameConstraints(permitted, excluded);
  const ca = intermediate(20, anchor, {
    extensions: [...caExtensions(caKey, anchor.key), constraints],
  });
  const end = leaf(ca, {
    extensions: [
      ...leafExtensions(caKey).slice(0, 3),
      ...(names.length === 0 ? [] : [subjectAltName(names)]),
    ],
    ...scene.leaf,
  });
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(anchor.der),
    checkCommonName: scene.checkCommonName ?? false,
  });
  try {
    verifier.verify(
      { certificates: [end.der, ca.der] },
      { purpose: "serverAuth", serverName: undefined, now: NOW },
    );
    return "ok";
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

const [OUT, HIT, NAME, SYNTAX] = [
  "permitted_violation",
  "excluded_violation",
  "unsupported_name_syntax",
  "unsupported_constraint_syntax",
] as const;

describe("DNS names", () => {
  it.each([
    ["example.com", "example.com", "ok"],
    ["example.com", "a.b.example.com", "ok"],
    ["EXAMPLE.com", "a.Example.COM", "ok"],
    ["example.com", "badexample.com", OUT],
    ["a.example.com", "example.com", OUT],
    ["", "anything.example", "ok"],
    ["example.com", "*.example.com", "ok"],
    ["foo.example.com", "*.example.com", OUT],
    ["example.com", "not a name", NAME],
    // A leading dot, as enterprises write it: the names below, as OpenSSL has it.
    [".example.com", "a.example.com", "ok"],
    [".example.com", "a.b.example.com", "ok"],
    [".example.com", "example.com", OUT],
    [".example.com", "badexample.com", OUT],
    [".example.com", "*.example.com", "ok"],
    [".example.com", "*.com", OUT],
    ["..example.com", "a.example.com", SYNTAX],
    ["*.example.com", "a.example.com", SYNTAX],
  ] as const)("permitted %j, name %j: %s", (base, value, expected) => {
    expect(judge({ permitted: [dns(base)], names: [dns(value)] })).toBe(
      expected,
    );
  });

  it.each([
    ["example.com", "example.com", HIT],
    ["example.com", "a.example.com", HIT],
    ["example.com", "example.org", "ok"],
    ["bar.example.com", "*.example.com", HIT],
    [".example.com", "a.example.com", HIT],
    [".example.com", "example.com", "ok"],
    [".example.com", "*.example.com", HIT],
    ["a.bar.example.com", "*.example.com", "ok"],
    ["com", "*.example.com", HIT],
    ["", "example.org", HIT],
  ] as const)("excluded %j, name %j: %s", (base, value, expected) => {
    expect(judge({ excluded: [dns(base)], names: [dns(value)] })).toBe(
      expected,
    );
  });

  it("exclusion wins, any permitted subtree is enough, every name counts", () => {
    const permitted = [dns("example.com"), dns("example.org")];
    expect(judge({ permitted, names: [dns("a.example.org")] })).toBe("ok");
    expect(
      judge({
        permitted,
        excluded: [dns("a.example.org")],
        names: [dns("a.example.org")],
      }),
    ).toBe(HIT);
    expect(
      judge({ permitted, names: [dns("a.example.org"), dns("a.example.net")] }),
    ).toBe(OUT);
  });

  it("bind the common name only where it may stand for a DNS name", () => {
    const scene = {
      permitted: [dns("example.com")],
      names: [],
      leaf: { subject: "example.org" },
    };
    expect(judge(scene)).toBe("ok");
    expect(judge({ ...scene, checkCommonName: true })).toBe(OUT);
    expect(
      judge({
        ...scene,
        leaf: { subject: "a.example.com" },
        checkCommonName: true,
      }),
    ).toBe("ok");
  });
});

describe("addresses", () => {
  const net = ip(10, 1, 0, 0, 255, 255, 0, 0);
  it.each([
    ["inside", net, ip(10, 1, 2, 3), "ok"],
    ["outside", net, ip(10, 2, 2, 3), OUT],
    ["of the other family", net, ip(...new Array<number>(16).fill(0)), OUT],
    ["of five bytes", net, ip(10, 1, 2, 3, 4), NAME],
    [
      "with host bits in the base",
      ip(10, 1, 9, 9, 255, 255, 0, 0),
      ip(10, 1, 2, 3),
      "ok",
    ],
    [
      "below a mask with holes",
      ip(10, 1, 0, 0, 255, 0, 255, 0),
      ip(10, 1, 2, 3),
      SYNTAX,
    ],
    [
      "below a mask that starts with zeros",
      ip(10, 1, 0, 0, 0, 255, 0, 0),
      ip(10, 1, 2, 3),
      SYNTAX,
    ],
    [
      "below a single address",
      ip(10, 1, 2, 3, 255, 255, 255, 255),
      ip(10, 1, 2, 3),
      "ok",
    ],
    ["below everything", ip(0, 0, 0, 0, 0, 0, 0, 0), ip(10, 1, 2, 3), "ok"],
  ] as const)("%s", (_, base, address, expected) => {
    expect(judge({ permitted: [base], names: [address] })).toBe(expected);
  });

  it("of 16 bytes", () => {
    const prefix = [0x20, 1, 0x0d, 0xb8, ...new Array<number>(12).fill(0)];
    const mask = [255, 255, 255, 255, ...new Array<number>(12).fill(0)];
    const inside = ip(...prefix.slice(0, 15), 1);
    expect(
      judge({ permitted: [ip(...prefix, ...mask)], names: [inside] }),
    ).toBe("ok");
    expect(judge({ excluded: [ip(...prefix, ...mask)], names: [inside] })).toBe(
      HIT,
    );
  });
});

describe("mailboxes", () => {
  it.each([
    ["example.com", "a@example.com", "ok"],
    ["example.com", "a@EXAMPLE.com", "ok"],
    ["example.com", "a@b.example.com", OUT],
    [".example.com", "a@b.example.com", "ok"],
    [".example.com", "a@example.com", OUT],
    ["a@example.com", "a@example.com", "ok"],
    ["a@example.com", "A@example.com", OUT],
    ["a@example.com", "b@example.com", OUT],
    ["example.com", '"a@b"@example.com', "ok"],
    ["example.com", "a@b@example.com", NAME],
    ["example.com", "@example.com", NAME],
    ["example.com", "example.com", NAME],
    ["a b@example.com", "a@example.com", SYNTAX],
    ["*.example.com", "a@example.com", SYNTAX],
  ] as const)("permitted %j, mailbox %j: %s", (base, value, expected) => {
    expect(judge({ permitted: [email(base)], names: [email(value)] })).toBe(
      expected,
    );
  });

  it("stand in the subject too", () => {
    const subject = seq(rdn(OID.emailAddress, ia5("a@example.org")));
    expect(
      judge({ permitted: [email("example.com")], leaf: { subject } }),
    ).toBe(OUT);
    expect(judge({ excluded: [email("example.com")], leaf: { subject } })).toBe(
      "ok",
    );
  });
});

describe("URIs", () => {
  it.each([
    ["example.com", "https://example.com/path", "ok"],
    ["example.com", "https://user@EXAMPLE.com:8443?x", "ok"],
    ["example.com", "https://a.example.com/", OUT],
    [".example.com", "ldap://a.example.com", "ok"],
    [".example.com", "https://example.com/", OUT],
    ["example.com", "https://192.0.2.1/", NAME],
    ["example.com", "https://[::1]/", NAME],
    ["example.com", "urn:x:y", NAME],
    ["https://example.com", "https://example.com/", SYNTAX],
  ] as const)("permitted %j, URI %j: %s", (base, value, expected) => {
    expect(judge({ permitted: [uri(base)], names: [uri(value)] })).toBe(
      expected,
    );
  });
});

describe("directory names", () => {
  const organization = (value: string): Uint8Array =>
    rdn("2.5.4.10", utf8(value));
  const host = rdn(OID.commonName, utf8("host"));
  const base = directory(seq(organization("Example Inc")));
  const subject = seq(organization("EXAMPLE  inc"), host);

  it("of the subject begin with the base's RDNs", () => {
    expect(judge({ permitted: [base], leaf: { subject } })).toBe("ok");
    expect(
      judge({
        permitted: [base],
        leaf: { subject: seq(host, organization("Example Inc")) },
      }),
    ).toBe(OUT);
    expect(judge({ permitted: [base], leaf: { subject: name("x") } })).toBe(
      OUT,
    );
    expect(judge({ excluded: [base], leaf: { subject } })).toBe(HIT);
    expect(
      judge({
        permitted: [directory(subject)],
        leaf: { subject: seq(organization("Example Inc")) },
      }),
    ).toBe(OUT);
  });

  it("of subjectAltName count as well", () => {
    const names = [directory(name("other"))];
    expect(judge({ permitted: [base], names, leaf: { subject } })).toBe(OUT);
  });

  it("compare whole RDNs", () => {
    const multi = seq(
      set(
        seq(oid("2.5.4.10"), utf8("Example Inc")),
        seq(oid("2.5.4.11"), utf8("x")),
      ),
    );
    expect(judge({ permitted: [base], leaf: { subject: multi } })).toBe(OUT);
  });
});

describe("forms that cannot be compared", () => {
  const other = otherName("1.2.3", utf8("x"));
  const registered = implicit(8, oid("1.2.3").subarray(2));

  it.each([
    ["otherName", other],
    ["registeredID", registered],
  ] as const)("%s", (_, form) => {
    const code = "unsupported_constraint_type";
    expect(judge({ excluded: [form], names: [form] })).toBe(code);
    expect(judge({ permitted: [form], names: [form] })).toBe(code);
    expect(judge({ excluded: [form] })).toBe("ok");
    expect(judge({ excluded: [dns("example.org")], names: [form] })).toBe("ok");
  });
});

describe("certificates that are bound", () => {
  const verify = (
    trusted: Uint8Array,
    ...chain: readonly Uint8Array[]
  ): string => {
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(trusted),
    });
    try {
      verifier.verify(
        { certificates: chain },
        { purpose: "serverAuth", serverName: undefined, now: NOW },
      );
      return "ok";
    } catch (error) {
      return error instanceof X509Error
        ? `${error.code} ${String(error.depth)}`
        : String(error);
    }
  };
  const only = (...bases: readonly string[]): Uint8Array =>
    nameConstraints(bases.map(dns));
  const limited = (number: number, bases: readonly string[]) =>
    root(number, {
      extensions: [...caExtensions(ed25519Key(number)), only(...bases)],
    });

  it("the anchor's constraints hold", () => {
    const top = limited(2, ["example.org"]);
    expect(verify(top.der, leaf(top).der)).toBe("permitted_violation 0");
  });

  it("permitted sets of two CAs intersect", () => {
    const top = limited(3, ["example.com", "example.org"]);
    const ca = intermediate(21, top, {
      extensions: [
        ...caExtensions(ed25519Key(21), top.key),
        only("example.com", "example.net"),
      ],
    });
    const of = (host: string): string =>
      verify(
        top.der,
        leaf(ca, { extensions: leafExtensions(ca.key, host) }).der,
        ca.der,
      );
    expect(["example.com", "example.org", "example.net"].map(of)).toEqual([
      "ok",
      "permitted_violation 0",
      "permitted_violation 0",
    ]);
  });

  it("an intermediate's own names are checked, a self-issued one's are not", () => {
    const top = limited(4, ["example.com"]);
    const extensions = [
      ...caExtensions(ed25519Key(22), top.key),
      subjectAltName([dns("example.org")]),
    ];
    const ca = intermediate(22, top, { extensions });
    expect(verify(top.der, leaf(ca).der, ca.der)).toBe("permitted_violation 1");
    const rolled = intermediate(22, top, { extensions, subject: "Root 4" });
    expect(verify(top.der, leaf(rolled).der, rolled.der)).toBe("ok");
    // A self-issued leaf is not spared.
    const end = issue({
      key: ed25519Key(23),
      issuer: top,
      subject: "Root 4",
      extensions: leafExtensions(top.key, "example.org"),
    });
    expect(verify(top.der, end.der)).toBe("permitted_violation 0");
  });

  it("a leaf must not have any", () => {
    const end = leaf(anchor, {
      extensions: [...leafExtensions(anchor.key), only("example.com")],
    });
    expect(verify(anchor.der, end.der)).toBe("inconsistent_extensions 0");
  });

  it("a constraint that is not critical holds all the same", () => {
    const value = seq(implicit(0, new Uint8Array()));
    const soft = extension(OID.nameConstraints, value);
    const top = root(5, { extensions: [...caExtensions(ed25519Key(5)), soft] });
    expect(verify(top.der, leaf(top).der)).toContain("malformed_extension");
  });

  it("thousands of names under thousands of constraints end in a budget", () => {
    const many = Array.from(
      { length: 1500 },
      (_, i) => `h${i.toString()}.example.com`,
    );
    const top = limited(6, many);
    const end = leaf(top, {
      extensions: [
        ...leafExtensions(top.key).slice(0, 3),
        subjectAltName(many.map(dns)),
      ],
    });
    expect(verify(top.der, end.der)).toBe("name_budget_exceeded 0");
    const few = leaf(top, {
      extensions: [
        ...leafExtensions(top.key).slice(0, 3),
        subjectAltName(many.slice(0, 100).map(dns)),
      ],
    });
    expect(verify(top.der, few.der)).toBe("ok");
  });
});
