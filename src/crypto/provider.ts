/**
 * The cryptography that the protocol needs: plain objects ("rows") that carry
 * their own implementation. A provider is a bag of rows; replace one by
 * spreading: `{ ...noble, aeads: { ...noble.aeads, "AES-128-GCM": mine } }`.
 *
 * Everything is synchronous. Whatever must wait (a signer in an HSM) is a
 * *need* of the engine, not a promise here.
 */
import type { Secret } from "../bytes.ts";
import type { FfdheName } from "./ffdhe.ts";

export type { FfdheName };

/** Returns a new array of so many random bytes. */
export type RandomSource = (length: number) => Uint8Array;

export type HashName = "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

export interface HashAlgorithm {
  readonly name: HashName;
  /** Bytes of a digest. */
  readonly outputLength: number;
  /** Bytes of a block, as HMAC knows it. */
  readonly blockLength: number;
  hash(data: Uint8Array): Uint8Array;
  /** A hash under way. */
  create(): RunningHash;
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** RFC 5869 2.2. An empty salt stands for `outputLength` zeros. */
  hkdfExtract(salt: Uint8Array, inputKey: Uint8Array): Uint8Array;
  /**
   * Expands a key, RFC 5869 2.3.
   *
   * @param length bytes of output
   */
  hkdfExpand(
    pseudoRandomKey: Uint8Array,
    info: Uint8Array,
    length: number,
  ): Uint8Array;
}

export interface RunningHash {
  /** Takes the bytes in; does not keep the array. */
  update(data: Uint8Array): void;
  /** The digest so far. The hash goes on: `update` may follow. */
  digest(): Uint8Array;
  /** An independent copy of the state. */
  clone(): RunningHash;
}

export type AeadName =
  | "AES-128-GCM"
  | "AES-256-GCM"
  | "AES-128-CCM"
  | "AES-128-CCM-8"
  | "AES-256-CCM"
  | "AES-256-CCM-8"
  | "ChaCha20-Poly1305";

/** Block ciphers in CBC mode, for records of TLS 1.2. */
export type CbcName = "AES-128-CBC" | "AES-256-CBC";

export interface AeadAlgorithm {
  readonly name: AeadName;
  /** Bytes of a key. */
  readonly keyLength: number;
  /** Bytes of a nonce. */
  readonly nonceLength: number;
  /** Bytes of a tag. */
  readonly tagLength: number;
  /**
   * True when the time of `seal` and `open` is not known to depend on key, nonce
   * or data, but on lengths alone. False for AES by look-up tables, as in pure
   * JavaScript. A long-lived key that strangers can drive, as that of tickets,
   * is only used with a row that says true.
   */
  readonly constantTime: boolean;
  /** Sets a key up once for many records. The array is not kept. */
  key(key: Uint8Array): AeadKey;
}

export interface AeadKey {
  /**
   * Writes ciphertext and tag to `out`, which is `plaintext.length` plus the
   * tag's length long. `out` may start at the very byte where `plaintext`
   * starts (in place); any other overlap is not allowed.
   */
  seal(
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
  ): void;
  /**
   * The plaintext of a ciphertext that ends with its tag: a new array, which
   * belongs to the caller. Undefined when the tag is wrong or there is none.
   */
  open(
    nonce: Uint8Array,
    aad: Uint8Array,
    ciphertext: Uint8Array,
  ): Uint8Array | undefined;
  /**
   * A new array for `seal`'s `out`, where there is a quicker one than zeros:
   * what stands in it is of no meaning. Without this, zeros are made.
   *
   * @param length bytes
   */
  allocate?(length: number): Uint8Array;
}

/** A block cipher in CBC mode, as TLS 1.2's older suites use it. */
export interface CbcAlgorithm {
  readonly name: CbcName;
  /** Bytes of a key. */
  readonly keyLength: number;
  /** Bytes of a block and of an IV. */
  readonly blockLength: number;
  /** Sets a key up once for many records. The array is not kept. */
  key(key: Uint8Array): CbcKey;
}

/**
 * Whole blocks to as many bytes of `out`, without padding and without any
 * authentication. `out` may be the input itself; any other overlap is not
 * allowed.
 */
export interface CbcKey {
  encrypt(iv: Uint8Array, plaintext: Uint8Array, out: Uint8Array): void;
  decrypt(iv: Uint8Array, ciphertext: Uint8Array, out: Uint8Array): void;
}

export type GroupName =
  | "X25519MLKEM768"
  | "SecP256r1MLKEM768"
  | "SecP384r1MLKEM1024"
  | "MLKEM768"
  | "MLKEM1024"
  | "x25519"
  | "x448"
  | "secp256r1"
  | "secp384r1"
  | "secp521r1"
  | FfdheName;

