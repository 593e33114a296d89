/**
 * Hybrid Public Key Encryption (RFC 9180) on a provider's rows, with the KEM
 * DHKEM(X25519, HKDF-SHA256): what Encrypted Client Hello needs, and the other
 * three modes. Nothing in TLS loads it that is not ECH.
 */
import { asciiBytes, concat, NO_BYTES, Secret, wipe } from "../bytes.ts";
import {
  type AeadAlgorithm,
  type AeadKey,
  type AeadName,
  type CryptoProvider,
  type HashAlgorithm,
  type HashName,
  InvalidKeyShare,
  type KeyPair,
} from "./provider.ts";

/** Numbers of RFC 9180 7.2 and 7.3. */
export interface HpkeSuite {
  readonly kdf: number;
  readonly aead: number;
}

/** DHKEM(X25519, HKDF-SHA256), RFC 9180 7.1. */
export const HPKE_KEM = 0x0020;

const KDFS: Readonly<Partial<Record<number, HashName>>> = {
  0x0001: "SHA-256",
  0x0002: "SHA-384",
  0x0003: "SHA-512",
};

const AEADS: Readonly<Partial<Record<number, AeadName>>> = {
  0x0001: "AES-128-GCM",
  0x0002: "AES-256-GCM",
  0x0003: "ChaCha20-Poly1305",
};

/** A pre-shared key and its name, RFC 9180 5.1.2. */
export interface HpkePsk {
  readonly key: Uint8Array;
  readonly id: Uint8Array;
}

/** Tells whether the provider has all that a suite needs. */
export function hasHpkeSuite(
  provider: CryptoProvider,
  { kdf, aead }: HpkeSuite,
): boolean {
  const name = AEADS[aead];
  return (
    KDFS[kdf] !== undefined &&
    name !== undefined &&
    provider.aeads[name] !== undefined &&
    provider.groups.x25519 !== undefined
  );
}

/**
 * The key pair of a private key (32 bytes, copied). Its `share` is the public
 * key.
 */
export function hpkeKeyPair(
  provider: CryptoProvider,
  privateKey: Uint8Array,
): KeyPair {
  if (privateKey.length !== 32)
    throw new TypeError("a private key of X25519 has 32 bytes");
  return kem(provider).generate(() => privateKey.slice());
}

/** DeriveKeyPair, RFC 9180 7.1.3: a private key of key material. */
export function hpkeDerivePrivateKey(
  provider: CryptoProvider,
  inputKey: Uint8Array,
): Uint8Array {
  const kdf = kemKdf(provider);
  const prk = kdf.extract(NO_BYTES, "dkp_prk", inputKey);
  return kdf.expand(prk, "sk", NO_BYTES, 32);
}

/**
 * The sender's half: SetupBaseS, SetupPSKS, SetupAuthS or SetupAuthPSKS of RFC
 * 9180 5.1 by what is given.
 *
 * @returns what the recipient needs (32 bytes) and the context to seal with
 * @throws InvalidKeyShare for a public key that gives no secret
 * @throws TypeError for a suite that the provider does not have
 */
export function hpkeSender(options: {
  readonly provider: CryptoProvider;
  readonly suite: HpkeSuite;
  /** Public key of the recipient. */
  readonly recipient: Uint8Array;
  readonly info: Uint8Array;
  /** Is shown the KEM's shared secret: for a key log. */
  readonly observe?: (sharedSecret: Uint8Array) => void;
  readonly psk?: HpkePsk;
  /** The sender's own pair, to be authenticated by. */
  readonly sender?: KeyPair;
}): { readonly enc: Uint8Array; readonly context: HpkeContext } {
  const { provider, recipient, sender } = options;
  const { share: enc, secret } = kem(provider).encapsulate(
    recipient,
    provider.random,
  );
  const shared = extractAndExpand(
    provider,
    sender ? [secret, sender.decapsulate(recipient)] : [secret],
    concat(enc, recipient, sender?.share ?? NO_BYTES),
  );
  options.observe?.(shared);
  return { enc, context: schedule(options, shared, sender !== undefined) };
}

