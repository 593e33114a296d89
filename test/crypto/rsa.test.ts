import {
  constants,
  createHash,
  sign as signByNode,
  verify as verifyByNode,
  type KeyObject,
} from "node:crypto";
import { invert, pow } from "@noble/curves/abstract/modular.js";
import { describe, expect, it } from "vitest";
import { asciiBytes, concat, fromHex, Secret, toHex } from "../../src/bytes.ts";
import { hashes } from "../../src/crypto/noble/hashes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  encodePkcs1,
  encodePss,
  verifyPss,
} from "../../src/crypto/noble/rsa/rsa-padding.ts";
import type {
  PrivateKey,
  PublicKey,
  SignatureName,
  SignatureSigner,
  SignatureVerifier,
} from "../../src/crypto/provider.ts";
import { nodeKeyPair, rsaPrivateKey } from "./node-keys.ts";
import { recordedRandom, scriptedRandom } from "./scripted-random.ts";

type RsaPrivateKey = Extract<PrivateKey, { readonly type: "rsa" }>;

const message = asciiBytes("the message");

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

const rows = [
  ["rsa-pkcs1-sha1", "sha1", undefined],
  ["rsa-pkcs1-sha256", "sha256", undefined],
  ["rsa-pkcs1-sha384", "sha384", undefined],
  ["rsa-pkcs1-sha512", "sha512", undefined],
  ["rsa-pss-sha256", "sha256", 32],
  ["rsa-pss-sha384", "sha384", 48],
  ["rsa-pss-sha512", "sha512", 64],
] as const;

function nodeOptions(
  key: KeyObject,
  salt: number | undefined,
): {
  key: KeyObject;
  padding: number;
  saltLength?: number;
} {
  return salt === undefined
    ? { key, padding: constants.RSA_PKCS1_PADDING }
    : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt };
}

function keyPair(modulusLength: number, publicExponent = 65537) {
  const node = nodeKeyPair("rsa", { modulusLength, publicExponent });
  return { node: node.privateKey, own: rsaPrivateKey(node.privateKey) };
}

const key2048 = keyPair(2048);
const key1024 = keyPair(1024);

// 1025 bits make the PSS encoding a byte shorter than the modulus, 1031 bits
// leave one bit of its first byte unused: RFC 8017 9.1.1 with emBits of both
// kinds.
describe.each([
  ["2048 bits", key2048],
  ["2048 bits, exponent 3", keyPair(2048, 3)],
  ["1088 bits", keyPair(1088)],
  ["1097 bits", keyPair(1097)],
  ["1103 bits", keyPair(1103)],
])("RSA with %s", (_name, { node, own }) => {
  const publicKey = noble.publicKeyOf(own);

  // [5246-4.7-01] [5246-4.7-02a] [9846-9.1-02]
  it.each(rows)("%s agrees with OpenSSL both ways", (name, md, salt) => {
    const options = nodeOptions(node, salt);
    const signature = signer(name)(own, message, noble.random);
    expect(signature.length).toBe(own.modulus.length);
    expect(verifyByNode(md, message, options, signature)).toBe(true);
    expect(verifier(name)(publicKey, message, signature)).toBe(true);
    const theirs = new Uint8Array(signByNode(md, message, options));
    expect(verifier(name)(publicKey, message, theirs)).toBe(true);
    expect(verifier(name)(publicKey, asciiBytes("no"), theirs)).toBe(false);
    // The length is part of it, RFC 8017 8.1.2 and 8.2.2 step 1.
    const longer = concat(Uint8Array.of(0), theirs);
    expect(verifier(name)(publicKey, message, longer)).toBe(false);
    expect(verifier(name)(publicKey, message, theirs.subarray(1))).toBe(false);
  });
});

