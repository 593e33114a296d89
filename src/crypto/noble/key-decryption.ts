import { cbc } from "@noble/ciphers/aes.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import type { KeyDecryptionAlgorithms } from "../provider.ts";
import {
  decryptTripleDesCbc,
  encryptTripleDesCbc,
} from "./ciphers/triple-des.ts";
import { HASHES, pbkdf2Async } from "./pbkdf2-async.ts";

/**
 * Reads key files under a password, those of old programs too. See
 * {@link noble} for an example.
 */
export const keyDecryption: KeyDecryptionAlgorithms = {
  pbkdf2: (hash, password, salt, iterations, length) =>
    pbkdf2(HASHES[hash], password, salt, { c: iterations, dkLen: length }),
  scrypt: (password, salt, cost, length) =>
    scrypt(password, salt, { ...cost, dkLen: length }),
  decryptCbc: (cipher, key, iv, data) =>
    cipher === "3DES"
      ? decryptTripleDesCbc(key, iv, data)
      : cbc(key, iv, { disablePadding: true }).decrypt(data),
  encryptCbc: (cipher, key, iv, data) =>
    cipher === "3DES"
      ? encryptTripleDesCbc(key, iv, data)
      : cbc(key, iv, { disablePadding: true }).encrypt(data),
  md5: (data) => md5(data),
  sha1: (data) => sha1(data),
  pbkdf2Async,
};
