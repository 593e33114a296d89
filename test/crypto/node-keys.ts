import type { KeyObject } from "node:crypto";
import { Secret } from "../../src/bytes.ts";
import type { PrivateKey } from "../../src/crypto/provider.ts";

type RsaPrivateKey = Extract<PrivateKey, { readonly type: "rsa" }>;

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
