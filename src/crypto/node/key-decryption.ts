/** Encrypted key files: the costly parts from Node. */
import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  pbkdf2Sync,
  scryptSync,
} from "node:crypto";
import { concat } from "../../bytes.ts";
import { encryptTripleDesCbc } from "../noble/ciphers/triple-des.ts";
import { keyDecryption as nobleKeyDecryption } from "../noble/key-decryption.ts";
import type { CbcCipher, KeyDecryptionAlgorithms } from "../provider.ts";
import { DIGESTS, plain } from "./hashes.ts";

/** noble's own bound, so that both providers read the same files. */
const MOST_MEMORY = 2 ** 30 + 1024;

const CIPHERS: Readonly<Partial<Record<CbcCipher, string>>> = {
  "AES-128": "aes-128-cbc",
  "AES-192": "aes-192-cbc",
  "AES-256": "aes-256-cbc",
};

/**
 * MD5 and 3DES are noble's: OpenSSL can be built or configured without them,
 * and old key files do not go away.
 */
export const keyDecryption: KeyDecryptionAlgorithms = {
  ...nobleKeyDecryption,
  pbkdf2: (hash, password, salt, iterations, length) =>
    plain(pbkdf2Sync(password, salt, iterations, length, DIGESTS[hash])),
  scrypt: (password, salt, cost, length) =>
    plain(scryptSync(password, salt, length, { ...cost, maxmem: MOST_MEMORY })),
  decryptCbc(cipher, key, iv, data) {
    const name = CIPHERS[cipher];
    if (name === undefined)
      return nobleKeyDecryption.decryptCbc(cipher, key, iv, data);
    const decipher = createDecipheriv(name, key, iv);
    decipher.setAutoPadding(false);
    return concat(decipher.update(data), decipher.final());
  },
  encryptCbc(cipher, key, iv, data) {
    const name = CIPHERS[cipher];
    if (name === undefined) return encryptTripleDesCbc(key, iv, data);
    const made = createCipheriv(name, key, iv);
    made.setAutoPadding(false);
    return concat(made.update(data), made.final());
  },
  pbkdf2Async: (hash, password, salt, iterations, length) =>
    new Promise((resolve, reject) => {
      const digest = DIGESTS[hash];
      pbkdf2(password, salt, iterations, length, digest, (error, key) => {
        if (error === null) resolve(plain(key));
        else reject(error);
      });
    }),
};
