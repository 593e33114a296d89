/** AES-GCM, AES-CCM and ChaCha20-Poly1305 (RFC 5116, 6655, 8439), from Node. */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
} from "node:crypto";
import {
  checkKey,
  checkOpen,
  checkSeal,
} from "../noble/ciphers/aead-checks.ts";
import type { AeadAlgorithm, AeadKey, AeadName } from "../provider.ts";

/** AEAD_AES_128_GCM. */
export const aes128Gcm: AeadAlgorithm = /* @__PURE__ */ aead(
  "AES-128-GCM",
  16,
  16,
  "aes-128-gcm",
);

/** AEAD_AES_256_GCM. */
export const aes256Gcm: AeadAlgorithm = /* @__PURE__ */ aead(
  "AES-256-GCM",
  32,
  16,
  "aes-256-gcm",
);

/** AEAD_AES_128_CCM. */
export const aes128Ccm: AeadAlgorithm = /* @__PURE__ */ aead(
  "AES-128-CCM",
  16,
  16,
  "aes-128-ccm",
);

/** AEAD_AES_128_CCM_8. */
export const aes128Ccm8: AeadAlgorithm = /* @__PURE__ */ aead(
  "AES-128-CCM-8",
  16,
  8,
  "aes-128-ccm",
);

/** AEAD_AES_256_CCM. */
export const aes256Ccm: AeadAlgorithm = /* @__PURE__ */ aead(
  "AES-256-CCM",
  32,
  16,
  "aes-256-ccm",
);

/** AEAD_AES_256_CCM_8. */
export const aes256Ccm8: AeadAlgorithm = /* @__PURE__ */ aead(
  "AES-256-CCM-8",
  32,
  8,
  "aes-256-ccm",
);

/** AEAD_CHACHA20_POLY1305. */
export const chaCha20Poly1305: AeadAlgorithm = /* @__PURE__ */ aead(
  "ChaCha20-Poly1305",
  32,
  16,
  "chacha20-poly1305",
);

type OpenSslName =
  | "aes-128-gcm"
  | "aes-256-gcm"
  | "aes-128-ccm"
  | "aes-256-ccm"
  | "chacha20-poly1305";

function aead(
  name: AeadName,
  keyLength: number,
  tagLength: number,
  cipher: OpenSslName,
): AeadAlgorithm {
  const row: AeadAlgorithm = {
    name,
    keyLength,
    nonceLength: 12,
    tagLength,
    // OpenSSL's: by instructions of the processor, bit-sliced or by permutes.
    constantTime: true,
    key: (bytes) => aeadKey(row, cipher, bytes),
  };
  return row;
}

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
