/**
 * The default crypto provider, on the noble packages: synchronous, and alike
 * in every JavaScript runtime. Importing it touches no global.
 *
 * The rows are exported one by one too, for a smaller provider of one's own.
 */
import type {
  AeadAlgorithm,
  AeadName,
  CbcAlgorithm,
  CbcName,
  WholeProvider,
  GroupName,
  KeyExchangeGroup,
  SignatureName,
  SignatureSigner,
  SignatureVerifier,
} from "../provider.ts";
import { aes128Cbc, aes256Cbc } from "./ciphers/aes-cbc.ts";
import {
  aes128Ccm,
  aes128Ccm8,
  aes256Ccm,
  aes256Ccm8,
} from "./ciphers/aes-ccm.ts";
import { aes128Gcm, aes256Gcm } from "./ciphers/aes-gcm.ts";
import { chaCha20Poly1305 } from "./ciphers/chacha.ts";
import { ecdsaSigner, ecdsaVerifier } from "./curves/ecdsa.ts";
import {
  signEd25519,
  signEd448,
  verifyEd25519,
  verifyEd448,
} from "./curves/eddsa.ts";
import {
  ffdhe2048,
  ffdhe3072,
  ffdhe4096,
  ffdhe6144,
  ffdhe8192,
  finiteField,
} from "./finite-field.ts";
import { hashes } from "./hashes.ts";
import { mlDsaSigner, mlDsaVerifier } from "./post-quantum/mldsa.ts";
import {
  mlKem1024Alone,
  mlKem768Alone,
  secP256r1MlKem768,
  secP384r1MlKem1024,
  x25519MlKem768,
} from "./post-quantum/mlkem-hybrid.ts";
import { secp256r1, secp384r1, secp521r1 } from "./curves/nist.ts";
import { keyDecryption } from "./key-decryption.ts";
import { publicKeyOf } from "./public-key-of.ts";
import { systemRandom } from "./random.ts";
import {
  pkcs1Signer,
  pkcs1Verifier,
  pssSigner,
  pssVerifier,
} from "./rsa/rsa.ts";
import { rsaEncrypt } from "./rsa/rsa-encrypt.ts";
import { x25519 } from "./curves/x25519.ts";
import { x448 } from "./curves/x448.ts";

/** Every row of `noble.aeads`. See {@link noble} for an example. */
export const aeads = {
  "AES-128-GCM": aes128Gcm,
  "AES-256-GCM": aes256Gcm,
  "AES-128-CCM": aes128Ccm,
  "AES-128-CCM-8": aes128Ccm8,
  "AES-256-CCM": aes256Ccm,
  "AES-256-CCM-8": aes256Ccm8,
  "ChaCha20-Poly1305": chaCha20Poly1305,
} satisfies Partial<Record<AeadName, AeadAlgorithm>>;

/** Every row of `noble.cbcs`. See {@link noble} for an example. */
export const cbcs = {
  "AES-128-CBC": aes128Cbc,
  "AES-256-CBC": aes256Cbc,
} satisfies Partial<Record<CbcName, CbcAlgorithm>>;

/** Every row of `noble.groups`. See {@link noble} for an example. */
export const groups = {
  X25519MLKEM768: x25519MlKem768,
  SecP256r1MLKEM768: secP256r1MlKem768,
  SecP384r1MLKEM1024: secP384r1MlKem1024,
  MLKEM768: mlKem768Alone,
  MLKEM1024: mlKem1024Alone,
  x25519,
  x448,
  secp256r1,
  secp384r1,
  secp521r1,
  ffdhe2048,
  ffdhe3072,
  ffdhe4096,
  ffdhe6144,
  ffdhe8192,
} satisfies Partial<Record<GroupName, KeyExchangeGroup>>;

// Pure, so that a bundler drops the rows of a provider that is not used.

/** Every row of `noble.verifiers`. See {@link noble} for an example. */
export const verifiers = /* @__PURE__ */ (() => ({
  "ecdsa-sha1": ecdsaVerifier("SHA-1"),
  "ecdsa-sha256": ecdsaVerifier("SHA-256"),
  "ecdsa-sha384": ecdsaVerifier("SHA-384"),
  "ecdsa-sha512": ecdsaVerifier("SHA-512"),
  ed25519: verifyEd25519,
  ed448: verifyEd448,
  "ml-dsa-44": mlDsaVerifier("ml-dsa-44"),
  "ml-dsa-65": mlDsaVerifier("ml-dsa-65"),
  "ml-dsa-87": mlDsaVerifier("ml-dsa-87"),
  "rsa-pss-sha256": pssVerifier("SHA-256"),
  "rsa-pss-sha384": pssVerifier("SHA-384"),
  "rsa-pss-sha512": pssVerifier("SHA-512"),
  "rsa-pkcs1-sha1": pkcs1Verifier("SHA-1"),
  "rsa-pkcs1-sha256": pkcs1Verifier("SHA-256"),
  "rsa-pkcs1-sha384": pkcs1Verifier("SHA-384"),
  "rsa-pkcs1-sha512": pkcs1Verifier("SHA-512"),
}))() satisfies Partial<Record<SignatureName, SignatureVerifier>>;

