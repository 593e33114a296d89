import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8Bytes } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type { GroupName } from "../../src/crypto/provider.ts";
import { recordedRandom, scriptedRandom } from "./scripted-random.ts";

describe("random", () => {
  it.each([0, 1, 32, 70_000])("gives %i bytes, each time others", (length) => {
    const bytes = node.random(length);
    expect(bytes.length).toBe(length);
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    if (length >= 32) expect(node.random(length)).not.toEqual(bytes);
  });
});

describe("hashes, beside noble's", () => {
  const names = Object.values(node.hashes).map(({ name }) => name);

  it.each(names)("%s", (name) => {
    const [own, other] = [node.hashes[name], noble.hashes[name]];
    expect(own.outputLength).toBe(other.outputLength);
    expect(own.blockLength).toBe(other.blockLength);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        // Node's HMAC is made in two ways, by the length of the data.
        fc.uint8Array({ minLength: 0, maxLength: 700, size: "max" }),
        fc.nat(300),
        (key, data, length) => {
          expect(own.hash(data)).toEqual(other.hash(data));
          expect(own.hmac(key, data)).toEqual(other.hmac(key, data));
          expect(own.hkdfExtract(key, data)).toEqual(
            other.hkdfExtract(key, data),
          );
          const long = own.hash(key);
          expect(own.hkdfExpand(long, data, length)).toEqual(
            other.hkdfExpand(long, data, length),
          );
        },
      ),
    );
  });

  it.each(names)("%s: results are plain arrays", (name) => {
    const row = node.hashes[name];
    const data = Uint8Array.of(1);
    const running = row.create();
    for (const made of [
      row.hash(data),
      row.hmac(data, data),
      row.hkdfExtract(data, data),
      row.hkdfExpand(row.hash(data), data, 70),
      running.digest(),
      running.clone().digest(),
    ])
      expect(Object.getPrototypeOf(made)).toBe(Uint8Array.prototype);
  });

  it("expands to 255 blocks and no more", () => {
    const row = node.hashes["SHA-256"];
    const key = new Uint8Array(32);
    expect(row.hkdfExpand(key, key, 255 * 32).length).toBe(255 * 32);
    expect(() => row.hkdfExpand(key, key, 255 * 32 + 1)).toThrow(RangeError);
    expect(() => row.hkdfExpand(key.subarray(1), key, 9)).toThrow(RangeError);
  });
});

describe.each(Object.keys(node.groups) as GroupName[])("%s", (name) => {
  it("makes of the same random bytes what noble makes", () => {
    const [own, other] = [node.groups[name], noble.groups[name]];
    if (own === undefined || other === undefined) throw new Error("no row");
    for (let i = 0; i < 3; i++) {
      const drawn: Uint8Array[] = [];
      const keep = (length: number): Uint8Array => {
        const bytes = node.random(length);
        drawn.push(bytes.slice());
        return bytes;
      };
      const pair = own.generate(keep);
      const count = drawn.length;
      const answer = own.encapsulate(pair.share, keep);
      const [first, second] = [drawn.slice(0, count), drawn.slice(count)];
      const same = other.generate(scriptedRandom(...first));
      expect(pair.share).toEqual(same.share);
      const again = other.encapsulate(pair.share, scriptedRandom(...second));
      expect(answer.share).toEqual(again.share);
      expect(answer.secret.bytes).toEqual(again.secret.bytes);
      expect(pair.decapsulate(answer.share).bytes).toEqual(again.secret.bytes);
      for (const made of [pair.share, answer.share, answer.secret.bytes])
        expect(Object.getPrototypeOf(made)).toBe(Uint8Array.prototype);
    }
  });
});

it.each([
  ["x25519", [32]],
  ["secp256r1", [32]],
  ["secp384r1", [48]],
  ["secp521r1", [66]],
  ["X25519MLKEM768", [64, 32]],
] as const)("%s draws %j bytes", (name, lengths) => {
  const recorded = recordedRandom(node.random);
  node.groups[name]?.generate(recorded.random);
  expect(recorded.lengths).toEqual(lengths);
});

describe("key decryption, beside noble's", () => {
  const [own, other] = [node.keyDecryption, noble.keyDecryption];
  if (own === undefined || other === undefined) throw new Error("no row");
  const bytes = (length: number): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => i * 11);

  it.each([
    ["AES-128", 16, 16],
    ["AES-192", 24, 16],
    ["AES-256", 32, 16],
    ["3DES", 24, 8],
  ] as const)("%s", (cipher, keyLength, block) => {
    for (const blocks of [0, 1, 5]) {
      const [key, iv] = [bytes(keyLength), bytes(block)];
      const data = bytes(blocks * block);
      const plain = own.decryptCbc(cipher, key, iv, data);
      expect(plain).toEqual(other.decryptCbc(cipher, key, iv, data));
      expect(data).toEqual(bytes(blocks * block));
    }
  });

  it("PBKDF2, scrypt and MD5", () => {
    const [password, salt] = [utf8Bytes("password"), utf8Bytes("NaCl")];
    for (const { name } of Object.values(node.hashes))
      expect(own.pbkdf2(name, password, salt, 9, 77)).toEqual(
        other.pbkdf2(name, password, salt, 9, 77),
      );
    const cost = { N: 1024, r: 8, p: 2 };
    expect(own.scrypt(password, salt, cost, 64)).toEqual(
      other.scrypt(password, salt, cost, 64),
    );
    expect(own.md5(password)).toEqual(other.md5(password));
  });

  it("scrypt accepts costs above Node's own bound of 32 MiB", () => {
    const cost = { N: 32768, r: 8, p: 1 };
    expect(own.scrypt(bytes(3), bytes(8), cost, 16).length).toBe(16);
  });
});
