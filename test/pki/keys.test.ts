import {
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  X509Certificate,
} from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import type { KeyType } from "../../src/pki/index.ts";
import { generateKey, PkiKey } from "../../src/pki/index.ts";
import { X509Error } from "../../src/x509/index.ts";
import { KEY_KINDS, testKey, testServer } from "../support/pki.ts";
import { openssl } from "./openssl.ts";

const message = new Uint8Array([1, 2, 3]);

describe("generateKey", () => {
  it.each(["ec-p256", "ec-p384", "ec-p521", "ed25519", "rsa-2048"] as const)(
    "makes keys of type %s that OpenSSL and Node take",
    (type: KeyType) => {
      const key = generateKey({ provider: noble, type });
      const files = { "k.pem": key.toPem() };
      const check = openssl(["pkey", "-check", "-in", "k.pem"], files);
      expect(check.text).toContain("Key is valid");
      // The public half stands in the certificates: it must be the same one.
      const own = createPublicKey(key.publicKeyPem());
      const theirs = createPublicKey(createPrivateKey(key.toPem()));
      expect(own.equals(theirs)).toBe(true);
      const algorithm = type === "ed25519" ? null : "sha256";
      const signature = sign(algorithm, message, key.toPem());
      expect(verify(algorithm, message, own, signature)).toBe(true);
    },
  );

  it("makes RSA keys of the length asked, with the least exponent", () => {
    const { privateKey } = generateKey({ provider: noble, type: "rsa-2048" });
    if (privateKey.type !== "rsa") throw new Error("no RSA key");
    const number = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);
    const [p, q] = [privateKey.prime1, privateKey.prime2].map(({ bytes }) =>
      number(bytes),
    );
    if (p === undefined || q === undefined) throw new Error("no primes");
    expect(p * q).toBe(number(privateKey.modulus));
    expect((p * q).toString(2)).toHaveLength(2048);
    // Both top bits of both primes: the product is never a bit shorter.
    for (const prime of [p, q]) expect(prime >> 1022n).toBe(3n);
    // FIPS 186-5 A.1.1: d is the inverse of e modulo the least common multiple.
    const d = number(privateKey.privateExponent.bytes);
    expect(2n * d).toBeLessThan((p - 1n) * (q - 1n));
    expect((d * 65537n) % (p - 1n)).toBe(1n);
    expect((d * 65537n) % (q - 1n)).toBe(1n);
  });

  it("makes another key each time", () => {
    const keys = [1, 2, 3].map(() => generateKey({ provider: noble }).toPem());
    expect(new Set(keys).size).toBe(3);
  });

  it.each([
    [
      "ec-p256",
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    ],
    [
      "ec-p384",
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ],
    [
      "ec-p521",
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ],
  ] as const)(
    "%s: refuses zero and the order, accepts order - 1",
    (type, n) => {
      const order = fromHex(n);
      const last = order.slice();
      last[last.length - 1] = (last[last.length - 1] ?? 0) - 1;
      const draws = [new Uint8Array(order.length), order, last];
      const provider: CryptoProvider = {
        ...noble,
        random: () => (draws.shift() ?? new Uint8Array(0)).slice(),
      };
      const { privateKey } = generateKey({ provider, type });
      if (privateKey.type !== "ec") throw new Error("no EC key");
      expect(toHex(privateKey.scalar.bytes)).toBe(toHex(last));
      expect(draws).toHaveLength(0);
    },
  );

  it("P-521: drops the seven bits above the order", () => {
    const bytes = new Uint8Array(66).fill(0xff, 0, 1).fill(7, 1);
    const provider = { ...noble, random: () => bytes.slice() };
    const { privateKey } = generateKey({ provider, type: "ec-p521" });
    if (privateKey.type !== "ec") throw new Error("no EC key");
    expect(privateKey.scalar.bytes[0]).toBe(1);
  });

  it.each(["ec-p256", "rsa-2048"] as const)(
    "%s: gives up on a random source that is stuck",
    (type) => {
      const random = (length: number): Uint8Array => new Uint8Array(length);
      const provider = { ...noble, random };
      expect(() => generateKey({ provider, type })).toThrow("not random");
    },
  );
});

describe("PkiKey", () => {
  it.each(KEY_KINDS)("reads back the PEM that it writes: %s", (kind) => {
    const key = testKey(kind);
    const again = PkiKey.parse(noble, key.toPem());
    expect(again.algorithm).toBe(key.algorithm);
    expect(again.toPem()).toBe(key.toPem());
    expect(again.publicKeyPem()).toBe(key.publicKeyPem());
    const certificate = new X509Certificate(testServer(kind).certificatePem);
    expect(certificate.checkPrivateKey(createPrivateKey(key.toPem()))).toBe(
      true,
    );
  });

  it.each([
    ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    ["ED25519"],
    ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    ["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
  ])("writes a key as OpenSSL wrote it: %s %s %s", (...algorithm) => {
    const made = openssl([
      ...["genpkey", "-quiet", "-out", "k.pem", "-algorithm"],
      ...algorithm.filter((argument) => argument !== undefined),
    ]).file("k.pem");
    const pem = Buffer.from(made).toString();
    expect(PkiKey.parse(noble, pem).toPem()).toBe(pem);
    expect(PkiKey.parse(noble, made).toPem()).toBe(pem);
  });

  it("does not print its secret", () => {
    const key = testKey("ec-p256");
    expect(`${key.toString()} ${JSON.stringify({ key })}`).toBe(
      '[ecPublicKey key] {"key":"[ecPublicKey key]"}',
    );
  });

  // node:crypto's export() takes a passphrase: here none may be lost.
  it.each(["toPem", "toDer"] as const)("%s() refuses a password", (name) => {
    const write: unknown = Reflect.get(testKey("ec-p256"), name);
    if (typeof write !== "function") throw new Error("no method");
    const given = [{ password: "secret" }];
    expect(() => {
      Reflect.apply(write, testKey("ec-p256"), given);
    }).toThrow(
      `${name}(): an object; no argument is allowed: the key is not encrypted. createPkcs12() writes one under a password`,
    );
  });

  it("refuses what is no key, and PSS for a key that is not RSA", () => {
    expect(() => PkiKey.parse(noble, "no PEM")).toThrow(X509Error);
    const { privateKey } = testKey("ec-p256");
    expect(
      () => new PkiKey({ provider: noble, privateKey, pss: true }),
    ).toThrow("only an RSA key");
  });
});