/** Every row of `noble.signers`. See {@link noble} for an example. */
export const signers = /* @__PURE__ */ (() => ({
  "ecdsa-sha1": ecdsaSigner("SHA-1"),
  "ecdsa-sha256": ecdsaSigner("SHA-256"),
  "ecdsa-sha384": ecdsaSigner("SHA-384"),
  "ecdsa-sha512": ecdsaSigner("SHA-512"),
  ed25519: signEd25519,
  ed448: signEd448,
  "ml-dsa-44": mlDsaSigner("ml-dsa-44"),
  "ml-dsa-65": mlDsaSigner("ml-dsa-65"),
  "ml-dsa-87": mlDsaSigner("ml-dsa-87"),
  "rsa-pss-sha256": pssSigner("SHA-256"),
  "rsa-pss-sha384": pssSigner("SHA-384"),
  "rsa-pss-sha512": pssSigner("SHA-512"),
  "rsa-pkcs1-sha1": pkcs1Signer("SHA-1"),
  "rsa-pkcs1-sha256": pkcs1Signer("SHA-256"),
  "rsa-pkcs1-sha384": pkcs1Signer("SHA-384"),
  "rsa-pkcs1-sha512": pkcs1Signer("SHA-512"),
}))() satisfies Partial<Record<SignatureName, SignatureSigner>>;

/**
 * The default provider. Replace a row by spreading:
 * `{ ...noble, aeads: { ...noble.aeads, "AES-128-GCM": mine } }`.
 *
 * @example
 * ```ts
 * import {
 *   aes128Gcm,
 *   chaCha20Poly1305,
 *   type CryptoProvider,
 *   ecdsaVerifier,
 *   noble,
 *   pssVerifier,
 *   x25519,
 * } from "puretls/crypto/noble";
 *
 * const small: CryptoProvider = {
 *   ...noble,
 *   aeads: { "AES-128-GCM": aes128Gcm, "ChaCha20-Poly1305": chaCha20Poly1305 },
 *   groups: { x25519 },
 *   verifiers: {
 *     "ecdsa-sha256": ecdsaVerifier("SHA-256"),
 *     "rsa-pss-sha256": pssVerifier("SHA-256"),
 *   },
 *   signers: {},
 * };
 * if (small.random(32).length !== 32) throw new Error();
 * ```
 */
export const noble: WholeProvider = {
  name: "noble",
  random: systemRandom,
  now: () => Date.now(),
  fastAes: false,
  hashes,
  aeads,
  cbcs,
  groups,
  finiteField,
  verifiers,
  signers,
  rsaEncrypt,
  publicKeyOf,
  keyDecryption,
};

export { aes128Cbc, aes256Cbc } from "./ciphers/aes-cbc.ts";
export {
  aes128Ccm,
  aes128Ccm8,
  aes256Ccm,
  aes256Ccm8,
} from "./ciphers/aes-ccm.ts";
export { aes128Gcm, aes256Gcm } from "./ciphers/aes-gcm.ts";
export { chaCha20Poly1305 } from "./ciphers/chacha.ts";
export {
  ecdsaSigner,
  ecdsaVerifier,
  ecdsaVerifierWith,
  type NistCurveRows,
} from "./curves/ecdsa.ts";
export {
  signEd25519,
  signEd448,
  verifyEd25519,
  verifyEd448,
} from "./curves/eddsa.ts";
export {
  ffdhe2048,
  ffdhe3072,
  ffdhe4096,
  ffdhe6144,
  ffdhe8192,
  finiteField,
} from "./finite-field.ts";
export { hashes } from "./hashes.ts";
export { keyDecryption } from "./key-decryption.ts";
export { mlDsaSigner, mlDsaVerifier } from "./post-quantum/mldsa.ts";
export {
  secP256r1MlKem768,
  secP384r1MlKem1024,
  x25519MlKem768,
} from "./post-quantum/mlkem-hybrid.ts";
export { secp256r1, secp384r1, secp521r1 } from "./curves/nist.ts";
export { ed25519PublicKey, ed448PublicKey } from "./curves/eddsa.ts";
export {
  type NistCurve,
  type NistCurveName,
  type NistCurveRow,
  type NistPoint,
  p256,
  p384,
  p521,
} from "./curves/nist-curves.ts";
export { publicKeyOf } from "./public-key-of.ts";
export { type PublicKeysOfSeeds, publicKeyWith } from "./public-key-with.ts";
export { systemRandom } from "./random.ts";
export {
  pkcs1Signer,
  pkcs1Verifier,
  pssSigner,
  pssVerifier,
} from "./rsa/rsa.ts";
export { rsaEncrypt } from "./rsa/rsa-encrypt.ts";
export { x25519 } from "./curves/x25519.ts";
export { x25519Ladder } from "./curves/x25519-ladder.ts";
export { x448 } from "./curves/x448.ts";

export { Secret } from "../../bytes.ts";
export type * from "../provider.ts";
export { InvalidKeyShare } from "../provider.ts";
