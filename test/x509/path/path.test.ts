/** Path building: what a naive builder gets wrong. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../../src/crypto/provider.ts";
import type {
  VerifierOptions,
  X509ErrorCode,
} from "../../../src/x509/index.ts";
import {
  createVerifier,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import type { Issued } from "../../support/der-builder.ts";
import {
  basicConstraints,
  caExtensions,
  ed25519Key,
  intermediate,
  issue,
  keyUsage,
  leaf,
  leafExtensions,
  NOW,
  root,
} from "../../support/der-builder.ts";

const DAY = 86_400_000;

/** A provider that counts signature checks. */
function counting(): { provider: CryptoProvider; count: () => number } {
  let checks = 0;
  const ed25519: NonNullable<CryptoProvider["verifiers"]["ed25519"]> = (
    ...args
  ) => {
    checks++;
    return noble.verifiers.ed25519?.(...args) ?? false;
  };
  const verifiers = { ...noble.verifiers, ed25519 };
  return { provider: { ...noble, verifiers }, count: () => checks };
}

interface Outcome {
  readonly code: X509ErrorCode | "ok";
  readonly path: readonly string[];
  readonly depth: number | undefined;
}

function verify(
  end: Issued,
  sent: readonly Issued[],
  trusted: readonly Issued[],
  options: Partial<VerifierOptions> = {},
): Outcome {
  const trustStore = TrustStore.of(...trusted.map(({ der }) => der));
  const verifier = createVerifier({ provider: noble, trustStore, ...options });
  const certificates = [end, ...sent].map(({ der }) => der);
  try {
    const { path } = verifier.verify(
      { certificates },
      { purpose: "serverAuth", serverName: "example.com", now: NOW },
    );
    const names = path.map(({ subject }) => subject.commonNames.join());
    return { code: "ok", path: names, depth: undefined };
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { code: error.code, path: [], depth: error.depth };
  }
}

/** A CA's certificate for a name and key of our choice. */
const ca = (
  subject: string,
  key: number,
  issuer: Issued,
  notAfter = NOW + 30 * DAY,
): Issued =>
  issue({
    subject,
    key: ed25519Key(key),
    issuer,
    notAfter,
    extensions: caExtensions(ed25519Key(key)),
  });

const top = root(1);

