/** CBC mode with the padding of PKCS#7 (RFC 5652 6.3), to decrypt alone. */
import { withoutPadding } from "../keys/password-encryption.ts";

export interface BlockDecryptor {
  readonly blockLength: number;
  /** Writes a block's plaintext; `input` and `output` are apart. */
  decrypt(input: Uint8Array, output: Uint8Array): void;
}

/**
 * The plaintext, or undefined when the length or the padding is wrong.
 *
 * @param iv one block
 */
export function decryptCbc(
  cipher: BlockDecryptor,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array | undefined {
  const size = cipher.blockLength;
  if (data.length === 0 || data.length % size !== 0 || iv.length !== size)
    return undefined;
  const plain = new Uint8Array(data.length);
  let before = iv;
  for (let at = 0; at < data.length; at += size) {
    const block = data.subarray(at, at + size);
    const out = plain.subarray(at, at + size);
    cipher.decrypt(block, out);
    for (let i = 0; i < size; i++) out[i] = (out[i] ?? 0) ^ (before[i] ?? 0);
    before = block;
  }
  return withoutPadding(plain, size);
}
