import {
  sign as signByNode,
  verify as verifyByNode,
  type KeyObject,
} from "node:crypto";
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiBytes, fromHex, Secret, toHex } from "../../src/bytes.ts";
import {
  ecdsaVerifierWith,
  ed25519PublicKey,
  noble,
  publicKeyWith,
} from "../../src/crypto/noble/index.ts";
import { nistCurves } from "../../src/crypto/noble/curves/nist-curves.ts";
import type {
  PrivateKey,
  PublicKey,
  RandomSource,
  SignatureName,
  SignatureSigner,
  SignatureVerifier,
} from "../../src/crypto/provider.ts";
import { nodeKeyPair, rsaPrivateKey } from "./node-keys.ts";
import { scriptedRandom } from "./scripted-random.ts";

type Curve = "secp256r1" | "secp384r1" | "secp521r1";

const message = asciiBytes("the message");
const noRandom: RandomSource = () => {
  throw new Error("no randomness was expected to be drawn");
};

function signer(name: SignatureName): SignatureSigner {
  const row = noble.signers[name];
  if (row === undefined) throw new Error(`no signer ${name}`);
  return row;
}

function verifier(name: SignatureName): SignatureVerifier {
  const row = noble.verifiers[name];
  if (row === undefined) throw new Error(`no verifier ${name}`);
  return row;
}

/** Names of Node's, and OpenSSL's, for a curve. */
const curves = [
  ["secp256r1", "P-256", 32],
  ["secp384r1", "P-384", 48],
  ["secp521r1", "P-521", 66],
] as const;

const hashNames = [
  ["ecdsa-sha1", "sha1"],
  ["ecdsa-sha256", "sha256"],
  ["ecdsa-sha384", "sha384"],
  ["ecdsa-sha512", "sha512"],
] as const;

interface EcKeys {
  readonly own: Extract<PrivateKey, { readonly type: "ec" }>;
  readonly node: KeyObject;
}

function ecKeys(curve: Curve, nodeName: string): EcKeys {
  const node = nodeKeyPair("ec", { namedCurve: nodeName }).privateKey;
  const jwk = node.export({ format: "jwk" });
  const scalar = new Uint8Array(Buffer.from(jwk.d ?? "", "base64url"));
  return { own: { type: "ec", curve, scalar: new Secret(scalar) }, node };
}

function point(key: PublicKey): Uint8Array {
  if (key.type !== "ec") throw new Error("not an EC key");
  return key.point;
}

describe.each(curves)("ECDSA on %s", (curve, nodeName, length) => {
  const { own, node } = ecKeys(curve, nodeName);
  const publicKey = noble.publicKeyOf(own);

  it("has OpenSSL's idea of the public key, uncompressed", () => {
    const jwk = node.export({ format: "jwk" });
    const x = Buffer.from(jwk.x ?? "", "base64url").toString("hex");
    const y = Buffer.from(jwk.y ?? "", "base64url").toString("hex");
    expect(toHex(point(publicKey))).toBe(`04${x}${y}`);
  });

  it.each(hashNames)(
    "%s: signs for OpenSSL, without randomness",
    (name, md) => {
      const signature = signer(name)(own, message, noRandom);
      expect(verifyByNode(md, message, node, signature)).toBe(true);
      expect(verifier(name)(publicKey, message, signature)).toBe(true);
      expect(signer(name)(own, message, noRandom)).toEqual(signature);
    },
  );

  // [8422-5.10-03] [9846-9.1-02]
  it.each(hashNames)("%s: verifies what OpenSSL signs", (name, md) => {
    // OpenSSL takes high and low S as they come: both show up in 12 tries.
    for (let i = 0; i < 12; i++) {
      const signature = signByNode(md, message, node);
      expect(verifier(name)(publicKey, message, signature)).toBe(true);
      expect(verifier(name)(publicKey, asciiBytes("no"), signature)).toBe(
        false,
      );
    }
  });

  it("verifies under a compressed point, as X.509 allows", () => {
    const uncompressed = point(publicKey);
    const compressed = uncompressed.slice(0, 1 + length);
    compressed[0] = 2 + ((uncompressed.at(-1) ?? 0) & 1);
    const signature = signer("ecdsa-sha256")(own, message, noRandom);
    const key: PublicKey = { type: "ec", curve, point: compressed };
    expect(verifier("ecdsa-sha256")(key, message, signature)).toBe(true);
    compressed[0] ^= 1;
    expect(verifier("ecdsa-sha256")(key, message, signature)).toBe(false);
  });

  it("verifies on no curve but those that are named", () => {
    const signature = signer("ecdsa-sha256")(own, message, noRandom);
    const { [curve]: row, ...others } = nistCurves;
    const verify = ecdsaVerifierWith({ [curve]: row }, "SHA-256");
    expect(verify(publicKey, message, signature)).toBe(true);
    const foreign = ecdsaVerifierWith(others, "SHA-256");
    expect(foreign(publicKey, message, signature)).toBe(false);
  });

  it("refuses a scalar that is not one", () => {
    const bad = [
      new Uint8Array(length),
      new Uint8Array(length).fill(0xff),
      new Uint8Array(length - 1).fill(1),
      new Uint8Array(length + 1).fill(1),
    ];
    for (const bytes of bad) {
      const key: PrivateKey = { type: "ec", curve, scalar: new Secret(bytes) };
      expect(() => signer("ecdsa-sha256")(key, message, noRandom)).toThrow(
        TypeError,
      );
      expect(() => noble.publicKeyOf(key)).toThrow(TypeError);
    }
  });
});

