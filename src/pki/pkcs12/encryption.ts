/** Password-based encryption of PKCS#12: PBES2 and the old schemes. */
import { utf8Bytes, wipe } from "../../bytes.ts";
import type {
  CbcCipher,
  CryptoProvider,
  HashName,
  KeyDecryption,
} from "../../crypto/provider.ts";
import type { AlgorithmIdentifier } from "../../x509/algorithms.ts";
import { readAlgorithm } from "../../x509/algorithms.ts";
import type { DerReader } from "../../x509/der.ts";
import { DerError, readSingle, smallInteger } from "../../x509/der.ts";
import * as TAG from "../../x509/tags.ts";
import * as OID from "../../x509/oids.ts";
import { withoutPadding } from "./cbc.ts";
import { Pkcs12Error } from "./error.ts";
import type { IterationBudget } from "./password.ts";
import { pkcs12Derivation, PURPOSE } from "./password.ts";
import { decryptRc2Cbc } from "./rc2.ts";

/** What decrypting takes beside the algorithm. */
export interface PasswordContext {
  readonly provider: CryptoProvider;
  /** Undefined: no password, by RFC 7292 another thing than an empty one. */
  readonly password: string | undefined;
  readonly budget: IterationBudget;
}

/**
 * Decrypts what a password protects.
 *
 * @throws Pkcs12Error `wrong_password` when what comes out has no right
 *   padding, `unsupported`, `too_expensive`
 * @throws DerError when the parameters are malformed
 */
export function decryptWithPassword(
  context: PasswordContext,
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
): Uint8Array {
  const plain =
    algorithm.oid === OID.PBES2
      ? decryptPbes2(context, algorithm, data)
      : decryptOld(context, algorithm, data);
  if (plain === undefined)
    throw new Pkcs12Error("wrong_password", "or the file is damaged");
  return plain;
}

interface Cipher {
  readonly keyLength: number;
  readonly ivLength: number;
  /** Undefined when the length or the padding is wrong. */
  readonly decrypt: (
    key: Uint8Array,
    iv: Uint8Array,
    data: Uint8Array,
    context: PasswordContext,
  ) => Uint8Array | undefined;
}

const cbc = (name: CbcCipher, keyLength: number, ivLength: 8 | 16): Cipher => ({
  keyLength,
  ivLength,
  decrypt: (key, iv, data, { provider }) => {
    if (iv.length !== ivLength || data.length % ivLength !== 0)
      return undefined;
    const { decryptCbc } = decryptionOf(provider);
    return withoutPadding(decryptCbc(name, key, iv, data), ivLength);
  },
});
const rc2 = (keyLength: number): Cipher => ({
  keyLength,
  ivLength: 8,
  decrypt: decryptRc2Cbc,
});

/** RFC 8018 B.2. */
const CIPHERS: Readonly<Partial<Record<string, Cipher>>> = {
  [OID.aes128Cbc]: cbc("AES-128", 16, 16),
  [OID.aes192Cbc]: cbc("AES-192", 24, 16),
  [OID.aes256Cbc]: cbc("AES-256", 32, 16),
  [OID.desEde3Cbc]: cbc("3DES", 24, 8),
};

/** RFC 7292 C; the two schemes with RC4 are left out. */
const OLD_SCHEMES: Readonly<Partial<Record<string, Cipher>>> = {
  "1.2.840.113549.1.12.1.3": cbc("3DES", 24, 8),
  "1.2.840.113549.1.12.1.4": cbc("3DES", 16, 8),
  "1.2.840.113549.1.12.1.5": rc2(16),
  "1.2.840.113549.1.12.1.6": rc2(5),
};

const PRFS: Readonly<Partial<Record<string, HashName>>> = {
  [OID.hmacWithSHA1]: "SHA-1",
  [OID.hmacWithSHA256]: "SHA-256",
  [OID.hmacWithSHA384]: "SHA-384",
  [OID.hmacWithSHA512]: "SHA-512",
};

