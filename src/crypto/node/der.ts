/**
 * The little DER that carries a key into OpenSSL. For keys that last it is
 * better than a JWK: bytes can be wiped after use, and strings cannot.
 */
import { concat, wipe } from "../../bytes.ts";

/** A tag, a length (X.690 8.1.3) and the contents: a new array. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  // Not from Buffer's pool, so that wiping it leaves no neighbour's copy.
  const out = Buffer.alloc(head.length + length);
  out.set(head);
  let at = head.length;
  for (const part of contents) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** X.690 8.9. */
export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return tlv(0x30, ...contents);
}

/** X.690 8.3: the shortest form of an unsigned big-endian number. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = bytes.subarray(from);
  const sign =
    (digits[0] ?? 0x80) & 0x80 ? Uint8Array.of(0) : digits.slice(0, 0);
  return tlv(0x02, sign, digits);
}

/**
 * RFC 5280 4.1: SubjectPublicKeyInfo.
 *
 * @param algorithm DER of the AlgorithmIdentifier
 */
export function publicKeyInfo(algorithm: Uint8Array, key: Uint8Array): Buffer {
  return sequence(algorithm, tlv(0x03, Uint8Array.of(0), key));
}

/**
 * RFC 5208 5: PrivateKeyInfo. Wipes `key`, which is a copy made for this.
 *
 * @param algorithm DER of the AlgorithmIdentifier
 */
export function privateKeyInfo(algorithm: Uint8Array, key: Buffer): Buffer {
  const info = sequence(VERSION_0, algorithm, tlv(0x04, key));
  wipe(key);
  return info;
}

/** INTEGER 0. */
export const VERSION_0: Uint8Array = Uint8Array.of(2, 1, 0);

/** AlgorithmIdentifier of an object identifier, given as its DER. */
export function algorithmIdentifier(
  oid: Uint8Array,
  parameters?: Uint8Array,
): Uint8Array {
  return sequence(parameters === undefined ? oid : concat(oid, parameters));
}
