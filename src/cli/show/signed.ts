/** Certificates, requests and lists: what is signed, by whom, field by field. */
import { noble } from "../../crypto/noble/index.ts";
import {
  bitString,
  constructed,
  objectIdentifier,
  octetString,
  sequence,
  time,
  unsignedInteger,
} from "../../pki/der/asn1.ts";
import { CertificateRequest } from "../../pki/index.ts";
import {
  bitStringBytes,
  constructedTag,
  contextTag,
  type DerElement,
  DerError,
  integerBytes,
  readSingle,
  smallInteger,
  timeValue,
} from "../../x509/der/der.ts";
import * as TAG from "../../x509/der/tags.ts";
import {
  Certificate,
  Crl,
  encodeBase64,
  type Extension,
  OID,
  parseSubjectPublicKeyInfo,
} from "../../x509/index.ts";
import { readExtensions } from "../../x509/certificates/extensions.ts";
import { extensionFact } from "../text/extension-text.ts";
import { hexPairs, serialText } from "../text/value-text.ts";
import { addFact, emptyItem, faultOf, type Item, type Kind } from "./item.ts";
import {
  algorithmText,
  keyText,
  nameOf,
  oidOf,
  timeFact,
  timeOf,
  TIMES,
  Walk,
} from "./walk.ts";

/** RFC 5280 4.1. */
export function certificateItem(der: Uint8Array): Item {
  return signedItem("certificate", der, certificateFields, (bytes) =>
    Certificate.parse(bytes),
  );
}

/** RFC 2986 4.1. */
export function requestItem(der: Uint8Array): Item {
  return signedItem("certificate request", der, requestFields, (bytes) =>
    CertificateRequest.parse(noble, bytes),
  );
}

/** RFC 5280 5.1. */
export function crlItem(der: Uint8Array): Item {
  return signedItem("certificate revocation list", der, crlFields, (bytes) =>
    Crl.parse(bytes),
  );
}

/**
 * @param check reads the whole as strictly as a verifier: what it finds and the
 *   fields have not shown stands last
 */
function signedItem(
  kind: Kind,
  der: Uint8Array,
  fields: (item: Item, content: Walk) => void,
  check: (der: Uint8Array) => unknown,
): Item {
  const item = emptyItem(kind);
  const whole = new Walk(readSingle(der, TAG.sequence, kind).content);
  const signed = whole.next("the signed part", TAG.sequence)();
  fields(item, new Walk(signed.content));
  const algorithm = whole.next("signatureAlgorithm", TAG.sequence);
  addFact(item.facts, "signature", () => algorithmText(algorithm()));
  const signature = whole.next("signatureValue", TAG.bitString);
  const hasFault = (): boolean =>
    [...item.facts, ...item.extensions].some(
      ({ fault }) => fault !== undefined,
    );
  try {
    bitStringBytes(signature(), "signatureValue");
    if (!hasFault()) check(der);
  } catch (error) {
    item.facts.push({ name: "fault", value: "", fault: faultOf(error) });
  }
  addFingerprints(item, der);
  return item;
}

function addFingerprints({ facts }: Item, der: Uint8Array): void {
  for (const name of ["SHA-256", "SHA-1"] as const)
    addFact(facts, name, () => hexPairs(noble.hashes[name].hash(der), ":"));
}

function certificateFields(item: Item, walk: Walk): void {
  const { facts } = item;
  const version = walk.optional(constructedTag(0));
  addFact(facts, "version", () => versionText(version));
  const serial = walk.next("serialNumber", TAG.integer);
  addFact(facts, "serial", () =>
    serialText(integerBytes(serial(), "serialNumber")),
  );
  walk.next("signature", TAG.sequence);
  const issuer = walk.next("issuer", TAG.sequence);
  const validity = walk.next("validity", TAG.sequence);
  const subject = walk.next("subject", TAG.sequence);
  addFact(facts, "subject", () => nameOf(subject()));
  addFact(facts, "issuer", () => nameOf(issuer()));
  addValidity(item, validity);
  addKey(item, walk.next("subjectPublicKeyInfo", TAG.sequence));
  walk.optional(contextTag(1));
  walk.optional(contextTag(2));
  addExtensions(item, walk.optional(constructedTag(3)));
  addRest(item, walk);
}

function versionText(field: DerElement | undefined): {
  text: string;
  json: number;
} {
  const number =
    field === undefined
      ? 0
      : smallInteger(
          readSingle(field.content, TAG.integer, "version"),
          "version",
        );
  if (number > 2)
    throw new DerError(`version ${number.toString()} is not 0, 1 or 2`);
  return { text: (number + 1).toString(), json: number + 1 };
}

function addValidity(item: Item, validity: () => DerElement): void {
  let times: Walk | undefined;
  const time = (what: string): (() => number) => {
    const element = times?.next(what, ...TIMES) ?? validity;
    return () => timeValue(element(), what);
  };
  try {
    times = new Walk(validity().content);
  } catch (error) {
    faultOf(error);
  }
  const notBefore = time("notBefore");
  const notAfter = time("notAfter");
  addFact(item.facts, "valid from", () => {
    item.notBefore = notBefore();
    return timeFact(item.notBefore);
  });
  addFact(item.facts, "valid until", () => {
    item.notAfter = notAfter();
    return timeFact(item.notAfter);
  });
}

/** The key, and its pin: SHA-256 of its SubjectPublicKeyInfo (RFC 7469 2.4). */
function addKey({ facts }: Item, element: () => DerElement): void {
  addFact(facts, "public key", () =>
    keyText(parseSubjectPublicKeyInfo(element().der)),
  );
  addFact(facts, "SPKI pin", () => pinOf(element().der));
}

