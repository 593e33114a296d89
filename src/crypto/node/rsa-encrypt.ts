/** RSAES-PKCS1-v1_5 (RFC 8017 7.2), the encrypting half alone, from Node. */
import { constants, publicEncrypt } from "node:crypto";
import type { PublicKey } from "../provider.ts";
import { plain } from "./hashes.ts";
import { nodePublicKey } from "./keys.ts";

/**
 * RSAES-PKCS1-V1_5-ENCRYPT, RFC 8017 7.2.1. OpenSSL draws the padding from its
 * own source.
 *
 * @throws TypeError when the key is no sound RSA key or too short
 */
export function rsaEncrypt(key: PublicKey, message: Uint8Array): Uint8Array {
  const made = key.type === "rsa" ? nodePublicKey(key) : undefined;
  if (key.type !== "rsa" || made === undefined)
    throw new TypeError("RSA encryption takes a sound RSA key");
  if (message.length + 11 > key.modulus.length)
    throw new TypeError(
      `an RSA key of ${key.modulus.length} bytes is too short for ${message.length} bytes`,
    );
  const padding = constants.RSA_PKCS1_PADDING;
  return plain(publicEncrypt({ key: made, padding }, message));
}
