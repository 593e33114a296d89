/**
 * Encryption under a password, as key files and PKCS#12 name it: PBES2 (RFC 8018
 * 6.2) and the schemes of PKCS#12 (RFC 7292 C). Parameters are read here; the
 * keys and the plaintext are the caller's to make.
 */
import { NO_BYTES } from "../../bytes.ts";
import type { CbcCipher, HashName } from "../../crypto/provider.ts";
import type { DerReader } from "../der/der.ts";
import { DerError, readSingle, smallInteger } from "../der/der.ts";
import * as OID from "../der/oids.ts";
import * as TAG from "../der/tags.ts";
import type { AlgorithmIdentifier } from "./algorithms.ts";
import { readAlgorithm } from "./algorithms.ts";
import type { Deriving, KeyDerivation } from "./derivation.ts";
import { PURPOSE } from "./derivation.ts";

/** A password in the encodings that derivations have for it. */
export interface PasswordForms {
  /** RFC 8018: for PBKDF2 and scrypt. */
  readonly utf8: Uint8Array;
  /** RFC 7292 B.1; empty where there is no password at all. */
  readonly bmp: Uint8Array;
}

/** No password, by RFC 7292 B.1 another thing than an empty one. */
export const NO_PASSWORD: PasswordForms = { utf8: NO_BYTES, bmp: NO_BYTES };

/** The cipher of a file; RC2 is for PKCS#12 alone. */
export type FileCipher = CbcCipher | "RC2";

