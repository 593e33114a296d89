/** The verifiers' face, and what every certificate must fulfil. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  Certificate,
  createVerifier,
  createVerifierOf,
  dangerouslyAcceptAnyCertificate,
  isVerifiedChain,
  OID,
  TrustStore,
  verifiedByCaller,
  X509_ERRORS,
  verifyMessage,
  X509Error,
} from "../../../src/x509/index.ts";
import { readLeaf } from "../../../src/x509/verifier.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  bytes,
  caExtensions,
  dns,
  ed25519Key,
  extension,
  extKeyUsage,
  int,
  intermediate,
  issue,
  keyUsage,
  leaf,
  leafExtensions,
  name,
  octets,
  rdn,
  root,
  seq,
  subjectAltName,
  utf8,
} from "../../support/der-builder.ts";
import {
  anchor,
  context,
  end,
  leafOf,
  middle,
  outcome,
} from "../../support/verdicts.ts";

/** Both factories, with options over the usual ones. */
function makers(more: object): readonly (() => unknown)[] {
  const usual = { provider: noble, trustStore: new TrustStore() };
  return [
    () => createVerifier(Object.assign({ ...usual }, more)),
    () => createVerifierOf([], Object.assign({ ...usual }, more)),
  ];
}

describe("createVerifier", () => {
  it.each([
    ["profile", "lint", '"lint"; one of default, strict, issuance is'],
    ["securityLevel", 6, "6; one of 0, 1, 2, 3, 4, 5 is"],
    ["securityLevel", "2", '"2"; one of 0, 1, 2, 3, 4, 5 is'],
    ["crlCheck", "all", '"all"; one of none, leaf, chain is'],
    ["ocsp", true, "true; one of ignore, check, mustStaple, require is"],
    ["minimumRsaBits", 512, "512; a whole number from 1024 on is"],
    ["minimumRsaBits", Number.NaN, "NaN; a whole number from 1024 on is"],
    ["maximumIntermediates", -1, "-1; a whole number from 0 on is"],
    ["signatureCacheSize", 0.5, "0.5; a whole number from 0 on is"],
    ["checkHostname", "no", '"no"; one of true, false is'],
    ["partialChain", 0, "0; one of true, false is"],
    ["initialPolicySet", "1.2.3", '"1.2.3"; a list is'],
    ["crls", [], "a list; an object with findByIssuer() is"],
    ["transparency", {}, "an object; an object with check() is"],
    ["trustStore", undefined, "undefined; an object with findBySubject() is"],
    ["provider", {}, "an object; an object with now() is"],
  ])("refuses the option %s of %j before any peer", (name, value, says) => {
    for (const make of makers({ [name]: value }))
      expect(make).toThrow(new TypeError(`${name}: ${says} allowed`));
  });

  it.each([
    [
      { checkHostName: true },
      /checkHostName .*is no option; it is checkHostname here/,
    ],
    [{ budgets: { paths: 3 } }, /paths .*is no option; allowed are /],
    [
      { budgets: { signatures: "9" } },
      /^budgets\.signatures: "9"; a whole number from 0 on is allowed$/,
    ],
  ])("refuses %j, which would leave a check out in silence", (more, says) => {
    for (const make of makers(more)) expect(make).toThrow(says);
  });

  it("accepts no limit at all where it is named", () => {
    for (const make of makers({ maximumIntermediates: Infinity }))
      expect(make).not.toThrow();
  });

  it("answers with what was sent and what was verified", () => {
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(anchor.der),
    });
    const stray = intermediate(11, anchor);
    const chain = verifier.verify(
      { certificates: [end.der, stray.der, middle.der] },
      context,
    );
    expect(chain.verified).toBe(true);
    expect(chain.leaf.der).toEqual(end.der);
    expect(chain.received.map(({ der }) => der)).toEqual([
      end.der,
      stray.der,
      middle.der,
    ]);
    expect(chain.path.map(({ der }) => der)).toEqual([
      end.der,
      middle.der,
      anchor.der,
    ]);
    expect(isVerifiedChain(chain)).toBe(true);
    expect(isVerifiedChain({ ...chain })).toBe(false);
    expect(isVerifiedChain(undefined)).toBe(false);
  });

  it("refuses an empty chain and what is no certificate", () => {
    expect(outcome([])).toBe("no_certificate");
    expect(outcome([bytes(1, 2)])).toBe("malformed_certificate");
    try {
      createVerifier({ provider: noble, trustStore: new TrustStore() }).verify(
        { certificates: [end.der, bytes(1)] },
        context,
      );
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        name: "X509Error",
        code: "malformed_certificate",
        depth: 1,
        verifyCode: 1,
      });
    }
  });

  it("passes over what cannot be read and no path needs", () => {
    const sent = [end.der, bytes(1), middle.der, bytes(0x30, 0)];
    expect(outcome(sent)).toBe("ok");
    // The issuer that is missing may be the one that cannot be read.
    expect(outcome([end.der, bytes(1)])).toBe("malformed_certificate");
    const stranger = leaf(root(2)).der;
    expect(outcome([stranger, bytes(1)], {}, {})).toBe("malformed_certificate");
    expect(outcome([stranger])).toBe("unknown_issuer");
  });

  it("refuses a time that is none", () => {
    expect(() => outcome([end.der, middle.der], {}, { now: NaN })).toThrow(
      TypeError,
    );
  });

  it("asks a look-up once a name", () => {
    const trustStore = new TrustStore();
    const asked: string[] = [];
    trustStore.addLookup((subject) => {
      asked.push(subject.toString());
      return subject.commonNames[0] === "Root 1"
        ? [Certificate.parse(anchor.der)]
        : [];
    });
    createVerifier({ provider: noble, trustStore }).verify(
      { certificates: [end.der, middle.der] },
      context,
    );
    expect(asked.slice().sort()).toEqual([
      "commonName=Intermediate 10",
      "commonName=Root 1",
      "commonName=leaf",
    ]);
  });

  it("accepts an anchor whose key identifier does not decode", () => {
    const broken = root(1, {
      extensions: [
        ...caExtensions(ed25519Key(1)).slice(0, 2),
        extension(OID.subjectKeyIdentifier, bytes(1)),
      ],
    });
    expect(outcome([end.der, middle.der], {}, {}, broken)).toBe("ok");
  });

  it("reads the trust store at each verification", () => {
    const trustStore = new TrustStore();
    const verifier = createVerifier({ provider: noble, trustStore });
    const peer = { certificates: [end.der, middle.der] };
    expect(() => verifier.verify(peer, context)).toThrow(
      "no trusted certificate",
    );
    trustStore.add(anchor.der);
    expect(verifier.verify(peer, context).verified).toBe(true);
  });

  it("checks the name unless an option turns it off", () => {
    const chain = [end.der, middle.der];
    expect(outcome(chain, {}, { serverName: "example.org" })).toBe(
      "hostname_mismatch",
    );
    expect(outcome(chain, {}, { serverName: "192.0.2.1" })).toBe(
      "ip_address_mismatch",
    );
    expect(
      outcome(chain, { checkHostname: false }, { serverName: "example.org" }),
    ).toBe("ok");
    expect(outcome(chain, {}, { serverName: undefined })).toBe("ok");
    expect(outcome(chain, {}, { serverName: "EXAMPLE.com." })).toBe("ok");
  });

  it("keeps a hostile name out of its message", () => {
    const host = "a\u001b[31m\n.example.org";
    expect(() =>
      createVerifier({
        provider: noble,
        trustStore: TrustStore.of(anchor.der),
      }).verify(
        { certificates: [end.der, middle.der] },
        { ...context, serverName: host },
      ),
    ).toThrow("expected a\\x1b[31m\\x0a.example.org");
  });

  it("lets a common name stand in only when asked", () => {
    const bare = leafOf(
      { subject: "example.com" },
      keyUsage(0),
      authorityKeyIdentifier(anchor.key),
    );
    expect(outcome(bare)).toBe("hostname_mismatch");
    expect(outcome(bare, { checkCommonName: true })).toBe("ok");
  });

  it("accepts shorter RSA keys only by name", () => {
    // The test of weak keys against OpenSSL shows the refusal.
    expect(outcome([end.der, middle.der], { minimumRsaBits: 4096 })).toBe("ok");
  });
});