/**
 * The recipient's half of RFC 9180 5.1.
 *
 * @throws InvalidKeyShare for an encapsulated key that gives no secret
 * @throws TypeError for a suite that the provider does not have
 */
export function hpkeRecipient(options: {
  readonly provider: CryptoProvider;
  readonly suite: HpkeSuite;
  readonly recipient: KeyPair;
  readonly enc: Uint8Array;
  readonly info: Uint8Array;
  /** Is shown the KEM's shared secret: for a key log. */
  readonly observe?: (sharedSecret: Uint8Array) => void;
  readonly psk?: HpkePsk;
  /** Public key of a sender that authenticates itself. */
  readonly sender?: Uint8Array;
}): HpkeContext {
  const { provider, recipient, enc, sender } = options;
  const secret = recipient.decapsulate(enc);
  const shared = extractAndExpand(
    provider,
    sender ? [secret, recipient.decapsulate(sender)] : [secret],
    concat(enc, recipient.share, sender ?? NO_BYTES),
  );
  options.observe?.(shared);
  return schedule(options, shared, sender !== undefined);
}

/** One direction's key, nonce and counter: RFC 9180 5.2 and 5.3. */
export class HpkeContext {
  readonly #aead: AeadAlgorithm;
  readonly #key: AeadKey;
  readonly #baseNonce: Uint8Array;
  readonly #kdf: LabeledKdf;
  readonly #exporter: Secret;
  #sequence = 0;

  /** Made by {@link hpkeSender} and {@link hpkeRecipient}. */
  constructor(parts: {
    readonly aead: AeadAlgorithm;
    readonly key: AeadKey;
    readonly baseNonce: Uint8Array;
    readonly kdf: LabeledKdf;
    readonly exporter: Secret;
    readonly sequence?: number;
  }) {
    this.#aead = parts.aead;
    this.#key = parts.key;
    this.#baseNonce = parts.baseNonce;
    this.#kdf = parts.kdf;
    this.#exporter = parts.exporter;
    this.#sequence = parts.sequence ?? 0;
  }

  /** Bytes that sealing adds. */
  get tagLength(): number {
    return this.#aead.tagLength;
  }

  /** Seals the next message. */
  seal(aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const out = new Uint8Array(plaintext.length + this.#aead.tagLength);
    this.#key.seal(this.#nonce(), aad, plaintext, out);
    this.#sequence++;
    return out;
  }

  /** Opens the next message; undefined when it is not what was sealed. */
  open(aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    const opened = this.#key.open(this.#nonce(), aad, ciphertext);
    if (opened !== undefined) this.#sequence++;
    return opened;
  }

  /** RFC 9180 5.3. */
  export(context: Uint8Array, length: number): Uint8Array {
    return this.#kdf.expand(this.#exporter.bytes, "sec", context, length);
  }

  /** A copy whose counter moves by itself. */
  clone(): HpkeContext {
    return new HpkeContext({
      aead: this.#aead,
      key: this.#key,
      baseNonce: this.#baseNonce,
      kdf: this.#kdf,
      exporter: this.#exporter.clone(),
      sequence: this.#sequence,
    });
  }

  /** ComputeNonce, RFC 9180 5.2. */
  #nonce(): Uint8Array {
    const nonce = this.#baseNonce.slice();
    let rest = this.#sequence;
    for (let i = nonce.length - 1; rest > 0; i--) {
      nonce[i] = (nonce[i] ?? 0) ^ (rest & 0xff);
      rest = Math.floor(rest / 256);
    }
    return nonce;
  }
}

/** LabeledExtract and LabeledExpand of RFC 9180 4 for one suite_id. */
class LabeledKdf {
  readonly hash: HashAlgorithm;
  readonly #suiteId: Uint8Array;