export function pinOf(publicKeyInfo: Uint8Array): string {
  return `sha256/${encodeBase64(noble.hashes["SHA-256"].hash(publicKeyInfo))}`;
}

function addExtensions(item: Item, field: DerElement | undefined): void {
  if (field === undefined) return;
  const list = new Walk(field.content).optional(TAG.sequence);
  const walk = new Walk(list?.content ?? field.content);
  while (!walk.done) addExtension(item, walk.next("Extension", TAG.sequence));
  if (walk.fault !== undefined)
    item.extensions.push({ name: "extensions", value: "", fault: walk.fault });
}

function addExtension(item: Item, element: () => DerElement): void {
  let extension: Extension | undefined;
  try {
    const alone = sequence(element().der);
    [extension] = readExtensions(readSingle(alone, TAG.sequence, "extensions"));
  } catch (error) {
    item.extensions.push({
      name: "extension",
      value: "",
      fault: faultOf(error),
    });
  }
  if (extension === undefined) return;
  const { name, value, fault } = extensionFact(bearing(extension), extension);
  const twice = item.extensions.some((one) => one.name === name);
  item.extensions.push({
    name,
    value,
    ...(fault !== undefined && { fault }),
    ...(twice && { fault: "it stands twice" }),
  });
}

/**
 * A certificate with this extension alone, whose other fields say nothing: what
 * reads extensions reads them of certificates.
 */
function bearing({ oid, value }: Extension): Certificate {
  const empty = sequence();
  const algorithm = sequence(objectIdentifier(OID.ed25519));
  const extension = sequence(objectIdentifier(oid), octetString(value));
  return Certificate.parse(
    sequence(
      sequence(
        constructed(0, unsignedInteger(2)),
        unsignedInteger(1),
        algorithm,
        empty,
        sequence(time(0), time(0)),
        empty,
        empty,
        constructed(3, sequence(extension)),
      ),
      algorithm,
      bitString(new Uint8Array(1)),
    ),
  );
}

function requestFields(item: Item, walk: Walk): void {
  const { facts } = item;
  const version = walk.next("version", TAG.integer);
  addFact(facts, "version", () => {
    const number = smallInteger(version(), "version");
    return { text: (number + 1).toString(), json: number + 1 };
  });
  const subject = walk.next("subject", TAG.sequence);
  addFact(facts, "subject", () => nameOf(subject()));
  addKey(item, walk.next("subjectPKInfo", TAG.sequence));
  const attributes = walk.optional(constructedTag(0));
  if (attributes !== undefined) addAttributes(item, attributes);
  addRest(item, walk);
}

/** RFC 2985 5.4.2. */
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.9.2": "unstructuredName",
  "1.2.840.113549.1.9.7": "challengePassword",
};

function addAttributes(item: Item, attributes: DerElement): void {
  const walk = new Walk(attributes.content);
  for (let number = 1; !walk.done; number++) {
    const attribute = walk.next("Attribute", TAG.sequence);
    addFact(item.facts, `attribute ${number.toString()}`, () => {
      const parts = new Walk(attribute().content);
      const type = oidOf(parts.next("type", TAG.objectIdentifier)());
      const values = parts.next("values", TAG.set)();
      if (type === EXTENSION_REQUEST) addExtensions(item, values);
      return type === EXTENSION_REQUEST
        ? "extensionRequest"
        : (ATTRIBUTES[type] ?? type);
    });
  }
}

function crlFields(item: Item, walk: Walk): void {
  const { facts } = item;
  const version = walk.optional(TAG.integer);
  addFact(facts, "version", () => {
    const number = version === undefined ? 0 : smallInteger(version, "version");
    if (number > 1)
      throw new DerError(`version ${number.toString()} is not 0 or 1`);
    return { text: (number + 1).toString(), json: number + 1 };
  });
  walk.next("signature", TAG.sequence);
  const issuer = walk.next("issuer", TAG.sequence);
  addFact(facts, "issuer", () => nameOf(issuer()));
  const thisUpdate = walk.next("thisUpdate", ...TIMES);
  addFact(facts, "this update", () => timeOf(thisUpdate(), "thisUpdate"));
  const nextUpdate = walk.optional(...TIMES);
  addFact(facts, "next update", () =>
    nextUpdate === undefined ? "none" : timeOf(nextUpdate, "nextUpdate"),
  );
  const revoked = walk.optional(TAG.sequence);
  addFact(facts, "revoked", () => revokedText(revoked));
  addExtensions(item, walk.optional(constructedTag(0)));
  addRest(item, walk);
}

/** Serial numbers that are shown as text; JSON has all. */
const MOST_SHOWN = 20;

function revokedText(list: DerElement | undefined) {
  const serials: string[] = [];
  const walk = new Walk(list?.content ?? new Uint8Array());
  while (!walk.done) {
    const entry = new Walk(walk.next("entry", TAG.sequence)().content);
    const serial = entry.next("userCertificate", TAG.integer)();
    serials.push(serialText(integerBytes(serial, "userCertificate")));
  }
  if (walk.fault !== undefined) throw new DerError(walk.fault);
  const shown = serials.slice(0, MOST_SHOWN).join(", ");
  const more = serials.length > MOST_SHOWN ? ", …" : "";
  const count = serials.length.toString();
  return {
    text: serials.length === 0 ? "none" : `${count}: ${shown}${more}`,
    json: serials,
  };
}

function addRest({ facts }: Item, walk: Walk): void {
  const fault = walk.fault ?? (walk.done ? undefined : "trailing elements");
  if (fault !== undefined) facts.push({ name: "rest", value: "", fault });
}
