/** Checks of the arguments that every AEAD row makes. */
import type { AeadAlgorithm } from "../../provider.ts";

type Lengths = Pick<
  AeadAlgorithm,
  "name" | "keyLength" | "nonceLength" | "tagLength"
>;

/** @throws TypeError when the key has the wrong length */
export function checkKey(aead: Lengths, key: Uint8Array): void {
  if (key.length !== aead.keyLength)
    throw new TypeError(
      `${aead.name} takes a key of ${aead.keyLength} bytes, not ${key.length}`,
    );
}

/** @throws TypeError when the nonce or the output has the wrong length */
export function checkSeal(
  aead: Lengths,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  out: Uint8Array,
): void {
  checkNonce(aead, nonce);
  checkOut(aead, plaintext.length + aead.tagLength, out);
}

/**
 * Answers false for a ciphertext that is too short to hold a tag: that is the
 * peer's doing, all else is the caller's.
 *
 * @throws TypeError when the nonce has the wrong length
 */
export function checkOpen(
  aead: Lengths,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
): boolean {
  checkNonce(aead, nonce);
  return ciphertext.length >= aead.tagLength;
}

function checkNonce(aead: Lengths, nonce: Uint8Array): void {
  if (nonce.length !== aead.nonceLength)
    throw new TypeError(
      `${aead.name} takes a nonce of ${aead.nonceLength} bytes, not ${nonce.length}`,
    );
}

function checkOut(aead: Lengths, wanted: number, out: Uint8Array): void {
  if (out.length !== wanted)
    throw new TypeError(
      `${aead.name}: the output must be ${wanted} bytes long, not ${out.length}`,
    );
}
