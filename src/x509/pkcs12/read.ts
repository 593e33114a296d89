/** PKCS#12 files (RFC 7292): keys and certificates behind a password. */
import type { BytesLike } from "../../bytes.ts";
import { equal, utf8Bytes, viewBytes, wipe } from "../../bytes.ts";
import type { CryptoProvider, HashName } from "../../crypto/provider.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { samePublicKey } from "../certificates/key-match.ts";
import type { DerElement, DerReader } from "../der/der.ts";
import {
  constructedTag,
  contextTag,
  DerError,
  objectIdentifier,
  readSingle,
  smallInteger,
} from "../der/der.ts";
import * as OID from "../der/oids.ts";
import * as TAG from "../der/tags.ts";
import { orUnreadable } from "../faults/errors.ts";
import type { AlgorithmIdentifier } from "../keys/algorithms.ts";
import { readAlgorithm } from "../keys/algorithms.ts";
import { bmpPassword, type Deriving, PURPOSE } from "../keys/derivation.ts";
import {
  hmacHash,
  iterationCount,
  NO_PASSWORD,
  type PasswordForms,
  readDerivation,
} from "../keys/password-encryption.ts";
import type { ParsedPrivateKey } from "../keys/private-key.ts";
import type { Bags } from "./bags.ts";
import { onlyElement, readSafeContents } from "./bags.ts";
import { berToDer, joinOctets } from "./ber.ts";
import {
  decryptSteps,
  errorInPlaintext,
  type PasswordContext,
  unsupported,
} from "./context.ts";
import { Pkcs12Error } from "./error.ts";

/** Options for reading a PKCS#12 file. */
export interface Pkcs12Options {
  /** Hashes, `keyDecryption`, and the public halves of the keys. */
  readonly provider: CryptoProvider;
  readonly password: string;
  /** Hash iterations that the file may cost in all; 5,000,000 unless given. */
  readonly maximumIterations?: number;
}

/** A key of a PKCS#12 file and the certificates that go with it. */
export interface Pkcs12Entry {
  readonly key: ParsedPrivateKey;
  readonly friendlyName: string | undefined;
  /** Leaf first, then the CAs above it; the self-signed root is left out. */
  readonly chain: readonly Certificate[];
}

/** The contents of a PKCS#12 file. */
export interface Pkcs12File {
  /** The keys, in the order of the file. */
  readonly entries: readonly Pkcs12Entry[];
  /** All certificates, in the order of the file. */
  readonly certificates: readonly Certificate[];
}

/** A file of more bytes is not one of keys and certificates. */
const MOST_BYTES = 1 << 20;

/**
 * The steps of reading a PKCS#12 file.
 *
 * @throws Pkcs12Error by `reason`
 * @throws X509Error when a key or a certificate inside is refused
 */
export function* readSteps(
  data: BytesLike,
  { provider, password }: Pkcs12Options,
): Deriving<Pkcs12File> {
  const bytes = viewBytes(data, "a PKCS#12 file");
  if (bytes.length > MOST_BYTES)
    throw new Pkcs12Error("malformed", "more than a megabyte");
  const forms = { utf8: utf8Bytes(password), bmp: bmpPassword(password) };
  try {
    return yield* readPfx(berToDer(bytes), provider, forms);
  } catch (error) {
    if (error instanceof DerError)
      throw new Pkcs12Error("malformed", error.message);
    throw error;
  } finally {
    wipe(forms.utf8, forms.bmp);
  }
}

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

function* readPfx(
  der: Uint8Array,
  provider: CryptoProvider,
  given: PasswordForms,
): Deriving<Pkcs12File> {
  const reader = readSingle(der, TAG.sequence, "PFX").reader();
  if (smallInteger(reader.read(TAG.integer, "version"), "version") !== 3)
    throw unsupported("another version than 3");
  const { type, content } = readContentInfo(reader, "authSafe");
  const macData = reader.optional(TAG.sequence, "macData");
  reader.end("PFX");
  if (type !== DATA) throw unsupported("integrity by public keys");
  const authSafe = onlyElement(content, TAG.octetString, "authSafe").content;
  const password =
    macData === undefined
      ? given
      : yield* provedPassword(provider, given, macData, authSafe);
  const bags: Bags = { keys: [], certificates: [], count: 0 };
  const context = { provider, password, isProved: macData !== undefined };
  yield* readAuthenticatedSafe(context, authSafe, bags);
  return contentsOf(provider, bags);
}

