/** The encodings of RFC 8017 9: EMSA-PSS and EMSA-PKCS1-v1_5. */
import { concat, equal, fromHex } from "../../../bytes.ts";
import type { HashAlgorithm, HashName } from "../../provider.ts";

/**
 * EMSA-PKCS1-v1_5, RFC 8017 9.2: `length` bytes, or undefined when that is too
 * short for the hash.
 */
export function encodePkcs1(
  hash: HashAlgorithm,
  message: Uint8Array,
  length: number,
): Uint8Array | undefined {
  // [5246-4.7-01]
  const digestInfo = concat(
    fromHex(digestInfoPrefix[hash.name]),
    hash.hash(message),
  );
  if (length < digestInfo.length + 11) return undefined;
  const encoded = new Uint8Array(length).fill(0xff);
  encoded.set([0x00, 0x01]);
  encoded[length - digestInfo.length - 1] = 0x00;
  encoded.set(digestInfo, length - digestInfo.length);
  return encoded;
}

// [5246-4.7-02a] [5246-4.7-02b]
/**
 * RFC 8017 9.2 note 1: DER of DigestInfo up to the digest, with the NULL
 * parameters that a signer must write. A verifier may accept their absence
 * (appendix A.2.4); this one does not.
 */
const digestInfoPrefix: Readonly<Record<HashName, string>> = {
  "SHA-1": "3021300906052b0e03021a05000414",
  "SHA-256": "3031300d060960864801650304020105000420",
  "SHA-384": "3041300d060960864801650304020205000430",
  "SHA-512": "3051300d060960864801650304020305000440",
};

// [9846-4.3.3-07] [9846-4.3.3-09]
/**
 * EMSA-PSS-ENCODE, RFC 8017 9.1.1, with MGF1 over the same hash and the salt
 * given: `ceil(bits / 8)` bytes, or undefined when that is too short.
 */
export function encodePss(
  hash: HashAlgorithm,
  message: Uint8Array,
  salt: Uint8Array,
  bits: number,
): Uint8Array | undefined {
  const length = Math.ceil(bits / 8);
  if (length < hash.outputLength + salt.length + 2) return undefined;
  const digest = saltedDigest(hash, hash.hash(message), salt);
  const block = new Uint8Array(length - hash.outputLength - 1);
  block[block.length - salt.length - 1] = 0x01;
  block.set(salt, block.length - salt.length);
  const masked = xor(block, maskGeneration(hash, digest, block.length));
  clearTopBits(masked, 8 * length - bits);
  return concat(masked, digest, Uint8Array.of(0xbc));
}

/**
 * EMSA-PSS-VERIFY, RFC 8017 9.1.2, steps 3 to 14, with a salt as long as the
 * hash. `encoded` is `ceil(bits / 8)` bytes.
 */
export function verifyPss(
  hash: HashAlgorithm,
  message: Uint8Array,
  encoded: Uint8Array,
  bits: number,
): boolean {
  const length = encoded.length;
  const saltLength = hash.outputLength;
  if (length < hash.outputLength + saltLength + 2) return false;
  if (encoded[length - 1] !== 0xbc) return false;
  const blockLength = length - hash.outputLength - 1;
  const masked = encoded.subarray(0, blockLength);
  const digest = encoded.subarray(blockLength, length - 1);
  const unused = 8 * length - bits;
  if ((masked[0] ?? 0) >> (8 - unused) !== 0) return false;
  const block = xor(masked, maskGeneration(hash, digest, blockLength));
  clearTopBits(block, unused);
  const saltAt = blockLength - saltLength;
  const padding = new Uint8Array(saltAt);
  padding[saltAt - 1] = 0x01;
  if (!equal(block.subarray(0, saltAt), padding)) return false;
  const salt = block.subarray(saltAt);
  return equal(digest, saltedDigest(hash, hash.hash(message), salt));
}

/** RFC 8017 9.1.1 step 5: Hash(eight zeros || mHash || salt). */
function saltedDigest(
  hash: HashAlgorithm,
  messageDigest: Uint8Array,
  salt: Uint8Array,
): Uint8Array {
  return hash.hash(concat(new Uint8Array(8), messageDigest, salt));
}

/** MGF1, RFC 8017 B.2.1. */
function maskGeneration(
  hash: HashAlgorithm,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const mask = new Uint8Array(length);
  const input = concat(seed, new Uint8Array(4));
  const counter = new DataView(input.buffer, seed.length);
  for (let at = 0, i = 0; at < length; at += hash.outputLength, i++) {
    counter.setUint32(0, i);
    mask.set(hash.hash(input).subarray(0, length - at), at);
  }
  return mask;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0));
}

function clearTopBits(bytes: Uint8Array, count: number): void {
  bytes[0] = (bytes[0] ?? 0) & (0xff >> count);
}
