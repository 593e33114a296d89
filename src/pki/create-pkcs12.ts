/** Writing PKCS#12 files (RFC 7292). */
import { hasOwn } from "../options.ts";
import {
  type Bytes,
  type BytesLike,
  concat,
  utf8Bytes,
  viewBytes,
  wipe,
} from "../bytes.ts";
import type {
  CbcCipher,
  CryptoProvider,
  HashName,
} from "../crypto/provider.ts";
import { Certificate } from "../x509/certificates/certificate.ts";
import * as OID from "../x509/der/oids.ts";
import {
  bmpPassword,
  deriveNow,
  type Deriving,
  PURPOSE,
} from "../x509/keys/derivation.ts";
import {
  type AsyncDeriveOptions,
  deriveKey,
  runLater,
} from "../x509/pkcs12/derive.ts";
import { keyMatchesCertificate } from "../x509/certificates/key-match.ts";
import {
  constructed,
  elementWithTag,
  nullValue,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
  sequenceOf,
  setOf,
  unsignedInteger,
} from "./der/asn1.ts";
import type { PkiKey } from "./keys/keys.ts";

/**
 * `modern`: AES-256 and HMAC with SHA-256, as OpenSSL 3, Java 17, GnuTLS and
 * Windows since Server 2019 read it. `legacy`: Triple DES and SHA-1, for what is
 * older; it protects worse.
 */
export type Pkcs12Profile = "modern" | "legacy";

/** The contents of a PKCS#12 file that is made, and how it is protected. */
export interface CreatePkcs12Options {
  /** Randomness, hashes, `keyDecryption` with `encryptCbc`. */
  readonly provider: CryptoProvider;
  readonly password: string;
  readonly key: PkiKey;
  /** DER: the certificate of the key, then its issuers. Not kept. */
  readonly chain: readonly BytesLike[];
  /** The name that programs show, Java's alias. */
  readonly friendlyName?: string;
  /** Default: `modern`. */
  readonly profile?: Pkcs12Profile;
  /**
   * Iterations of each of three derivations; 100,000 unless given, and 2048 of
   * `legacy`. .NET and Windows read at most 600,000 in all.
   */
  readonly iterations?: number;
}

/**
 * Makes a PKCS#12 file (`.p12`, `.pfx`) of a key and its chain. Both are encrypted,
 * and a MAC covers all.
 *
 * @returns DER, the caller's
 * @throws TypeError for an empty chain, a key that is not the first certificate's,
 *   and a provider without `encryptCbc`
 * @throws RangeError for iterations that are no whole number from 1 on
 * @throws X509Error for a certificate that does not parse
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createPkcs12, createSelfSigned, readPkcs12 } from "puretls/pki";
 *
 * const { key, chain } = createSelfSigned({ provider, hosts: ["a.test"] });
 * const password = "correct horse battery staple";
 * const options = { provider, password, iterations: 2048 };
 * const file = createPkcs12({ ...options, key, chain, friendlyName: "a.test" });
 * const [identity] = readPkcs12(file, { provider, password }).identities;
 * if (identity?.friendlyName !== "a.test") throw new Error();
 * ```
 */
export function createPkcs12(options: CreatePkcs12Options): Bytes {
  const { provider } = options;
  return deriveNow(writeSteps(options), (derivation) =>
    deriveKey(provider, derivation),
  );
}

/**
 * The same without blocking for long.
 *
 * @throws as {@link createPkcs12}, rejecting; and the signal's reason
 */
export async function createPkcs12Async(
  options: CreatePkcs12Options & AsyncDeriveOptions,
): Promise<Bytes> {
  return runLater(options.provider, writeSteps(options), options);
}

interface ProfileRow {
  readonly iterations: number;
  readonly mac: { readonly hash: HashName; readonly oid: string };
  readonly saltLength: number;
  readonly encrypt: (
    context: WriteContext,
    plain: Uint8Array,
  ) => Deriving<Encrypted>;
}

