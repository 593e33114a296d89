/** The work of path building and of what is read on the way, by counting. */
import { describe, expect, it } from "vitest";
import {
  Certificate,
  createVerifier,
  TrustStore,
} from "../../../src/x509/index.ts";
import { checkOcspResponse } from "../../../src/x509/checks/ocsp-check.ts";
import type {
  OcspResponse,
  SingleResponse,
} from "../../../src/x509/certificates/ocsp.ts";
import { Budget, DEFAULT_BUDGETS } from "../../../src/x509/path/budget.ts";
import { SignatureChecker } from "../../../src/x509/path/signatures.ts";
import { Name } from "../../../src/x509/names/name.ts";
import { OID } from "../../../src/x509/index.ts";
import { Secret } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { countingProvider, listSteps } from "../../support/counting.ts";
import {
  caExtensions,
  dns,
  ed25519Key,
  email,
  extension,
  type Issued,
  issue,
  leaf,
  leafExtensions,
  name,
  nameConstraints,
  NOW,
  octets,
  rdn,
  root,
  seq,
  subjectAltName,
  type TestKey,
  testKey,
  utf8,
} from "../../support/der-builder.ts";

/** A new key on that curve. */
function ecKey(curve: "secp521r1", signature: "ecdsa-sha512"): TestKey {
  const scalar = new Secret(new Uint8Array(66));
  scalar.bytes.set(noble.random(65), 1);
  return testKey({ type: "ec", curve, scalar }, signature);
}

/** An algorithm that no link is checked for. */
const OTHER = seq(new Uint8Array([6, 3, 0x2a, 3, 4]));

/**
 * The error of a verifier that trusts another root, and the steps that it took.
 */
function refused(chain: readonly Issued[]): { steps: number; code: unknown } {
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(root(1).der),
  });
  const certificates = chain.map(({ der }) => der);
  let code: unknown;
  const steps = listSteps(() => {
    try {
      verifier.verify(
        { certificates },
        { purpose: "serverAuth", serverName: "example.com", now: NOW },
      );
    } catch (error) {
      code = (error as { code: unknown }).code;
    }
  });
  return { steps, code };
}

describe("path building", () => {
  it("takes as many steps as there are certificates of one name", () => {
    const ca = root(2);
    const ours = leaf(ca);
    const one = issue({
      key: ca.key,
      subject: ca.subject,
      outerAlgorithm: OTHER,
    });
    // They differ in a signature that nobody comes to check.
    const namesakes = (count: number): Issued[] =>
      Array.from({ length: count }, (_, i) => {
        const der = one.der.slice();
        der.set([i >> 8, i], der.length - 2);
        return { ...one, der };
      });
    const of = (count: number): number =>
      refused([ours, ...namesakes(count)]).steps;
    const [none, once, twice] = [of(1), of(400), of(800)];
    expect(twice - once).toBeLessThan(1.3 * (once - none));
  });

  it("does not look through a certificate's extensions on every path", () => {
    const extensions = (count: number): Uint8Array[] =>
      Array.from({ length: count }, (_, i) =>
        extension(`1.2.3.${i + 1}`, octets(new Uint8Array(0))),
      );
    /** Two certificates of one name and key a layer, both fit all below. */
    const forest = (count: number): Issued[] => {
      const layers = Array.from({ length: 9 }, (_, i) => ({
        key: ed25519Key(100 + i),
        subject: name(`layer ${i}`),
      })) as Issued[];
      const issued = layers.slice(0, -1).flatMap((layer, i) =>
        [0, 1].map(() =>
          issue({
            ...layer,
            ...(layers[i + 1] && { issuer: layers[i + 1] }),
            extensions: extensions(count),
          }),
        ),
      );
      const [first] = layers;
      if (first === undefined) throw new Error("no layers");
      return [leaf(first), ...issued];
    };
    const of = (count: number): number => refused(forest(count)).steps;
    const [once, twice] = [of(20), of(220)];
    // 16 certificates on 256 paths: each is walked a few times, not once a path.
    expect(twice - once).toBeLessThan(16 * 200 * 20);
  });
});

