/** Signing ECDSA (FIPS 186-5 6.4.1) with DER signatures, from `@noble/curves`. */
import { ecdsa, type ECDSA } from "@noble/curves/abstract/weierstrass.js";
import type { HashName, PrivateKey, SignatureSigner } from "../provider.ts";
import { nobleHashes } from "./hashes.ts";
import { nistCurve, type NistCurveName } from "./nist-curves.ts";

const options = { format: "der", lowS: false, prehash: true } as const;

/**
 * Signs with the deterministic nonce of RFC 6979: no randomness is drawn, and
 * the same key and message give the same signature.
 */
export function ecdsaSigner(hash: HashName): SignatureSigner {
  return (key, message) => {
    if (key.type !== "ec")
      throw new TypeError(`ECDSA takes an EC key, not one of type ${key.type}`);
    checkScalar(key);
    nistCurve(key.curve).beforeBaseMultiplication();
    return scheme(key.curve, hash).sign(message, key.scalar.bytes, options);
  };
}

type EcPrivateKey = Extract<PrivateKey, { readonly type: "ec" }>;

/** @throws TypeError when the scalar is not one of the curve's */
export function checkScalar(key: EcPrivateKey): void {
  const { utils } = scheme(key.curve, "SHA-256");
  if (!utils.isValidSecretKey(key.scalar.bytes))
    throw new TypeError(
      `not a private key of ${key.curve}: the scalar must be ${nistCurve(key.curve).scalarLength} bytes, above zero and below the curve's order`,
    );
}

function scheme(curve: NistCurveName, hash: HashName): ECDSA {
  const id = `${curve} ${hash}`;
  const known = schemes.get(id);
  if (known !== undefined) return known;
  const made = ecdsa(nistCurve(curve).Point, nobleHashes[hash]);
  schemes.set(id, made);
  return made;
}

const schemes = new Map<string, ECDSA>();
