/**
 * ECDSA (FIPS 186-5 6) with DER signatures, from `@noble/curves`. Any hash
 * goes with any curve: X.509 has ecdsa-with-SHA256 under a P-384 key.
 */
import { ecdsa, type ECDSA } from "@noble/curves/abstract/weierstrass.js";
import type {
  HashName,
  PrivateKey,
  SignatureSigner,
  SignatureVerifier,
} from "../../provider.ts";
import { nobleHashes } from "../hashes.ts";
import {
  type NistCurve,
  type NistCurveName,
  type NistCurveRow,
  nistCurve,
  nistCurves,
} from "./nist-curves.ts";

/** The curves that a verifier takes keys of, by name. */
export type NistCurveRows = {
  readonly [name in NistCurveName]?: NistCurveRow;
};

/** High S is allowed: neither X.509 nor TLS asks for the lower half. */
const options = { format: "der", lowS: false, prehash: true } as const;

/**
 * Verifies signatures over the message's hash, on every NIST curve; never
 * throws. See {@link noble} for an example.
 */
export function ecdsaVerifier(hash: HashName): SignatureVerifier {
  return ecdsaVerifierWith(nistCurves, hash);
}

/**
 * The same on the curves named alone, for a provider that leaves out the rest:
 * a signature under a key of another curve is not right.
 *
 * @example
 * ```ts
 * import { ecdsaVerifierWith, noble, p256 } from "puretls/crypto/noble";
 *
 * const verifier = ecdsaVerifierWith({ secp256r1: p256 }, "SHA-256");
 * const provider = { ...noble, verifiers: { "ecdsa-sha256": verifier } };
 * ```
 */
export function ecdsaVerifierWith(
  curves: NistCurveRows,
  hash: HashName,
): SignatureVerifier {
  return (key, message, signature) => {
    const curve = key.type === "ec" ? curves[key.curve]?.() : undefined;
    if (key.type !== "ec" || curve === undefined) return false;
    try {
      // [8422-5.10-03]
      return scheme(curve, hash).verify(signature, message, key.point, options);
    } catch {
      return false;
    }
  };
}

/**
 * Signs with the deterministic nonce of RFC 6979: no randomness is drawn, and
 * the same key and message give the same signature.
 *
 * @example
 * ```ts
 * import { ecdsaSigner, ecdsaVerifier, noble } from "puretls/crypto/noble";
 * import { generateKey } from "puretls/pki";
 *
 * const key = generateKey({ provider: noble, type: "ec-p256" });
 * const message = Uint8Array.of(1, 2, 3);
 * const { privateKey } = key;
 * const signature = ecdsaSigner("SHA-256")(privateKey, message, noble.random);
 * const publicKey = noble.publicKeyOf(privateKey);
 * const verify = ecdsaVerifier("SHA-256");
 * if (!verify(publicKey, message, signature)) throw new Error();
 * ```
 */
export function ecdsaSigner(hash: HashName): SignatureSigner {
  return (key, message) => {
    if (key.type !== "ec")
      throw new TypeError(`ECDSA takes an EC key, not one of type ${key.type}`);
    checkScalar(key);
    const curve = nistCurve(key.curve);
    curve.beforeBaseMultiplication();
    return scheme(curve, hash).sign(message, key.scalar.bytes, options);
  };
}

type EcPrivateKey = Extract<PrivateKey, { readonly type: "ec" }>;

/** @throws TypeError when the scalar is not one of the curve's */
export function checkScalar(key: EcPrivateKey): void {
  const curve = nistCurve(key.curve);
  const { utils } = scheme(curve, "SHA-256");
  if (!utils.isValidSecretKey(key.scalar.bytes))
    throw new TypeError(
      `not a private key of ${key.curve}: the scalar must be ${curve.scalarLength} bytes, above zero and below the curve's order`,
    );
}

function scheme({ name, Point }: NistCurve, hash: HashName): ECDSA {
  const id = `${name} ${hash}`;
  const known = schemes.get(id);
  if (known !== undefined) return known;
  const made = ecdsa(Point, nobleHashes[hash]);
  schemes.set(id, made);
  return made;
}

const schemes = new Map<string, ECDSA>();
