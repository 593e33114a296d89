/**
 * The crypto provider on `node:crypto`: OpenSSL's speed for Node 20.19 and
 * later, and for runtimes that have the same module. What Node lacks (ML-DSA, and
 * before 24.7 ML-KEM) is noble's.
 *
 * Interchangeable with noble's provider on either side of a connection, with
 * one difference: the signers for ECDSA and RSA and the encryption by RSA draw
 * their randomness from OpenSSL, not from the argument.
 */
import { getCiphers } from "node:crypto";
import { chaCha20Poly1305 as portableChaCha20Poly1305 } from "./noble/ciphers/chacha.ts";
import { noble } from "./noble/index.ts";
import {
  mlKem1024With,
  mlKem768With,
  secP256r1MlKem768With,
  secP384r1MlKem1024With,
  x25519MlKem768With,
} from "./noble/post-quantum/mlkem-hybrid.ts";
import {
  aes128Ccm,
  aes128Ccm8,
  aes128Gcm,
  aes256Ccm,
  aes256Ccm8,
  aes256Gcm,
  chaCha20Poly1305,
} from "./node/aead.ts";
import { aes128Cbc, aes256Cbc } from "./node/aes-cbc.ts";
import {
  ffdhe2048,
  ffdhe3072,
  ffdhe4096,
  ffdhe6144,
  ffdhe8192,
  finiteField,
} from "./node/finite-field.ts";
import { hashes } from "./node/hashes.ts";
import { keyDecryption } from "./node/key-decryption.ts";
import { mlKem1024, mlKem768, systemRandom } from "./node/ml-kem.ts";
import { secp256r1, secp384r1, secp521r1 } from "./node/nist.ts";
import {
  ecdsa,
  ed25519,
  ed448,
  pkcs1,
  pss,
  signer,
  verifier,
} from "./node/signatures.ts";
import { rsaEncrypt } from "./node/rsa-encrypt.ts";
import { x25519, x448 } from "./node/montgomery.ts";
import type { WholeProvider } from "./provider.ts";

/**
 * The provider. Keys are made ready for OpenSSL at their first use and kept
 * with the `PublicKey` or `PrivateKey` object: do not change its arrays after.
 *
 * Replace a row by spreading, as with noble's.
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { node } from "puretls/crypto/node";
 *
 * const context = new SSLContext({ provider: node });
 * if (context.provider.name !== "node") throw new Error();
 * ```
 */
export const node: WholeProvider = {
  ...noble,
  name: "node",
  fastAes: true,
  random: systemRandom,
  hashes,
  aeads: {
    ...noble.aeads,
    "AES-128-GCM": aes128Gcm,
    "AES-256-GCM": aes256Gcm,
    "AES-128-CCM": aes128Ccm,
    "AES-128-CCM-8": aes128Ccm8,
    "AES-256-CCM": aes256Ccm,
    "AES-256-CCM-8": aes256Ccm8,
    // Bun has no such cipher.
    "ChaCha20-Poly1305": getCiphers().includes("chacha20-poly1305")
      ? chaCha20Poly1305
      : portableChaCha20Poly1305,
  },
  cbcs: { "AES-128-CBC": aes128Cbc, "AES-256-CBC": aes256Cbc },
  groups: {
    ...noble.groups,
    X25519MLKEM768: x25519MlKem768With(x25519, mlKem768),
    SecP256r1MLKEM768: secP256r1MlKem768With(secp256r1, mlKem768),
    SecP384r1MLKEM1024: secP384r1MlKem1024With(secp384r1, mlKem1024),
    MLKEM768: mlKem768With(mlKem768),
    MLKEM1024: mlKem1024With(mlKem1024),
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
  },
  finiteField,
  verifiers: {
    ...noble.verifiers,
    "ecdsa-sha1": verifier(ecdsa("SHA-1")),
    "ecdsa-sha256": verifier(ecdsa("SHA-256")),
    "ecdsa-sha384": verifier(ecdsa("SHA-384")),
    "ecdsa-sha512": verifier(ecdsa("SHA-512")),
    ed25519: verifier(ed25519),
    ed448: verifier(ed448),
    "rsa-pss-sha256": verifier(pss("SHA-256")),
    "rsa-pss-sha384": verifier(pss("SHA-384")),
    "rsa-pss-sha512": verifier(pss("SHA-512")),
    "rsa-pkcs1-sha1": verifier(pkcs1("SHA-1")),
    "rsa-pkcs1-sha256": verifier(pkcs1("SHA-256")),
    "rsa-pkcs1-sha384": verifier(pkcs1("SHA-384")),
    "rsa-pkcs1-sha512": verifier(pkcs1("SHA-512")),
  },
  rsaEncrypt,
  signers: {
    ...noble.signers,
    "ecdsa-sha1": signer(ecdsa("SHA-1")),
    "ecdsa-sha256": signer(ecdsa("SHA-256")),
    "ecdsa-sha384": signer(ecdsa("SHA-384")),
    "ecdsa-sha512": signer(ecdsa("SHA-512")),
    ed25519: signer(ed25519),
    ed448: signer(ed448),
    "rsa-pss-sha256": signer(pss("SHA-256")),
    "rsa-pss-sha384": signer(pss("SHA-384")),
    "rsa-pss-sha512": signer(pss("SHA-512")),
    "rsa-pkcs1-sha1": signer(pkcs1("SHA-1")),
    "rsa-pkcs1-sha256": signer(pkcs1("SHA-256")),
    "rsa-pkcs1-sha384": signer(pkcs1("SHA-384")),
    "rsa-pkcs1-sha512": signer(pkcs1("SHA-512")),
  },
  keyDecryption,
};