describe("RSASSA-PSS", () => {
  it("verifies the CertificateVerify of RFC 8448 3, under 1024 bits", () => {
    const key: PublicKey = {
      type: "rsa",
      modulus: fromHex(
        "b4bb498f8279303d980836399b36c6988c0c68de55e1bdb826d3901a2461eafd2de49a91d015abbc9a95137ace6c1af19eaa6af98c7ced43120998e187a80ee0ccb0524b1b018c3e0b63264d449a6d38e22a5fda430846748030530ef0461c8ca9d9efbfae8ea6d1d03e2bd193eff0ab9a8002c47428a6d35a8d88d79f7f1e3f",
      ),
      exponent: fromHex("010001"),
    };
    const content = concat(
      new Uint8Array(64).fill(0x20),
      asciiBytes("TLS 1.3, server CertificateVerify"),
      Uint8Array.of(0),
      // The transcript hash up to the Certificate message.
      fromHex(
        "764d6632b3c35c3f3205e3499ac3edbaabb88295fba751461d3678e2e5ea0687",
      ),
    );
    const signature = fromHex(
      "5a747c5d88fa9bd2e55ab085a61015b7211f824cd484145ab3ff52f1fda8477b0b7abc90db78e2d33a5c141a078653fa6bef780c5ea248eeaaa785c4f394cab6d30bbe8d4859ee511f602957b15411ac027671459e46445c9ea58c181e818e95b8c3fb0bf3278409d3be152a3da5043e063dda65cdf5aea20d53dfacd42f74f3",
    );
    const verify = verifier("rsa-pss-sha256");
    expect(verify(key, content, signature)).toBe(true);
    expect(verify(key, content.subarray(1), signature)).toBe(false);
  });

  it("draws the salt first, then the bytes for blinding", () => {
    const { random, lengths } = recordedRandom(noble.random);
    signer("rsa-pss-sha384")(key2048.own, message, random);
    expect(lengths).toEqual([48, 256 + 24]);
  });

  it("depends on the salt, and not on the blinding", () => {
    const sign = signer("rsa-pss-sha256");
    const salt = new Uint8Array(32).fill(4);
    const signature = (s: Uint8Array, blinding: number): Uint8Array =>
      sign(
        key2048.own,
        message,
        scriptedRandom(s, new Uint8Array(280).fill(blinding)),
      );
    expect(signature(salt, 1)).toEqual(signature(salt, 2));
    // Zeros blind with 2, for there must be an inverse.
    expect(signature(salt, 0)).toEqual(signature(salt, 1));
    expect(signature(salt.slice().fill(5), 1)).not.toEqual(signature(salt, 1));
  });

  // [9846-4.3.3-07] [9846-4.3.3-09]
  it.each([0, 20, 31, 33, 190])("rejects a salt of %i bytes", (saltLength) => {
    const signature = signByNode(
      "sha256",
      message,
      nodeOptions(key2048.node, saltLength),
    );
    expect(
      verifier("rsa-pss-sha256")(
        noble.publicKeyOf(key2048.own),
        message,
        signature,
      ),
    ).toBe(false);
  });
});

// An encoding one byte shorter than the modulus, one with an unused bit, with
// seven, and a longer one that is short of a byte again.
describe.each([1025, 1032, 1026, 1033])("EMSA-PSS under %i bits", (bits) => {
  const salt = new Uint8Array(32).fill(6);
  const right = encodePss(hashes["SHA-256"], message, salt, bits - 1);
  const maskedLength = (right?.length ?? 0) - 33;

  function verified(change: (encoded: Uint8Array) => void, more = 0n): boolean {
    const encoded = right?.slice() ?? new Uint8Array(0);
    change(encoded);
    const { key, signature } = forged(bits, toNumber(encoded) + more);
    return verifier("rsa-pss-sha256")(key, message, signature);
  }

  function flip(at: number, bit = 0): (encoded: Uint8Array) => void {
    return (encoded) => {
      encoded[at] = (encoded[at] ?? 0) ^ (1 << bit);
    };
  }

  it("accepts the right encoding", () => {
    expect(verified(() => undefined)).toBe(true);
  });

  it("refuses another trailer, RFC 8017 9.1.2 step 4", () => {
    expect(verified(flip(maskedLength + 32))).toBe(false);
  });

  it("refuses padding that is not zeros and a one, step 10", () => {
    expect(verified(flip(3))).toBe(false);
    expect(verified(flip(maskedLength - 33))).toBe(false);
  });

  it("refuses another salt and another hash, step 14", () => {
    expect(verified(flip(maskedLength - 1))).toBe(false);
    expect(verified(flip(maskedLength))).toBe(false);
  });

  it("refuses a number above the encoding's bits, 8.1.2 step 2c, 9.1.2 step 6", () => {
    expect(verified(() => undefined, 1n << BigInt(bits - 1))).toBe(false);
  });
});