describe("purposes", () => {
  const with_ = (...purposes: readonly string[]): readonly Uint8Array[] =>
    leafOf(
      {},
      keyUsage(0),
      extKeyUsage(...purposes),
      subjectAltName([dns("example.com")]),
    );

  it.each([
    [[OID.serverAuth], "ok", "wrong_purpose"],
    [[OID.clientAuth], "wrong_purpose", "ok"],
    [[OID.clientAuth, OID.serverAuth], "ok", "ok"],
    [[OID.anyExtendedKeyUsage], "wrong_purpose", "wrong_purpose"],
    [["1.2.3"], "wrong_purpose", "wrong_purpose"],
  ])("%j", (purposes, asServer, asClient) => {
    expect(outcome(with_(...purposes))).toBe(asServer);
    expect(
      outcome(
        with_(...purposes),
        {},
        { purpose: "clientAuth", serverName: undefined },
      ),
    ).toBe(asClient);
  });

  it("of a CA may be left open", () => {
    for (const [purpose, expected] of [
      [OID.anyExtendedKeyUsage, "ok"],
      [OID.serverAuth, "ok"],
      [OID.clientAuth, "wrong_purpose"],
    ] as const) {
      const ca = intermediate(12, anchor, {
        extensions: [
          ...caExtensions(ed25519Key(12), anchor.key),
          extKeyUsage(purpose),
        ],
      });
      expect(outcome([leaf(ca).der, ca.der])).toBe(expected);
    }
  });

  it("by keyUsage: keyEncipherment serves a server only", () => {
    const chain = leafOf({}, keyUsage(2), subjectAltName([dns("example.com")]));
    expect(outcome(chain)).toBe("ok");
    expect(outcome(chain, {}, { purpose: "clientAuth" })).toBe("wrong_purpose");
  });
});

