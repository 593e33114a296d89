/** Key pairs for certificates: made, held and written as PKCS#8. */
import { type Bytes, unshared } from "../../bytes.ts";
import type {
  CryptoProvider,
  MlDsaName,
  PrivateKey,
  PublicKey,
} from "../../crypto/provider.ts";
import { kindOf } from "../../options.ts";
import * as OID from "../../x509/der/oids.ts";
import { encodePem } from "../../x509/keys/pem.ts";
import type { PrivateKeyOptions } from "../../x509/keys/private-key.ts";
import { parsePrivateKey } from "../../x509/keys/private-key.ts";
import {
  bitString,
  constructed,
  nullValue,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
  unsignedInteger,
} from "../der/asn1.ts";
import { generateEcKey, generateSeed } from "./keygen.ts";
import { generateRsaKey } from "./rsa-keygen.ts";

/** Kinds of keys that {@link generateKey} makes. */
export type KeyType =
  | "ec-p256"
  | "ec-p384"
  | "ec-p521"
  | "ed25519"
  | "ed448"
  | MlDsaName
  | "rsa-2048"
  | "rsa-3072"
  | "rsa-4096";

/** Algorithms of the keys that we issue for, by their RFC names. */
export type PkiKeyAlgorithm =
  | "rsaEncryption"
  | "id-RSASSA-PSS"
  | "ecPublicKey"
  | "ed25519"
  | "ed448"
  | MlDsaName;

export interface PkiKeyOptions {
  /** Gives the public half of the private key. */
  readonly provider: CryptoProvider;
  /** Kept, not copied: it lives as long as the key. */
  readonly privateKey: PrivateKey;
  /** An RSA key that may sign with RSASSA-PSS alone (RFC 4055 1.2). */
  readonly pss?: boolean;
}

/**
 * A key pair. Prints as its algorithm, never as its secret; `toPem` and `toDer`
 * give the secret away on purpose. See {@link generateKey} for an example.
 */
export class PkiKey {
  readonly algorithm: PkiKeyAlgorithm;
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;

  /** @throws TypeError when the private key is not a valid one, or the provider has no `publicKeyOf` */
  constructor({ provider, privateKey, pss = false }: PkiKeyOptions) {
    if (pss && privateKey.type !== "rsa")
      throw new TypeError("only an RSA key can be one for RSASSA-PSS");
    this.algorithm = pss ? "id-RSASSA-PSS" : ALGORITHM_OF[privateKey.type];
    this.privateKey = privateKey;
    if (provider.publicKeyOf === undefined)
      throw new TypeError("the provider has no publicKeyOf");
    this.publicKey = provider.publicKeyOf(privateKey);
  }

  /**
   * Reads PEM or DER: PKCS#8, SEC 1 or PKCS#1.
   *
   * @throws X509Error when it is malformed, of an unsupported kind, or
   *   encrypted and the password is missing or wrong
   */
  static parse(
    provider: CryptoProvider,
    pemOrDer: string | Uint8Array,
    options: PrivateKeyOptions = {},
  ): PkiKey {
    const { algorithm, key } = parsePrivateKey(pemOrDer, options);
    const pss = algorithm === "id-RSASSA-PSS";
    return new PkiKey({ provider, privateKey: key, pss });
  }

  /** The content of subjectPublicKey: what key identifiers are hashes of. */
  bytes(): Bytes {
    return unshared(publicKeyBytes(this.publicKey));
  }

  /** DER of SubjectPublicKeyInfo (RFC 5280 4.1.2.7), a new array. */
  publicKeyInfo(): Bytes {
    return unshared(encodePublicKeyInfo(this.algorithm, this.publicKey));
  }

  /**
   * DER of PKCS#8 PrivateKeyInfo (RFC 5958), unencrypted.
   *
   * @throws TypeError for an argument, as a password would be
   */
  toDer(...none: readonly []): Bytes {
    requireNone("toDer()", none);
    return sequence(
      unsignedInteger(0),
      algorithmIdentifier(this.algorithm, this.publicKey),
      octetString(privateKeyBytes(this.privateKey, this.publicKey)),
    );
  }

  /**
   * PEM "PRIVATE KEY": PKCS#8, unencrypted. A key under a password is in the
   * file of `createPkcs12()`.
   *
   * @throws TypeError for an argument, as a password would be
   */
  toPem(...none: readonly []): string {
    requireNone("toPem()", none);
    return encodePem("PRIVATE KEY", this.toDer());
  }

  /** PEM "PUBLIC KEY". */
  publicKeyPem(): string {
    return encodePem("PUBLIC KEY", this.publicKeyInfo());
  }

  toString(): string {
    return `[${this.algorithm} key]`;
  }

  toJSON(): string {
    return this.toString();
  }
}

export interface GenerateKeyOptions {
  readonly provider: CryptoProvider;
  /** P-256 unless said. */
  readonly type?: KeyType;
}

/**
 * Makes a key pair from the provider's randomness. RSA takes a second or more
 * of searching for primes; the others take milliseconds.
 *
 * @throws Error when the random source never gives a usable value
 * @example
 * ```ts
 * import { noble } from "puretls/crypto/noble";
 * import { generateKey } from "puretls/pki";
 *
 * const key = generateKey({ provider: noble, type: "ed25519" });
 * if (!key.toPem().includes("PRIVATE KEY")) throw new Error();
 * ```
 */
