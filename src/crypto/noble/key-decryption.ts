import { cbc } from "@noble/ciphers/aes.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { KeyDecryption } from "../provider.ts";
import { decryptTripleDesCbc } from "./triple-des.ts";

const HASHES = {
  "SHA-1": sha1,
  "SHA-256": sha256,
  "SHA-384": sha384,
  "SHA-512": sha512,
};

/** Reads key files under a password, those of old programs too. */
export const keyDecryption: KeyDecryption = {
  pbkdf2: (hash, password, salt, iterations, length) =>
    pbkdf2(HASHES[hash], password, salt, { c: iterations, dkLen: length }),
  scrypt: (password, salt, cost, length) =>
    scrypt(password, salt, { ...cost, dkLen: length }),
  decryptCbc: (cipher, key, iv, data) =>
    cipher === "3DES"
      ? decryptTripleDesCbc(key, iv, data)
      : cbc(key, iv, { disablePadding: true }).decrypt(data),
  md5: (data) => md5(data),
};
