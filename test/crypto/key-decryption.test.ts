import {
  createCipheriv,
  createHash,
  pbkdf2Sync,
  scryptSync,
} from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, utf8Bytes } from "../../src/bytes.ts";
import { keyDecryption } from "../../src/crypto/noble/index.ts";

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length });

describe("key decryption, beside OpenSSL", () => {
  it.each([
    ["AES-128", "aes-128-cbc", 16, 16],
    ["AES-192", "aes-192-cbc", 24, 16],
    ["AES-256", "aes-256-cbc", 32, 16],
    ["3DES", "des-ede3-cbc", 24, 8],
    ["3DES", "des-ede-cbc", 16, 8],
  ] as const)("%s (%s)", (name, openssl, keyLength, block) => {
    fc.assert(
      fc.property(
        bytes(keyLength),
        bytes(block),
        fc.nat(6).chain((blocks) => bytes(blocks * block)),
        (key, iv, data) => {
          const cipher = createCipheriv(openssl, key, iv);
          cipher.setAutoPadding(false);
          const encrypted = concat(cipher.update(data), cipher.final());
          const before = encrypted.slice();
          const plain = keyDecryption.decryptCbc(name, key, iv, encrypted);
          expect(plain).toEqual(data);
          expect(encrypted).toEqual(before);
          expect(keyDecryption.encryptCbc?.(name, key, iv, data)).toEqual(
            encrypted,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(["SHA-1", "SHA-256", "SHA-384", "SHA-512"] as const)(
    "PBKDF2 with %s",
    (hash) => {
      const salt = Uint8Array.of(1, 2, 3);
      const name = hash.replace("-", "");
      for (const text of ["", "short", "long".repeat(100)]) {
        const password = utf8Bytes(text);
        expect(keyDecryption.pbkdf2(hash, password, salt, 7, 100)).toEqual(
          new Uint8Array(pbkdf2Sync(password, salt, 7, 100, name)),
        );
      }
    },
  );

  it("scrypt and MD5", () => {
    const [password, salt] = [utf8Bytes("password"), utf8Bytes("NaCl")];
    const cost = { N: 1024, r: 8, p: 2 };
    expect(keyDecryption.scrypt(password, salt, cost, 64)).toEqual(
      new Uint8Array(scryptSync(password, salt, 64, cost)),
    );
    expect(keyDecryption.md5(password)).toEqual(
      new Uint8Array(createHash("md5").update(password).digest()),
    );
  });
});
