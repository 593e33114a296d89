/** Node's signature rows against noble's, both ways. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiBytes, fromHex, Secret } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type {
  CryptoProvider,
  PrivateKey,
  PublicKey,
  SignatureName,
} from "../../src/crypto/provider.ts";
import { nodeKeyPair, rsaPrivateKey } from "./node-keys.ts";

const message = asciiBytes("the message");

const curves = [
  ["secp256r1", "P-256"],
  ["secp384r1", "P-384"],
  ["secp521r1", "P-521"],
] as const;

function ecKey([curve, name]: (typeof curves)[number]): PrivateKey {
  const { privateKey } = nodeKeyPair("ec", { namedCurve: name });
  const { d = "" } = privateKey.export({ format: "jwk" });
  const scalar = new Secret(new Uint8Array(Buffer.from(d, "base64url")));
  return { type: "ec", curve, scalar };
}

function rsaKey(modulusLength: number): PrivateKey {
  return rsaPrivateKey(nodeKeyPair("rsa", { modulusLength }).privateKey);
}

function edKey(): PrivateKey {
  return { type: "ed25519", seed: new Secret(new Uint8Array(32).fill(7)) };
}

function ed448Key(): PrivateKey {
  return { type: "ed448", seed: new Secret(new Uint8Array(57).fill(7)) };
}

const mlDsaKeys = (["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] as const).map(
  (type): PrivateKey => ({
    type,
    seed: new Secret(new Uint8Array(32).fill(7)),
  }),
);

const keys: readonly PrivateKey[] = [
  ...curves.map(ecKey),
  rsaKey(2048),
  // 8n + 1 bits: the encoding of PSS is a byte shorter than the modulus.
  rsaKey(2049),
  edKey(),
  ed448Key(),
  ...mlDsaKeys,
];

const names = Object.keys(node.signers) as SignatureName[];

function keysOf(name: SignatureName): readonly PrivateKey[] {
  return keys.filter(({ type }) =>
    name.startsWith(type === "ec" ? "ecdsa" : type),
  );
}

function sign(provider: CryptoProvider, name: SignatureName, key: PrivateKey) {
  const row = provider.signers[name];
  if (row === undefined) throw new Error(`no signer ${name}`);
  return row(key, message, provider.random);
}

function verify(
  provider: CryptoProvider,
  name: SignatureName,
  key: PublicKey,
  signature: Uint8Array,
  text = message,
): boolean {
  const row = provider.verifiers[name];
  if (row === undefined) throw new Error(`no verifier ${name}`);
  return row(key, text, signature);
}

it("has every row that noble has", () => {
  expect(Object.keys(node.signers)).toEqual(Object.keys(noble.signers));
  expect(Object.keys(node.verifiers)).toEqual(Object.keys(noble.verifiers));
});

describe.each(names)("%s", (name) => {
  it.each([
    [noble, node],
    [node, noble],
    [node, node],
  ])("$0.name signs and $1.name verifies", (signing, verifying) => {
    expect(keysOf(name).length).toBeGreaterThan(0);
    for (const key of keysOf(name)) {
      const signature = sign(signing, name, key);
      const publicKey = noble.publicKeyOf(key);
      expect(verify(verifying, name, publicKey, signature)).toBe(true);
      const other = asciiBytes("another");
      expect(verify(verifying, name, publicKey, signature, other)).toBe(false);
      // Bytes of the caller's own, and no view of a pool: `slice` copies.
      expect(Object.getPrototypeOf(signature)).toBe(Uint8Array.prototype);
    }
  });

  it("throws TypeError for keys of other types, and for wiped ones Error", () => {
    for (const key of keys)
      if (!keysOf(name).includes(key))
        expect(() => sign(node, name, key)).toThrow(TypeError);
    for (const made of [ecKey(curves[0]), rsaKey(1024), edKey(), ed448Key()])
      if (name.startsWith(made.type === "ec" ? "ecdsa" : made.type)) {
        const tooSmall = name === "rsa-pss-sha512";
        if (tooSmall) expect(() => sign(node, name, made)).toThrow(TypeError);
        else sign(node, name, made);
        secretOf(made).wipe();
        expect(() => sign(node, name, made)).toThrow(/wiped/);
      }
  });
});

function secretOf(key: PrivateKey): Secret {
  if (key.type === "rsa") return key.privateExponent;
  return key.type === "ec" ? key.scalar : key.seed;
}

it.each(curves)("refuses scalars that are not one of %s", (curve) => {
  const length = { secp256r1: 32, secp384r1: 48, secp521r1: 66 }[curve];
  for (const bytes of [
    new Uint8Array(length),
    new Uint8Array(length).fill(0xff),
    new Uint8Array(length - 1).fill(1),
    new Uint8Array(length + 1).fill(1),
  ]) {
    const key: PrivateKey = { type: "ec", curve, scalar: new Secret(bytes) };
    expect(() => sign(node, "ecdsa-sha256", key)).toThrow(/below the curve/);
  }
});

it("refuses an Ed25519 seed of another length", () => {
  const seed = new Secret(new Uint8Array(31));
  expect(() => sign(node, "ed25519", { type: "ed25519", seed })).toThrow(
    /32 bytes long, not 31/,
  );
});

it("verifies under a compressed point, and under no hybrid one", () => {
  for (const curve of curves) {
    const key = ecKey(curve);
    const signature = sign(node, "ecdsa-sha256", key);
    const full = noble.publicKeyOf(key);
    if (full.type !== "ec") throw new Error("not an EC key");
    const odd = (full.point.at(-1) ?? 0) & 1;
    const compressed = full.point.slice(0, (full.point.length + 1) / 2);
    compressed[0] = 2 + odd;
    const hybrid = full.point.slice();
    hybrid[0] = 6 + odd;
    const answers = [compressed, hybrid].map((point) =>
      verify(node, "ecdsa-sha256", { ...full, point }, signature),
    );
    expect(answers).toEqual([true, false]);
  }
});

describe("weak Edwards keys, under which a signature can fit any message", () => {
  // R is the identity and S is zero.
  const forged = (length: number): Uint8Array => {
    const signature = new Uint8Array(length);
    signature[0] = 1;
    return signature;
  };
  const encodings = {
    ed25519: [
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ],
    ed448: [
      "00".repeat(57),
      `01${"00".repeat(56)}`,
      `fe${"ff".repeat(27)}fe${"ff".repeat(27)}00`,
      `ff${"ff".repeat(27)}fe${"ff".repeat(27)}00`,
    ],
  } as const;

  it.each(["ed25519", "ed448"] as const)("%s refuses them", (type) => {
    const signature = forged(type === "ed25519" ? 64 : 114);
    for (const hex of encodings[type])
      for (let i = 0; i < 8; i++)
        for (const provider of [node, noble]) {
          const row = provider.verifiers[type];
          const key: PublicKey = { type, key: fromHex(hex) };
          expect(row?.(key, Uint8Array.of(i), signature)).toBe(false);
        }
  });
});

it.each(Object.entries(node.verifiers))(
  "verifier %s answers false, and does not throw, for bytes at random",
  (_name, row) => {
    const publicKeys: readonly PublicKey[] = [
      ...keys.map((key) => noble.publicKeyOf(key)),
      { type: "ec", curve: "secp521r1", point: new Uint8Array(133) },
      { type: "ec", curve: "secp256r1", point: new Uint8Array(0) },
      { type: "ed25519", key: new Uint8Array(5) },
      { type: "ed448", key: new Uint8Array(57) },
      { type: "ml-dsa-65", key: new Uint8Array(5) },
      { type: "rsa", modulus: new Uint8Array(0), exponent: new Uint8Array(0) },
      {
        type: "rsa",
        modulus: new Uint8Array(70_000).fill(255),
        exponent: Uint8Array.of(3),
      },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...publicKeys),
        fc.uint8Array({ maxLength: 20 }),
        fc.oneof(
          fc.uint8Array({ maxLength: 150 }),
          fc.constantFrom(64, 114, 256).map((n) => new Uint8Array(n)),
        ),
        (key, text, signature) => {
          expect(row(key, text, signature)).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  },
);
