/** Chains under every signature algorithm, made by OpenSSL or by noble. */
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { SignatureName } from "../../../src/crypto/provider.ts";
import {
  pssHash,
  signatureAlgorithm,
} from "../../../src/x509/keys/algorithms.ts";
import {
  Certificate,
  createVerifier,
  OID,
  TrustStore,
} from "../../../src/x509/index.ts";
import type { TestKey } from "../../support/der-builder.ts";
import {
  bits,
  bytes,
  caExtensions,
  dns,
  ed25519Key,
  explicit,
  int,
  issue,
  leafExtensions,
  name,
  NOW,
  oid,
  seq,
  subjectAltName,
  time,
} from "../../support/der-builder.ts";
import { hasOpenssl, inScratch, openssl } from "../../support/openssl-certs.ts";
import { KEY_OIDS } from "../../../src/pki/keys/keys.ts";

const suite = hasOpenssl() ? describe : describe.skip;
const pss = (hash: string): readonly string[] => [
  `-${hash}`,
  "-sigopt",
  "rsa_padding_mode:pss",
  "-sigopt",
  "rsa_pss_saltlen:digest",
];
const ec = (curve: string): readonly string[] => [
  "EC",
  "-pkeyopt",
  `ec_paramgen_curve:${curve}`,
];
const RSA = ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] as const;

const KINDS: Record<
  string,
  { readonly key: readonly string[]; readonly sign: readonly string[] }
