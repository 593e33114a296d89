import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import type { Authority } from "../../src/pki/index.ts";
import {
  createCertificateAuthority,
  createSelfSigned,
} from "../../src/pki/index.ts";
import {
  ProviderCryptoEngine,
  SecondOpinionError,
  validatePath,
  withSecondOpinion,
} from "../../src/pkijs/index.ts";
import type {
  CertificateVerifier,
  VerifyContext,
} from "../../src/x509/index.ts";
import {
  Certificate,
  createVerifier,
  isVerifiedChain,
  TrustStore,
  X509Error,
} from "../../src/x509/index.ts";
import { KEY_KINDS, testKey } from "../support/pki.ts";

const provider = noble;
const root = createCertificateAuthority({ provider, name: "Root" });
const at: VerifyContext = {
  purpose: "serverAuth",
  serverName: "a.test",
  now: Date.now(),
};

function verifierFor(der: Uint8Array): CertificateVerifier {
  return createVerifier({ provider, trustStore: TrustStore.of(der) });
}

function judge(
  ca: Authority,
  certificates: readonly Uint8Array[],
  verifier = verifierFor(ca.der),
) {
  return withSecondOpinion({ provider, verifier }).verify({ certificates }, at);
}

describe("withSecondOpinion", () => {
  it.each(KEY_KINDS)("agrees on a chain with keys of kind %s", async (kind) => {
    const key = testKey(kind);
    const ca = createCertificateAuthority({ provider, name: "Root", key });
    const middle = ca.issueIntermediate({ name: "Middle", key });
    const low = middle.issueIntermediate({ name: "Low", key, pathLength: 0 });
    const server = low.issueServer({ hosts: ["a.test"], key });
    const chain = await judge(ca, server.chain);
    expect(isVerifiedChain(chain)).toBe(true);
    expect(chain.path).toHaveLength(4);
  });

  it("leaves the first opinion its errors", async () => {
    const server = root.issueServer({ hosts: ["b.test"] });
    await expect(judge(root, server.chain)).rejects.toThrow(X509Error);
  });

  it("accepts a leaf that is trusted itself", async () => {
    const own = createSelfSigned({ provider, hosts: ["a.test"] });
    const verifier = verifierFor(own.der);
    await expect(judge(root, own.chain, verifier)).resolves.toBeDefined();
  });

  it("agrees on name constraints and policies", async () => {
    const middle = root.issueIntermediate({
      name: "Constrained",
      policies: ["2.23.140.1.2.1"],
      nameConstraints: {
        permitted: { dns: ["test"], ip: ["10.0.0.0/8"] },
        excluded: { dns: ["bad.test"] },
      },
    });
    const server = middle.issueServer({
      hosts: ["a.test", "10.1.2.3"],
      policies: ["2.23.140.1.2.1"],
    });
    await expect(judge(root, server.chain)).resolves.toBeDefined();
  });
});

describe("validatePath, which sees what ours would have refused", () => {
  const engine = new ProviderCryptoEngine(provider);
  const middle = root.issueIntermediate({ name: "Middle" });
  const server = middle.issueServer({ hosts: ["a.test"] });
  const path = [server.certificate, middle.certificate, root.certificate];

  it("accepts the honest path", async () => {
    await expect(validatePath(path, at.now, engine)).resolves.toBeUndefined();
  });

  it.each([
    ["an expired path", path, Date.UTC(2100, 0, 1)],
    ["a path not yet valid", path, Date.UTC(2000, 0, 1)],
    [
      "a root that did not sign",
      [
        server.certificate,
        middle.certificate,
        createCertificateAuthority({ provider, name: "Root" }).certificate,
      ],
      at.now,
    ],
    ["a link left out", [server.certificate, root.certificate], at.now],
    [
      "a CA that is none",
      [
        middle.issueServer({ hosts: ["x.test"] }).certificate,
        middle.issueServer({ hosts: ["y.test"] }).certificate,
        root.certificate,
      ],
      at.now,
    ],
  ])("refuses %s", async (_, wrong, now) => {
    await expect(validatePath(wrong, now, engine)).rejects.toThrow(
      SecondOpinionError,
    );
  });

  it("refuses a flipped bit in each signature of the path", async () => {
    for (const depth of [0, 1]) {
      const forged = path.map((certificate, i) => {
        const der = certificate.der.slice();
        if (i === depth) der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
        return Certificate.parse(der);
      });
      await expect(validatePath(forged, at.now, engine)).rejects.toThrow(
        SecondOpinionError,
      );
    }
  });

  it("refuses a CA without the right to sign, and names outside", async () => {
    const weak = root.issueIntermediate({
      name: "Weak",
      keyUsage: ["digitalSignature"],
    });
    const bound = root.issueIntermediate({
      name: "Bound",
      nameConstraints: { permitted: { dns: ["other.test"] } },
    });
    for (const ca of [weak, bound]) {
      const leaf = ca.issueServer({ hosts: ["a.test"] }).certificate;
      await expect(
        validatePath([leaf, ca.certificate, root.certificate], at.now, engine),
      ).rejects.toThrow(SecondOpinionError);
    }
  });
});
