/** The public half of a private key. */
import type { PrivateKey, PublicKey } from "../provider.ts";
import { checkScalar } from "./ecdsa.ts";
import { ed25519PublicKey, ed448PublicKey } from "./eddsa.ts";
import { mlDsaPublicKey } from "./mldsa.ts";
import { multiplyBase, nistCurve } from "./nist-curves.ts";

/**
 * The public key that belongs to a private one: modulus and exponent, an
 * uncompressed point, or the bytes of a key. The arrays are new.
 *
 * @throws TypeError when an EC scalar or a seed is not a valid one
 */
export function publicKeyOf(key: PrivateKey): PublicKey {
  switch (key.type) {
    case "rsa":
      return {
        type: "rsa",
        modulus: key.modulus.slice(),
        exponent: key.exponent.slice(),
      };
    case "ec": {
      checkScalar(key);
      const curve = nistCurve(key.curve);
      const scalar = curve.Point.Fn.fromBytes(key.scalar.bytes);
      const point = multiplyBase(curve, scalar);
      return { type: "ec", curve: key.curve, point };
    }
    case "ed25519":
      return { type: "ed25519", key: ed25519PublicKey(key.seed.bytes) };
    case "ed448":
      return { type: "ed448", key: ed448PublicKey(key.seed.bytes) };
    default:
      return {
        type: key.type,
        key: mlDsaPublicKey(key.type, key.seed.bytes),
      };
  }
}
