/** Web Cryptography's names of algorithms, and the provider's. */
import type { HashName, PublicKey, SignatureName } from "../crypto/provider.ts";
import type { KeyAlgorithm } from "../x509/keys/public-key.ts";

/** The algorithms that keys of the engine can have. */
export type WebAlgorithmName =
  "RSASSA-PKCS1-v1_5" | "RSA-PSS" | "ECDSA" | "Ed25519";

/** An algorithm as callers pass it, its parts looked at one by one. */
export interface WebAlgorithm {
  readonly name: string;
  readonly hash: HashName | undefined;
  readonly saltLength: number | undefined;
  readonly namedCurve: string | undefined;
}

/** Reads `"SHA-256"`, `{ name: "ECDSA", hash: { name: "SHA-256" } }` and so on. */
export function webAlgorithm(input: unknown): WebAlgorithm {
  const name = typeof input === "string" ? input : stringOf(input, "name");
  if (name === undefined) throw new TypeError("an algorithm without a name");
  const hash = valueOf(input, "hash");
  const hashName = typeof hash === "string" ? hash : stringOf(hash, "name");
  const saltLength = valueOf(input, "saltLength");
  return {
    name,
    hash: hashName === undefined ? undefined : hashNamed(hashName),
    saltLength: typeof saltLength === "number" ? saltLength : undefined,
    namedCurve: stringOf(input, "namedCurve"),
  };
}

/** @throws TypeError when the provider interface has no such hash */
export function hashNamed(name: string): HashName {
  const found = HASHES.find((hash) => hash === name.toUpperCase());
  if (found === undefined)
    throw new TypeError(`the hash "${name}" is not supported`);
  return found;
}

/** The algorithm by its exact name, when it is one that signs. */
export function signingAlgorithm(name: string): WebAlgorithmName {
  const found = NAMES.find((one) => one.toLowerCase() === name.toLowerCase());
  if (found === undefined)
    throw new TypeError(`the algorithm "${name}" is not supported`);
  return found;
}

/**
 * The provider's name for an algorithm over a hash.
 *
 * @param saltLength of RSA-PSS: the provider's is as long as the hash
 * @throws TypeError when there is none
 */
export function signatureNameOf(
  algorithm: WebAlgorithmName,
  hash: HashName | undefined,
  saltLength: number | undefined,
): SignatureName {
  if (algorithm === "Ed25519") return "ed25519";
  const row = hash === undefined ? undefined : SIGNATURES[algorithm][hash];
  if (row === undefined)
    throw new TypeError(`${algorithm} needs a hash that is supported`);
  if (
    algorithm === "RSA-PSS" &&
    hash !== undefined &&
    saltLength !== undefined &&
    saltLength !== HASH_LENGTH[hash]
  )
    throw new TypeError("RSA-PSS needs a salt as long as the hash");
  return row;
}

/** The name of the curve in Web Cryptography. */
export function webCurve(key: PublicKey): string | undefined {
  return key.type === "ec" ? CURVES[key.curve] : undefined;
}

/** Tells whether a key can be used with the algorithm. */
export function keyFits(
  algorithm: WebAlgorithmName,
  key: KeyAlgorithm,
): boolean {
  switch (algorithm) {
    case "RSASSA-PKCS1-v1_5":
      return key === "rsaEncryption";
    case "RSA-PSS":
      return key === "rsaEncryption" || key === "id-RSASSA-PSS";
    case "ECDSA":
      return key === "ecPublicKey";
    case "Ed25519":
      return key === "ed25519";
  }
}

const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"] as const;
const NAMES = ["RSASSA-PKCS1-v1_5", "RSA-PSS", "ECDSA", "Ed25519"] as const;

/** Bytes of a digest. */
export const HASH_LENGTH: Readonly<Record<HashName, number>> = {
  "SHA-1": 20,
  "SHA-256": 32,
  "SHA-384": 48,
  "SHA-512": 64,
};

const SIGNATURES: Readonly<
  Record<
    Exclude<WebAlgorithmName, "Ed25519">,
    Readonly<Partial<Record<HashName, SignatureName>>>
  >
> = {
  "RSASSA-PKCS1-v1_5": {
    "SHA-1": "rsa-pkcs1-sha1",
    "SHA-256": "rsa-pkcs1-sha256",
    "SHA-384": "rsa-pkcs1-sha384",
    "SHA-512": "rsa-pkcs1-sha512",
  },
  "RSA-PSS": {
    "SHA-256": "rsa-pss-sha256",
    "SHA-384": "rsa-pss-sha384",
    "SHA-512": "rsa-pss-sha512",
  },
  ECDSA: {
    "SHA-1": "ecdsa-sha1",
    "SHA-256": "ecdsa-sha256",
    "SHA-384": "ecdsa-sha384",
    "SHA-512": "ecdsa-sha512",
  },
};

const CURVES = {
  secp256r1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
} as const;

function valueOf(input: unknown, key: string): unknown {
  return typeof input === "object" && input !== null
    ? Reflect.get(input, key)
    : undefined;
}

function stringOf(input: unknown, key: string): string | undefined {
  const value = valueOf(input, key);
  return typeof value === "string" ? value : undefined;
}
