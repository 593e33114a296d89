/** PKCS#12 files (RFC 7292): keys and certificates behind a password. */
import { equal } from "../../bytes.ts";
import type { CryptoProvider, HashName } from "../../crypto/provider.ts";
import { readAlgorithm } from "../../x509/algorithms.ts";
import type { Certificate } from "../../x509/certificate.ts";
import type { DerElement, DerReader } from "../../x509/der.ts";
import {
  constructedTag,
  contextTag,
  DerError,
  objectIdentifier,
  readSingle,
  smallInteger,
} from "../../x509/der.ts";
import * as TAG from "../../x509/tags.ts";
import * as OID from "../../x509/oids.ts";
import { encodePem } from "../../x509/pem.ts";
import type { PkiKey } from "../keys.ts";
import type { Bags } from "./bags.ts";
import { onlyElement, readSafeContents } from "./bags.ts";
import { berToDer, joinOctets } from "./ber.ts";
import type { PasswordContext } from "./encryption.ts";
import { decryptWithPassword, iterationCount } from "./encryption.ts";
import { Pkcs12Error } from "./error.ts";
import { IterationBudget, pkcs12Derivation, PURPOSE } from "./password.ts";

export interface Pkcs12Options {
  /** Hashes, `keyDecryption`, and the public halves of the keys. */
  readonly provider: CryptoProvider;
  readonly password: string;
  /** Hash iterations that the file may cost in all; 5,000,000 unless given. */
  readonly maximumIterations?: number;
}

/** A key and the certificates that go with it. */
export interface Pkcs12Identity {
  readonly key: PkiKey;
  readonly friendlyName: string | undefined;
  /** Leaf first, then the CAs above it; the self-signed root is left out. */
  readonly chain: readonly Uint8Array[];
  /** {@link chain} as PEM. */
  readonly chainPem: string;
}

export interface Pkcs12Contents {
  /** In the order of the file. */
  readonly identities: readonly Pkcs12Identity[];
  /** All certificates, in the order of the file. */
  readonly certificates: readonly Certificate[];
}

/** A file of more bytes is not one of keys and certificates. */
const MOST_BYTES = 1 << 20;

/**
 * Reads a PKCS#12 file (`.p12`, `.pfx`), BER or DER: PBES2 (PBKDF2 with AES or
 * 3DES) and the old schemes with 3DES and RC2. A MAC is checked where there is
 * one.
 *
 * @param data is neither changed nor kept
 * @throws Pkcs12Error by `reason`
 * @throws X509Error when a key or a certificate inside is refused
 */
export function readPkcs12(
  data: Uint8Array,
  options: Pkcs12Options,
): Pkcs12Contents {
  if (data.length > MOST_BYTES)
    throw new Pkcs12Error("malformed", "more than a megabyte");
  try {
    return readPfx(berToDer(data), options);
  } catch (error) {
    if (error instanceof DerError)
      throw new Pkcs12Error("malformed", error.message);
    throw error;
  }
}

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

