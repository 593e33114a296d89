import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type { PublicKey } from "../../src/crypto/provider.ts";
import { recordedRandom } from "./scripted-random.ts";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });

function publicKey(): PublicKey {
  const { n = "", e = "" } = pair.publicKey.export({ format: "jwk" });
  return {
    type: "rsa",
    modulus: new Uint8Array(Buffer.from(n, "base64url")),
    exponent: new Uint8Array(Buffer.from(e, "base64url")),
  };
}

/** The encoded message: Node no longer takes that padding off. */
function decrypted(encrypted: Uint8Array): string {
  const padding = constants.RSA_NO_PADDING;
  return privateDecrypt({ key: pair.privateKey, padding }, encrypted).toString(
    "hex",
  );
}

const preliminary = new Uint8Array(48).map((_, i) => i);

describe.each([noble, node])("rsaEncrypt of $name", (provider) => {
  it("is RSAES-PKCS1-v1_5: 0002, padding without zeros, 00, the message", () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const made = provider.rsaEncrypt(publicKey(), preliminary, noble.random);
      expect(made).toHaveLength(256);
      expect(Object.getPrototypeOf(made)).toBe(Uint8Array.prototype);
      const encoded = decrypted(made);
      expect(encoded).toMatch(/^0002/);
      expect(encoded.slice(-98)).toBe(`00${toHex(preliminary)}`);
      expect(encoded.slice(4, -98)).toMatch(/^(?:0[1-9a-f]|[1-9a-f].)+$/);
      seen.add(encoded);
    }
    expect(seen.size).toBe(20);
  });

  it("accepts a message of all but 11 bytes, and none longer", () => {
    const key = publicKey();
    const most = new Uint8Array(245).fill(5);
    expect(decrypted(provider.rsaEncrypt(key, most, noble.random))).toMatch(
      /00(05){245}$/,
    );
    const more = new Uint8Array(246);
    expect(() => provider.rsaEncrypt(key, more, noble.random)).toThrow(
      TypeError,
    );
  });

  it("refuses keys that are no sound RSA keys", () => {
    const unsound: PublicKey[] = [
      { type: "ed25519", key: new Uint8Array(32) },
      { type: "rsa", modulus: new Uint8Array(0), exponent: Uint8Array.of(3) },
      {
        type: "rsa",
        modulus: new Uint8Array(256).fill(0xfe),
        exponent: Uint8Array.of(3),
      },
    ];
    for (const key of unsound)
      expect(() => provider.rsaEncrypt(key, preliminary, noble.random)).toThrow(
        TypeError,
      );
  });
});

it("noble draws the padding, and again for each zero in it", () => {
  let drawn = 0;
  const random = (length: number): Uint8Array =>
    new Uint8Array(length).fill(length > 1 ? 0 : ++drawn % 3 === 0 ? 7 : 0);
  const recorded = recordedRandom(random);
  const made = noble.rsaEncrypt(
    publicKey(),
    new Uint8Array(230),
    recorded.random,
  );
  expect(decrypted(made)).toMatch(/^0002(07){23}00(00){230}$/);
  expect(recorded.lengths[0]).toBe(23);
  const zeros = (length: number): Uint8Array => new Uint8Array(length);
  expect(() => noble.rsaEncrypt(publicKey(), preliminary, zeros)).toThrow(
    /nothing but zeros/,
  );
});
