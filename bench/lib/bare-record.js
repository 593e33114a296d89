/** Records by bare calls of node:crypto: what no TLS on top of it can do without. */
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";

export const HEADER_LENGTH = 5;
export const TAG_LENGTH = 16;

/** AES-128-GCM with one key and one nonce for all: for measuring, no more. */
export function bareKey() {
  const key = createSecretKey(new Uint8Array(16).fill(1));
  const nonce = new Uint8Array(12).fill(2);
  const header = Uint8Array.of(23, 3, 3, 0, 0);
  const options = { authTagLength: TAG_LENGTH };
  return {
    /** Header, ciphertext and tag in one array. */
    seal(plaintext) {
      const cipher = createCipheriv("aes-128-gcm", key, nonce, options);
      const sealed = plaintext.length + TAG_LENGTH;
      header[3] = sealed >>> 8;
      header[4] = sealed;
      cipher.setAAD(header);
      const body = cipher.update(plaintext);
      cipher.final();
      const length = HEADER_LENGTH + body.length + TAG_LENGTH;
      const record = Buffer.allocUnsafeSlow(length);
      record.set(header);
      record.set(body, HEADER_LENGTH);
      record.set(cipher.getAuthTag(), length - TAG_LENGTH);
      return record;
    },
    open(record) {
      const cipher = createDecipheriv("aes-128-gcm", key, nonce, options);
      cipher.setAAD(record.subarray(0, HEADER_LENGTH));
      cipher.setAuthTag(record.subarray(-TAG_LENGTH));
      const opened = cipher.update(record.subarray(HEADER_LENGTH, -TAG_LENGTH));
      cipher.final();
      return opened;
    },
  };
}