/** One shape for (EC)DH and for key encapsulation. */
export interface KeyExchange {
  /** Bytes of what the initiator (TLS client) sends. */
  readonly initiatorShareLength: number;
  /** Bytes of what the responder (TLS server) sends. */
  readonly responderShareLength: number;
  generate(random: RandomSource): KeyPair;
  /**
   * The responder's half, in one step.
   *
   * @throws InvalidKeyShare when the peer's share is not a valid one
   */
  encapsulate(peerShare: Uint8Array, random: RandomSource): Encapsulation;
}

/** A key exchange with a name of its own. */
export interface KeyExchangeGroup extends KeyExchange {
  readonly name: GroupName;
}

/** A field that a TLS 1.2 server chose, RFC 5246 7.4.3: ServerDHParams. */
export interface FiniteFieldParameters {
  /** dh_p, big-endian. */
  readonly prime: Uint8Array;
  /** dh_g, big-endian. */
  readonly generator: Uint8Array;
}

export interface KeyPair {
  /** The bytes of the initiator's key share. */
  readonly share: Uint8Array;
  /**
   * The shared secret for the responder's share.
   *
   * @throws InvalidKeyShare when the peer's share is not a valid one
   */
  decapsulate(peerShare: Uint8Array): Secret;
}

export interface Encapsulation {
  readonly share: Uint8Array;
  readonly secret: Secret;
}

/**
 * A share of wrong length, off the curve, or one that gives all zeros.
 *
 * @example
 * ```ts
 * import { InvalidKeyShare, noble, x25519 } from "puretls/crypto/noble";
 *
 * try {
 *   x25519.encapsulate(new Uint8Array(3), noble.random);
 * } catch (error) {
 *   if (!(error instanceof InvalidKeyShare)) throw error;
 * }
 * ```
 */
export class InvalidKeyShare extends Error {
  override readonly name = "InvalidKeyShare";
}

/** Keys as algorithms know them, without ASN.1. */
export type PublicKey =
  | {
      readonly type: "rsa";
      /** Big-endian, without leading zeros. */
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
    }
  | {
      readonly type: "ec";
      readonly curve: "secp256r1" | "secp384r1" | "secp521r1";
      /** SEC 1 point, compressed or not. */
      readonly point: Uint8Array;
    }
  | {
      readonly type:
        "ed25519" | "ed448" | "ml-dsa-44" | "ml-dsa-65" | "ml-dsa-87";
      readonly key: Uint8Array;
    };

export type PrivateKey =
  | {
      readonly type: "rsa";
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
      readonly privateExponent: Secret;
      readonly prime1: Secret;
      readonly prime2: Secret;
      readonly exponent1: Secret;
      readonly exponent2: Secret;
      readonly coefficient: Secret;
    }
  | {
      readonly type: "ec";
      readonly curve: "secp256r1" | "secp384r1" | "secp521r1";
      /** The scalar, big-endian, as long as the curve's order. */
      readonly scalar: Secret;
    }
  | {
      readonly type: "ed25519";
      readonly seed: Secret;
    }
  | {
      readonly type: "ed448";
      /** RFC 8032 5.2.5: the 57 bytes of the private key. */
      readonly seed: Secret;
    }
  | {
      readonly type: MlDsaName;
      /** FIPS 204 algorithm 1: the 32 bytes that make the key. */
      readonly seed: Secret;
    };

/** The parameter sets of FIPS 204. */
export type MlDsaName = "ml-dsa-44" | "ml-dsa-65" | "ml-dsa-87";

/**
 * Signature algorithms without TLS's or X.509's numbers. ECDSA signatures are
 * DER (SEC 1 C.5) both ways. `rsa-pss-*` use MGF1 with the same hash and a
 * salt as long as the hash.
 */
export type SignatureName =
  | "ecdsa-sha1"
  | "ecdsa-sha256"
  | "ecdsa-sha384"
  | "ecdsa-sha512"
  | "ed25519"
  | "ed448"
  | "ml-dsa-44"
  | "ml-dsa-65"
  | "ml-dsa-87"
  | "rsa-pss-sha256"
  | "rsa-pss-sha384"
  | "rsa-pss-sha512"
  | "rsa-pkcs1-sha1"
  | "rsa-pkcs1-sha256"
  | "rsa-pkcs1-sha384"
  | "rsa-pkcs1-sha512";

/**
 * True when the signature over the message (not its hash) is right. Answers
 * false, and never throws, for a malformed signature or a key that does not
 * fit the algorithm.
 */