function readContentInfo(
  reader: DerReader,
  what: string,
): { readonly type: string; readonly content: DerReader } {
  const info = reader.read(TAG.sequence, what).reader();
  const type = objectIdentifier(
    info.read(TAG.objectIdentifier, "contentType"),
    "contentType",
  );
  const content = info.read(constructedTag(0), "content").reader();
  info.end(what);
  return { type, content };
}

/**
 * RFC 7292 5.1: the MAC proves the password. An empty one is written as an
 * empty string by some and as none by others.
 */
function* provedPassword(
  provider: CryptoProvider,
  given: PasswordForms,
  macData: DerElement,
  authSafe: Uint8Array,
): Deriving<PasswordForms> {
  const reader = macData.reader();
  const digestInfo = reader.read(TAG.sequence, "DigestInfo").reader();
  const algorithm = readAlgorithm(digestInfo.read(TAG.sequence, "digest"));
  const expected = onlyElement(digestInfo, TAG.octetString, "digest").content;
  const salt = reader.read(TAG.octetString, "macSalt").content;
  const iterations = reader.done ? 1 : iterationCount(reader);
  reader.end("macData");
  if (algorithm.oid === OID.PBMAC1) {
    const { key, hash } = yield* pbmac1Steps(algorithm, given);
    if (equal(provider.hashes[hash].hmac(key, authSafe), expected))
      return given;
    throw wrongPassword();
  }
  const hash = MAC_HASHES[algorithm.oid];
  if (hash === undefined) throw unsupported(`a MAC with ${algorithm.oid}`);
  const { hmac, outputLength: length } = provider.hashes[hash];
  const candidates = given.utf8.length > 0 ? [given] : [given, NO_PASSWORD];
  for (const forms of candidates) {
    const key = yield {
      type: "PKCS12",
      purpose: PURPOSE.mac,
      password: forms.bmp,
      ...{ hash, salt, iterations, length },
    };
    if (equal(hmac(key, authSafe), expected)) return forms;
  }
  throw wrongPassword();
}

/** RFC 9579 4: the salt and the iterations of MacData mean nothing then. */
function* pbmac1Steps(
  algorithm: AlgorithmIdentifier,
  { utf8 }: PasswordForms,
): Deriving<{ readonly key: Uint8Array; readonly hash: HashName }> {
  if (algorithm.parameters === undefined)
    throw new DerError("PBMAC1-params is missing");
  const what = "PBMAC1-params";
  const reader = readSingle(algorithm.parameters, TAG.sequence, what).reader();
  const derivation = readAlgorithm(reader.read(TAG.sequence, "KDF"));
  const scheme = readAlgorithm(reader.read(TAG.sequence, "messageAuthScheme"));
  reader.end(what);
  const hash = hmacHash(scheme.oid);
  if (hash === undefined) throw unsupported(`a MAC with ${scheme.oid}`);
  if (derivation.oid !== OID.PBKDF2)
    throw unsupported(`a MAC with ${derivation.oid}`);
  const key = yield readDerivation(derivation, utf8, undefined, unsupported);
  return { key, hash };
}

function wrongPassword(): Pkcs12Error {
  return new Pkcs12Error("wrong_password", "its MAC does not fit");
}

const MAC_HASHES: Readonly<Partial<Record<string, HashName>>> = {
  [OID.sha1]: "SHA-1",
  [OID.sha256]: "SHA-256",
  [OID.sha384]: "SHA-384",
  [OID.sha512]: "SHA-512",
};