interface WriteContext {
  readonly provider: CryptoProvider;
  readonly password: string;
  readonly iterations: number;
  readonly saltLength: number;
}

interface Encrypted {
  /** DER of the AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly data: Uint8Array;
}

const PROFILES: Readonly<Record<Pkcs12Profile, ProfileRow>> = {
  modern: {
    iterations: 100_000,
    mac: { hash: "SHA-256", oid: OID.sha256 },
    saltLength: 16,
    encrypt: encryptPbes2,
  },
  legacy: {
    iterations: 2048,
    mac: { hash: "SHA-1", oid: OID.sha1 },
    saltLength: 8,
    encrypt: encryptTripleDes,
  },
};

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

function* writeSteps(options: CreatePkcs12Options): Deriving<Bytes> {
  const { provider, password, key, profile = "modern" } = options;
  const row = PROFILES[profile];
  if (!hasOwn(PROFILES, profile))
    throw new RangeError(`profile: "${profile}" is none of modern, legacy`);
  const { iterations = row.iterations } = options;
  if (!Number.isSafeInteger(iterations) || iterations < 1)
    throw new RangeError(
      `iterations: ${iterations.toString()} is not a whole number from 1 on`,
    );
  const chain = options.chain.map((der) => viewBytes(der, "a certificate"));
  const [leaf] = chain;
  if (leaf === undefined) throw new TypeError("chain: it has no certificate");
  requireKeyOf(provider, key, leaf);
  const { saltLength } = row;
  const context = { provider, password, iterations, saltLength };
  const own = attributes(
    options.friendlyName,
    provider.hashes["SHA-1"].hash(leaf),
  );
  const certificates = chain.map((der, i) =>
    certificateBag(der, i === 0 ? [own] : []),
  );
  const certs = yield* row.encrypt(context, sequenceOf(certificates));
  const secret = key.toDer();
  const shrouded = yield* row.encrypt(context, secret);
  wipe(secret);
  const keyBag = bag(
    SHROUDED_KEY_BAG,
    sequence(shrouded.algorithm, octetString(shrouded.data)),
    [own],
  );
  const authSafe = sequence(
    contentInfo(ENCRYPTED_DATA, encryptedData(certs)),
    contentInfo(DATA, octetString(sequence(keyBag))),
  );
  return sequence(
    unsignedInteger(3),
    contentInfo(DATA, octetString(authSafe)),
    yield* macSteps(context, row.mac, authSafe),
  );
}

function requireKeyOf(
  provider: CryptoProvider,
  { algorithm, privateKey }: PkiKey,
  leaf: Uint8Array,
): void {
  const parsed = { algorithm, key: privateKey };
  if (!keyMatchesCertificate(provider, parsed, Certificate.parse(leaf)))
    throw new TypeError("key: it is not that of the chain's first certificate");
}

const contentInfo = (type: string, content: Uint8Array): Uint8Array =>
  sequence(objectIdentifier(type), constructed(0, content));

/** RFC 5652 8. */
const encryptedData = ({ algorithm, data }: Encrypted): Uint8Array =>
  sequence(
    unsignedInteger(0),
    sequence(objectIdentifier(DATA), algorithm, primitive(0, data)),
  );

const bag = (
  type: string,
  value: Uint8Array,
  more: readonly Uint8Array[],
): Uint8Array =>
  sequence(objectIdentifier(type), constructed(0, value), ...more);

const certificateBag = (
  der: Uint8Array,
  more: readonly Uint8Array[],
): Uint8Array => {
  const type = objectIdentifier(X509_CERTIFICATE);
  const value = sequence(type, constructed(0, octetString(der)));
  return bag(CERTIFICATE_BAG, value, more);
};

/** Programs find the certificate of a key by localKeyId, not by the key. */
function attributes(
  friendlyName: string | undefined,
  localKeyId: Uint8Array,
): Uint8Array {
  const attribute = (type: string, value: Uint8Array): Uint8Array =>
    sequence(objectIdentifier(type), setOf(value));
  const id = attribute(LOCAL_KEY_ID, octetString(localKeyId));
  if (friendlyName === undefined) return setOf(id);
  return setOf(id, attribute(FRIENDLY_NAME, bmpString(friendlyName)));
}

const BMP_STRING = 0x1e;

const bmpString = (text: string): Uint8Array =>
  elementWithTag(BMP_STRING, bmpPassword(text).subarray(0, -2));

/** RFC 8018 A.4: PBKDF2 with HMAC-SHA-256, AES-256 in CBC mode. */
function* encryptPbes2(
  { provider, password, iterations, saltLength }: WriteContext,
  plain: Uint8Array,
): Deriving<Encrypted> {
  const salt = provider.random(saltLength);
  const iv = provider.random(16);
  const secret = utf8Bytes(password);
  const key = yield {
    type: "PBKDF2",
    hash: "SHA-256",
    password: secret,
    ...{ salt, iterations, length: 32 },
  };
  wipe(secret);
  const parameters = sequence(
    octetString(salt),
    unsignedInteger(iterations),
    sequence(objectIdentifier(OID.hmacWithSHA256), nullValue()),
  );
  const algorithm = sequence(
    objectIdentifier(OID.PBES2),
    sequence(
      sequence(objectIdentifier(OID.PBKDF2), parameters),
      sequence(objectIdentifier(OID.aes256Cbc), octetString(iv)),
    ),
  );
  const data = encrypted(provider, "AES-256", key, iv, padded(plain, 16));
  return { algorithm, data };
}

/** RFC 7292 C: pbeWithSHAAnd3-KeyTripleDES-CBC. */
function* encryptTripleDes(
  { provider, password, iterations, saltLength }: WriteContext,
  plain: Uint8Array,
): Deriving<Encrypted> {
  const salt = provider.random(saltLength);
  const secret = bmpPassword(password);
  const common = {
    type: "PKCS12",
    hash: "SHA-1",
    password: secret,
    ...{ salt, iterations },
  } as const;
  const key = yield { ...common, purpose: PURPOSE.key, length: 24 };
  const iv = yield { ...common, purpose: PURPOSE.iv, length: 8 };
  wipe(secret);
  const algorithm = sequence(
    objectIdentifier(OID.pbeWithSHAAnd3KeyTripleDESCBC),
    sequence(octetString(salt), unsignedInteger(iterations)),
  );
  const data = encrypted(provider, "3DES", key, iv, padded(plain, 8));
  return { algorithm, data };
}

/** RFC 7292 4: MacData. */
function* macSteps(
  { provider, password, iterations, saltLength }: WriteContext,
  { hash, oid }: ProfileRow["mac"],
  authSafe: Uint8Array,
): Deriving<Uint8Array> {
  const salt = provider.random(saltLength);
  const { hmac, outputLength: length } = provider.hashes[hash];
  const secret = bmpPassword(password);
  const key = yield {
    type: "PKCS12",
    purpose: PURPOSE.mac,
    password: secret,
    ...{ hash, salt, iterations, length },
  };
  wipe(secret);
  const digest = sequence(objectIdentifier(oid), nullValue());
  return sequence(
    sequence(digest, octetString(hmac(key, authSafe))),
    octetString(salt),
    unsignedInteger(iterations),
  );
}

/** RFC 8018 6.1.1. */
function padded(plain: Uint8Array, size: number): Uint8Array {
  const count = size - (plain.length % size);
  return concat(plain, new Uint8Array(count).fill(count));
}

function encrypted(
  { keyDecryption }: CryptoProvider,
  cipher: CbcCipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  if (keyDecryption?.encryptCbc === undefined)
    throw new TypeError("the provider has no keyDecryption.encryptCbc");
  const out = keyDecryption.encryptCbc(cipher, key, iv, data);
  wipe(key, data);
  return out;
}
