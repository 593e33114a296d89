/** Key decryption on noble, for the tests of encrypted private keys. */
import { cbc } from "@noble/ciphers/aes.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { createDecipheriv } from "node:crypto";
import type { KeyDecryption } from "../../src/x509/index.ts";

const HASHES = {
  "SHA-1": sha1,
  "SHA-256": sha256,
  "SHA-384": sha384,
  "SHA-512": sha512,
};

export const keyDecryption: KeyDecryption = {
  pbkdf2: (hash, password, salt, iterations, length) =>
    pbkdf2(HASHES[hash], password, salt, { c: iterations, dkLen: length }),
  scrypt: (password, salt, cost, length) =>
    scrypt(password, salt, { ...cost, dkLen: length }),
  decryptCbc: (cipher, key, iv, data) => {
    if (cipher !== "3DES")
      return cbc(key, iv, { disablePadding: true }).decrypt(data);
    const decipher = createDecipheriv("des-ede3-cbc", key, iv);
    decipher.setAutoPadding(false);
    return Uint8Array.from([...decipher.update(data), ...decipher.final()]);
  },
  md5,
};