function readPfx(der: Uint8Array, options: Pkcs12Options): Pkcs12Contents {
  const reader = readSingle(der, TAG.sequence, "PFX").reader();
  if (smallInteger(reader.read(TAG.integer, "version"), "version") !== 3)
    throw new Pkcs12Error("unsupported", "another version than 3");
  const { type, content } = readContentInfo(reader, "authSafe");
  const macData = reader.optional(TAG.sequence, "macData");
  reader.end("PFX");
  if (type !== DATA)
    throw new Pkcs12Error("unsupported", "integrity by public keys");
  const authSafe = onlyElement(content, TAG.octetString, "authSafe").content;
  const budget = new IterationBudget(options.maximumIterations ?? 5_000_000);
  const context: PasswordContext = {
    provider: options.provider,
    password: options.password,
    budget,
  };
  const password =
    macData === undefined
      ? options.password
      : checkedPassword(context, macData, authSafe);
  const bags: Bags = { keys: [], certificates: [] };
  readAuthenticatedSafe({ ...context, password }, authSafe, bags);
  return contentsOf(bags);
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
function checkedPassword(
  context: PasswordContext,
  macData: DerElement,
  authSafe: Uint8Array,
): string | undefined {
  const reader = macData.reader();
  const digestInfo = reader.read(TAG.sequence, "DigestInfo").reader();
  const algorithm = readAlgorithm(digestInfo.read(TAG.sequence, "digest"));
  const expected = onlyElement(digestInfo, TAG.octetString, "digest").content;
  const salt = reader.read(TAG.octetString, "macSalt").content;
  const iterations = reader.done ? 1 : iterationCount(reader);
  reader.end("macData");
  const hashName = MAC_HASHES[algorithm.oid];
  if (hashName === undefined)
    throw new Pkcs12Error("unsupported", `a MAC with ${algorithm.oid}`);
  const hash = context.provider.hashes[hashName];
  const candidates =
    context.password === "" ? ["", undefined] : [context.password];
  for (const password of candidates) {
    const key = pkcs12Derivation(password, PURPOSE.mac, {
      hash,
      salt,
      iterations,
      length: hash.outputLength,
      budget: context.budget,
    });
    if (equal(hash.hmac(key, authSafe), expected)) return password;
  }
  throw new Pkcs12Error("wrong_password", "its MAC does not fit");
}

const MAC_HASHES: Readonly<Partial<Record<string, HashName>>> = {
  [OID.sha1]: "SHA-1",
  [OID.sha256]: "SHA-256",
  [OID.sha384]: "SHA-384",
  [OID.sha512]: "SHA-512",
};

function readAuthenticatedSafe(
  context: PasswordContext,
  authSafe: Uint8Array,
  bags: Bags,
): void {
  const der = berToDer(authSafe);
  const reader = readSingle(der, TAG.sequence, "AuthenticatedSafe").reader();
  while (!reader.done) {
    const { type, content } = readContentInfo(reader, "ContentInfo");
    let safe: Uint8Array;
    if (type === DATA)
      safe = onlyElement(content, TAG.octetString, "SafeContents").content;
    else if (type === ENCRYPTED_DATA) safe = decryptedSafe(context, content);
    else throw new Pkcs12Error("unsupported", `contents of type ${type}`);
    const contents = readSingle(berToDer(safe), TAG.sequence, "SafeContents");
    readSafeContents(context, contents, bags);
  }
}

/** RFC 5652 8: EncryptedData. */
function decryptedSafe(
  context: PasswordContext,
  content: DerReader,
): Uint8Array {
  const reader = onlyElement(content, TAG.sequence, "EncryptedData").reader();
  reader.read(TAG.integer, "version");
  const info = reader.read(TAG.sequence, "EncryptedContentInfo").reader();
  info.read(TAG.objectIdentifier, "contentType");
  const algorithm = readAlgorithm(info.read(TAG.sequence, "algorithm"));
  const what = "encryptedContent";
  const whole = info.optional(contextTag(0), what)?.content;
  const data = whole ?? pieces(info.read(constructedTag(0), what).reader());
  info.end("EncryptedContentInfo");
  return decryptWithPassword(context, algorithm, data);
}

/** BER: `[0] IMPLICIT` OCTET STRING in pieces. */
function pieces(reader: DerReader): Uint8Array {
  const parts: Uint8Array[] = [];
  while (!reader.done) parts.push(reader.read(TAG.octetString, "piece").der);
  return joinOctets(parts);
}

function contentsOf({ keys, certificates }: Bags): Pkcs12Contents {
  return {
    identities: keys.map(({ key, friendlyName }) => {
      const chain = chainFor(key, certificates).map(({ der }) => der.slice());
      return {
        key,
        friendlyName,
        chain,
        chainPem: chain.map((der) => encodePem("CERTIFICATE", der)).join(""),
      };
    }),
    certificates,
  };
}

/** By the key itself: a localKeyId may be missing or wrong. */
function chainFor(key: PkiKey, all: readonly Certificate[]): Certificate[] {
  const bytes = key.bytes();
  // The key ends its SubjectPublicKeyInfo. Looked at as bytes, since other
  // certificates of the file may have keys of kinds that we cannot read.
  let next = all.find(({ subjectPublicKeyInfoDer }) =>
    equal(subjectPublicKeyInfoDer.slice(-bytes.length), bytes),
  );
  const chain: Certificate[] = [];
  while (next !== undefined && !chain.includes(next)) {
    const last = next;
    if (chain.length > 0 && last.isSelfIssued) break;
    chain.push(last);
    next = all.find((one) => one !== last && one.subject.equals(last.issuer));
  }
  return chain;
}