function* readAuthenticatedSafe(
  context: PasswordContext,
  authSafe: Uint8Array,
  bags: Bags,
): Deriving<void> {
  const der = berToDer(authSafe);
  const reader = readSingle(der, TAG.sequence, "AuthenticatedSafe").reader();
  while (!reader.done) {
    const { type, content } = readContentInfo(reader, "ContentInfo");
    if (type === DATA) {
      const { content: plain } = onlyElement(content, TAG.octetString, "data");
      yield* readSafeContents(context, safeContents(plain), bags);
    } else if (type === ENCRYPTED_DATA)
      yield* readEncryptedSafe(context, content, bags);
    else throw unsupported(`contents of type ${type}`);
  }
}

function safeContents(ber: Uint8Array): DerElement {
  return readSingle(berToDer(ber), TAG.sequence, "SafeContents");
}

/** RFC 5652 8: EncryptedData. */
function* readEncryptedSafe(
  context: PasswordContext,
  content: DerReader,
  bags: Bags,
): Deriving<void> {
  const reader = onlyElement(content, TAG.sequence, "EncryptedData").reader();
  reader.read(TAG.integer, "version");
  const info = reader.read(TAG.sequence, "EncryptedContentInfo").reader();
  info.read(TAG.objectIdentifier, "contentType");
  const algorithm = readAlgorithm(info.read(TAG.sequence, "algorithm"));
  const what = "encryptedContent";
  const whole = info.optional(contextTag(0), what)?.content;
  const data = whole ?? pieces(info.read(constructedTag(0), what).reader());
  info.end("EncryptedContentInfo");
  const plain = yield* decryptSteps(context, algorithm, data);
  try {
    yield* readSafeContents(context, safeContents(plain), bags);
  } catch (error) {
    throw errorInPlaintext(context, error);
  }
}

/** BER: `[0] IMPLICIT` OCTET STRING in pieces. */
function pieces(reader: DerReader): Uint8Array {
  const parts: Uint8Array[] = [];
  while (!reader.done) parts.push(reader.read(TAG.octetString, "piece").der);
  return joinOctets(parts);
}

function contentsOf(
  provider: CryptoProvider,
  { keys, certificates }: Bags,
): Pkcs12File {
  const bySubject = new Map<string, Certificate[]>();
  for (const one of certificates) {
    const subject = orUnreadable(() => one.subject.key);
    if (subject === undefined) continue;
    const others = bySubject.get(subject);
    if (others === undefined) bySubject.set(subject, [one]);
    else others.push(one);
  }
  // Parsed once each: a key that is refused costs as much every time.
  const theirs = certificates.map((one) =>
    orUnreadable(() => one.subjectPublicKeyInfo.key),
  );
  return {
    entries: keys.map((bag) => {
      const own = publicKeyOf(provider, bag.key);
      // By the key itself: a localKeyId may be missing or wrong.
      const leaf = certificates.find((_one, at) => {
        const key = theirs[at];
        return key !== undefined && samePublicKey(own, key);
      });
      return {
        ...bag,
        chain: leaf === undefined ? [] : above(leaf, bySubject),
      };
    }),
    certificates,
  };
}

function publicKeyOf(provider: CryptoProvider, { key }: ParsedPrivateKey) {
  const own = provider.publicKeyOf?.(key);
  if (own === undefined) throw new TypeError("the provider has no publicKeyOf");
  return own;
}

function above(
  leaf: Certificate,
  bySubject: ReadonlyMap<string, readonly Certificate[]>,
): Certificate[] {
  const chain = new Set([leaf]);
  let last = leaf;
  for (;;) {
    const name = orUnreadable(() =>
      last.isSelfIssued ? undefined : last.issuer.key,
    );
    const next = name === undefined ? undefined : bySubject.get(name)?.[0];
    if (next === undefined || chain.has(next)) break;
    if (orUnreadable(() => next.isSelfIssued) !== false) break;
    chain.add(next);
    last = next;
  }
  return [...chain];
}
