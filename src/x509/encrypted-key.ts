/**
 * Keys under a password: PBES2 (RFC 8018 6.2, with PBKDF2 or RFC 7914 scrypt)
 * and the legacy PEM encryption of RFC 1421 headers. Reading only.
 */
import type { BytesLike } from "../bytes.ts";
import { concat, fromHex, utf8Bytes, viewBytes, wipe } from "../bytes.ts";
import type { CbcCipher, HashName, KeyDecryption } from "../crypto/provider.ts";
import type { AlgorithmIdentifier } from "./algorithms.ts";
import { readAlgorithm } from "./algorithms.ts";
import type { DerReader } from "./der.ts";
import { DerError, readSingle, smallInteger } from "./der.ts";
import * as TAG from "./tags.ts";
import { X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import * as OID from "./oids.ts";

/** What an encrypted key needs to be read. */
export interface DecryptionOptions {
  /** A string stands for its UTF-8 bytes. Ignored when nothing is encrypted. */
  readonly password?: string | BytesLike;
  /**
   * How to decrypt: a provider's `keyDecryption`. Without it, an encrypted key
   * is not supported.
   */
  readonly decryption?: KeyDecryption;
}

/**
 * The DER inside an EncryptedPrivateKeyInfo (RFC 5958 3).
 *
 * @param reader over its content
 * @throws X509Error `password_required`, `wrong_password`,
 *   `unsupported_private_key`
 * @throws DerError
 */
export function decryptPkcs8(
  reader: DerReader,
  options: DecryptionOptions,
): Uint8Array {
  const algorithm = readAlgorithm(
    reader.read(TAG.sequence, "encryptionAlgorithm"),
  );
  const data = reader.read(TAG.octetString, "encryptedData").content;
  reader.end("EncryptedPrivateKeyInfo");
  if (algorithm.oid !== OID.PBES2)
    throw unsupported(`encryption ${algorithm.oid}, only PBES2 is read`);
  const parameters = contentOf(algorithm, "PBES2-params");
  const derivation = readAlgorithm(
    parameters.read(TAG.sequence, "keyDerivationFunc"),
  );
  const scheme = readAlgorithm(
    parameters.read(TAG.sequence, "encryptionScheme"),
  );
  parameters.end("PBES2-params");
  const { cipher, iv } = readScheme(scheme);
  return withPassword(options, (password, crypto) => {
    const key = deriveKey(derivation, cipher, password, crypto);
    return decrypt(cipher, key, iv, data, crypto);
  });
}

/**
 * The DER of a PEM block with `Proc-Type: 4,ENCRYPTED` and `DEK-Info`.
 *
 * @throws X509Error as {@link decryptPkcs8}
 */
export function decryptLegacyPem(
  headers: Readonly<Record<string, string>>,
  data: Uint8Array,
  options: DecryptionOptions,
): Uint8Array {
  const [, name = "", hex = ""] =
    /^([A-Z0-9-]+),([0-9A-Fa-f]+)$/.exec(headers["DEK-Info"] ?? "") ?? [];
  const cipher = LEGACY_CIPHERS[name.toUpperCase()];
  if (cipher === undefined) throw unsupported("the DEK-Info header");
  const { keyLength, blockLength } = SIZES[cipher];
  if (hex.length !== 2 * blockLength) throw unsupported("the DEK-Info header");
  const iv = fromHex(hex);
  return withPassword(options, (password, crypto) => {
    // The salt is the start of the IV; each round hashes the one before too.
    const salt = iv.subarray(0, 8);
    let derived = crypto.md5(concat(password, salt));
    for (let last = derived; derived.length < keyLength;) {
      last = crypto.md5(concat(last, password, salt));
      derived = concat(derived, last);
    }
    const key = derived.slice(0, keyLength);
    wipe(derived);
    return decrypt(cipher, key, iv, data, crypto);
  });
}

interface CipherSizes {
  readonly keyLength: number;
  readonly blockLength: number;
}

const SIZES: Readonly<Record<CbcCipher, CipherSizes>> = {
  "AES-128": { keyLength: 16, blockLength: 16 },
  "AES-192": { keyLength: 24, blockLength: 16 },
  "AES-256": { keyLength: 32, blockLength: 16 },
  "3DES": { keyLength: 24, blockLength: 8 },
};

const LEGACY_CIPHERS: Readonly<Partial<Record<string, CbcCipher>>> = {
  "AES-128-CBC": "AES-128",
  "AES-192-CBC": "AES-192",
  "AES-256-CBC": "AES-256",
  "DES-EDE3-CBC": "3DES",
};

const CIPHERS: Readonly<Partial<Record<string, CbcCipher>>> = {
  [OID.aes128Cbc]: "AES-128",
  [OID.aes192Cbc]: "AES-192",
  [OID.aes256Cbc]: "AES-256",
  [OID.desEde3Cbc]: "3DES",
};

const PRF_HASHES: Readonly<Partial<Record<string, HashName>>> = {
  [OID.hmacWithSHA1]: "SHA-1",
  [OID.hmacWithSHA256]: "SHA-256",
  [OID.hmacWithSHA384]: "SHA-384",
  [OID.hmacWithSHA512]: "SHA-512",
};

function unsupported(detail: string): X509Error {
  return new X509Error(fault.unsupported_private_key, detail);
}

/** Readers over the parameters' SEQUENCE. */
function contentOf(algorithm: AlgorithmIdentifier, what: string): DerReader {
  if (algorithm.parameters === undefined)
    throw new DerError(`${what} is missing`);
  return readSingle(algorithm.parameters, TAG.sequence, what).reader();
}

function readScheme(scheme: AlgorithmIdentifier): {
  cipher: CbcCipher;
  iv: Uint8Array;
} {
  const cipher = CIPHERS[scheme.oid];
  if (cipher === undefined) throw unsupported(`cipher ${scheme.oid}`);
  if (scheme.parameters === undefined) throw new DerError("the IV is missing");
  const iv = readSingle(scheme.parameters, TAG.octetString, "IV").content;
  if (iv.length !== SIZES[cipher].blockLength)
    throw new DerError("the IV is not as long as a block");
  return { cipher, iv };
}

/** More than this is a mistake or an attack: minutes of work, gigabytes. */
const MAXIMUM_ITERATIONS = 10_000_000;
const MAXIMUM_SCRYPT_BYTES = 256 * 1024 * 1024;

function deriveKey(
  derivation: AlgorithmIdentifier,
  cipher: CbcCipher,
  password: Uint8Array,
  crypto: KeyDecryption,
): Uint8Array {
  const { keyLength } = SIZES[cipher];
  const reader = contentOf(derivation, "key derivation parameters");
  const salt = reader.read(TAG.octetString, "salt").content;
  const number = (what: string): number =>
    smallInteger(reader.read(TAG.integer, what), what);
  if (derivation.oid === OID.scrypt) {
    const cost = { N: number("N"), r: number("r"), p: number("p") };
    checkLength(reader, keyLength);
    const { N, r, p } = cost;
    // RFC 7914 6: N is a power of two above one.
    if (N < 2 || (N & (N - 1)) !== 0 || r === 0 || p === 0)
      throw new DerError("scrypt parameters out of range");
    if (128 * N * r > MAXIMUM_SCRYPT_BYTES || p > 64)
      throw unsupported("scrypt that needs too much memory");
    return crypto.scrypt(password, salt, cost, keyLength);
  }
  if (derivation.oid !== OID.PBKDF2)
    throw unsupported(`key derivation ${derivation.oid}`);
  const iterations = number("iterationCount");
  checkLength(reader, keyLength);
  // RFC 8018 A.2: HMAC with SHA-1 is the default.
  const prf = reader.optional(TAG.sequence, "prf");
  const prfOid = prf === undefined ? OID.hmacWithSHA1 : readAlgorithm(prf).oid;
  reader.end("PBKDF2-params");
  const hash = PRF_HASHES[prfOid];
  if (hash === undefined) throw unsupported(`key derivation hash ${prfOid}`);
  if (iterations < 1 || iterations > MAXIMUM_ITERATIONS)
    throw unsupported(`${iterations.toString()} iterations of PBKDF2`);
  return crypto.pbkdf2(hash, password, salt, iterations, keyLength);
}

/** The optional keyLength must be the cipher's. */
function checkLength(reader: DerReader, keyLength: number): void {
  const element = reader.optional(TAG.integer, "keyLength");
  if (element !== undefined && smallInteger(element, "keyLength") !== keyLength)
    throw new DerError("the key length is not the cipher's");
}

function withPassword(
  { password, decryption }: DecryptionOptions,
  use: (password: Uint8Array, crypto: KeyDecryption) => Uint8Array,
): Uint8Array {
  if (password === undefined) throw new X509Error(fault.password_required);
  if (decryption === undefined)
    throw unsupported("it is encrypted, and no means to decrypt was given");
  const bytes =
    typeof password === "string"
      ? utf8Bytes(password)
      : viewBytes(password, "password").slice();
  try {
    return use(bytes, decryption);
  } finally {
    wipe(bytes);
  }
}

/** Decrypts and takes the padding of RFC 8018 6.1.1 off. */
function decrypt(
  cipher: CbcCipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  crypto: KeyDecryption,
): Uint8Array {
  const { blockLength } = SIZES[cipher];
  if (data.length === 0 || data.length % blockLength !== 0)
    throw new X509Error(fault.wrong_password, "not a whole number of blocks");
  const plain = crypto.decryptCbc(cipher, key, iv, data);
  wipe(key);
  const count = plain[plain.length - 1] ?? 0;
  const padding = plain.subarray(plain.length - count);
  if (
    count === 0 ||
    count > blockLength ||
    padding.some((byte) => byte !== count)
  )
    throw new X509Error(fault.wrong_password);
  return plain.subarray(0, plain.length - count);
}