// [9846-4.3.3-07] [9846-4.3.3-09]
it("EMSA-PSS needs a hash, a salt and two bytes, RFC 8017 9.1.1 step 3", () => {
  const hash = hashes["SHA-256"];
  const salt = new Uint8Array(32).fill(6);
  const least = 32 + 32 + 2;
  expect(encodePss(hash, message, salt, 8 * least - 8)).toBeUndefined();
  const encoded = encodePss(hash, message, salt, 8 * least) ?? new Uint8Array();
  expect(encoded).toHaveLength(least);
  expect(verifyPss(hash, message, encoded, 8 * least)).toBe(true);
  expect(verifyPss(hash, message, encoded.subarray(1), 8 * least - 8)).toBe(
    false,
  );
});

describe("RSASSA-PKCS1-v1_5", () => {
  it("needs eight bytes of padding and three more, RFC 8017 9.2 step 3", () => {
    const hash = hashes["SHA-256"];
    expect(encodePkcs1(hash, message, 61)).toBeUndefined();
    expect(encodePkcs1(hash, message, 62)).toEqual(pkcs1Sha256(62));
  });

  it.each([
    [
      // [5246-4.7-02a]
      "as RFC 8017 9.2 has it",
      "3031300d060960864801650304020105000420",
      0,
      true,
    ],
    ["without NULL", "302f300b0609608648016503040201 0420", 0, false],
    [
      "with bytes behind the hash",
      "3031300d060960864801650304020105000420",
      9,
      false,
    ],
    ["naming another hash", "3031300d060960864801650304020205000420", 0, false],
    ["with a BER length", "308131300d060960864801650304020105000420", 0, false],
  ])("accepts an encoding %s: %s", (_name, prefix, behind, right) => {
    const encoded = pkcs1Sha256(256, prefix, behind);
    const verified = (): boolean => {
      const { key, signature } = forged(2048, toNumber(encoded));
      return verifier("rsa-pkcs1-sha256")(key, message, signature);
    };
    expect(verified()).toBe(right);
    for (const at of [0, 1, 2, 100, 255]) {
      encoded[at] = (encoded[at] ?? 0) ^ 1;
      expect(verified()).toBe(false);
      encoded[at] ^= 1;
    }
  });
});

/**
 * A key of so many bits and a signature that decrypts to the encoding under
 * it, made without knowing factors: for n = s^3 - m, the cube of s is m modulo
 * n.
 */
function forged(
  bits: number,
  encoded: bigint,
  parity = 1n,
): { readonly key: PublicKey; readonly signature: Uint8Array } {
  const most = (1n << BigInt(bits)) - 1n + encoded;
  let root = 1n << BigInt(Math.ceil((bits + 1) / 3) + 1);
  while (root ** 3n > most) root = (2n * root + most / root ** 2n) / 3n;
  if ((root ** 3n - encoded) % 2n !== parity) root--;
  const length = Math.ceil(bits / 8);
  const modulus = numberToBytes(root ** 3n - encoded, length);
  return {
    key: { type: "rsa", modulus, exponent: Uint8Array.of(3) },
    signature: numberToBytes(root, length),
  };
}