> = {
  "ecdsa-sha256": { key: ec("P-256"), sign: ["-sha256"] },
  "ecdsa-sha384": { key: ec("P-384"), sign: ["-sha384"] },
  "ecdsa-sha512": { key: ec("P-521"), sign: ["-sha512"] },
  "ecdsa-sha256 on P-521": { key: ec("P-521"), sign: ["-sha256"] },
  ed25519: { key: ["ED25519"], sign: [] },
  ed448: { key: ["ED448"], sign: [] },
  "rsa-pkcs1-sha256": { key: RSA, sign: ["-sha256"] },
  "rsa-pkcs1-sha384": { key: RSA, sign: ["-sha384"] },
  "rsa-pkcs1-sha512": { key: RSA, sign: ["-sha512"] },
  "rsa-pss-sha256": { key: RSA, sign: pss("sha256") },
  "rsa-pss-sha384": { key: RSA, sign: pss("sha384") },
  "rsa-pss-sha512": { key: RSA, sign: pss("sha512") },
  "rsa-pss-sha256 by an RSASSA-PSS key": {
    key: ["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    sign: pss("sha256"),
  },
};

suite("chains of OpenSSL (skipped without OpenSSL 3)", () => {
  it.each(Object.entries(KINDS))("%s", (kind, { key, sign }) => {
    inScratch((folder) => {
      openssl(["genpkey", "-algorithm", ...key, "-out", "ca.key"], folder);
      openssl(["genpkey", "-algorithm", "ED25519", "-out", "l.key"], folder);
      openssl(
        [
          "req",
          "-x509",
          "-key",
          "ca.key",
          "-subj",
          "/CN=CA",
          "-days",
          "30",
          "-out",
          "ca.pem",
          ...sign,
        ],
        folder,
      );
      openssl(
        ["req", "-new", "-key", "l.key", "-subj", "/CN=L", "-out", "l.csr"],
        folder,
      );
      const san = ["-copy_extensions", "copyall"];
      openssl(
        [
          "req",
          "-new",
          "-key",
          "l.key",
          "-subj",
          "/CN=L",
          "-addext",
          "subjectAltName=DNS:example.com",
          "-out",
          "l.csr",
        ],
        folder,
      );
      openssl(
        [
          "x509",
          "-req",
          "-in",
          "l.csr",
          "-CA",
          "ca.pem",
          "-CAkey",
          "ca.key",
          "-days",
          "20",
          "-out",
          "l.pem",
          ...san,
          ...sign,
        ],
        folder,
      );
      const read = (file: string): string =>
        readFileSync(join(folder, file), "latin1");
      const trustStore = TrustStore.of(read("ca.pem"));
      const [end] = TrustStore.of(read("l.pem")).certificates;
      if (end === undefined) throw new Error("no leaf");
      const algorithm = signatureAlgorithm(end.signatureAlgorithm);
      expect(algorithm?.name).toBe(kind.split(" ")[0]);
      const verify = (der: Uint8Array) => () =>
        createVerifier({ provider: noble, trustStore }).verify(
          { certificates: [der] },
          { purpose: "serverAuth", serverName: "example.com", now: Date.now() },
        );
      expect(verify(end.der)().path.length).toBe(2);
      const damaged = end.der.slice();
      const last = damaged.length - 9;
      damaged[last] = (damaged[last] ?? 0) ^ 1;
      expect(verify(damaged)).toThrow("signature does not verify");
    });
  });
});

describe("chains with ML-DSA (RFC 9881)", () => {
  const primitives = {
    "ml-dsa-44": ml_dsa44,
    "ml-dsa-65": ml_dsa65,
    "ml-dsa-87": ml_dsa87,
  };

  it.each(["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] as const)("%s", (kind) => {
    const { publicKey, secretKey } = primitives[kind].keygen(
      new Uint8Array(32).fill(1),
    );
    const algorithm = seq(oid(KEY_OIDS[kind]));
    const spki = seq(algorithm, bits(publicKey));
    const signature: SignatureName = kind;
    const key: TestKey = { ...ed25519Key(1), spki, signature, algorithm };
    const certify = (
      subject: string,
      of: Uint8Array,
      extensions: readonly Uint8Array[],
    ): Uint8Array => {
      const tbs = seq(
        explicit(0, int(2)),
        int(5),
        algorithm,
        name("PQ"),
        seq(time(NOW - 1000), time(NOW + 1000)),
        name(subject),
        of,
        explicit(3, seq(...extensions)),
      );
      return seq(tbs, algorithm, bits(primitives[kind].sign(tbs, secretKey)));
    };
    const ca = certify("PQ", spki, caExtensions(key));
    const end = certify("leaf", ed25519Key(2).spki, leafExtensions(key));
    const verify = (der: Uint8Array) => () =>
      createVerifier({ provider: noble, trustStore: TrustStore.of(ca) }).verify(
        { certificates: [der] },
        { purpose: "serverAuth", serverName: "example.com", now: NOW },
      );
    expect(Certificate.parse(ca).subjectPublicKeyInfo.algorithm).toBe(kind);
    expect(verify(end)().path.length).toBe(2);
    const damaged = end.slice();
    damaged[end.length - 5] = (damaged[end.length - 5] ?? 0) ^ 1;
    expect(verify(damaged)).toThrow("signature does not verify");
  });
});

describe("signature algorithms", () => {
  const meaning = (der: Uint8Array): string | undefined => {
    const certificate = Certificate.parse(
      issue({
        key: ed25519Key(1),
        outerAlgorithm: der,
        extensions: [subjectAltName([dns("a")])],
      }).der,
    );
    return signatureAlgorithm(certificate.signatureAlgorithm)?.name;
  };
  const nothing = bytes(5, 0);
  const hash = (type: string): Uint8Array => seq(oid(type), nothing);
  const parameters = (
    h: string,
    m: string,
    salt: number,
    ...more: Uint8Array[]
  ): Uint8Array =>
    seq(
      explicit(0, hash(h)),
      explicit(1, seq(oid(OID.mgf1), hash(m))),
      explicit(2, int(salt)),
      ...more,
    );
  const masked = (mask: Uint8Array): Uint8Array =>
    seq(explicit(0, hash(OID.sha256)), explicit(1, mask), explicit(2, int(32)));

  it("have their parameters, and no others", () => {
    expect(meaning(seq(oid(OID.sha256WithRSAEncryption), nothing))).toBe(
      "rsa-pkcs1-sha256",
    );
    expect(meaning(seq(oid(OID.sha256WithRSAEncryption)))).toBe(
      "rsa-pkcs1-sha256",
    );
    expect(
      meaning(seq(oid(OID.sha256WithRSAEncryption), int(1))),
    ).toBeUndefined();
    expect(meaning(seq(oid(OID.ecdsaWithSHA256)))).toBe("ecdsa-sha256");
    expect(meaning(seq(oid(OID.ecdsaWithSHA256), nothing))).toBeUndefined();
    expect(meaning(seq(oid(OID.ed25519), nothing))).toBeUndefined();
    // MD5 and SHA-224 with RSA.
    expect(meaning(seq(oid("1.2.840.113549.1.1.4"), nothing))).toBeUndefined();
    expect(meaning(seq(oid("1.2.840.113549.1.1.14"), nothing))).toBeUndefined();
  });

  // [9846-4.3.3-11]
  it("of RSASSA-PSS use one hash and a salt as long", () => {
    expect(pssHash(parameters(OID.sha256, OID.sha256, 32))).toBe("sha256");
    expect(
      pssHash(parameters(OID.sha512, OID.sha512, 64, explicit(3, int(1)))),
    ).toBe("sha512");
    for (const bad of [
      parameters(OID.sha256, OID.sha384, 32),
      parameters(OID.sha256, OID.sha256, 20),
      parameters(OID.sha1, OID.sha1, 20),
      parameters(OID.sha256, OID.sha256, 32, explicit(3, int(2))),
      parameters(OID.sha256, OID.sha256, 32, int(1)),
      parameters(OID.sha256, OID.sha256, 32, explicit(3, int(1)), int(1)),
      // A mask that is not MGF1, or does not name its hash.
      masked(seq(oid(OID.sha256), hash(OID.sha256))),
      masked(seq(oid(OID.mgf1))),
      seq(),
      nothing,
    ])
      expect(pssHash(bad)).toBeUndefined();
    expect(pssHash(undefined)).toBeUndefined();
  });
});