// [9846-C.3-01]
it("ECDSA signs as RFC 6979 A.2.5 does", () => {
  const scalar = fromHex(
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
  );
  const key: PrivateKey = {
    type: "ec",
    curve: "secp256r1",
    scalar: new Secret(scalar),
  };
  const signature = signer("ecdsa-sha256")(key, asciiBytes("sample"), noRandom);
  expect(toHex(signature)).toBe(
    "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  );
});

describe("Ed25519", () => {
  // RFC 8032 7.1 test 2.
  const seed = fromHex(
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
  );
  const own: PrivateKey = { type: "ed25519", seed: new Secret(seed) };

  // [8422-5.10-05] [8422-5.4-01]
  it("agrees with RFC 8032 7.1", () => {
    const key = fromHex(
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    );
    expect(noble.publicKeyOf(own)).toEqual({ type: "ed25519", key });
    const signature = signer("ed25519")(own, Uint8Array.of(0x72), noRandom);
    expect(toHex(signature)).toBe(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    expect(
      verifier("ed25519")(
        { type: "ed25519", key },
        Uint8Array.of(0x72),
        signature,
      ),
    ).toBe(true);
  });

  it("gives the same before and after noble builds its table", () => {
    const signatures = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const signature = signer("ed25519")(own, message, noRandom);
      signatures.add(toHex(signature));
      const key = noble.publicKeyOf(own);
      expect(verifier("ed25519")(key, message, signature)).toBe(true);
    }
    expect(signatures.size).toBe(1);
  });

  it("refuses public keys of small order, under which anything verifies", () => {
    const identity = new Uint8Array(32);
    identity[0] = 1;
    const signature = new Uint8Array(64);
    signature[0] = 1;
    const verify = verifier("ed25519");
    for (let i = 0; i < 8; i++)
      expect(
        verify({ type: "ed25519", key: identity }, Uint8Array.of(i), signature),
      ).toBe(false);
  });

  it("refuses a seed of another length", () => {
    const key: PrivateKey = {
      type: "ed25519",
      seed: new Secret(new Uint8Array(31)),
    };
    expect(() => signer("ed25519")(key, message, noRandom)).toThrow(
      /32 bytes long, not 31/,
    );
    expect(() => noble.publicKeyOf(key)).toThrow(TypeError);
  });
});

// [8422-5.10-06]
it("Ed448 verifies what OpenSSL signs", () => {
  const { privateKey, publicKey } = nodeKeyPair("ed448");
  const jwk = publicKey.export({ format: "jwk" });
  const key = new Uint8Array(Buffer.from(jwk.x ?? "", "base64url"));
  const verify = verifier("ed448");
  for (let i = 0; i < 18; i++) {
    const text = Uint8Array.of(i);
    const signature = signByNode(null, text, privateKey);
    expect(verify({ type: "ed448", key }, text, signature)).toBe(true);
    expect(verify({ type: "ed448", key }, message, signature)).toBe(false);
  }
});

it("Ed448 signs as OpenSSL does, and gives the public key", () => {
  // RFC 8032 7.4: "Blank", and the key of "1 octet".
  const seed = fromHex(
    "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
  );
  const key: PrivateKey = { type: "ed448", seed: new Secret(seed) };
  expect(toHex(signer("ed448")(key, new Uint8Array(0), noRandom))).toBe(
    "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
  );
  expect(noble.publicKeyOf(key)).toEqual({
    type: "ed448",
    key: fromHex(
      "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
    ),
  });
  const short: PrivateKey = {
    type: "ed448",
    seed: new Secret(new Uint8Array(56)),
  };
  expect(() => signer("ed448")(short, message, noRandom)).toThrow(TypeError);
  expect(() => signer("ed448")(ed, message, noRandom)).toThrow(TypeError);
});

describe.each([
  ["ml-dsa-44", ml_dsa44],
  ["ml-dsa-65", ml_dsa65],
  ["ml-dsa-87", ml_dsa87],
] as const)("%s", (type, scheme) => {
  it("verifies what noble signs with an empty context, and nothing else", () => {
    const { secretKey, publicKey: key } = scheme.keygen(
      new Uint8Array(32).fill(2),
    );
    const verify = verifier(type);
    const signature = scheme.sign(message, secretKey, { extraEntropy: false });
    expect(verify({ type, key }, message, signature)).toBe(true);
    expect(verify({ type, key }, asciiBytes("no"), signature)).toBe(false);
    expect(verify({ type: "ed25519", key }, message, signature)).toBe(false);
    const context = asciiBytes("context");
    const other = scheme.sign(message, secretKey, {
      extraEntropy: false,
      context,
    });
    expect(verify({ type, key }, message, other)).toBe(false);
  });

  it("signs from a seed, hedged with 32 random bytes", () => {
    const seed = new Uint8Array(32).fill(2);
    const key: PrivateKey = { type, seed: new Secret(seed.slice()) };
    const { secretKey, publicKey } = scheme.keygen(seed);
    expect(noble.publicKeyOf(key)).toEqual({ type, key: publicKey });
    const extraEntropy = new Uint8Array(32).fill(9);
    const signature = signer(type)(key, message, scriptedRandom(extraEntropy));
    expect(signature).toEqual(
      scheme.sign(message, secretKey, { extraEntropy }),
    );
    expect(verifier(type)({ type, key: publicKey }, message, signature)).toBe(
      true,
    );
    const short: PrivateKey = { type, seed: new Secret(new Uint8Array(31)) };
    expect(() => signer(type)(short, message, noRandom)).toThrow(TypeError);
    expect(() => noble.publicKeyOf(short)).toThrow(TypeError);
    expect(() => signer(type)(ed, message, noRandom)).toThrow(TypeError);
  });
});

/** A key of each type, and a signature that some row of that type made. */
const rsa = rsaPrivateKey(
  nodeKeyPair("rsa", { modulusLength: 1024 }).privateKey,
);
const ec = ecKeys("secp256r1", "P-256").own;
const ed: PrivateKey = {
  type: "ed25519",
  seed: new Secret(new Uint8Array(32).fill(1)),
};

describe.each(Object.entries(noble.verifiers))(
  "verifier %s",
  (name, verify) => {
    const keys: readonly PublicKey[] = [
      ...[rsa, ec, ed].map((key) => noble.publicKeyOf(key)),
      { type: "ec", curve: "secp521r1", point: new Uint8Array(133) },
      { type: "ec", curve: "secp256r1", point: new Uint8Array(0) },
      { type: "ed448", key: new Uint8Array(57) },
      { type: "ml-dsa-44", key: new Uint8Array(1312) },
      { type: "ml-dsa-65", key: new Uint8Array(5) },
      { type: "ml-dsa-87", key: new Uint8Array(2592) },
      { type: "rsa", modulus: new Uint8Array(0), exponent: new Uint8Array(0) },
    ];

    it(`${name}: answers false, and does not throw, for bytes at random`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...keys),
          fc.uint8Array({ maxLength: 20 }),
          fc.oneof(
            fc.uint8Array({ maxLength: 150 }),
            fc
              .constantFrom(64, 114, 128, 2420, 4627)
              .map((n) => new Uint8Array(n)),
          ),
          (key, text, signature) => {
            expect(verify(key, text, signature)).toBe(false);
          },
        ),
        { numRuns: 40 },
      );
    });

    it(`${name}: answers false for keys of other types`, () => {
      for (const other of Object.entries(noble.signers)) {
        const [otherName, sign] = other;
        if (otherName === name) continue;
        const key = [rsa, ec, ed].find((candidate) =>
          otherName.startsWith(
            candidate.type === "ec" ? "ecdsa" : candidate.type,
          ),
        );
        if (key === undefined || otherName.startsWith("rsa-pss-sha512"))
          continue;
        const signature = sign(key, message, noble.random);
        expect(verify(noble.publicKeyOf(key), message, signature)).toBe(false);
      }
    });
  },
);