function numberToBytes(number: bigint, length: number): Uint8Array {
  return fromHex(number.toString(16).padStart(2 * length, "0"));
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

/** EMSA-PKCS1-v1_5 of the message, with another prefix if one is given. */
function pkcs1Sha256(
  length: number,
  prefix = "3031300d060960864801650304020105000420",
  behind = 0,
): Uint8Array {
  const digest = createHash("sha256").update(message).digest();
  const info = concat(fromHex(prefix), digest, new Uint8Array(behind));
  const encoded = new Uint8Array(length).fill(0xff);
  encoded.set([0, 1]);
  encoded[length - 1 - info.length] = 0;
  encoded.set(info, length - info.length);
  return encoded;
}

describe("RSA keys", () => {
  const signature2048 = signer("rsa-pkcs1-sha256")(
    key2048.own,
    message,
    noble.random,
  );
  const good = noble.publicKeyOf(key2048.own);

  function verified(change: Partial<RsaPrivateKey>): boolean {
    const { modulus, exponent } = { ...key2048.own, ...change };
    const key: PublicKey = { type: "rsa", modulus, exponent };
    return verifier("rsa-pkcs1-sha256")(key, message, signature2048);
  }

  it("may have leading zeros", () => {
    expect(verifier("rsa-pkcs1-sha256")(good, message, signature2048)).toBe(
      true,
    );
    const { modulus, exponent } = key2048.own;
    const zero = Uint8Array.of(0);
    expect(verified({ modulus: concat(zero, modulus) })).toBe(true);
    expect(verified({ exponent: concat(zero, exponent) })).toBe(true);
  });

  it("are refused out of bounds, and at no cost", () => {
    const wide = new Uint8Array(1 << 24).fill(0xff);
    for (const change of [
      { modulus: wide },
      { modulus: new Uint8Array(256) },
      { exponent: Uint8Array.of(0) },
      { exponent: new Uint8Array(0) },
      { exponent: wide },
    ])
      expect(verified(change)).toBe(false);
  });

  it.each([
    [1023, false],
    [1024, true],
    [1025, true],
    [16384, true],
    [16385, false],
  ])("of %i bits: %s", (bits, right) => {
    const encoded = pkcs1Sha256(Math.ceil(bits / 8));
    const { key, signature } = forged(bits, toNumber(encoded));
    const verify = verifier("rsa-pkcs1-sha256");
    expect(verify(key, message, signature)).toBe(right);
    expect(verify(key, asciiBytes("no"), signature)).toBe(false);
  });

  it("with an even modulus are refused, though the numbers be right", () => {
    const { key, signature } = forged(2048, toNumber(pkcs1Sha256(256)), 0n);
    expect(verifier("rsa-pkcs1-sha256")(key, message, signature)).toBe(false);
  });

  it("of exponent 1 are refused: the encoding signs itself", () => {
    const key: PublicKey = {
      type: "rsa",
      modulus: key2048.own.modulus,
      exponent: Uint8Array.of(1),
    };
    const verify = verifier("rsa-pkcs1-sha256");
    expect(verify(key, message, pkcs1Sha256(256))).toBe(false);
  });

  // Primes, so that there is a private exponent for them.
  it.each([
    [2n ** 32n + 15n, true],
    [2n ** 33n - 9n, true],
    [2n ** 33n + 17n, false],
    [2n ** 50n + 55n, false],
    [2n ** 70n + 25n, false],
  ])("of exponent %d: %s", (exponent, right) => {
    const { own } = key1024;
    const [n, p, q] = [own.modulus, own.prime1.bytes, own.prime2.bytes].map(
      toNumber,
    ) as [bigint, bigint, bigint];
    const d = invert(exponent, (p - 1n) * (q - 1n));
    const signature = pow(toNumber(pkcs1Sha256(128)), d, n);
    const key: PublicKey = {
      type: "rsa",
      modulus: own.modulus,
      exponent: numberToBytes(exponent, exponent < 2n ** 40n ? 5 : 9),
    };
    const verify = verifier("rsa-pkcs1-sha256");
    expect(verify(key, message, numberToBytes(signature, 128))).toBe(right);
  });

  it("accept no signature above the modulus, RFC 8017 5.2.2 step 1", () => {
    const { key, signature } = forged(2047, toNumber(pkcs1Sha256(256)));
    if (key.type !== "rsa") throw new Error("not RSA");
    const verify = verifier("rsa-pkcs1-sha256");
    expect(verify(key, message, signature)).toBe(true);
    const sum = toNumber(signature) + toNumber(key.modulus);
    expect(verify(key, message, numberToBytes(sum, 256))).toBe(false);
  });

  it("too small for this provider throw TypeError when signing", () => {
    const { own } = keyPair(1016);
    expect(() =>
      signer("rsa-pkcs1-sha256")(own, message, noble.random),
    ).toThrow(/1024 to 16384 bits/);
  });

  it("too small for the hash throw TypeError when signing", () => {
    // 64 + 64 + 2 bytes of PSS do not go into 128.
    expect(() =>
      signer("rsa-pss-sha512")(key1024.own, message, noble.random),
    ).toThrow(
      new TypeError(
        "an RSA key of 1024 bits is too small to sign with SHA-512",
      ),
    );
  });

  it("with primes of another key throw TypeError", () => {
    const key = { ...key2048.own, prime1: key1024.own.prime1 };
    expect(() =>
      signer("rsa-pkcs1-sha256")(key, message, noble.random),
    ).toThrow(TypeError);
  });

  it.each(["exponent1", "exponent2", "coefficient"] as const)(
    "with a disturbed %s give no signature",
    (part) => {
      const bytes = key2048.own[part].bytes.slice();
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      const key = { ...key2048.own, [part]: new Secret(bytes) };
      expect(() =>
        signer("rsa-pss-sha256")(key, message, noble.random),
      ).toThrow(/does not verify/);
    },
  );
});
