/** AES-GCM, AES-CCM and ChaCha20-Poly1305 (RFC 5116, 6655, 8439), from Node. */
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

/** AEAD_AES_128_CCM. */
export const aes128Ccm: AeadAlgorithm = {
  name: "AES-128-CCM",
  keyLength: 16,
  nonceLength: 12,
  tagLength: 16,
  key: (bytes) => aeadKey(aes128Ccm, "aes-128-ccm", bytes),
};

/** AEAD_AES_128_CCM_8. */
export const aes128Ccm8: AeadAlgorithm = {
  name: "AES-128-CCM-8",
  keyLength: 16,
  nonceLength: 12,
  tagLength: 8,
  key: (bytes) => aeadKey(aes128Ccm8, "aes-128-ccm", bytes),
};

/** AEAD_AES_256_CCM. */
export const aes256Ccm: AeadAlgorithm = {
  name: "AES-256-CCM",
  keyLength: 32,
  nonceLength: 12,
  tagLength: 16,
  key: (bytes) => aeadKey(aes256Ccm, "aes-256-ccm", bytes),
};

/** AEAD_AES_256_CCM_8. */
export const aes256Ccm8: AeadAlgorithm = {
  name: "AES-256-CCM-8",
  keyLength: 32,
  nonceLength: 12,
  tagLength: 8,
  key: (bytes) => aeadKey(aes256Ccm8, "aes-256-ccm", bytes),
};

/** AEAD_CHACHA20_POLY1305. */
export const chaCha20Poly1305: AeadAlgorithm = {
  name: "ChaCha20-Poly1305",
  keyLength: 32,
  nonceLength: 12,
  tagLength: 16,
  key: (bytes) => aeadKey(chaCha20Poly1305, "chacha20-poly1305", bytes),
};

type OpenSslName =
  | "aes-128-gcm"
  | "aes-256-gcm"
  | "aes-128-ccm"
  | "aes-256-ccm"
  | "chacha20-poly1305";

/**
 * Node returns arrays of its own, which `seal` copies to `out`: every overlap
 * is harmless.
 */
function aeadKey(
  aead: AeadAlgorithm,
  name: OpenSslName,
  bytes: Uint8Array,
): AeadKey {
  checkKey(aead, bytes);
  const key = createSecretKey(bytes);
  return {
    allocate,
    seal(nonce, aad, plaintext, out) {
      checkSeal(aead, nonce, plaintext, out);
      const cipher = encipher(aead, name, key, nonce);
      const options = { plaintextLength: plaintext.length };
      cipher.setAAD(aad, options);
      const sealed = cipher.update(pointed(plaintext));
      cipher.final();
      out.set(sealed);
      out.set(cipher.getAuthTag(), sealed.length);
    },
    open(nonce, aad, ciphertext) {
      if (!checkOpen(aead, nonce, ciphertext)) return undefined;
      const length = ciphertext.length - aead.tagLength;
      const cipher = decipher(aead, name, key, nonce);
      const options = { plaintextLength: length };
      cipher.setAuthTag(ciphertext.subarray(length));
      cipher.setAAD(aad, options);
      try {
        // CCM checks its tag first, and answers nothing when it is wrong.
        const opened = cipher.update(pointed(ciphertext.subarray(0, length)));
        cipher.final();
        return asPlain(opened);
      } catch {
        return undefined;
      }
    },
  };
}

/** Up to this length an array of zeros is made as quickly. */
const ZEROS_ARE_QUICK = 2048;

/** Memory as it is: clearing it would cost a quarter of enciphering it. */
function allocate(length: number): Uint8Array {
  if (length < ZEROS_ARE_QUICK) return new Uint8Array(length);
  return asPlain(Buffer.allocUnsafeSlow(length));
}

/** Not a copy: for a `Buffer` that nobody else has and that is in no pool. */
function asPlain({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

const EMPTY = new Uint8Array(1).subarray(0, 0);

/** An empty array can be a null pointer to OpenSSL, which CCM takes amiss. */
function pointed(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? EMPTY : bytes;
}

// A call each, for Node's types know the modes apart.
function encipher(
  { tagLength: authTagLength }: AeadAlgorithm,
  name: OpenSslName,
  key: KeyObject,
  nonce: Uint8Array,
) {
  const options = { authTagLength };
  return name === "chacha20-poly1305"
    ? createCipheriv(name, key, nonce, options)
    : name === "aes-128-ccm" || name === "aes-256-ccm"
      ? createCipheriv(name, key, nonce, options)
      : createCipheriv(name, key, nonce, options);
}

function decipher(
  { tagLength: authTagLength }: AeadAlgorithm,
  name: OpenSslName,
  key: KeyObject,
  nonce: Uint8Array,
) {
  const options = { authTagLength };
  return name === "chacha20-poly1305"
    ? createDecipheriv(name, key, nonce, options)
    : name === "aes-128-ccm" || name === "aes-256-ccm"
      ? createDecipheriv(name, key, nonce, options)
      : createDecipheriv(name, key, nonce, options);
}
