import { createCipheriv } from "node:crypto";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, NO_BYTES } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type {
  AeadAlgorithm,
  AeadKey,
  AeadName,
} from "../../src/crypto/provider.ts";

const rows = [noble, node].flatMap((provider) =>
  Object.values(provider.aeads).map((aead) => ({
    name: `${aead.name} of ${provider.name}`,
    aead,
  })),
);

const nodeNames: Readonly<Record<AeadName, string>> = {
  "AES-128-GCM": "aes-128-gcm",
  "AES-256-GCM": "aes-256-gcm",
  "AES-128-CCM": "aes-128-ccm",
  "AES-128-CCM-8": "aes-128-ccm",
  "AES-256-CCM": "aes-256-ccm",
  "AES-256-CCM-8": "aes-256-ccm",
  "ChaCha20-Poly1305": "chacha20-poly1305",
};

/** The same by Node's OpenSSL. */
function sealByNode(
  aead: AeadAlgorithm,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const name = nodeNames[aead.name] as "aes-128-ccm";
  const cipher = createCipheriv(name, key, nonce, {
    authTagLength: aead.tagLength,
  });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  const body = cipher.update(plaintext);
  cipher.final();
  return concat(body, cipher.getAuthTag());
}

const sizes = [0, 1, 15, 16, 17, 64, 255, 1024, 5000, 16385];

describe.each(rows)("$name", ({ aead }) => {
  const keyBytes = new Uint8Array(aead.keyLength).map((_, i) => i + 1);
  const nonce = new Uint8Array(12).map((_, i) => 40 + i);
  const aad = Uint8Array.of(23, 3, 3, 64, 0);
  let key: AeadKey;

  beforeEach(() => {
    key = aead.key(keyBytes);
  });

  function sealed(plaintext: Uint8Array, data = aad): Uint8Array {
    const out = new Uint8Array(plaintext.length + aead.tagLength);
    key.seal(nonce, data, plaintext, out);
    return out;
  }

  it("seals what OpenSSL seals, with and without associated data", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ maxLength: 40 }),
        (plaintext, data) => {
          const wanted = sealByNode(aead, keyBytes, nonce, data, plaintext);
          expect(sealed(plaintext, data)).toEqual(wanted);
        },
      ),
    );
  });

  it.each(sizes)("works in place at any alignment, %i bytes", (size) => {
    const plaintext = new Uint8Array(size).map((_, i) => i * 7);
    const wanted = sealByNode(aead, keyBytes, nonce, aad, plaintext);
    for (const offset of [0, 1, 3]) {
      const whole = new Uint8Array(offset + wanted.length + 8).fill(0xee);
      const record = whole.subarray(offset, offset + wanted.length);
      const payload = record.subarray(0, size);
      payload.set(plaintext);
      key.seal(nonce, aad, payload, record);
      expect(record).toEqual(wanted);
      const opened = key.open(nonce, aad, record);
      expect(opened).toEqual(plaintext);
      expect(opened?.buffer).not.toBe(whole.buffer);
      // Nothing outside was touched.
      expect(whole.subarray(0, offset).every((b) => b === 0xee)).toBe(true);
      expect(whole.subarray(offset + wanted.length)).toEqual(
        new Uint8Array(8).fill(0xee),
      );
    }
  });

  it("changes no input when the output is elsewhere", () => {
    const plaintext = new Uint8Array(100).fill(5);
    const record = sealed(plaintext);
    const copy = record.slice();
    const opened = key.open(nonce, aad, record);
    expect(record).toEqual(copy);
    expect(opened).toEqual(plaintext);
    // A plain array of the caller's own.
    expect(Object.getPrototypeOf(opened)).toBe(Uint8Array.prototype);
    opened?.fill(0);
    expect(key.open(nonce, aad, record)).toEqual(plaintext);
    expect(plaintext).toEqual(new Uint8Array(100).fill(5));
    expect(nonce).toEqual(new Uint8Array(12).map((_, i) => 40 + i));
    expect(aad).toEqual(Uint8Array.of(23, 3, 3, 64, 0));
  });

  it("keeps no key array", () => {
    const bytes = keyBytes.slice();
    const own = aead.key(bytes);
    bytes.fill(0);
    const out = new Uint8Array(aead.tagLength);
    own.seal(nonce, aad, NO_BYTES, out);
    expect(out).toEqual(sealed(NO_BYTES));
  });

  it("opens nothing when a bit of anything is wrong", () => {
    const record = sealed(new Uint8Array(20).fill(9));
    for (let bit = 0; bit < 8 * record.length; bit += 5) {
      const bad = record.slice();
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(key.open(nonce, aad, bad)).toBeUndefined();
    }
    const otherNonce = nonce.map((byte) => byte ^ 1);
    expect(key.open(otherNonce, aad, record)).toBeUndefined();
    expect(key.open(nonce, NO_BYTES, record)).toBeUndefined();
    expect(key.open(nonce, aad, record)).toHaveLength(20);
  });

  it("opens nothing that is less than a tag", () => {
    for (let length = 0; length < aead.tagLength; length++)
      expect(key.open(nonce, aad, new Uint8Array(length))).toBeUndefined();
  });

  it("allocates arrays of the length asked for, each its own", () => {
    for (const length of [0, 100, 5000]) {
      const one = key.allocate?.(length) ?? new Uint8Array(length);
      const two = key.allocate?.(length) ?? new Uint8Array(length);
      expect(one).toHaveLength(length);
      expect(Object.getPrototypeOf(one)).toBe(Uint8Array.prototype);
      expect(one.buffer).not.toBe(two.buffer);
      expect(one.buffer.byteLength).toBe(length);
    }
  });

  it("throws TypeError for wrong lengths of its caller", () => {
    const out = new Uint8Array(1 + aead.tagLength);
    const one = new Uint8Array(1);
    expect(() => aead.key(new Uint8Array(aead.keyLength + 1))).toThrow(
      TypeError,
    );
    expect(() => key.seal(new Uint8Array(11), aad, one, out)).toThrow(
      /nonce of 12 bytes, not 11/,
    );
    expect(() => key.seal(nonce, aad, one, one)).toThrow(TypeError);
    expect(() => key.open(new Uint8Array(13), aad, out)).toThrow(TypeError);
  });
});

it("CCM refuses associated data that its short length form cannot hold", () => {
  const key = noble.aeads["AES-128-CCM"]?.key(new Uint8Array(16));
  const tag = new Uint8Array(16);
  const nonce = new Uint8Array(12);
  key?.seal(nonce, new Uint8Array(0xfeff), NO_BYTES, tag);
  expect(() => key?.seal(nonce, new Uint8Array(0xff00), NO_BYTES, tag)).toThrow(
    TypeError,
  );
});