describe("path building", () => {
  // [9846-4.5.1-12]
  // [9846-E-04]
  it("accepts certificates in any order, and unneeded ones", () => {
    const a = intermediate(10, top);
    const b = intermediate(11, a);
    const stray = intermediate(12, root(9));
    expect(verify(leaf(b), [stray, a, b, b, top], [top]).path).toEqual([
      "leaf",
      "Intermediate 11",
      "Intermediate 10",
      "Root 1",
    ]);
  });

  it("backtracks from an expired cross-signature (the chain of pain)", () => {
    const old = root(2, { notAfter: NOW - DAY });
    const cross = ca("Root 1", 1, old);
    const shared = { ...top, subject: cross.subject };
    const end = leaf(shared);
    expect(verify(end, [cross], [old, top]).path).toEqual(["leaf", "Root 1"]);
    // Without the root, only the expired way is left, and is what is told.
    expect(verify(end, [cross], [old]).code).toBe("certificate_expired");
  });

  it("backtracks when the nearest anchor's constraints forbid the name", () => {
    const one = ca("CA", 20, top);
    const short = root(3, {
      extensions: caExtensions(ed25519Key(3), undefined, 0),
    });
    const middle = ca("Middle", 21, short);
    const two = ca("CA", 20, middle);
    expect(verify(leaf(one), [two, middle, one], [short, top]).path).toEqual([
      "leaf",
      "CA",
      "Root 1",
    ]);
    expect(verify(leaf(one), [two, middle], [short]).code).toBe(
      "path_length_exceeded",
    );
  });

  it("tells several keys of one name apart, with and without identifiers", () => {
    const keys = [30, 31, 32, 33];
    const cas = keys.map((key) => ca("Same", key, top));
    for (const issuer of cas) {
      const named = leaf(issuer);
      const bare = leaf(issuer, {
        extensions: leafExtensions(issuer.key).filter((_, i) => i !== 2),
      });
      expect(verify(named, cas, [top]).code).toBe("ok");
      expect(verify(bare, cas, [top]).code).toBe("ok");
    }
  });

  it("finds its way out of a cycle of cross-signatures", () => {
    const [a, b] = [ca("A", 40, top), ca("B", 41, top)];
    const ab = ca("A", 40, b);
    const ba = ca("B", 41, a);
    expect(verify(leaf(a), [ab, ba], [top]).code).toBe("unknown_issuer");
    expect(verify(leaf(a), [ab, ba, b], [top]).path).toEqual([
      "leaf",
      "A",
      "B",
      "Root 1",
    ]);
  });

  it("does not count self-issued intermediates as length", () => {
    const limited = root(4, {
      extensions: caExtensions(ed25519Key(4), undefined, 0),
    });
    const rolled = issue({
      subject: "Root 4",
      key: ed25519Key(5),
      issuer: limited,
      extensions: caExtensions(ed25519Key(5), limited.key, 0),
    });
    expect(verify(leaf(rolled), [rolled], [limited]).code).toBe("ok");
    const below = ca("Below", 6, rolled);
    expect(verify(leaf(below), [below, rolled], [limited]).code).toBe(
      "path_length_exceeded",
    );
  });

  it("never looks at an anchor's own signature", () => {
    const damaged = root(7, { damageSignature: true });
    expect(verify(leaf(damaged), [], [damaged]).code).toBe("ok");
  });

  it("accepts a version 1 root, and no other version 1 issuer", () => {
    const old = issue({
      key: ed25519Key(8),
      subject: "old",
      version: undefined,
    });
    expect(verify(leaf(old), [], [old]).code).toBe("ok");
    const sub = issue({
      key: ed25519Key(9),
      subject: "sub",
      issuer: top,
      version: undefined,
    });
    expect(verify(leaf(sub), [sub], [top])).toMatchObject({
      code: "invalid_ca",
      depth: 1,
    });
    expect(verify(leaf(sub), [], [sub]).code).toBe("invalid_ca");
  });

  it("does not let a leaf issue certificates", () => {
    const end = leaf(top);
    const forged = leaf(end, { subject: "forged", key: ed25519Key(9001) });
    expect(verify(forged, [end], [top])).toMatchObject({
      code: "invalid_ca",
      depth: 1,
    });
    const noSign = issue({
      key: ed25519Key(50),
      subject: "x",
      issuer: top,
      extensions: [basicConstraints(true), keyUsage(6)],
    });
    expect(verify(leaf(noSign), [noSign], [top]).code).toBe(
      "key_usage_no_cert_sign",
    );
  });

  it("limits intermediates, and length for self-issued ones", () => {
    let issuer = top;
    const chain: Issued[] = [];
    for (let i = 0; i < 9; i++) {
      issuer = ca(`CA ${i.toString()}`, 60 + i, issuer);
      chain.unshift(issuer);
    }
    expect(verify(leaf(issuer), chain, [top]).code).toBe("chain_too_long");
    expect(
      verify(leaf(issuer), chain, [top], { maximumIntermediates: 9 }).code,
    ).toBe("ok");
    const same: Issued[] = [];
    issuer = top;
    for (let i = 0; i < 40; i++) {
      issuer = ca("Root 1", 100 + i, issuer);
      same.unshift(issuer);
    }
    const budgets = { signatures: 1000, steps: 100_000 };
    expect(
      verify(leaf(issuer), same, [top], { budgets, maximumIntermediates: 100 })
        .code,
    ).toBe("chain_too_long");
  });
});

describe("the most useful error", () => {
  it("prefers an expired issuer to an unknown one", () => {
    const old = ca("CA", 20, top, NOW - DAY);
    const unknown = ca("CA", 20, root(9));
    expect(verify(leaf(old), [unknown, old], [top])).toMatchObject({
      code: "certificate_expired",
      depth: 1,
    });
    expect(verify(leaf(old), [old, unknown], [top]).code).toBe(
      "certificate_expired",
    );
  });

  it("does not blame a namesake with another key", () => {
    const namesake = root(1, {
      key: ed25519Key(70),
      extensions: caExtensions(ed25519Key(70)),
    });
    expect(verify(leaf(top), [], [namesake]).code).toBe("unknown_issuer");
  });

  it("speaks of the certificate by its depth", () => {
    const a = intermediate(10, top, { notBefore: NOW + DAY });
    const answer = verify(leaf(a), [a], [top]);
    expect(answer).toMatchObject({
      code: "certificate_not_yet_valid",
      depth: 1,
    });
  });
});

