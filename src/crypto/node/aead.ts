/** AES-GCM and ChaCha20-Poly1305 (RFC 5116, RFC 8439), from Node. */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
} from "node:crypto";
import { checkKey, checkOpen, checkSeal } from "../noble/aead-checks.ts";
import type { AeadAlgorithm, AeadKey } from "../provider.ts";

/** AEAD_AES_128_GCM. */
export const aes128Gcm: AeadAlgorithm = {
  name: "AES-128-GCM",
  keyLength: 16,
  nonceLength: 12,
  tagLength: 16,
  key: (bytes) => aeadKey(aes128Gcm, "aes-128-gcm", bytes),
};

/** AEAD_AES_256_GCM. */
export const aes256Gcm: AeadAlgorithm = {
  name: "AES-256-GCM",
  keyLength: 32,
  nonceLength: 12,
  tagLength: 16,
  key: (bytes) => aeadKey(aes256Gcm, "aes-256-gcm", bytes),
};

/** AEAD_CHACHA20_POLY1305. */
export const chaCha20Poly1305: AeadAlgorithm = {
  name: "ChaCha20-Poly1305",
  keyLength: 32,
  nonceLength: 12,
  tagLength: 16,
  key: (bytes) => aeadKey(chaCha20Poly1305, "chacha20-poly1305", bytes),
};

type OpenSslName = "aes-128-gcm" | "aes-256-gcm" | "chacha20-poly1305";

/**
 * Node returns arrays of its own, which are copied to `out`: every overlap is
 * harmless, and nothing is written before the tag is known to be right.
 */
function aeadKey(
  aead: AeadAlgorithm,
  name: OpenSslName,
  bytes: Uint8Array,
): AeadKey {
  checkKey(aead, bytes);
  const key = createSecretKey(bytes);
  return {
    seal(nonce, aad, plaintext, out) {
      checkSeal(aead, nonce, plaintext, out);
      const cipher = encipher(name, key, nonce);
      const options = { plaintextLength: plaintext.length };
      cipher.setAAD(aad, options);
      const sealed = cipher.update(plaintext);
      cipher.final();
      out.set(sealed);
      out.set(cipher.getAuthTag(), sealed.length);
    },
    open(nonce, aad, ciphertext, out) {
      if (!checkOpen(aead, nonce, ciphertext, out)) return false;
      const cipher = decipher(name, key, nonce);
      const options = { plaintextLength: out.length };
      cipher.setAAD(aad, options);
      cipher.setAuthTag(ciphertext.subarray(out.length));
      const opened = cipher.update(ciphertext.subarray(0, out.length));
      try {
        cipher.final();
      } catch {
        return false;
      }
      out.set(opened);
      return true;
    },
  };
}

const OPTIONS = { authTagLength: 16 };

// Two calls, for Node's types know the modes apart.
function encipher(name: OpenSslName, key: KeyObject, nonce: Uint8Array) {
  return name === "chacha20-poly1305"
    ? createCipheriv(name, key, nonce, OPTIONS)
    : createCipheriv(name, key, nonce, OPTIONS);
}

function decipher(name: OpenSslName, key: KeyObject, nonce: Uint8Array) {
  return name === "chacha20-poly1305"
    ? createDecipheriv(name, key, nonce, OPTIONS)
    : createDecipheriv(name, key, nonce, OPTIONS);
}