export type SignatureVerifier = (
  key: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

/**
 * Signs the message (not its hash).
 *
 * @throws TypeError when the key does not fit the algorithm
 */
export type SignatureSigner = (
  key: PrivateKey,
  message: Uint8Array,
  random: RandomSource,
) => Uint8Array;

/** The block ciphers that key files use, in CBC mode. */
export type CbcCipher = "AES-128" | "AES-192" | "AES-256" | "3DES";

/**
 * The cryptography of encrypted key files, which no handshake needs. No array
 * is kept or changed; results belong to the caller.
 */
export interface KeyDecryptionAlgorithms {
  /**
   * Derives a key by PBKDF2, RFC 8018 5.2.
   *
   * @param length bytes of output
   */
  pbkdf2(
    hash: HashName,
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    length: number,
  ): Uint8Array;
  /**
   * Derives a key by scrypt, RFC 7914.
   *
   * @param length bytes of output
   */
  scrypt(
    password: Uint8Array,
    salt: Uint8Array,
    cost: { readonly N: number; readonly r: number; readonly p: number },
    length: number,
  ): Uint8Array;
  /** CBC without a look at the padding; the data is whole blocks. */
  decryptCbc(
    cipher: CbcCipher,
    key: Uint8Array,
    iv: Uint8Array,
    data: Uint8Array,
  ): Uint8Array;
  /**
   * The inverse of `decryptCbc`: whole blocks in, as many out. Without it no
   * PKCS#12 file is written.
   */
  encryptCbc?(
    cipher: CbcCipher,
    key: Uint8Array,
    iv: Uint8Array,
    data: Uint8Array,
  ): Uint8Array;
  /** For the legacy PEM form alone. */
  md5(data: Uint8Array): Uint8Array;
  /** For the schemes of PKCS#12 (RFC 7292 C), which know no other hash. */
  sha1(data: Uint8Array): Uint8Array;
  /**
   * As `pbkdf2`, without blocking the thread for long: by the runtime, or in
   * slices, after each of which it awaits `pause`.
   *
   * @param length bytes of output
   * @param pause takes the iterations of the slice
   */
  pbkdf2Async?(
    hash: HashName,
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    length: number,
    pause: (iterations: number) => Promise<void>,
  ): Promise<Uint8Array>;
}

export interface CryptoProvider {
  /** A name for people: "noble", "node". */
  readonly name: string;
  /** Random bytes of cryptographic strength. */
  readonly random: RandomSource;
  /** Milliseconds since the epoch: the core has no clock of its own. */
  readonly now: () => number;
  /**
   * True when AES is faster than ChaCha20 here, as with hardware for it: decides
   * the default order of cipher suites. False where AES goes by tables
   * (`constantTime`), so that ChaCha20-Poly1305 is negotiated first.
   */
  readonly fastAes: boolean;
  readonly hashes: Readonly<Record<HashName, HashAlgorithm>>;
  readonly aeads: Readonly<Partial<Record<AeadName, AeadAlgorithm>>>;
  readonly cbcs: Readonly<Partial<Record<CbcName, CbcAlgorithm>>>;
  readonly groups: Readonly<Partial<Record<GroupName, KeyExchangeGroup>>>;
  /**
   * Diffie-Hellman as TLS 1.2 has it: shares are padded to the length of the
   * prime and need not be so, and the secret has no leading zeros (RFC 5246
   * 8.1.2). The prime is not tested for being one: who signed it answers for
   * it. Fields other than RFC 7919's take long exponents, and time. Without it
   * no DHE suite is spoken.
   *
   * @throws InvalidKeyShare for an even prime, one of less than 2048 or more
   *   than 8192 bits, and a generator that generates nothing
   */
  finiteField?(parameters: FiniteFieldParameters): KeyExchange;
  readonly verifiers: Readonly<
    Partial<Record<SignatureName, SignatureVerifier>>
  >;
  readonly signers: Readonly<Partial<Record<SignatureName, SignatureSigner>>>;
  /**
   * The public half of a private key, to check that a certificate and a key
   * belong together. A client without a certificate needs none.
   */
  publicKeyOf?(key: PrivateKey): PublicKey;
  /**
   * RSAES-PKCS1-V1_5-ENCRYPT, RFC 8017 7.2.1, for a TLS 1.2 client's RSA key
   * exchange. The result is as long as the modulus. Without it none is offered.
   *
   * @throws TypeError when the key is no sound RSA key or too short for it
   */
  rsaEncrypt?(
    key: PublicKey,
    message: Uint8Array,
    random: RandomSource,
  ): Uint8Array;
  /** Without it, encrypted key files are refused. */
  readonly keyDecryption?: KeyDecryptionAlgorithms;
}

/** A provider that leaves nothing out. */
export type WholeProvider = Required<CryptoProvider>;
