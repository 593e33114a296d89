/** AES in CBC mode (NIST SP 800-38A), from Node. */
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { checkCbcData, checkCbcKey } from "../noble/ciphers/cbc-checks.ts";
import type { CbcAlgorithm, CbcKey } from "../provider.ts";

const BLOCK = 16;

export const aes128Cbc: CbcAlgorithm = {
  name: "AES-128-CBC",
  keyLength: 16,
  blockLength: BLOCK,
  key: (bytes) => cbcKey(aes128Cbc, "aes-128-cbc", bytes),
};

export const aes256Cbc: CbcAlgorithm = {
  name: "AES-256-CBC",
  keyLength: 32,
  blockLength: BLOCK,
  key: (bytes) => cbcKey(aes256Cbc, "aes-256-cbc", bytes),
};

/** Without padding `final` has nothing to give: `update` gives every block. */
function cbcKey(
  algorithm: CbcAlgorithm,
  name: string,
  bytes: Uint8Array,
): CbcKey {
  checkCbcKey(algorithm, bytes);
  const key = createSecretKey(bytes);
  return {
    encrypt(iv, plaintext, out) {
      checkCbcData(algorithm, iv, plaintext, out);
      const cipher = createCipheriv(name, key, iv).setAutoPadding(false);
      out.set(cipher.update(plaintext));
    },
    decrypt(iv, ciphertext, out) {
      checkCbcData(algorithm, iv, ciphertext, out);
      const cipher = createDecipheriv(name, key, iv).setAutoPadding(false);
      out.set(cipher.update(ciphertext));
    },
  };
}