describe("dates", () => {
  const at = (now: number): string => {
    const end = leaf(top, { notBefore: NOW, notAfter: NOW + 10_000 });
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(top.der),
    });
    try {
      verifier.verify(
        { certificates: [end.der] },
        { purpose: "serverAuth", serverName: undefined, now },
      );
      return "ok";
    } catch (error) {
      return error instanceof X509Error ? error.code : String(error);
    }
  };

  it("both ends belong to the period, by whole seconds", () => {
    expect(
      [NOW - 1, NOW, NOW + 10_000, NOW + 10_999, NOW + 11_000].map(at),
    ).toEqual([
      "certificate_not_yet_valid",
      "ok",
      "ok",
      "ok",
      "certificate_expired",
    ]);
  });
});

describe("budgets", () => {
  /** Certificates of one name that all seem to issue each other. */
  const forest = (count: number, sameKey: boolean): Issued[] => {
    const first = ca("Forest", 200, root(9));
    return Array.from({ length: count }, (_, i) =>
      ca("Forest", sameKey ? 200 : 200 + i, {
        ...first,
        key: ed25519Key(201 + i),
      }),
    );
  };

  it("ends a forest of one name after 32 signature checks", () => {
    const { provider, count } = counting();
    const trees = forest(60, false);
    const [first] = trees;
    if (first === undefined) throw new Error("no forest");
    const end = leaf(
      { ...first, key: ed25519Key(5000) },
      { extensions: leafExtensions(ed25519Key(1)).filter((_, i) => i !== 2) },
    );
    expect(verify(end, trees, [top], { provider }).code).toBe(
      "signature_budget_exceeded",
    );
    expect(count()).toBe(32);
  });

  it("ends when steps run out", () => {
    const a = intermediate(10, top);
    expect(verify(leaf(a), [a], [top], { budgets: { steps: 2 } }).code).toBe(
      "path_budget_exceeded",
    );
  });

  it("checks each link once, however many ways lead through it", () => {
    const { provider, count } = counting();
    const [a, b] = [ca("A", 40, top), ca("B", 41, top)];
    verify(leaf(a), [ca("A", 40, b), ca("B", 41, a), a, b], [root(9)], {
      provider,
    });
    expect(count()).toBeLessThanOrEqual(9);
  });
});

describe("the verified-signature cache", () => {
  const a = intermediate(10, top);
  const end = leaf(a);
  const certificates = [end.der, a.der];
  const context = {
    purpose: "serverAuth",
    serverName: "example.com",
    now: NOW,
  } as const;

  it("spares the second connection its checks", () => {
    const { provider, count } = counting();
    const verifier = createVerifier({
      provider,
      trustStore: TrustStore.of(top.der),
    });
    verifier.verify({ certificates }, context);
    expect(count()).toBe(2);
    verifier.verify({ certificates }, context);
    expect(count()).toBe(2);
    verifier.verify({ certificates: [leaf(a).der, a.der] }, context);
    expect(count()).toBe(3);
  });

  it("never mistakes a damaged twin for the original", () => {
    const { provider } = counting();
    const verifier = createVerifier({
      provider,
      trustStore: TrustStore.of(top.der),
    });
    verifier.verify({ certificates }, context);
    const twin = end.der.slice();
    const last = twin.length - 1;
    twin[last] = (twin[last] ?? 0) ^ 1;
    expect(() =>
      verifier.verify({ certificates: [twin, a.der] }, context),
    ).toThrow("signature does not verify");
  });

  it("is bounded, and can be off", () => {
    for (const [signatureCacheSize, expected] of [
      [1, 4],
      [0, 4],
      [2, 2],
    ] as const) {
      const { provider, count } = counting();
      const verifier = createVerifier({
        provider,
        trustStore: TrustStore.of(top.der),
        signatureCacheSize,
      });
      verifier.verify({ certificates }, context);
      verifier.verify({ certificates }, context);
      expect(count()).toBe(expected);
    }
  });

  it("still checks everything else", () => {
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(top.der),
    });
    verifier.verify({ certificates }, context);
    expect(() =>
      verifier.verify({ certificates }, { ...context, now: NOW + 31 * DAY }),
    ).toThrow("expired");
    expect(() =>
      verifier.verify(
        { certificates },
        { ...context, serverName: "example.org" },
      ),
    ).toThrow("example.org");
  });
});
