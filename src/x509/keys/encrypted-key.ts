/**
 * Keys under a password: PBES2 (RFC 8018 6.2, with PBKDF2 or RFC 7914 scrypt),
 * PKCS#12's own schemes with Triple DES (RFC 7292 C) and the legacy PEM encryption
 * of RFC 1421 headers. Reading only.
 */
import type { BytesLike } from "../../bytes.ts";
import {
  concat,
  fromHex,
  latin1,
  utf8Bytes,
  utf8Text,
  viewBytes,
  wipe,
} from "../../bytes.ts";
import type {
  CbcCipher,
  KeyDecryptionAlgorithms,
} from "../../crypto/provider.ts";
import type { DerReader } from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { readAlgorithm } from "./algorithms.ts";
import {
  bmpPassword,
  deriveNow,
  derivePkcs12,
  type KeyDerivation,
} from "./derivation.ts";
import {
  BLOCK_LENGTH,
  cipherKeySteps,
  NO_PASSWORD,
  type PasswordForms,
  withoutPadding,
} from "./password-encryption.ts";

/** Options for reading an encrypted key. */
export interface DecryptionOptions {
  /** A string stands for its UTF-8 bytes. Ignored when nothing is encrypted. */
  readonly password?: string | BytesLike;
  /**
   * Decrypts: a provider's `keyDecryption`. Without it, an encrypted key is not
   * supported.
   */
  readonly decryption?: KeyDecryptionAlgorithms;
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
  // Before the password is asked for: parameters that are not supported.
  cipherKeySteps(algorithm, NO_PASSWORD, unsupported).next();
  return withPassword(options, (password, crypto) => {
    const forms = formsOf(password);
    const { cipher, key, iv } = deriveNow(
      cipherKeySteps(algorithm, forms, unsupported),
      (derivation) => derive(derivation, crypto),
    );
    wipe(forms.bmp);
    if (cipher === "RC2") throw unsupported("cipher RC2");
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
  const keyLength = KEY_LENGTH[cipher];
  if (hex.length !== 2 * BLOCK_LENGTH[cipher])
    throw unsupported("the DEK-Info header");
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

/** Bytes of a key. */
const KEY_LENGTH: Readonly<Record<CbcCipher, number>> = {
  "AES-128": 16,
  "AES-192": 24,
  "AES-256": 32,
  "3DES": 24,
};

const LEGACY_CIPHERS: Readonly<Partial<Record<string, CbcCipher>>> = {
  "AES-128-CBC": "AES-128",
  "AES-192-CBC": "AES-192",
  "AES-256-CBC": "AES-256",
  "DES-EDE3-CBC": "3DES",
};

function unsupported(detail: string): X509Error {
  return new X509Error(fault.unsupported_private_key, detail);
}

/** More than this is a mistake or an attack: minutes of work. */
const MAXIMUM_ITERATIONS = 10_000_000;

function derive(
  derivation: KeyDerivation,
  crypto: KeyDecryptionAlgorithms,
): Uint8Array {
  const { password, salt, length } = derivation;
  if (derivation.type === "scrypt")
    return crypto.scrypt(password, salt, derivation.cost, length);
  const { hash, iterations } = derivation;
  if (iterations > MAXIMUM_ITERATIONS)
    throw unsupported(`${iterations.toString()} iterations`);
  return derivation.type === "PBKDF2"
    ? crypto.pbkdf2(hash, password, salt, iterations, length)
    : derivePkcs12(derivation, {
        // The schemes of PKCS#12 have no other.
        hash: (data) => crypto.sha1(data),
        blockLength: 64,
        outputLength: 20,
      });
}

/** As OpenSSL: bytes that are no UTF-8 are taken for Latin-1. */
function formsOf(password: Uint8Array): PasswordForms {
  return {
    utf8: password,
    bmp: bmpPassword(utf8Text(password) ?? latin1(password)),
  };
}

function withPassword(
  { password, decryption }: DecryptionOptions,
  use: (password: Uint8Array, crypto: KeyDecryptionAlgorithms) => Uint8Array,
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
  crypto: KeyDecryptionAlgorithms,
): Uint8Array {
  const blockLength = BLOCK_LENGTH[cipher];
  if (data.length === 0 || data.length % blockLength !== 0)
    throw new X509Error(fault.wrong_password, "not a whole number of blocks");
  const plain = crypto.decryptCbc(cipher, key, iv, data);
  wipe(key);
  const content = withoutPadding(plain, blockLength);
  if (content === undefined) throw new X509Error(fault.wrong_password);
  return content;
}