describe("every certificate", () => {
  const base = leafExtensions(anchor.key);

  it.each([
    [
      "an unknown critical extension",
      "unhandled_critical_extension",
      leafOf({}, ...base, extension("1.2.3", octets(), true)),
    ],
    [
      "a critical authorityInfoAccess",
      "unhandled_critical_extension",
      leafOf({}, ...base, extension(OID.authorityInfoAccess, seq(), true)),
    ],
    [
      "cA without keyCertSign",
      "key_usage_no_cert_sign",
      leafOf({}, ...base, basicConstraints(true)),
    ],
    [
      "an empty subjectAltName",
      "empty_subject_alt_name",
      leafOf({}, ...base.slice(0, 3), subjectAltName([])),
    ],
    [
      "a malformed extension that nobody needs",
      "malformed_extension",
      leafOf({}, ...base, extension(OID.cRLDistributionPoints, octets())),
    ],
    [
      "an empty issuer",
      "issuer_name_empty",
      leafOf({ issuerName: name("") }),
      root(2, { subject: name("") }),
    ],
    [
      "an oversized serial number",
      "malformed_certificate",
      leafOf({ serialNumber: int(new Uint8Array(22).fill(1)) }),
    ],
  ])("%s: %s", (_, code, chain, trusted = anchor) => {
    const signed = trusted === anchor ? chain : [leaf(trusted).der];
    expect(outcome(signed, {}, {}, trusted)).toBe(code);
  });

  it("what is wrong stands before the generic sentence", () => {
    const [odd = bytes()] = leafOf(
      {},
      ...base,
      extension(OID.cRLDistributionPoints, octets()),
    );
    expect(() => {
      createVerifier({
        provider: noble,
        trustStore: TrustStore.of(anchor.der),
      }).verify({ certificates: [odd] }, context);
    }).toThrow(/^cRLDistributionPoints has tag 0x4 .*: an extension/);
  });
});

