/** Public keys as certificates carry them. */
import { nodeKeyPair } from "../../crypto/node-keys.ts";
import { describe, expect, it } from "vitest";
import {} from "../../../src/crypto/noble/index.ts";
import type {} from "../../../src/crypto/provider.ts";
import type { X509ErrorCode } from "../../../src/x509/index.ts";
import {
  OID,
  parseSubjectPublicKeyInfo,
  X509Error,
} from "../../../src/x509/index.ts";
import { bits, bytes, int, oid, seq } from "../../support/der-builder.ts";
import { KEY_OIDS } from "../../../src/pki/keys/keys.ts";

function codeOf(run: () => unknown): X509ErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

describe("parseSubjectPublicKeyInfo", () => {
  const spki = (
    type: string,
    parameters: readonly Uint8Array[],
    key: Uint8Array,
  ): Uint8Array => seq(seq(oid(type), ...parameters), bits(key));
  const nothing = bytes(5, 0);
  const modulus = new Uint8Array(129).fill(0x81).fill(0, 0, 1);
  const rsa = (n: Uint8Array, e: Uint8Array): Uint8Array =>
    spki(OID.rsaEncryption, [nothing], seq(int(n), int(e)));
  const point = bytes(4, ...new Uint8Array(64).fill(1));

  // [8422-5.3-01]
  it("refuses what follows the key", () => {
    const whole = spki(KEY_OIDS.ed25519, [], new Uint8Array(32));
    const longer = seq(
      seq(oid(KEY_OIDS.ed25519)),
      bits(new Uint8Array(32)),
      nothing,
    );
    expect(codeOf(() => parseSubjectPublicKeyInfo(whole))).toBeUndefined();
    expect(codeOf(() => parseSubjectPublicKeyInfo(longer))).toBe(
      "malformed_public_key",
    );
  });

  // [8422-5.9-01]
  it("takes points of the forms 2, 3 and 4 alone", () => {
    const codeOfPoint = (form: number, length: number) =>
      codeOf(() =>
        parseSubjectPublicKeyInfo(
          spki(
            OID.ecPublicKey,
            [oid(OID.secp256r1)],
            bytes(form, ...new Uint8Array(length).fill(1)),
          ),
        ),
      );
    for (const [form, length] of [
      [2, 32],
      [3, 32],
      [4, 64],
    ] as const)
      expect(codeOfPoint(form, length)).toBeUndefined();
    for (const [form, length] of [
      [5, 32],
      [4, 32],
      [6, 64],
      [2, 31],
    ] as const)
      expect(codeOfPoint(form, length)).toBe("malformed_public_key");
  });

  // [8422-5.3-01] [8422-5.9-02]
  it("reads plain keys by their length", () => {
    for (const [type, length] of [
      ["ed25519", 32],
      ["ed448", 57],
      ["ml-dsa-44", 1312],
      ["ml-dsa-65", 1952],
      ["ml-dsa-87", 2592],
    ] as const) {
      const info = parseSubjectPublicKeyInfo(
        spki(KEY_OIDS[type], [], new Uint8Array(length)),
      );
      expect([info.algorithm, info.key.type]).toEqual([type, type]);
      expect(
        codeOf(() =>
          parseSubjectPublicKeyInfo(
            spki(KEY_OIDS[type], [], new Uint8Array(length - 1)),
          ),
        ),
      ).toBe("malformed_public_key");
      expect(
        codeOf(() =>
          parseSubjectPublicKeyInfo(
            spki(KEY_OIDS[type], [nothing], new Uint8Array(length)),
          ),
        ),
      ).toBe("malformed_public_key");
    }
  });

  it("reads the parameters of an RSASSA-PSS key", () => {
    const make = (mgf1HashAlgorithm: string): Uint8Array => {
      const options = {
        modulusLength: 1024,
        hashAlgorithm: "sha384",
        mgf1HashAlgorithm,
        // Node wants a number here, and its types a string.
        saltLength: 48 as unknown as string,
      };
      const { publicKey } = nodeKeyPair("rsa-pss", options);
      return publicKey.export({ type: "spki", format: "der" });
    };
    const info = parseSubjectPublicKeyInfo(make("sha384"));
    expect([info.algorithm, info.pssHash]).toEqual(["id-RSASSA-PSS", "sha384"]);
    expect(codeOf(() => parseSubjectPublicKeyInfo(make("sha256")))).toBe(
      "unsupported_public_key",
    );
  });

  it("accepts a compressed point", () => {
    const key = bytes(3, ...new Uint8Array(32).fill(1));
    expect(
      parseSubjectPublicKeyInfo(
        spki(OID.ecPublicKey, [oid(OID.secp256r1)], key),
      ).key,
    ).toEqual({ type: "ec", curve: "secp256r1", point: key });
  });

  it.each<[string, X509ErrorCode, Uint8Array]>([
    [
      // [8422-5.9-01]
      "RSA without NULL",
      "malformed_public_key",
      spki(OID.rsaEncryption, [], seq(int(modulus), int(65537))),
    ],
    [
      "a negative modulus",
      "malformed_public_key",
      rsa(modulus.subarray(1), bytes(1, 0, 1)),
    ],
    [
      "an even modulus",
      "malformed_public_key",
      rsa(new Uint8Array(128).fill(0x42), bytes(1, 0, 1)),
    ],
    ["an even exponent", "malformed_public_key", rsa(modulus, bytes(4))],
    ["exponent 1", "malformed_public_key", rsa(modulus, bytes(1))],
    ["a tiny modulus", "malformed_public_key", rsa(bytes(0x41), bytes(3))],
    [
      "a huge modulus",
      "unsupported_public_key",
      rsa(new Uint8Array(2100).fill(0x41), bytes(3)),
    ],
    [
      "a huge exponent",
      "unsupported_public_key",
      rsa(modulus, new Uint8Array(64).fill(0x41)),
    ],
    [
      "DSA",
      "unsupported_public_key",
      spki("1.2.840.10040.4.1", [seq()], int(1)),
    ],
    [
      "P-192",
      "unsupported_public_key",
      spki(OID.ecPublicKey, [oid("1.2.840.10045.3.1.1")], point),
    ],
    [
      // [8422-5.3-01] [8422-5.9-01]
      "an explicit curve",
      "explicit_curve",
      spki(OID.ecPublicKey, [seq()], point),
    ],
    ["no curve", "malformed_public_key", spki(OID.ecPublicKey, [], point)],
    [
      "a short point",
      "malformed_public_key",
      spki(OID.ecPublicKey, [oid(OID.secp256r1)], point.subarray(0, 64)),
    ],
    [
      "a hybrid point",
      "malformed_public_key",
      spki(
        OID.ecPublicKey,
        [oid(OID.secp256r1)],
        bytes(6, ...point.subarray(1)),
      ),
    ],
    [
      "the point at infinity",
      "malformed_public_key",
      spki(OID.ecPublicKey, [oid(OID.secp256r1)], bytes(0)),
    ],
  ])("refuses %s", (_, code, der) => {
    expect(codeOf(() => parseSubjectPublicKeyInfo(der))).toBe(code);
  });
});