  constructor(hash: HashAlgorithm, suiteId: Uint8Array) {
    this.hash = hash;
    this.#suiteId = suiteId;
  }

  extract(salt: Uint8Array, label: string, input: Uint8Array): Uint8Array {
    return this.hash.hkdfExtract(salt, concat(this.#labeled(label), input));
  }

  expand(
    key: Uint8Array,
    label: string,
    info: Uint8Array,
    length: number,
  ): Uint8Array {
    const labeled = concat(twoBytes(length), this.#labeled(label), info);
    return this.hash.hkdfExpand(key, labeled, length);
  }

  #labeled(label: string): Uint8Array {
    return concat(asciiBytes("HPKE-v1"), this.#suiteId, asciiBytes(label));
  }
}

function kem(provider: CryptoProvider) {
  const { x25519 } = provider.groups;
  if (x25519 === undefined) throw new TypeError("the provider has no x25519");
  return x25519;
}

/** RFC 9180 4.1: the KEM has a suite_id of its own. */
function kemKdf(provider: CryptoProvider): LabeledKdf {
  const suiteId = concat(asciiBytes("KEM"), twoBytes(HPKE_KEM));
  return new LabeledKdf(provider.hashes["SHA-256"], suiteId);
}

/** ExtractAndExpand, RFC 9180 4.1. The secrets are wiped. */
function extractAndExpand(
  provider: CryptoProvider,
  secrets: readonly Secret[],
  kemContext: Uint8Array,
): Uint8Array {
  const kdf = kemKdf(provider);
  const dh = concat(...secrets.map(({ bytes }) => bytes));
  const prk = kdf.extract(NO_BYTES, "eae_prk", dh);
  const shared = kdf.expand(prk, "shared_secret", kemContext, 32);
  for (const secret of secrets) secret.wipe();
  wipe(dh, prk);
  return shared;
}

/** KeySchedule, RFC 9180 5.1. The shared secret is wiped. */
function schedule(
  {
    provider,
    suite,
    info,
    psk,
  }: {
    readonly provider: CryptoProvider;
    readonly suite: HpkeSuite;
    readonly info: Uint8Array;
    readonly psk?: HpkePsk;
  },
  shared: Uint8Array,
  authenticated: boolean,
): HpkeContext {
  const hash = KDFS[suite.kdf];
  const name = AEADS[suite.aead];
  const aead = name && provider.aeads[name];
  if (hash === undefined || aead === undefined)
    throw new TypeError(`HPKE: no KDF ${suite.kdf} or no AEAD ${suite.aead}`);
  // VerifyPSKInputs: both or neither.
  if (psk && (psk.key.length === 0 || psk.id.length === 0))
    throw new TypeError("HPKE: a pre-shared key has a key and an id");
  const suiteId = concat(
    asciiBytes("HPKE"),
    twoBytes(HPKE_KEM),
    twoBytes(suite.kdf),
    twoBytes(suite.aead),
  );
  const kdf = new LabeledKdf(provider.hashes[hash], suiteId);
  const context = concat(
    Uint8Array.of((psk ? 1 : 0) + (authenticated ? 2 : 0)),
    kdf.extract(NO_BYTES, "psk_id_hash", psk?.id ?? NO_BYTES),
    kdf.extract(NO_BYTES, "info_hash", info),
  );
  const secret = kdf.extract(shared, "secret", psk?.key ?? NO_BYTES);
  const key = kdf.expand(secret, "key", context, aead.keyLength);
  const exporterLength = kdf.hash.outputLength;
  const parts = {
    aead,
    key: aead.key(key),
    baseNonce: kdf.expand(secret, "base_nonce", context, aead.nonceLength),
    kdf,
    exporter: new Secret(kdf.expand(secret, "exp", context, exporterLength)),
  };
  wipe(shared, secret, key);
  return new HpkeContext(parts);
}

function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

export { InvalidKeyShare };
