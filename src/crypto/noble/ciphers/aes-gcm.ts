/**
 * AES-GCM (NIST SP 800-38D, RFC 5116 5.1 and 5.2), from `@noble/ciphers`, which
 * looks AES up in tables: its time depends on key and data.
 */
import { gcm } from "@noble/ciphers/aes.js";
import type { AeadAlgorithm, AeadKey } from "../../provider.ts";
import { checkKey, checkOpen, checkSeal } from "./aead-checks.ts";

/** AEAD_AES_128_GCM. See {@link noble} for an example. */
export const aes128Gcm: AeadAlgorithm = {
  name: "AES-128-GCM",
  keyLength: 16,
  nonceLength: 12,
  tagLength: 16,
  constantTime: false,
  key: (bytes) => gcmKey(aes128Gcm, bytes),
};

/** AEAD_AES_256_GCM. See {@link noble} for an example. */
export const aes256Gcm: AeadAlgorithm = {
  name: "AES-256-GCM",
  keyLength: 32,
  nonceLength: 12,
  tagLength: 16,
  constantTime: false,
  key: (bytes) => gcmKey(aes256Gcm, bytes),
};

/**
 * noble's `gcm` takes no destination: it returns an array of its own, which
 * `seal` copies to `out`. That makes every overlap harmless, and does not show beside
 * the time that noble takes.
 */
function gcmKey(aead: AeadAlgorithm, bytes: Uint8Array): AeadKey {
  checkKey(aead, bytes);
  const key = bytes.slice();
  return {
    seal(nonce, aad, plaintext, out) {
      checkSeal(aead, nonce, plaintext, out);
      out.set(gcm(key, nonce, aad).encrypt(plaintext));
    },
    open(nonce, aad, ciphertext) {
      if (!checkOpen(aead, nonce, ciphertext)) return undefined;
      try {
        return gcm(key, nonce, aad).decrypt(ciphertext);
      } catch {
        return undefined;
      }
    },
  };
}
