/**
 * AES-CCM (NIST SP 800-38C, RFC 3610) as TLS uses it: RFC 5116 5.3 and, with a
 * tag of 8 bytes, RFC 6655 6.1. noble has no CCM; this composes its CBC and
 * CTR modes.
 */
import { cbc, ctr } from "@noble/ciphers/aes.js";
import { concat, equal, wipe } from "../../../bytes.ts";
import type { AeadAlgorithm, AeadKey, AeadName } from "../../provider.ts";
import { checkKey, checkOpen, checkSeal } from "./aead-checks.ts";

const BLOCK = 16;
const NONCE = 12;
/** SP 800-38C's q, RFC 3610's L: the message's length takes three bytes. */
const LENGTH_BYTES = 15 - NONCE;

/** AEAD_AES_128_CCM. See {@link noble} for an example. */
export const aes128Ccm: AeadAlgorithm = /* @__PURE__ */ ccm(
  "AES-128-CCM",
  16,
  16,
);

/** AEAD_AES_128_CCM_8. See {@link noble} for an example. */
export const aes128Ccm8: AeadAlgorithm = /* @__PURE__ */ ccm(
  "AES-128-CCM-8",
  16,
  8,
);

/** AEAD_AES_256_CCM. See {@link noble} for an example. */
export const aes256Ccm: AeadAlgorithm = /* @__PURE__ */ ccm(
  "AES-256-CCM",
  32,
  16,
);

/** AEAD_AES_256_CCM_8. See {@link noble} for an example. */
export const aes256Ccm8: AeadAlgorithm = /* @__PURE__ */ ccm(
  "AES-256-CCM-8",
  32,
  8,
);

function ccm(
  name: AeadName,
  keyLength: number,
  tagLength: number,
): AeadAlgorithm {
  const row: AeadAlgorithm = {
    name,
    keyLength,
    nonceLength: NONCE,
    tagLength,
    constantTime: false,
    key: (bytes) => ccmKey(row, bytes),
  };
  return row;
}

function ccmKey(aead: AeadAlgorithm, bytes: Uint8Array): AeadKey {
  checkKey(aead, bytes);
  const key = bytes.slice();
  return {
    seal(nonce, aad, plaintext, out) {
      checkSeal(aead, nonce, plaintext, out);
      const mac = cbcMac(aead, key, nonce, aad, plaintext);
      const sealed = counterMode(key, nonce, mac, plaintext);
      out.set(sealed.subarray(BLOCK));
      out.set(sealed.subarray(0, aead.tagLength), plaintext.length);
    },
    open(nonce, aad, ciphertext) {
      if (!checkOpen(aead, nonce, ciphertext)) return undefined;
      const length = ciphertext.length - aead.tagLength;
      const data = ciphertext.subarray(0, length);
      const tag = ciphertext.subarray(length);
      const opened = counterMode(key, nonce, new Uint8Array(BLOCK), data);
      const plaintext = opened.subarray(BLOCK);
      const mac = cbcMac(aead, key, nonce, aad, plaintext);
      // The first block of the key stream covers the tag.
      const wanted = mac.map((byte, i) => byte ^ (opened[i] ?? 0));
      const right = equal(tag, wanted.subarray(0, aead.tagLength));
      const own = right ? plaintext.slice() : undefined;
      wipe(opened);
      return own;
    },
  };
}

/**
 * SP 800-38C 6.1 steps 1 to 4, with the formatting of its appendix A.2: the
 * last block of CBC over B0, the associated data and the message.
 */
function cbcMac(
  aead: AeadAlgorithm,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  // No TLS record comes near these bounds.
  if (message.length >= 2 ** (8 * LENGTH_BYTES) || aad.length >= 0xff00)
    throw new TypeError(`${aead.name}: the message or its data is too long`);
  const flags =
    (aad.length > 0 ? 0x40 : 0) +
    8 * ((aead.tagLength - 2) / 2) +
    (LENGTH_BYTES - 1);
  const { length } = message;
  const first = concat(
    Uint8Array.of(flags),
    nonce,
    Uint8Array.of(length >> 16, length >> 8, length),
  );
  const data =
    aad.length === 0
      ? aad
      : concat(Uint8Array.of(aad.length >> 8, aad.length), aad);
  const dataAt = BLOCK;
  const messageAt = dataAt + roundUp(data.length);
  const blocks = new Uint8Array(messageAt + roundUp(length));
  blocks.set(first);
  blocks.set(data, dataAt);
  blocks.set(message, messageAt);
  const chain = cbc(key, new Uint8Array(BLOCK), { disablePadding: true });
  const encrypted = chain.encrypt(blocks);
  wipe(blocks);
  return encrypted.slice(-BLOCK);
}

/**
 * SP 800-38C 6.1 steps 5 to 8, appendix A.3: CTR over one block (the tag) and
 * the data. noble counts in all 16 bytes, which is the same while the length
 * fits its three.
 */
function counterMode(
  key: Uint8Array,
  nonce: Uint8Array,
  block: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const counter = new Uint8Array(BLOCK);
  counter[0] = LENGTH_BYTES - 1;
  counter.set(nonce, 1);
  return ctr(key, counter).encrypt(concat(block, data));
}

function roundUp(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}
