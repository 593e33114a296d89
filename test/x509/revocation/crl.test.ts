/** CRLs: RFC 5280 5 and 6.3; seed rules N-07 and N-08. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../../src/crypto/provider.ts";
import type { VerifierOptions } from "../../../src/x509/index.ts";
import {
  createVerifier,
  Crl,
  CrlStore,
  OID,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import type { CrlSpec } from "../../support/der-builder.ts";
import {
  bits,
  bytes,
  crl,
  crlEntry,
  crlNumber,
  directory,
  ed25519Key,
  explicit,
  extension,
  implicit,
  int,
  intermediate,
  leaf,
  leafExtensions,
  name,
  namedBitsContent,
  NOW,
  octets,
  root,
  seq,
  time,
  tlv,
  uri,
} from "../../support/der-builder.ts";

const anchor = root(1);
const serial = int(77);
const reason = (code: number): Uint8Array =>
  extension(OID.cRLReasons, tlv(10, bytes(code)));

describe("Crl.parse", () => {
  it("gives its fields", () => {
    const entry = crlEntry(serial, reason(1));
    const list = Crl.parse(
      crl(anchor, { revoked: [entry, crlEntry(int(300))] }).der,
    );
    expect([list.version, list.issuer.toString(), list.size]).toEqual([
      2,
      "commonName=Root 1",
      2,
    ]);
    expect(list.thisUpdate).toBe(NOW - 86_400_000);
    expect(list.nextUpdate).toBe(NOW + 7 * 86_400_000);
    expect(list.number).toEqual(bytes(1));
    expect(list.isDelta).toBe(false);
    expect(list.find(bytes(77))).toEqual({
      revocationDate: NOW - 86_400_000,
      reason: 1,
    });
    expect(list.find(bytes(1, 44))?.reason).toBeUndefined();
    expect(list.find(bytes(78))).toBeUndefined();
  });

  it("reads a list of version 1, and one without an end", () => {
    const tbs = seq(anchor.key.algorithm, anchor.subject, time(NOW));
    const list = Crl.parse(seq(tbs, anchor.key.algorithm, bits(bytes(1))));
    expect([list.version, list.nextUpdate, list.size]).toEqual([
      1,
      undefined,
      0,
    ]);
  });

  it("finds one of 50,000 without a copy", () => {
    const entries = Array.from({ length: 50_000 }, (_, i) =>
      crlEntry(int(100_000 + i)),
    );
    const revoked = [Uint8Array.from(Buffer.concat(entries))];
    const list = Crl.parse(crl(anchor, { revoked }).der);
    expect(list.size).toBe(50_000);
    expect(list.find(int(149_999).subarray(2))).toBeDefined();
    expect(list.find(int(150_000).subarray(2))).toBeUndefined();
  });

  const tbs = (...parts: readonly Uint8Array[]): Uint8Array =>
    seq(seq(...parts), anchor.key.algorithm, bits(bytes(1)));
  const start = [anchor.key.algorithm, anchor.subject, time(NOW)] as const;

  it.each([
    ["version 3", tbs(int(2), ...start)],
    ["extensions in version 1", tbs(...start, explicit(0, seq(crlNumber())))],
    [
      "an extension twice",
      tbs(int(1), ...start, explicit(0, seq(crlNumber(), crlNumber()))),
    ],
    ["empty extensions", tbs(int(1), ...start, explicit(0, seq()))],
    ["trailing fields", tbs(int(1), ...start, int(1))],
    ["trailing bytes", concat(crl(anchor).der, bytes(0))],
    ["no date", tbs(int(1), anchor.key.algorithm, anchor.subject)],
  ])("refuses %s", (_, der) => {
    expect(() => Crl.parse(der)).toThrow(X509Error);
  });

  it("refuses damaged entries at the first look-up", () => {
    for (const entry of [
      seq(),
      seq(serial),
      int(5),
      seq(int(bytes(0, 1)), time(NOW)),
    ]) {
      const list = Crl.parse(crl(anchor, { revoked: [entry] }).der);
      expect(() => list.find(bytes(77))).toThrow(X509Error);
    }
  });

  it("ends in X509Error or in a list, whatever the bytes", () => {
    const { der } = crl(anchor, { revoked: [crlEntry(serial, reason(1))] });
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (at, value) => {
        const mutated = der.slice();
        mutated[at] = value;
        try {
          const list = Crl.parse(mutated);
          list.find(bytes(77));
          void [list.issuer.key, list.number, list.issuingDistributionPoint];
        } catch (error) {
          expect(error).toBeInstanceOf(X509Error);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe("CrlStore", () => {
  it("accepts PEM, bytes and lists, merges duplicates, finds by issuer", () => {
    const one = crl(anchor);
    const two = crl(root(2));
    const store = CrlStore.of(one.der, `${anchor.pem}${one.pem}${two.pem}`);
    expect(store.size).toBe(2);
    expect(store.add(utf8Bytes(two.pem))).toBe(0);
    expect(store.findByIssuer(Crl.parse(two.der).issuer).length).toBe(1);
    expect(() => store.add(anchor.pem)).toThrow("no CRL");
    const copy = store.clone();
    copy.add(crl(root(3)).der);
    expect([store.size, copy.size]).toEqual([2, 3]);
  });
});

type Lists = readonly { readonly der: Uint8Array }[];

function check(
  certificates: readonly Uint8Array[],
  lists: Lists,
  options: Partial<VerifierOptions> = {},
): string {
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(anchor.der),
    crls: CrlStore.of(...lists.map(({ der }) => der)),
    crlCheck: "leaf",
    ...options,
  });
  try {
    verifier.verify(
      { certificates },
      { purpose: "serverAuth", serverName: undefined, now: NOW },
    );
    return "ok";
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

const point = extension(
  OID.cRLDistributionPoints,
  seq(seq(explicit(0, explicit(0, uri("http://crl/1"))))),
);
const end = leaf(anchor, {
  serialNumber: serial,
  extensions: [...leafExtensions(anchor.key), point],
});
const scoped = (scope: readonly Uint8Array[], spec: CrlSpec = {}) =>
  crl(anchor, {
    ...spec,
    extensions: [
      crlNumber(),
      extension(OID.issuingDistributionPoint, seq(...scope), true),
    ],
  });
const reasons = (...numbers: readonly number[]): Uint8Array =>
  implicit(3, namedBitsContent(numbers));
const at = (location: string): Uint8Array =>
  explicit(0, explicit(0, uri(location)));

describe("the scope of a list", () => {
  const yes = implicit(1, bytes(0xff));
  it.each([
    ["user certificates", scoped([yes]), "ok"],
    [
      "CA certificates",
      scoped([implicit(2, bytes(0xff))]),
      "different_crl_scope",
    ],
    [
      "attribute certificates",
      scoped([implicit(5, bytes(0xff))]),
      "different_crl_scope",
    ],
    [
      "an indirect list of the issuer's own",
      scoped([implicit(4, bytes(0xff))]),
      "ok",
    ],
    ["the certificate's point", scoped([at("http://crl/1")]), "ok"],
    ["another point", scoped([at("http://crl/2")]), "different_crl_scope"],
    ["some reasons", scoped([reasons(1, 2)]), "different_crl_scope"],
    [
      "a delta",
      crl(anchor, {
        extensions: [
          crlNumber(),
          extension(OID.deltaCRLIndicator, int(1), true),
        ],
      }),
      "different_crl_scope",
    ],
  ])("%s", (_, list, expected) => {
    expect(check([end.der], [list])).toBe(expected);
  });

  it("adds up the reasons of several lists", () => {
    const [some, others] = [
      scoped([reasons(1, 2, 3, 4)]),
      scoped([reasons(5, 6, 7, 8)]),
    ];
    expect(check([end.der], [some, others])).toBe("ok");
    const revoking = scoped([reasons(5, 6)], { revoked: [crlEntry(serial)] });
    expect(check([end.der], [some, revoking])).toBe("certificate_revoked");
  });

  it("one good list is enough, and a bad one beside it is no harm", () => {
    const bad = crl(anchor, { nextUpdate: NOW - 1000 });
    expect(check([end.der], [bad, crl(anchor)])).toBe("ok");
    expect(check([end.der], [crl(anchor), bad])).toBe("ok");
    expect(check([end.der], [bad])).toBe("crl_expired");
  });

  it("does not believe another issuer, nor another key", () => {
    const other = crl(root(2), { revoked: [crlEntry(serial)] });
    expect(check([end.der], [other])).toBe("unable_to_get_crl");
    expect(check([end.der], [other, crl(anchor)])).toBe("ok");
    const forged = crl(anchor, { signer: ed25519Key(66) });
    expect(check([end.der], [forged])).toBe("crl_signature_failure");
  });
});

describe("entries", () => {
  it("revoke whatever their reason", () => {
    for (const code of [0, 1, 6, 10]) {
      const list = crl(anchor, { revoked: [crlEntry(serial, reason(code))] });
      expect(check([end.der], [list])).toBe("certificate_revoked");
    }
  });

  it("with a critical extension make the list unfit", () => {
    const indirect = extension(
      OID.certificateIssuer,
      seq(directory(name("x"))),
      true,
    );
    const list = crl(anchor, { revoked: [crlEntry(serial, indirect)] });
    expect(check([end.der], [list])).toBe("unhandled_critical_crl_extension");
    const unknown = extension("1.2.3", octets());
    expect(
      check([end.der], [crl(anchor, { revoked: [crlEntry(serial, unknown)] })]),
    ).toBe("certificate_revoked");
  });
});

describe("which certificates are asked about", () => {
  const ca = intermediate(10, anchor, { serialNumber: int(5) });
  const below = leaf(ca, { serialNumber: int(6) });
  const chain = [below.der, ca.der];
  const revokesCa = crl(anchor, { revoked: [crlEntry(int(5))] });

  it("none, the leaf (N-07), or all below the root (N-08)", () => {
    expect(check(chain, [], { crlCheck: "none" })).toBe("ok");
    expect(check(chain, [crl(ca), revokesCa])).toBe("ok");
    expect(check(chain, [crl(ca)], { crlCheck: "chain" })).toBe(
      "unable_to_get_crl",
    );
    expect(check(chain, [crl(ca), revokesCa], { crlCheck: "chain" })).toBe(
      "certificate_revoked",
    );
    expect(check(chain, [crl(ca), crl(anchor)], { crlCheck: "chain" })).toBe(
      "ok",
    );
  });

  it("refuses when lists are asked for and none is there", () => {
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(anchor.der),
      crlCheck: "leaf",
    });
    expect(() =>
      verifier.verify(
        { certificates: chain },
        { purpose: "serverAuth", serverName: undefined, now: NOW },
      ),
    ).toThrow("no CRL");
  });
});

describe("the list's own rules", () => {
  it("a number, which version 1 cannot have, and an end: by the issuance profile", () => {
    const without = crl(anchor, {
      extensions: [extension(OID.authorityKeyIdentifier, seq())],
    });
    expect(check([end.der], [without])).toBe("ok");
    const issuance = { profile: "issuance" } as const;
    expect(check([end.der], [without], issuance)).toBe("malformed_crl");
    const tbs = seq(anchor.key.algorithm, anchor.subject, time(NOW - 1000));
    const { ed25519 } = noble.signers;
    const old = seq(
      tbs,
      anchor.key.algorithm,
      bits(ed25519?.(anchor.key.key, tbs, noble.random) ?? bytes()),
    );
    expect(check([end.der], [{ der: old }])).toBe("ok");
    const endless = crl(anchor, { nextUpdate: undefined });
    expect(check([end.der], [endless])).toBe("ok");
    expect(check([end.der], [endless], issuance)).toBe("malformed_crl");
  });

  it("is verified once, and not hashed again", () => {
    let hashed = 0;
    const sha256 = noble.hashes["SHA-256"];
    const provider: CryptoProvider = {
      ...noble,
      hashes: {
        ...noble.hashes,
        "SHA-256": {
          ...sha256,
          hash: (data) => {
            hashed += data.length;
            return sha256.hash(data);
          },
        },
      },
    };
    const revoked = Array.from({ length: 3000 }, (_, i) =>
      crlEntry(int(1000 + i)),
    );
    const list = Crl.parse(crl(anchor, { revoked }).der);
    const verifier = createVerifier({
      provider,
      trustStore: TrustStore.of(anchor.der),
      crls: CrlStore.of(list),
      crlCheck: "leaf",
    });
    const run = (): number => {
      const before = hashed;
      verifier.verify(
        { certificates: [end.der] },
        { purpose: "serverAuth", serverName: undefined, now: NOW },
      );
      return hashed - before;
    };
    expect(run()).toBeGreaterThan(list.der.length);
    expect(run()).toBeLessThan(3000);
  });
});
