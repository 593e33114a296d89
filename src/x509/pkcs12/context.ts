/** Decryption of the parts of a PKCS#12 file. */
import { wipe } from "../../bytes.ts";
import type {
  CryptoProvider,
  KeyDecryptionAlgorithms,
} from "../../crypto/provider.ts";
import { DerError } from "../der/der.ts";
import { X509Error } from "../faults/errors.ts";
import type { AlgorithmIdentifier } from "../keys/algorithms.ts";
import type { Deriving } from "../keys/derivation.ts";
import {
  BLOCK_LENGTH,
  type CipherKey,
  cipherKeySteps,
  type PasswordForms,
  withoutPadding,
} from "../keys/password-encryption.ts";
import { Pkcs12Error } from "./error.ts";
import { decryptRc2Cbc } from "./rc2.ts";

/** The password and the provider that decrypting takes beside the algorithm. */
export interface PasswordContext {
  readonly provider: CryptoProvider;
  readonly password: PasswordForms;
  /**
   * True where a MAC has proved the password. Without one, plaintext that makes
   * no sense is a wrong password too: one in 256 has right padding.
   */
  readonly isProved: boolean;
}

/**
 * Decrypts what a password protects.
 *
 * @throws Pkcs12Error `wrong_password` when what comes out has no right padding;
 *   `unsupported`
 * @throws DerError when the parameters are malformed
 */
export function* decryptSteps(
  { provider, password }: PasswordContext,
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
): Deriving<Uint8Array> {
  const { keyDecryption } = provider;
  if (keyDecryption === undefined)
    throw unsupported("the provider has no means to decrypt it: keyDecryption");
  const key = yield* cipherKeySteps(algorithm, password, unsupported);
  const plain = decrypted(keyDecryption, key, data);
  wipe(key.key);
  if (plain === undefined)
    throw new Pkcs12Error("wrong_password", "or the file is damaged");
  return plain;
}

/** The error of whoever reads what was decrypted: see `isProved`. */
export function errorInPlaintext(
  { isProved }: PasswordContext,
  error: unknown,
): unknown {
  return isProved || !isUnreadable(error)
    ? error
    : new Pkcs12Error(
        "wrong_password",
        "or the file is damaged: it has no MAC to tell",
      );
}

/** Undefined when the length or the padding is wrong. */
function decrypted(
  crypto: KeyDecryptionAlgorithms,
  { cipher, key, iv }: CipherKey,
  data: Uint8Array,
): Uint8Array | undefined {
  if (cipher === "RC2") return decryptRc2Cbc(key, iv, data);
  const size = BLOCK_LENGTH[cipher];
  if (data.length === 0 || data.length % size !== 0) return undefined;
  return withoutPadding(crypto.decryptCbc(cipher, key, iv, data), size);
}

/** Tells whether an error is about an encoding, and not about what it says. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof DerError) return true;
  if (error instanceof Pkcs12Error) return error.reason === "malformed";
  return error instanceof X509Error && error.code.startsWith("malformed_");
}

export function unsupported(detail: string): Pkcs12Error {
  return new Pkcs12Error("unsupported", detail);
}
