/** Private and public keys, as OpenSSL writes them. */
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { nodeKeyPair } from "../../crypto/node-keys.ts";
import { describe, expect, it } from "vitest";
import { fromHex, latin1, toHex, utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { PrivateKey } from "../../../src/crypto/provider.ts";
import type {
  PrivateKeyOptions,
  X509ErrorCode,
} from "../../../src/x509/index.ts";
import {
  Certificate,
  encodePem,
  keyMatchesCertificate,
  OID,
  parsePem,
  parsePlainPrivateKey,
  parsePrivateKey,
  parseSubjectPublicKeyInfo,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  bits,
  bytes,
  ed25519Key,
  explicit,
  int,
  issue,
  octets,
  oid,
  seq,
  testKey,
} from "../../support/der-builder.ts";
import { keyDecryption } from "../../../src/crypto/noble/index.ts";
import { hasOpenssl, inScratch, openssl } from "../../support/openssl-certs.ts";

const suite = hasOpenssl() ? describe : describe.skip;

/** One-way view of a key, to compare two readings of it. */
function facts(key: PrivateKey): string {
  switch (key.type) {
    case "rsa":
      return [
        key.modulus,
        key.exponent,
        key.privateExponent.bytes,
        key.prime1.bytes,
        key.prime2.bytes,
        key.exponent1.bytes,
        key.exponent2.bytes,
        key.coefficient.bytes,
      ]
        .map(toHex)
        .join();
    case "ec":
      return `${key.curve},${toHex(key.scalar.bytes)}`;
    default:
      return toHex(key.seed.bytes);
  }
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

const KINDS = {
  rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
  "rsa-pss": ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"],
  "P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  "P-384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
  "P-521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
  ed25519: ["-algorithm", "ED25519"],
  ed448: ["-algorithm", "ED448"],
} as const;

suite("private keys of OpenSSL (skipped without OpenSSL 3)", () => {
  it.each(Object.entries(KINDS))("%s in every plain form", (kind, args) => {
    inScratch((folder) => {
      const pem = openssl(["genpkey", ...args], folder);
      const parsed = parsePrivateKey(pem);
      const der = parsePem(pem)[0]?.der ?? bytes();
      expect(facts(parsePrivateKey(der).key)).toBe(facts(parsed.key));
      expect(facts(parsePlainPrivateKey(pem).key)).toBe(facts(parsed.key));
      expect(facts(parsePlainPrivateKey(der).key)).toBe(facts(parsed.key));
      expect(facts(parsePrivateKey(utf8Bytes(`text\n${pem}`)).key)).toBe(
        facts(parsed.key),
      );
      // The public half is what OpenSSL derives.
      openssl(["genpkey", ...args, "-out", "k.pem"], folder);
      const spki =
        parsePem(openssl(["pkey", "-in", "k.pem", "-pubout"], folder))[0]
          ?.der ?? bytes();
      const key = parsePrivateKey(openssl(["pkey", "-in", "k.pem"], folder));
      const info = parseSubjectPublicKeyInfo(spki);
      expect(info.algorithm).toBe(key.algorithm);
      expect(noble.publicKeyOf(key.key)).toEqual(info.key);
      // OpenSSL has no traditional form for these.
      if (kind.startsWith("ed") || kind === "rsa-pss") return;
      const legacy = openssl(["pkey", "-in", "k.pem", "-traditional"], folder);
      expect(legacy).toMatch(/BEGIN (RSA|EC) PRIVATE KEY/);
      expect(facts(parsePrivateKey(legacy).key)).toBe(facts(key.key));
      const legacyDer = parsePem(legacy)[0]?.der ?? bytes();
      expect(facts(parsePrivateKey(legacyDer).key)).toBe(facts(key.key));
    });
  });

  const PKCS8 = [
    ["PBES2, PBKDF2-SHA256, AES-256", ["-v2", "aes-256-cbc"]],
    [
      "PBES2, PBKDF2-SHA1, AES-128",
      ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"],
    ],
    [
      "PBES2, PBKDF2-SHA512, AES-192",
      ["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA512"],
    ],
    ["PBES2, PBKDF2, 3DES", ["-v2", "des3"]],
    ["PBES2, scrypt", ["-scrypt", "-scrypt_N", "1024"]],
    ["pbeWithSHAAnd3-KeyTripleDES-CBC", ["-v1", "PBE-SHA1-3DES"]],
    ["pbeWithSHAAnd2-KeyTripleDES-CBC", ["-v1", "PBE-SHA1-2DES"]],
  ] as const;

  it.each(PKCS8)("encrypted PKCS#8: %s", (_, args) => {
    inScratch((folder) => {
      openssl(["genpkey", ...KINDS["P-256"], "-out", "k.pem"], folder);
      const plain = parsePrivateKey(openssl(["pkey", "-in", "k.pem"], folder));
      const pem = openssl(
        ["pkcs8", "-topk8", "-in", "k.pem", "-passout", "pass:sésame", ...args],
        folder,
      );
      expectDecrypts(pem, facts(plain.key));
      expectDecrypts(parsePem(pem)[0]?.der ?? bytes(), facts(plain.key));
    });
  });

  it.each(["aes128", "aes192", "aes256", "des3"])(
    "legacy PEM: %s",
    (cipher) => {
      inScratch((folder) => {
        openssl(["genpkey", ...KINDS["P-256"], "-out", "k.pem"], folder);
        const plain = parsePrivateKey(
          openssl(["pkey", "-in", "k.pem"], folder),
        );
        const pem = openssl(
          [
            "pkey",
            "-in",
            "k.pem",
            "-traditional",
            `-${cipher}`,
            "-passout",
            "pass:sésame",
          ],
          folder,
        );
        expect(pem).toContain("DEK-Info");
        expectDecrypts(pem, facts(plain.key));
      });
    },
  );

  function expectDecrypts(key: string | Uint8Array, expected: string): void {
    const parse = (options?: PrivateKeyOptions) => () =>
      parsePrivateKey(key, options);
    const decryption = keyDecryption;
    expect(facts(parse({ password: "sésame", decryption })().key)).toBe(
      expected,
    );
    const password = utf8Bytes("sésame");
    expect(facts(parse({ password, decryption })().key)).toBe(expected);
    expect(latin1(password)).toBe(latin1(utf8Bytes("sésame")));
    expect(codeOf(parse())).toBe("password_required");
    expect(codeOf(parse({ password: "sesame", decryption }))).toBe(
      "wrong_password",
    );
    expect(codeOf(parse({ password: "x" }))).toBe("unsupported_private_key");
    expect(codeOf(() => parsePlainPrivateKey(key))).toBe(
      "unsupported_private_key",
    );
  }

  it("matches a certificate's key, for every kind", () => {
    for (const kind of ["rsa", "P-256", "ed25519"] as const)
      inScratch((folder) => {
        const make = (name: string): string => {
          openssl(["genpkey", ...KINDS[kind], "-out", `${name}.key`], folder);
          openssl(
            [
              "req",
              "-x509",
              "-key",
              `${name}.key`,
              "-subj",
              `/CN=${name}`,
              "-out",
              `${name}.pem`,
            ],
            folder,
          );
          return openssl(["x509", "-in", `${name}.pem`], folder);
        };
        const certificate = (pem: string): Certificate =>
          Certificate.parse(parsePem(pem)[0]?.der ?? bytes());
        const [one, two] = [certificate(make("one")), certificate(make("two"))];
        const key = parsePrivateKey(
          openssl(["pkey", "-in", "one.key"], folder),
        );
        expect(keyMatchesCertificate(noble, key, one)).toBe(true);
        expect(keyMatchesCertificate(noble, key, two)).toBe(false);
        const other = parsePrivateKey(
          openssl(["genpkey", ...KINDS["P-384"]], folder),
        );
        expect(keyMatchesCertificate(noble, other, one)).toBe(false);
      });
  });
});

describe("parsePrivateKey", () => {
  const ecKey = (
    curve: string,
    scalar: Uint8Array,
    ...more: Uint8Array[]
  ): Uint8Array =>
    seq(
      int(0),
      seq(oid(OID.ecPublicKey), oid(curve)),
      octets(seq(int(1), octets(scalar), ...more)),
    );
  const scalar = new Uint8Array(32).fill(3);
  const mlDsaKey = (inner: Uint8Array): Uint8Array =>
    seq(int(0), seq(oid(OID.mlDsa65)), octets(inner));
  const implicit = (tag: number, content: Uint8Array): Uint8Array =>
    bytes(0x80 | tag, content.length, ...content);

  it("reads ML-DSA's seed alone and beside the expanded key (RFC 9881 6)", () => {
    for (const inner of [
      implicit(0, scalar),
      seq(octets(scalar), octets(new Uint8Array(4032))),
    ]) {
      const parsed = parsePrivateKey(mlDsaKey(inner));
      expect(parsed.algorithm).toBe("ml-dsa-65");
      expect(parsed.key.type).toBe("ml-dsa-65");
      expect(facts(parsed.key)).toBe(toHex(scalar));
    }
  });

  it("pads a short scalar and takes leading zeros off a long one", () => {
    for (const given of [
      scalar.subarray(1),
      bytes(0, 0, ...scalar.subarray(1)),
    ]) {
      const { key } = parsePrivateKey(ecKey(OID.secp256r1, given));
      expect(facts(key)).toBe(`secp256r1,00${"03".repeat(31)}`);
    }
  });

  it.each([
    [OID.secp256r1, p256],
    [OID.secp384r1, p384],
    [OID.secp521r1, p521],
  ])(
    "accepts a scalar of %s from 1 to the order less 1",
    (curve, { Point }) => {
      const { ORDER, BYTES } = Point.Fn;
      const read = (value: bigint): string => {
        const digits = value.toString(16).padStart(2 * BYTES, "0");
        return facts(parsePrivateKey(ecKey(curve, fromHex(digits))).key);
      };
      expect(read(1n)).toContain("0001");
      expect(read(ORDER - 1n)).toContain((ORDER - 1n).toString(16));
      for (const wrong of [0n, ORDER, ORDER + 1n])
        expect(() => read(wrong)).toThrow(X509Error);
    },
  );

  it("ignores a password that is not needed", () => {
    expect(
      parsePrivateKey(ecKey(OID.secp256r1, scalar), { password: "x" })
        .algorithm,
    ).toBe("ecPublicKey");
  });

  it.each<[string, X509ErrorCode, Uint8Array | string]>([
    ["nothing", "no_pem_block", ""],
    ["a certificate", "no_pem_block", encodePem("CERTIFICATE", bytes(1))],
    ["no DER", "malformed_private_key", encodePem("PRIVATE KEY", bytes(1, 2))],
    ["P-192", "unsupported_private_key", ecKey("1.2.840.10045.3.1.1", scalar)],
    [
      "two curves",
      "malformed_private_key",
      ecKey(OID.secp256r1, scalar, explicit(0, oid(OID.secp384r1))),
    ],
    [
      "a long scalar",
      "malformed_private_key",
      ecKey(OID.secp256r1, bytes(1, ...scalar)),
    ],
    ["an empty scalar", "malformed_private_key", ecKey(OID.secp256r1, bytes())],
    [
      "SEC 1 without a curve",
      "malformed_private_key",
      seq(int(1), octets(scalar)),
    ],
    [
      "PKCS#8 of version 3",
      "malformed_private_key",
      seq(int(2), seq(oid(OID.ed25519)), octets(octets(scalar))),
    ],
    [
      "a short Ed25519 seed",
      "malformed_private_key",
      seq(int(0), seq(oid(OID.ed25519)), octets(octets(scalar.subarray(1)))),
    ],
    [
      "a short Ed448 seed",
      "malformed_private_key",
      seq(int(0), seq(oid(OID.ed448)), octets(octets(new Uint8Array(56)))),
    ],
    [
      "X25519",
      "unsupported_private_key",
      seq(int(0), seq(oid("1.3.101.110")), octets(octets(scalar))),
    ],
    [
      "an expanded ML-DSA key without its seed",
      "unsupported_private_key",
      mlDsaKey(octets(new Uint8Array(4032))),
    ],
    [
      "a long ML-DSA seed",
      "malformed_private_key",
      mlDsaKey(implicit(0, new Uint8Array(33))),
    ],
    [
      "an ML-DSA seed with more behind it",
      "malformed_private_key",
      mlDsaKey(bytes(...implicit(0, scalar), 0)),
    ],
    [
      "an ML-DSA key of three parts",
      "malformed_private_key",
      mlDsaKey(seq(octets(scalar), octets(scalar), octets(scalar))),
    ],
    ["multi-prime RSA", "malformed_private_key", seq(int(1), int(5))],
    [
      "trailing bytes",
      "malformed_private_key",
      bytes(...seq(int(0), seq(oid(OID.ed25519)), octets(octets(scalar))), 0),
    ],
    [
      "PBES1",
      "unsupported_private_key",
      seq(seq(oid("1.2.840.113549.1.5.3"), seq()), octets(scalar)),
    ],
  ])("refuses %s", (_, code, key) => {
    expect(codeOf(() => parsePrivateKey(key, { password: "x" }))).toBe(code);
  });

  it("bounds the work that a file may ask for", () => {
    const encrypted = (derivation: Uint8Array): Uint8Array =>
      seq(
        seq(
          oid(OID.PBES2),
          seq(derivation, seq(oid(OID.aes128Cbc), octets(new Uint8Array(16)))),
        ),
        octets(new Uint8Array(16)),
      );
    const options = { password: "x", decryption: keyDecryption };
    for (const derivation of [
      seq(oid(OID.PBKDF2), seq(octets(scalar), int(0x7fffffff))),
      seq(oid(OID.scrypt), seq(octets(scalar), int(2 ** 30), int(8), int(1))),
    ])
      expect(
        codeOf(() => parsePrivateKey(encrypted(derivation), options)),
      ).toBe("unsupported_private_key");
    const bad = seq(
      oid(OID.scrypt),
      seq(octets(scalar), int(1023), int(8), int(1)),
    );
    expect(codeOf(() => parsePrivateKey(encrypted(bad), options))).toBe(
      "malformed_private_key",
    );
  });
});

describe("keyMatchesCertificate", () => {
  it("knows a compressed point for the same key", () => {
    const { privateKey } = nodeKeyPair("ec", { namedCurve: "P-256" });
    const parsed = parsePrivateKey(
      privateKey.export({ type: "pkcs8", format: "der" }),
    );
    const whole = noble.publicKeyOf(parsed.key);
    if (whole.type !== "ec") throw new Error("not an EC key");
    const parity = (whole.point[64] ?? 0) & 1;
    const compressed = (sign: number): Certificate =>
      Certificate.parse(
        issue({
          key: testKey(parsed.key, "ecdsa-sha256"),
          spki: seq(
            seq(oid(OID.ecPublicKey), oid(OID.secp256r1)),
            bits(bytes(2 + sign, ...whole.point.subarray(1, 33))),
          ),
        }).der,
      );
    expect(keyMatchesCertificate(noble, parsed, compressed(parity))).toBe(true);
    expect(keyMatchesCertificate(noble, parsed, compressed(1 - parity))).toBe(
      false,
    );
    const ed = { algorithm: "ed25519", key: ed25519Key(1).key } as const;
    expect(keyMatchesCertificate(noble, ed, compressed(parity))).toBe(false);
  });
});
