/** SafeContents (RFC 7292 4.2): bags of keys, certificates and bags. */
import { Certificate } from "../certificates/certificate.ts";
import type { DerElement, DerReader } from "../der/der.ts";
import {
  constructedTag,
  DerError,
  objectIdentifier,
  readSingle,
  stringText,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { readAlgorithm } from "../keys/algorithms.ts";
import type { Deriving } from "../keys/derivation.ts";
import {
  type ParsedPrivateKey,
  parsePlainPrivateKey,
} from "../keys/private-key.ts";
import { berToDer } from "./ber.ts";
import {
  decryptSteps,
  errorInPlaintext,
  type PasswordContext,
} from "./context.ts";
import { Pkcs12Error } from "./error.ts";

/** A key of the file. */
export interface KeyBag {
  readonly key: ParsedPrivateKey;
  readonly friendlyName: string | undefined;
}

/** Keys and certificates that were found so far. */
export interface Bags {
  readonly keys: KeyBag[];
  readonly certificates: Certificate[];
  /** Bags of any kind. */
  count: number;
}

/** Bags in bags: one level is more than anybody writes. */
const MOST_NESTED = 4;
/** Each key costs a multiplication on its curve to find its certificate. */
const MOST_KEYS = 256;
/** More than any system trusts, and few enough to compare all with all keys. */
const MOST_BAGS = 2048;

/**
 * Adds what the SafeContents hold to `bags`. CRLs and secrets of other kinds
 * are passed over.
 *
 * @throws Pkcs12Error, DerError, and X509Error for a key or a certificate
 */
export function* readSafeContents(
  context: PasswordContext,
  contents: DerElement,
  bags: Bags,
  depth = 0,
): Deriving<void> {
  if (depth > MOST_NESTED) throw new DerError("bags in bags in bags");
  const reader = contents.reader();
  while (!reader.done) {
    if (++bags.count > MOST_BAGS)
      throw tooMany(`${MOST_BAGS.toString()} entries`);
    const bag = reader.read(TAG.sequence, "SafeBag").reader();
    const what = "bagId";
    const type = objectIdentifier(bag.read(TAG.objectIdentifier, what), what);
    const value = bag.read(constructedTag(0), "bagValue").reader();
    const friendlyName = readFriendlyName(
      bag.optional(TAG.set, "bagAttributes"),
    );
    bag.end("SafeBag");
    switch (BAG_TYPES[type]) {
      case "key": {
        const { der } = value.readAny("PrivateKeyInfo");
        addKey(bags, { key: keyOf(der), friendlyName });
        break;
      }
      case "shroudedKey": {
        const key = yield* decryptedKey(context, value);
        addKey(bags, { key, friendlyName });
        break;
      }
      case "certificate": {
        const certificate = readCertificateBag(value);
        if (certificate !== undefined) bags.certificates.push(certificate);
        break;
      }
      case "safeContents": {
        const inner = value.read(TAG.sequence, "SafeContents");
        yield* readSafeContents(context, inner, bags, depth + 1);
        break;
      }
      default:
    }
  }
}

const BAG_TYPES: Readonly<
  Partial<
    Record<string, "key" | "shroudedKey" | "certificate" | "safeContents">
  >
> = {
  "1.2.840.113549.1.12.10.1.1": "key",
  "1.2.840.113549.1.12.10.1.2": "shroudedKey",
  "1.2.840.113549.1.12.10.1.3": "certificate",
  "1.2.840.113549.1.12.10.1.6": "safeContents",
};

function addKey({ keys }: Bags, bag: KeyBag): void {
  if (keys.length === MOST_KEYS) throw tooMany(`${MOST_KEYS.toString()} keys`);
  keys.push(bag);
}

function tooMany(what: string): Pkcs12Error {
  return new Pkcs12Error("too_expensive", `it has more than ${what}`);
}

/** RFC 5958 3: EncryptedPrivateKeyInfo. */
function* decryptedKey(
  context: PasswordContext,
  value: DerReader,
): Deriving<ParsedPrivateKey> {
  const info = value.read(TAG.sequence, "EncryptedPrivateKeyInfo").reader();
  const algorithm = readAlgorithm(info.read(TAG.sequence, "algorithm"));
  const data = onlyElement(info, TAG.octetString, "encryptedData").content;
  const plain = yield* decryptSteps(context, algorithm, data);
  try {
    return keyOf(berToDer(plain));
  } catch (error) {
    throw errorInPlaintext(context, error);
  }
}

/** In DER alone: what is no SEQUENCE would be taken for the text of PEM. */
function keyOf(der: Uint8Array): ParsedPrivateKey {
  readSingle(der, TAG.sequence, "PrivateKeyInfo");
  return parsePlainPrivateKey(der);
}

/** RFC 7292 4.2.3; undefined for SDSI certificates. */
function readCertificateBag(value: DerReader): Certificate | undefined {
  const bag = value.read(TAG.sequence, "CertBag").reader();
  const what = "certId";
  const type = objectIdentifier(bag.read(TAG.objectIdentifier, what), what);
  if (type !== "1.2.840.113549.1.9.22.1") return undefined;
  const inner = bag.read(constructedTag(0), "certValue").reader();
  return Certificate.parse(
    onlyElement(inner, TAG.octetString, "certificate").content,
  );
}

/** RFC 2985 5.5.1. */
function readFriendlyName(
  attributes: DerElement | undefined,
): string | undefined {
  const reader = attributes?.reader();
  while (reader?.done === false) {
    const attribute = reader.read(TAG.sequence, "Attribute").reader();
    const what = "Attribute type";
    const type = objectIdentifier(
      attribute.read(TAG.objectIdentifier, what),
      what,
    );
    const values = attribute.read(TAG.set, "Attribute values").reader();
    if (type === "1.2.840.113549.1.9.20")
      return stringText(values.readAny("friendlyName"), "friendlyName");
  }
  return undefined;
}

/** The one element that the reader holds. */
export function onlyElement(
  reader: DerReader,
  tag: number,
  what: string,
): DerElement {
  const element = reader.read(tag, what);
  reader.end(what);
  return element;
}
