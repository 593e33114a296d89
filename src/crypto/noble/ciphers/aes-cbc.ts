/** AES in CBC mode (NIST SP 800-38A), from `@noble/ciphers`. */
import { cbc } from "@noble/ciphers/aes.js";
import type { CbcAlgorithm, CbcKey } from "../../provider.ts";
import { checkCbcData, checkCbcKey } from "./cbc-checks.ts";

const BLOCK = 16;
const OPTIONS = { disablePadding: true };

/**
 * AES-128 in CBC mode, for records of TLS 1.2. See {@link noble} for an
 * example.
 */
export const aes128Cbc: CbcAlgorithm = {
  name: "AES-128-CBC",
  keyLength: 16,
  blockLength: BLOCK,
  key: (bytes) => cbcKey(aes128Cbc, bytes),
};

/**
 * AES-256 in CBC mode, for records of TLS 1.2. See {@link noble} for an
 * example.
 */
export const aes256Cbc: CbcAlgorithm = {
  name: "AES-256-CBC",
  keyLength: 32,
  blockLength: BLOCK,
  key: (bytes) => cbcKey(aes256Cbc, bytes),
};

function cbcKey(algorithm: CbcAlgorithm, bytes: Uint8Array): CbcKey {
  checkCbcKey(algorithm, bytes);
  const key = bytes.slice();
  return {
    encrypt(iv, plaintext, out) {
      checkCbcData(algorithm, iv, plaintext, out);
      const cipher = cbc(key, iv, OPTIONS);
      if (isAligned(out)) cipher.encrypt(plaintext, out);
      else out.set(cipher.encrypt(plaintext));
    },
    decrypt(iv, ciphertext, out) {
      checkCbcData(algorithm, iv, ciphertext, out);
      const cipher = cbc(key, iv, OPTIONS);
      if (isAligned(out)) cipher.decrypt(ciphertext, out);
      else out.set(cipher.decrypt(ciphertext));
    },
  };
}

/** noble writes four bytes at a time, and throws where it cannot. */
function isAligned(out: Uint8Array): boolean {
  return out.byteOffset % 4 === 0;
}