describe("other verifiers", () => {
  it("dangerouslyAcceptAnyCertificate reads the leaf and believes it", () => {
    const chain = dangerouslyAcceptAnyCertificate().verify(
      { certificates: [end.der, bytes(1)] },
      { ...context, serverName: "anyone" },
    );
    expect([chain.verified, chain.path.length, chain.received.length]).toEqual([
      false,
      0,
      1,
    ]);
    expect(chain.leaf.subjectPublicKeyInfo.algorithm).toBe("ed25519");
    expect(() =>
      dangerouslyAcceptAnyCertificate().verify({ certificates: [] }, context),
    ).toThrow("no certificate");
    expect(() =>
      dangerouslyAcceptAnyCertificate().verify(
        { certificates: [bytes(1)] },
        context,
      ),
    ).toThrow(X509Error);
  });

  it("a leaf is read once, and anew when its bytes have changed", () => {
    const der = end.der.slice();
    const peer = { certificates: [der] };
    const leaf = readLeaf(peer);
    expect(readLeaf(peer)).toBe(leaf);
    expect(verifiedByCaller(peer, context).leaf).toBe(leaf);
    // The last byte is the signature's.
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    expect(verifiedByCaller(peer, context).leaf.der).toEqual(der);
    expect(leaf?.der).toEqual(end.der);
    expect(readLeaf({ certificates: [] })).toBeUndefined();
  });

  it("verifiedByCaller trusts the caller", () => {
    const chain = verifiedByCaller(
      { certificates: [end.der, middle.der] },
      context,
    );
    expect([chain.verified, chain.path.length, chain.received.length]).toEqual([
      true,
      0,
      2,
    ]);
    expect(isVerifiedChain(chain)).toBe(true);
    expect(() => verifiedByCaller({ certificates: [] }, context)).toThrow(
      X509Error,
    );
  });
});

describe("X509Error", () => {
  it("reports the fault, its depth and OpenSSL's number", () => {
    const error = new X509Error(
      X509_ERRORS.certificate_expired,
      "valid until then",
      2,
    );
    expect(error.message).toBe(
      "a certificate has expired: renew it, or check the clock (valid until then)",
    );
    expect([
      error.verifyCode,
      verifyMessage(error.verifyCode),
      error.depth,
    ]).toEqual([10, "certificate has expired", 2]);
    expect(error.withDepth(1)).toMatchObject({
      code: "certificate_expired",
      depth: 1,
      message: error.message,
    });
  });

  it("has a name and a useful text for every fault", () => {
    for (const [code, fault] of Object.entries(X509_ERRORS)) {
      const { says, verifyCode } = fault;
      expect(fault.code).toBe(code);
      expect(says.length, code).toBeGreaterThan(15);
      expect(verifyMessage(verifyCode).length, code).toBeGreaterThan(5);
    }
  });
});

describe("hostile certificates", () => {
  it("with thousands of names, attributes or extensions are validated all the same", () => {
    const many = Array.from({ length: 4000 }, (_, i) => i.toString());
    const sans = leafOf(
      {},
      ...leafExtensions(anchor.key).slice(0, 3),
      subjectAltName(many.map((i) => dns(`h${i}.example.com`))),
    );
    expect(outcome(sans, {}, { serverName: "h3999.example.com" })).toBe("ok");
    const subject = seq(...many.map((i) => rdn("2.5.4.11", utf8(i))));
    expect(outcome(leafOf({ subject }))).toBe("ok");
    const extensions = leafOf(
      {},
      ...leafExtensions(anchor.key),
      ...many.map((i) => extension(`1.2.3.${i}`, bytes(5, 0))),
    );
    expect(outcome(extensions)).toBe("ok");
  });

  it("of one name and many keys end in a budget, whatever the order", () => {
    const key = (i: number) => ed25519Key(300 + i);
    const trees = Array.from({ length: 80 }, (_, i) =>
      issue({
        subject: "Tree",
        key: key(i),
        issuer: { ...anchor, key: key(i + 1), subject: name("Tree") },
        extensions: [basicConstraints(true)],
      }),
    );
    const [first] = trees;
    if (first === undefined) throw new Error("no tree");
    const twig = leaf(first, {
      extensions: leafExtensions(key(0)).filter((_, i) => i !== 2),
    });
    for (const order of [trees, trees.slice().reverse()])
      expect(outcome([twig.der, ...order.map(({ der }) => der)])).toBe(
        "signature_budget_exceeded",
      );
  });
});