export function generateKey(options: GenerateKeyOptions): PkiKey {
  const { provider, type = "ec-p256" } = options;
  return new PkiKey({ provider, privateKey: GENERATORS[type](provider) });
}

/** The key given, or a new one of the type given, P-256 unless said. */
export function keyFor(
  provider: CryptoProvider,
  key: PkiKey | KeyType = "ec-p256",
): PkiKey {
  return key instanceof PkiKey ? key : generateKey({ provider, type: key });
}

const GENERATORS: Readonly<
  Record<KeyType, (provider: CryptoProvider) => PrivateKey>
> = {
  "ec-p256": ({ random }) => generateEcKey("secp256r1", random),
  "ec-p384": ({ random }) => generateEcKey("secp384r1", random),
  "ec-p521": ({ random }) => generateEcKey("secp521r1", random),
  ed25519: ({ random }) => ({
    type: "ed25519",
    seed: generateSeed(32, random),
  }),
  ed448: ({ random }) => ({ type: "ed448", seed: generateSeed(57, random) }),
  "ml-dsa-44": ({ random }) => ({
    type: "ml-dsa-44",
    seed: generateSeed(32, random),
  }),
  "ml-dsa-65": ({ random }) => ({
    type: "ml-dsa-65",
    seed: generateSeed(32, random),
  }),
  "ml-dsa-87": ({ random }) => ({
    type: "ml-dsa-87",
    seed: generateSeed(32, random),
  }),
  "rsa-2048": ({ random }) => generateRsaKey(2048, random),
  "rsa-3072": ({ random }) => generateRsaKey(3072, random),
  "rsa-4096": ({ random }) => generateRsaKey(4096, random),
};

const ALGORITHM_OF = {
  rsa: "rsaEncryption",
  ec: "ecPublicKey",
  ed25519: "ed25519",
  ed448: "ed448",
  "ml-dsa-44": "ml-dsa-44",
  "ml-dsa-65": "ml-dsa-65",
  "ml-dsa-87": "ml-dsa-87",
} as const;

function encodePublicKeyInfo(
  algorithm: PkiKeyAlgorithm,
  key: PublicKey,
): Uint8Array {
  return sequence(
    algorithmIdentifier(algorithm, key),
    bitString(publicKeyBytes(key)),
  );
}

/** AlgorithmIdentifier.algorithm of each kind of key. */
export const KEY_OIDS: Readonly<Record<PkiKeyAlgorithm, string>> = {
  rsaEncryption: OID.rsaEncryption,
  "id-RSASSA-PSS": OID.rsassaPss,
  ecPublicKey: OID.ecPublicKey,
  ed25519: OID.ed25519,
  ed448: OID.ed448,
  "ml-dsa-44": OID.mlDsa44,
  "ml-dsa-65": OID.mlDsa65,
  "ml-dsa-87": OID.mlDsa87,
};

function algorithmIdentifier(
  algorithm: PkiKeyAlgorithm,
  key: PublicKey,
): Uint8Array {
  const oid = objectIdentifier(KEY_OIDS[algorithm]);
  if (key.type === "ec") return sequence(oid, objectIdentifier(OID[key.curve]));
  // RFC 3279 2.3.1 wants NULL. RFC 4055 3.1: absent parameters of a PSS key
  // leave the hash open. RFC 8410 3: absent.
  return algorithm === "rsaEncryption"
    ? sequence(oid, nullValue())
    : sequence(oid);
}

/** The content of subjectPublicKey, without the byte of unused bits. */
function publicKeyBytes(key: PublicKey): Uint8Array {
  switch (key.type) {
    case "rsa":
      return sequence(
        unsignedInteger(key.modulus),
        unsignedInteger(key.exponent),
      );
    case "ec":
      return key.point.slice();
    default:
      return key.key.slice();
  }
}

function privateKeyBytes(key: PrivateKey, publicKey: PublicKey): Uint8Array {
  switch (key.type) {
    case "ec":
      // RFC 5915 3; the curve stands in the AlgorithmIdentifier already.
      return sequence(
        unsignedInteger(1),
        octetString(key.scalar.bytes),
        constructed(1, bitString(publicKeyBytes(publicKey))),
      );
    case "ed25519":
    case "ed448":
      // RFC 8410 7: CurvePrivateKey, an OCTET STRING inside the OCTET STRING.
      return octetString(key.seed.bytes);
    case "ml-dsa-44":
    case "ml-dsa-65":
    case "ml-dsa-87":
      // RFC 9881 6: the seed alone, [0] IMPLICIT OCTET STRING.
      return primitive(0, key.seed.bytes);
    case "rsa":
      // RFC 8017 A.1.2.
      return sequence(
        unsignedInteger(0),
        unsignedInteger(key.modulus),
        unsignedInteger(key.exponent),
        unsignedInteger(key.privateExponent.bytes),
        unsignedInteger(key.prime1.bytes),
        unsignedInteger(key.prime2.bytes),
        unsignedInteger(key.exponent1.bytes),
        unsignedInteger(key.exponent2.bytes),
        unsignedInteger(key.coefficient.bytes),
      );
  }
}

/** A caller that gave a password must not get a key in the clear. */
function requireNone(call: string, given: readonly unknown[]): void {
  if (given.length > 0)
    throw new TypeError(
      `${call}: ${kindOf(given[0])}; no argument is allowed: the key is not encrypted. createPkcs12() writes one under a password`,
    );
}
