/** SafeContents (RFC 7292 4.2): bags of keys, certificates and bags. */
import { Certificate } from "../../x509/certificate.ts";
import { readAlgorithm } from "../../x509/algorithms.ts";
import type { DerElement, DerReader } from "../../x509/der.ts";
import {
  constructedTag,
  DerError,
  objectIdentifier,
  stringText,
} from "../../x509/der.ts";
import * as TAG from "../../x509/tags.ts";
import { PkiKey } from "../keys.ts";
import { berToDer } from "./ber.ts";
import type { PasswordContext } from "./encryption.ts";
import { decryptWithPassword } from "./encryption.ts";

/** What was found so far. */
export interface Bags {
  readonly keys: {
    readonly key: PkiKey;
    readonly friendlyName: string | undefined;
  }[];
  readonly certificates: Certificate[];
}

/** Bags in bags: one level is more than anybody writes. */
const MOST_NESTED = 4;

/**
 * Adds what the SafeContents hold to `bags`. CRLs and secrets of other kinds
 * are passed over.
 *
 * @throws Pkcs12Error, DerError, and X509Error for a key or a certificate
 */
export function readSafeContents(
  context: PasswordContext,
  contents: DerElement,
  bags: Bags,
  depth = 0,
): void {
  if (depth > MOST_NESTED) throw new DerError("bags in bags in bags");
  const reader = contents.reader();
  while (!reader.done) {
    const bag = reader.read(TAG.sequence, "SafeBag").reader();
    const what = "bagId";
    const type = objectIdentifier(bag.read(TAG.objectIdentifier, what), what);
    const value = bag.read(constructedTag(0), "bagValue").reader();
    const friendlyName = readFriendlyName(
      bag.optional(TAG.set, "bagAttributes"),
    );
    bag.end("SafeBag");
    const { provider } = context;
    switch (BAG_TYPES[type]) {
      case "key": {
        const { der } = value.readAny("PrivateKeyInfo");
        bags.keys.push({ key: PkiKey.parse(provider, der), friendlyName });
        break;
      }
      case "shroudedKey": {
        const der = decryptedKey(context, value);
        bags.keys.push({ key: PkiKey.parse(provider, der), friendlyName });
        break;
      }
      case "certificate": {
        const certificate = readCertificateBag(value);
        if (certificate !== undefined) bags.certificates.push(certificate);
        break;
      }
      case "safeContents": {
        const inner = value.read(TAG.sequence, "SafeContents");
        readSafeContents(context, inner, bags, depth + 1);
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

/** RFC 5958 3: EncryptedPrivateKeyInfo. */
function decryptedKey(context: PasswordContext, value: DerReader): Uint8Array {
  const info = value.read(TAG.sequence, "EncryptedPrivateKeyInfo").reader();
  const algorithm = readAlgorithm(info.read(TAG.sequence, "algorithm"));
  const data = onlyElement(info, TAG.octetString, "encryptedData").content;
  return berToDer(decryptWithPassword(context, algorithm, data));
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
