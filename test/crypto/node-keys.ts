import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { Secret } from "../../src/bytes.ts";
import type { PrivateKey } from "../../src/crypto/provider.ts";

type RsaPrivateKey = Extract<PrivateKey, { readonly type: "rsa" }>;

/**
 * A new key pair. The keys are read back from DER: those that come out of
 * generateKeyPairSync share a lock with the job that made them, and Node 20
 * stands still when that job is collected in the middle of an export.
 */
export function nodeKeyPair(
  type: "rsa" | "rsa-pss" | "ec" | "ed448",
  options: object = {},
): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const generate = generateKeyPairSync as unknown as (
    type: string,
    options: object,
  ) => { readonly privateKey: Buffer };
  const { privateKey: key } = generate(type, {
    ...options,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const privateKey = createPrivateKey({ key, type: "pkcs8", format: "der" });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The provider's shape of an RSA key that Node made or read. */
export function rsaPrivateKey(key: KeyObject): RsaPrivateKey {
  const jwk = key.export({ format: "jwk" });
  const bytes = (text: string | undefined): Uint8Array =>
    new Uint8Array(Buffer.from(text ?? "", "base64url"));
  return {
    type: "rsa",
    modulus: bytes(jwk.n),
    exponent: bytes(jwk.e),
    privateExponent: new Secret(bytes(jwk.d)),
    prime1: new Secret(bytes(jwk.p)),
    prime2: new Secret(bytes(jwk.q)),
    exponent1: new Secret(bytes(jwk.dp)),
    exponent2: new Secret(bytes(jwk.dq)),
    coefficient: new Secret(bytes(jwk.qi)),
  };
}