/** RFC 8018 A.4. */
function decryptPbes2(
  context: PasswordContext,
  { parameters }: AlgorithmIdentifier,
  data: Uint8Array,
): Uint8Array | undefined {
  const reader = sequenceOf(parameters, "PBES2-params");
  const derivation = readAlgorithm(reader.read(TAG.sequence, "KDF"));
  const scheme = readAlgorithm(reader.read(TAG.sequence, "encryptionScheme"));
  reader.end("PBES2-params");
  if (derivation.oid !== OID.PBKDF2) throw unsupported(derivation.oid);
  const cipher = CIPHERS[scheme.oid];
  if (cipher === undefined) throw unsupported(scheme.oid);
  const iv = readSingle(
    scheme.parameters ?? new Uint8Array(0),
    TAG.octetString,
    "IV",
  ).content;
  const { salt, iterations, hashName } = readPbkdf2(derivation);
  const { provider, budget, password = "" } = context;
  const blocks = cipher.keyLength / provider.hashes[hashName].outputLength;
  budget.spend(Math.ceil(blocks) * iterations);
  const key = decryptionOf(provider).pbkdf2(
    hashName,
    utf8Bytes(password),
    salt,
    iterations,
    cipher.keyLength,
  );
  const plain = cipher.decrypt(key, iv, data, context);
  wipe(key);
  return plain;
}

/** RFC 8018 A.2. */
function readPbkdf2({ parameters }: AlgorithmIdentifier): {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly hashName: HashName;
} {
  const reader = sequenceOf(parameters, "PBKDF2-params");
  const salt = reader.read(TAG.octetString, "salt").content;
  const iterations = iterationCount(reader);
  // keyLength: the cipher says the same.
  reader.optional(TAG.integer, "keyLength");
  const prf = reader.done
    ? OID.hmacWithSHA1
    : readAlgorithm(reader.read(TAG.sequence, "prf")).oid;
  reader.end("PBKDF2-params");
  const hashName = PRFS[prf];
  if (hashName === undefined) throw unsupported(prf);
  return { salt, iterations, hashName };
}

/** RFC 7292 C: pkcs-12PbeParams. */
function decryptOld(
  context: PasswordContext,
  { oid, parameters }: AlgorithmIdentifier,
  data: Uint8Array,
): Uint8Array | undefined {
  const { provider, password, budget } = context;
  const cipher = OLD_SCHEMES[oid];
  if (cipher === undefined) throw unsupported(oid);
  const reader = sequenceOf(parameters, "pkcs-12PbeParams");
  const salt = reader.read(TAG.octetString, "salt").content;
  const iterations = iterationCount(reader);
  reader.end("pkcs-12PbeParams");
  const hash = provider.hashes["SHA-1"];
  const derive = (purpose: 1 | 2, length: number): Uint8Array =>
    pkcs12Derivation(password, purpose, {
      hash,
      salt,
      iterations,
      length,
      budget,
    });
  const key = derive(PURPOSE.key, cipher.keyLength);
  const iv = derive(PURPOSE.iv, cipher.ivLength);
  const plain = cipher.decrypt(key, iv, data, context);
  wipe(key);
  return plain;
}

/** The next element: an iteration count that makes sense. */
export function iterationCount(reader: DerReader): number {
  const what = "iterations";
  const count = smallInteger(reader.read(TAG.integer, what), what);
  if (count < 1) throw new DerError("no iterations");
  return count;
}

function sequenceOf(der: Uint8Array | undefined, what: string): DerReader {
  return readSingle(der ?? new Uint8Array(0), TAG.sequence, what).reader();
}

function decryptionOf({ keyDecryption }: CryptoProvider): KeyDecryption {
  if (keyDecryption !== undefined) return keyDecryption;
  throw new Pkcs12Error(
    "unsupported",
    "the provider has no means to decrypt it (keyDecryption)",
  );
}

function unsupported(oid: string): Pkcs12Error {
  return new Pkcs12Error("unsupported", `encryption with the algorithm ${oid}`);
}