describe("signature checks", () => {
  /** Refuses a leaf beside certificates of its issuer's name; counts. */
  function checksOf(keys: readonly TestKey[], signer: TestKey): number {
    const { provider, work } = countingProvider();
    const subject = name("issuer");
    const ours = leaf({ key: signer, subject } as Issued, {
      damageSignature: true,
    });
    const namesakes = keys.map((key) => {
      // What signs them does not matter: nobody comes so far.
      const issuer = { key: signer, subject: name("other") } as Issued;
      return issue({ key, subject, issuer }).der;
    });
    const verifier = createVerifier({
      provider,
      trustStore: TrustStore.of(root(1).der),
    });
    work.signatures = 0;
    expect(() =>
      verifier.verify(
        { certificates: [ours.der, ...namesakes] },
        { purpose: "serverAuth", serverName: "example.com", now: NOW },
      ),
    ).toThrow();
    return work.signatures;
  }

  it("is one for all certificates of one key", () => {
    const key = ed25519Key(50);
    expect(checksOf(Array<TestKey>(30).fill(key), key)).toBe(1);
  });

  it("are fewer by keys that cost more", () => {
    const p521 = (): TestKey => ecKey("secp521r1", "ecdsa-sha512");
    const cheap = Array.from({ length: 40 }, (_, i) => ed25519Key(200 + i));
    const dear = Array.from({ length: 14 }, p521);
    const [signer] = dear;
    if (signer === undefined) throw new Error("no key");
    expect(checksOf(cheap, ed25519Key(50))).toBe(DEFAULT_BUDGETS.signatures);
    expect(checksOf(dear, signer)).toBe(
      Math.floor(DEFAULT_BUDGETS.signatures / 3),
    );
  });
});

it("a constraint of any length is no constraint that is compared", () => {
  const of = (length: number): unknown => {
    const key = ed25519Key(3);
    const mailbox = email(`${"a".repeat(length)}@example.com`);
    const ca = root(3, {
      extensions: [...caExtensions(key), nameConstraints([mailbox])],
    });
    const ours = leaf(ca, {
      extensions: [
        ...leafExtensions(key).slice(0, -1),
        subjectAltName([dns("example.com"), mailbox]),
      ],
    });
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(ca.der),
    });
    try {
      verifier.verify(
        { certificates: [ours.der] },
        { purpose: "serverAuth", serverName: "example.com", now: NOW },
      );
      return "fine";
    } catch (error) {
      return (error as { code: unknown }).code;
    }
  };
  // RFC 5321 4.5.3.1.1.
  expect(of(64)).toBe("fine");
  expect(of(65)).toBe("unsupported_constraint_syntax");
});

it("a name of any length makes a short text in a few steps", () => {
  const long = Name.over(
    seq(
      ...Array.from({ length: 2000 }, () => rdn(OID.commonName, utf8("many"))),
    ),
  );
  long.toString();
  expect(listSteps(() => long.toString())).toBeLessThan(400);
  expect(long.toString()).toHaveLength(401);
});

it("a response of many answers is held against one hash", () => {
  const issuer = Certificate.parse(root(1).der);
  const ours = Certificate.parse(leaf(root(1)).der);
  const { provider, work } = countingProvider();
  const single = {
    hashAlgorithm: OID.sha256,
    issuerNameHash: noble.hashes["SHA-256"].hash(ours.issuer.der),
    issuerKeyHash: new Uint8Array(32),
    serialNumber: ours.serialNumber,
  } as unknown as SingleResponse;
  const response = {
    responses: Array.from({ length: 1000 }, () => single),
  } as unknown as OcspResponse;
  expect(() => {
    checkOcspResponse(response, ours, issuer, {
      provider,
      now: NOW,
      signatures: new SignatureChecker(provider, 0),
      budget: new Budget(DEFAULT_BUDGETS),
    });
  }).toThrow(/another certificate/);
  expect(work.hashes).toBe(2);
});
