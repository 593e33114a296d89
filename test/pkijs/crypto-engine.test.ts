import * as asn1js from "asn1js";
import { webcrypto } from "node:crypto";
import * as pkijs from "pkijs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parsePem } from "../../src/x509/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority, PkiKey } from "../../src/pki/index.ts";
import { ProviderCryptoEngine } from "../../src/pkijs/index.ts";
import type { KeyKind } from "../support/pki.ts";
import { KEY_KINDS, testKey } from "../support/pki.ts";
import { openssl } from "../pki/openssl.ts";

const provider = noble;
const engine = new ProviderCryptoEngine(provider);
const theirs = webcrypto.subtle;
const data = new Uint8Array([0, 1, 2, 3, 4, 5]);

/** All but random bytes is taken away: the engine must not miss it. */
beforeEach(() => {
  const getRandomValues = webcrypto.getRandomValues.bind(webcrypto);
  vi.stubGlobal("crypto", { getRandomValues });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

interface Way {
  readonly kind: KeyKind;
  readonly key: webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams;
  readonly use: webcrypto.RsaPssParams | webcrypto.EcdsaParams;
}

const hash = "SHA-256";
const WAYS: readonly Way[] = [
  ...(["SHA-1", "SHA-256", "SHA-384", "SHA-512"] as const).map((hash) => ({
    kind: "rsa" as const,
    key: { name: "RSASSA-PKCS1-v1_5", hash },
    use: { name: "RSASSA-PKCS1-v1_5", saltLength: 0 },
  })),
  ...([32, 48, 64] as const).map((saltLength) => ({
    kind: "rsa" as const,
    key: { name: "RSA-PSS", hash: `SHA-${(saltLength * 8).toString()}` },
    use: { name: "RSA-PSS", saltLength },
  })),
  ...(["256", "384", "521"] as const).map((size) => ({
    kind: `ec-p${size}` as const,
    key: { name: "ECDSA", namedCurve: `P-${size}` },
    use: { name: "ECDSA", hash },
  })),
  {
    kind: "ec-p521",
    key: { name: "ECDSA", namedCurve: "P-521" },
    use: { name: "ECDSA", hash: "SHA-512" },
  },
  {
    kind: "ed25519",
    key: { name: "Ed25519", hash },
    use: { name: "Ed25519", hash },
  },
];

describe("signatures, beside Node's Web Cryptography", () => {
  it.each(WAYS)("$key $use", async ({ kind, key, use }) => {
    const { pkcs8, spki } = {
      pkcs8: testKey(kind).toDer(),
      spki: testKey(kind).publicKeyInfo(),
    };
    const ours = await engine.importKey("pkcs8", view(pkcs8), key, true);
    const oursPublic = await engine.importKey("spki", view(spki), key, true);
    const own = await theirs.importKey("pkcs8", pkcs8, key, true, ["sign"]);
    const ownPublic = await theirs.importKey("spki", spki, key, true, [
      "verify",
    ]);
    const made = await engine.sign(use, ours, data);
    expect(await theirs.verify(use, ownPublic, made, data)).toBe(true);
    const given = await theirs.sign(use, own, data);
    expect(await engine.verify(use, oursPublic, given, data)).toBe(true);
    const wrong = new Uint8Array(given);
    wrong[wrong.length - 1] = (wrong[wrong.length - 1] ?? 0) ^ 1;
    expect(await engine.verify(use, oursPublic, wrong, data)).toBe(false);
    expect(await engine.verify(use, oursPublic, wrong.slice(1), data)).toBe(
      false,
    );
    expect(await engine.exportKey("spki", oursPublic)).toEqual(
      await theirs.exportKey("spki", ownPublic),
    );
    expect(await engine.exportKey("pkcs8", ours)).toEqual(
      await theirs.exportKey("pkcs8", own),
    );
  });

  it.each(["SHA-1", "SHA-256", "SHA-384", "SHA-512"])(
    "digests with %s alike",
    async (name) => {
      expect(await engine.digest(name, data)).toEqual(
        await theirs.digest(name, data),
      );
      expect(await engine.digest({ name }, data)).toEqual(
        await theirs.digest(name, data),
      );
    },
  );

  it("gives random bytes and UUIDs of version 4", () => {
    const array = engine.getRandomValues(new Uint32Array(8));
    expect(new Set(array).size).toBe(8);
    expect(engine.crypto.randomUUID()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

describe("what the engine refuses", () => {
  const ecdsa = { name: "ECDSA", namedCurve: "P-256" };

  it("keys of another algorithm or curve, and keys it did not make", async () => {
    const spki = view(testKey("ec-p384").publicKeyInfo());
    await expect(engine.importKey("spki", spki, ecdsa, true)).rejects.toThrow(
      "not one of P-256",
    );
    await expect(
      engine.importKey("spki", spki, { name: "Ed25519" }, true),
    ).rejects.toThrow("does not fit Ed25519");
    const foreign = await theirs.generateKey(ecdsa, true, ["sign", "verify"]);
    await expect(
      engine.sign({ name: "ECDSA", hash }, foreign.privateKey, data),
    ).rejects.toThrow("another crypto engine");
  });

  it("an RSA-PSS key for PKCS#1 v1.5", async () => {
    const spki = view(testKey("rsa-pss").publicKeyInfo());
    const way = (name: string) =>
      engine.importKey("spki", spki, rsaParameters(name), true);
    await expect(way("RSASSA-PKCS1-v1_5")).rejects.toThrow("does not fit");
    await expect(way("RSA-PSS")).resolves.toMatchObject({ type: "public" });
  });

  it("to sign with a public key and to verify with a private one", async () => {
    const key = testKey("ec-p256");
    const use = { name: "ECDSA", hash };
    const spki = await engine.importKey(
      "spki",
      view(key.publicKeyInfo()),
      ecdsa,
      true,
    );
    const pkcs8 = await engine.importKey(
      "pkcs8",
      view(key.toDer()),
      ecdsa,
      false,
    );
    await expect(engine.sign(use, spki, data)).rejects.toThrow("cannot sign");
    await expect(engine.verify(use, pkcs8, data, data)).rejects.toThrow(
      "cannot verify",
    );
    await expect(engine.exportKey("pkcs8", pkcs8)).rejects.toThrow(
      "not extractable",
    );
  });

  it("an RSA-PSS salt of another length, and what it does not have", async () => {
    const key = { name: "RSA-PSS", hash };
    const pkcs8 = view(testKey("rsa").toDer());
    const rsa = await engine.importKey("pkcs8", pkcs8, key, true);
    await expect(
      engine.sign({ name: "RSA-PSS", saltLength: 20 }, rsa, data),
    ).rejects.toThrow("salt as long as the hash");
    await expect(engine.digest("MD5", data)).rejects.toThrow("not supported");
    await expect(
      engine.generateKey({ name: "AES-CBC", length: 128 }, true, []),
    ).rejects.toThrow("no generateKey");
  });
});

describe("pkijs on the engine", () => {
  const root = createCertificateAuthority({ provider, name: "Root" });

  it.each(KEY_KINDS)("verifies what a CA of kind %s issued", async (kind) => {
    const ca = root.issueIntermediate({ name: "CA", key: testKey(kind) });
    const other = root.issueIntermediate({ name: "CA" });
    const server = ca.issueServer({ hosts: ["a.test"] });
    const certificate = pkijs.Certificate.fromBER(view(server.der));
    const issuer = pkijs.Certificate.fromBER(view(ca.der));
    const stranger = pkijs.Certificate.fromBER(view(other.der));
    expect(await certificate.verify(issuer, engine)).toBe(true);
    expect(await certificate.verify(stranger, engine)).toBe(false);
  });

  it.each(KEY_KINDS)(
    "imports the key, of kind %s, of a certificate",
    async (kind) => {
      const ca = createCertificateAuthority({
        provider,
        name: "CA",
        key: testKey(kind),
      });
      const certificate = pkijs.Certificate.fromBER(view(ca.der));
      const key = await certificate.getPublicKey(undefined, engine);
      expect(key.type).toBe("public");
      expect(new Uint8Array(await engine.exportKey("spki", key))).toEqual(
        testKey(kind).publicKeyInfo(),
      );
    },
  );

  it.each([
    ["rsa", { name: "RSASSA-PKCS1-v1_5", hash }],
    ["rsa", { name: "RSA-PSS", hash: "SHA-384" }],
    ["ec-p256", { name: "ECDSA", namedCurve: "P-256" }],
    ["ec-p521", { name: "ECDSA", namedCurve: "P-521" }],
    ["ed25519", { name: "Ed25519" }],
  ] as const)(
    "signs requests that OpenSSL accepts: %s %j",
    async (kind, way) => {
      const key = testKey(kind);
      const request = new pkijs.CertificationRequest();
      const spki = asn1js.fromBER(view(key.publicKeyInfo())).result;
      request.subjectPublicKeyInfo = new pkijs.PublicKeyInfo({ schema: spki });
      request.attributes = [];
      const signer = await engine.importKey(
        "pkcs8",
        view(key.toDer()),
        way,
        false,
      );
      await request.sign(signer, "SHA-256", engine);
      const der = new Uint8Array(request.toSchema().toBER());
      const { text } = openssl(
        ["req", "-inform", "DER", "-in", "r.der", "-verify", "-noout"],
        { "r.der": der },
      );
      expect(text).toContain("self-signature verify OK");
      expect(await request.verify(engine)).toBe(true);
    },
  );

  it("refuses PKCS#1 v1.5 by a key that is for RSA-PSS alone", async () => {
    const { privateKey } = testKey("rsa-pss");
    const ca = (pss: boolean) => {
      const key = new PkiKey({ provider, privateKey, pss });
      return createCertificateAuthority({ provider, name: "CA", key });
    };
    const [plain, pss] = [ca(false), ca(true)];
    const { der } = plain.issueServer({ hosts: ["a.test"] });
    const certificate = pkijs.Certificate.fromBER(view(der));
    const issuer = (one: typeof plain) =>
      pkijs.Certificate.fromBER(view(one.der));
    expect(await certificate.verify(issuer(plain), engine)).toBe(true);
    expect(await certificate.verify(issuer(pss), engine)).toBe(false);
  });

  it("refuses to sign with SHA-1", async () => {
    const way = { name: "ECDSA", namedCurve: "P-256" };
    const pkcs8 = view(testKey("ec-p256").toDer());
    const signer = await engine.importKey("pkcs8", pkcs8, way, false);
    await expect(
      engine.getSignatureParameters(signer, "SHA-1"),
    ).rejects.toThrow("too weak");
  });

  it("checks CMS signatures, which name the hash apart", async () => {
    const made = openssl(
      [
        ...["cms", "-sign", "-in", "m", "-signer", "c.pem", "-inkey", "k.pem"],
        ...["-noattr", "-binary", "-nodetach", "-outform", "PEM"],
        ...["-md", "sha384", "-out", "cms.pem"],
      ],
      {
        m: "message",
        "c.pem": root.issueClient({ name: "Alice", key: testKey("rsa") }).pem,
        "k.pem": testKey("rsa").toPem(),
      },
    ).file("cms.pem");
    const [block] = parsePem(Buffer.from(made).toString());
    if (block === undefined) throw new Error("no CMS");
    const content = pkijs.ContentInfo.fromBER(view(block.der));
    const signed = new pkijs.SignedData({ schema: content.content });
    expect(await signed.verify({ signer: 0 }, engine)).toBe(true);
  });
});

function rsaParameters(name: string): webcrypto.RsaHashedImportParams {
  return { name, hash };
}

/** A view that pkijs's types take: over an ArrayBuffer of its own. */
function view(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
