/** The public half of a private key, for the kinds of key that are named. */
import type { PrivateKey, PublicKey } from "../provider.ts";
import { checkScalar } from "./curves/ecdsa.ts";
import { multiplyBase, nistCurve } from "./curves/nist-curves.ts";

/** Makes a public key of a seed, by the kind of key. */
export type PublicKeysOfSeeds = {
  readonly [T in Extract<PrivateKey, { readonly seed: unknown }>["type"]]?: (
    seed: Uint8Array,
  ) => Uint8Array;
};

/**
 * A `publicKeyOf` of RSA, of the NIST curves and of what else is named, for a
 * provider that leaves out the rest.
 *
 * @example
 * ```ts
 * import { ed25519PublicKey, noble, publicKeyWith } from "puretls/crypto/noble";
 *
 * const publicKeyOf = publicKeyWith({ ed25519: ed25519PublicKey });
 * const provider = { ...noble, publicKeyOf };
 * ```
 */
export function publicKeyWith(
  seeds: PublicKeysOfSeeds,
): (key: PrivateKey) => PublicKey {
  return (key) => {
    if (key.type === "rsa")
      return {
        type: "rsa",
        modulus: key.modulus.slice(),
        exponent: key.exponent.slice(),
      };
    if (key.type === "ec") {
      checkScalar(key);
      const curve = nistCurve(key.curve);
      const scalar = curve.Point.Fn.fromBytes(key.scalar.bytes);
      const point = multiplyBase(curve, scalar);
      return { type: "ec", curve: key.curve, point };
    }
    const make = seeds[key.type];
    if (make === undefined)
      throw new TypeError(`the provider takes no keys of type ${key.type}`);
    return { type: key.type, key: make(key.seed.bytes) };
  };
}