it.each(Object.entries(noble.signers))(
  "signer %s throws TypeError for keys of other types",
  (name, sign) => {
    const others = [rsa, ec, ed].filter(
      (key) => !name.startsWith(key.type === "ec" ? "ecdsa" : key.type),
    );
    expect(others.length).toBeGreaterThan(1);
    for (const key of others)
      expect(() => sign(key, message, noble.random)).toThrow(TypeError);
  },
);

it("publicKeyOf gives arrays of its own", () => {
  const key = noble.publicKeyOf(rsa);
  if (key.type !== "rsa") throw new Error("not RSA");
  expect(key.modulus).toEqual(rsa.modulus);
  expect(key.exponent).toEqual(rsa.exponent);
  key.modulus.fill(0);
  key.exponent.fill(0);
  expect(rsa.modulus.some((byte) => byte !== 0)).toBe(true);
  expect(rsa.exponent.some((byte) => byte !== 0)).toBe(true);
});

it("a publicKeyOf of some kinds of key names a kind that it does not support", () => {
  const publicKeyOf = publicKeyWith({ ed25519: ed25519PublicKey });
  const seed = new Secret(new Uint8Array(32));
  expect(publicKeyOf({ type: "ed25519", seed })).toEqual(
    noble.publicKeyOf({ type: "ed25519", seed }),
  );
  expect(() => publicKeyOf({ type: "ml-dsa-44", seed })).toThrow(
    "the provider takes no keys of type ml-dsa-44",
  );
});