/** The key, the IV and the cipher that a scheme decrypts with. */
export interface CipherKey {
  readonly cipher: FileCipher;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** Makes the error for a scheme that is not supported. */
export type Refusal = (detail: string) => Error;

/** Bytes of a block, and so of an IV. */
export const BLOCK_LENGTH: Readonly<Record<FileCipher, number>> = {
  "AES-128": 16,
  "AES-192": 16,
  "AES-256": 16,
  "3DES": 8,
  RC2: 8,
};

interface SchemeCipher {
  readonly cipher: FileCipher;
  readonly keyLength: number;
}

/** RFC 8018 B.2. */
const CIPHERS: Readonly<Partial<Record<string, SchemeCipher>>> = {
  [OID.aes128Cbc]: { cipher: "AES-128", keyLength: 16 },
  [OID.aes192Cbc]: { cipher: "AES-192", keyLength: 24 },
  [OID.aes256Cbc]: { cipher: "AES-256", keyLength: 32 },
  [OID.desEde3Cbc]: { cipher: "3DES", keyLength: 24 },
};

/** RFC 7292 C; the two schemes with RC4 are left out. */
const PKCS12_SCHEMES: Readonly<Partial<Record<string, SchemeCipher>>> = {
  [OID.pbeWithSHAAnd3KeyTripleDESCBC]: { cipher: "3DES", keyLength: 24 },
  "1.2.840.113549.1.12.1.4": { cipher: "3DES", keyLength: 16 },
  "1.2.840.113549.1.12.1.5": { cipher: "RC2", keyLength: 16 },
  "1.2.840.113549.1.12.1.6": { cipher: "RC2", keyLength: 5 },
};

const PRF_HASHES: Readonly<Partial<Record<string, HashName>>> = {
  [OID.hmacWithSHA1]: "SHA-1",
  [OID.hmacWithSHA256]: "SHA-256",
  [OID.hmacWithSHA384]: "SHA-384",
  [OID.hmacWithSHA512]: "SHA-512",
};

/** More is a mistake or an attack: gigabytes of memory. */
const MOST_SCRYPT_BYTES = 256 * 1024 * 1024;
/** Passes of scrypt, one after the other. */
const MOST_SCRYPT_PASSES = 64;

/**
 * The key of an encryption scheme, from the password.
 *
 * @throws what `refuse` makes, for what is not supported
 * @throws DerError for malformed parameters
 */
export function* cipherKeySteps(
  algorithm: AlgorithmIdentifier,
  password: PasswordForms,
  refuse: Refusal,
): Deriving<CipherKey> {
  if (algorithm.oid === OID.PBES2)
    return yield* pbes2Steps(algorithm, password, refuse);
  const scheme = PKCS12_SCHEMES[algorithm.oid];
  if (scheme === undefined) throw refuse(`encryption ${algorithm.oid}`);
  const reader = parametersOf(algorithm, "pkcs-12PbeParams");
  const salt = reader.read(TAG.octetString, "salt").content;
  const iterations = iterationCount(reader);
  reader.end("pkcs-12PbeParams");
  const { cipher, keyLength } = scheme;
  const common = {
    type: "PKCS12",
    hash: "SHA-1",
    password: password.bmp,
    salt,
    iterations,
  } as const;
  const key = yield { ...common, purpose: PURPOSE.key, length: keyLength };
  const length = BLOCK_LENGTH[cipher];
  const iv = yield { ...common, purpose: PURPOSE.iv, length };
  return { cipher, key, iv };
}

/** RFC 8018 A.4. */
function* pbes2Steps(
  algorithm: AlgorithmIdentifier,
  { utf8 }: PasswordForms,
  refuse: Refusal,
): Deriving<CipherKey> {
  const reader = parametersOf(algorithm, "PBES2-params");
  const derivation = readAlgorithm(reader.read(TAG.sequence, "KDF"));
  const scheme = readAlgorithm(reader.read(TAG.sequence, "encryptionScheme"));
  reader.end("PBES2-params");
  const found = CIPHERS[scheme.oid];
  if (found === undefined) throw refuse(`cipher ${scheme.oid}`);
  const { cipher, keyLength } = found;
  if (scheme.parameters === undefined) throw new DerError("the IV is missing");
  const iv = readSingle(scheme.parameters, TAG.octetString, "IV").content;
  if (iv.length !== BLOCK_LENGTH[cipher])
    throw new DerError("the IV is not as long as a block");
  const key = yield readDerivation(derivation, utf8, keyLength, refuse);
  return { cipher, key, iv };
}

/**
 * A derivation that PBES2 or PBMAC1 names.
 *
 * @param length of the key in bytes; undefined: as the parameters say
 * @throws as {@link cipherKeySteps}
 */
export function readDerivation(
  derivation: AlgorithmIdentifier,
  password: Uint8Array,
  length: number | undefined,
  refuse: Refusal,
): KeyDerivation {
  const reader = parametersOf(derivation, "key derivation parameters");
  const salt = reader.read(TAG.octetString, "salt").content;
  if (derivation.oid === OID.scrypt) {
    const cost = readCost(reader, refuse);
    const chosen = readLength(reader, length);
    reader.end("scrypt-params");
    return { type: "scrypt", password, salt, cost, length: chosen };
  }
  if (derivation.oid !== OID.PBKDF2)
    throw refuse(`key derivation ${derivation.oid}`);
  const iterations = iterationCount(reader);
  const chosen = readLength(reader, length);
  // RFC 8018 A.2: HMAC with SHA-1 is the default.
  const prf = reader.optional(TAG.sequence, "prf");
  const oid = prf === undefined ? OID.hmacWithSHA1 : readAlgorithm(prf).oid;
  reader.end("PBKDF2-params");
  const hash = PRF_HASHES[oid];
  if (hash === undefined) throw refuse(`key derivation hash ${oid}`);
  return { type: "PBKDF2", hash, password, salt, iterations, length: chosen };
}

/** The hash of an HMAC that an algorithm names. */
export function hmacHash(oid: string): HashName | undefined {
  return PRF_HASHES[oid];
}

/** RFC 7914 6: N is a power of two above one. */
function readCost(
  reader: DerReader,
  refuse: Refusal,
): { readonly N: number; readonly r: number; readonly p: number } {
  const number = (what: string): number =>
    smallInteger(reader.read(TAG.integer, what), what);
  const N = number("N");
  const r = number("r");
  const p = number("p");
  if (N < 2 || (N & (N - 1)) !== 0 || r === 0 || p === 0)
    throw new DerError("scrypt parameters out of range");
  if (128 * N * r > MOST_SCRYPT_BYTES || p > MOST_SCRYPT_PASSES)
    throw refuse("scrypt that needs too much memory");
  return { N, r, p };
}

/** The optional keyLength must be the cipher's. */
function readLength(reader: DerReader, wanted: number | undefined): number {
  const element = reader.optional(TAG.integer, "keyLength");
  const said = element && smallInteger(element, "keyLength");
  if (wanted !== undefined && said !== undefined && said !== wanted)
    throw new DerError("the key length is not the cipher's");
  const length = wanted ?? said;
  if (length === undefined) throw new DerError("no key length");
  if (length < 1 || length > 64) throw new DerError("a key length of no hash");
  return length;
}

/** The next element: an iteration count that makes sense. */
export function iterationCount(reader: DerReader): number {
  const what = "iterations";
  const count = smallInteger(reader.read(TAG.integer, what), what);
  if (count < 1) throw new DerError("no iterations");
  return count;
}

function parametersOf(algorithm: AlgorithmIdentifier, what: string): DerReader {
  if (algorithm.parameters === undefined)
    throw new DerError(`${what} is missing`);
  return readSingle(algorithm.parameters, TAG.sequence, what).reader();
}

/**
 * A view on what comes before the padding of RFC 8018 6.1.1, which is checked;
 * undefined where it is wrong.
 */
export function withoutPadding(
  plain: Uint8Array,
  size: number,
): Uint8Array | undefined {
  const count = plain[plain.length - 1] ?? 0;
  if (count === 0 || count > size) return undefined;
  const padding = plain.subarray(plain.length - count);
  if (padding.some((byte) => byte !== count)) return undefined;
  return plain.subarray(0, plain.length - count);
}
