/** Distinguished names: RFC 5280 4.1.2.4, compared as section 7.1 says. */
import { type Bytes, unshared, latin1, printable, toHex } from "../../bytes.ts";
import type { DerElement } from "../der/der.ts";
import {
  DerError,
  DerReader,
  objectIdentifier,
  readSingle,
} from "../der/der.ts";
import { stringText } from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import * as OID from "../der/oids.ts";

/** One attribute of a name. */
export interface AttributeTypeAndValue {
  /** Dotted OID; `attributeName` has its name. */
  readonly type: string;
  /**
   * Text whatever the string type, embedded NULs kept. A value that is no
   * string is `#` and the hexadecimal of its DER, as RFC 4514 2.4 has it.
   */
  readonly value: string;
}

/** Attributes that stand together; nearly always one. */
export type RelativeDistinguishedName = readonly AttributeTypeAndValue[];

/**
 * A Name, decoded when it is first looked into. What names are compared by is
 * kept apart from what people read: most names are only ever compared.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 * import { attributeName, opensslNameHash } from "puretls/x509";
 *
 * const made = createSelfSigned({ provider, hosts: ["a.example"] });
 * const { subject } = made.certificate;
 * for (const [attribute] of subject.relativeDistinguishedNames)
 *   if (attribute) console.log(attributeName(attribute.type), attribute.value);
 * if (opensslNameHash(provider, subject).length !== 8) throw new Error();
 * ```
 */
export class Name {
  /** A view on the DER inside what it was read from: do not write to it. */
  readonly der: Bytes;
  #rdns: readonly RelativeDistinguishedName[] | undefined;
  #rdnKeys: readonly string[] | undefined;
  #key: string | undefined;

  private constructor(der: Uint8Array) {
    this.der = unshared(der);
  }

  /** Takes a view on a SEQUENCE; its inside is checked on first use. */
  static over(der: Uint8Array): Name {
    return new Name(der);
  }

  get isEmpty(): boolean {
    return this.der.length <= 2;
  }

  /**
   * RDNs in DER order.
   *
   * @throws X509Error `malformed_certificate`
   */
  get relativeDistinguishedNames(): readonly RelativeDistinguishedName[] {
    this.#rdns ??= decodeName(this.der, readAttribute);
    return this.#rdns;
  }

  /**
   * Canonical RDNs: case folded, white space collapsed, string type ignored
   * (RFC 5280 7.1). Two names are equal when these are.
   *
   * @throws X509Error `malformed_certificate`
   */
  get rdnKeys(): readonly string[] {
    this.#rdnKeys ??= readKeys(this.der);
    return this.#rdnKeys;
  }

  /** The canonical name as one string, for look-up tables. */
  get key(): string {
    this.#key ??= (this.#rdnKeys ?? readKeys(this.der)).join("");
    return this.#key;
  }

  equals(other: Name): boolean {
    return this.key === other.key;
  }

  /** All values of an attribute type, in order. */
  values(type: string): string[] {
    const found: string[] = [];
    for (const rdn of this.relativeDistinguishedNames)
      for (const attribute of rdn)
        if (attribute.type === type) found.push(attribute.value);
    return found;
  }

  get commonNames(): string[] {
    return this.values(OID.commonName);
  }

  /**
   * For messages: printable ASCII only, most significant RDN first, with the
   * commonest types by name. No longer than a message may be, however long the
   * name is.
   */
  toString(): string {
    let text = "";
    for (const rdn of this.relativeDistinguishedNames) {
      if (text.length > LONGEST_TEXT) break;
      const shown = rdn
        .slice(0, LONGEST_TEXT)
        .map(
          ({ type, value }) =>
            `${SHORT_NAMES[type] ?? type}=${printable(value)}`,
        );
      text += `${text === "" ? "" : ", "}${shown.join("+")}`;
    }
    return printable(text, LONGEST_TEXT);
  }
}

/** Characters. */
const LONGEST_TEXT = 400;

const SHORT_NAMES: Readonly<Partial<Record<string, string>>> = {
  [OID.commonName]: "commonName",
  [OID.serialNumber]: "serialNumber",
  [OID.countryName]: "countryName",
  [OID.localityName]: "localityName",
  [OID.stateOrProvinceName]: "stateOrProvinceName",
  [OID.organizationName]: "organizationName",
  [OID.organizationalUnitName]: "organizationalUnitName",
  [OID.domainComponent]: "domainComponent",
  [OID.emailAddress]: "emailAddress",
};

/** One canonical string per RDN: equal strings are equal RDNs. */
function readKeys(der: Uint8Array): string[] {
  return decodeName(der, readAttributeKey).map(rdnKey);
}

function rdnKey(keys: string[]): string {
  if (keys.length > 1) keys.sort();
  return `${keys.length.toString()}[${keys.join("")}]`;
}

/**
 * The {@link Name.key} of a name relative to another one: RFC 5280 4.2.1.13's
 * nameRelativeToCRLIssuer.
 *
 * @param relative content of a RelativeDistinguishedName
 * @throws X509Error `malformed_certificate`
 */
export function relativeKey(base: Name, relative: Uint8Array): string {
  return decoding(fault.malformed_certificate, () => {
    const rdn = readRdn(new DerReader(relative), readAttributeKey);
    return base.key + rdnKey(rdn);
  });
}

/** Walks a Name: what `read` makes of each attribute, RDN by RDN. */
function decodeName<T>(
  der: Uint8Array,
  read: (type: string, element: DerElement) => T,
): T[][] {
  return decoding(fault.malformed_certificate, () => {
    const rdns: T[][] = [];
    const reader = readSingle(der, TAG.sequence, "Name").reader();
    while (!reader.done) {
      const set = reader.read(TAG.set, "RelativeDistinguishedName");
      rdns.push(readRdn(set.reader(), read));
    }
    return rdns;
  });
}

function readRdn<T>(
  set: DerReader,
  read: (type: string, element: DerElement) => T,
): T[] {
  if (set.done) throw new DerError("a RelativeDistinguishedName is empty");
  const rdn: T[] = [];
  while (!set.done) {
    const attribute = set.read(TAG.sequence, "AttributeTypeAndValue").reader();
    const type = objectIdentifier(
      attribute.read(TAG.objectIdentifier, "attribute type"),
      "attribute type",
    );
    const element = attribute.readAny("attribute value");
    attribute.end("AttributeTypeAndValue");
    rdn.push(read(type, element));
  }
  return rdn;
}

function readAttribute(
  type: string,
  element: DerElement,
): AttributeTypeAndValue {
  const text = stringText(element, "attribute value");
  const value = text ?? `#${toHex(element.der)}`;
  return { type, value };
}

function readAttributeKey(type: string, element: DerElement): string {
  const text = stringText(element, "attribute value");
  const folded = text === undefined ? latin1(element.der) : foldText(text);
  const kind = text === undefined ? "#" : "=";
  // The length keeps a value from running into the next one.
  return `${type}${kind}${folded.length.toString()}:${folded}`;
}

/**
 * RFC 5280 7.1, in the form that OpenSSL uses too: ASCII letters fold, outer
 * blanks go, inner runs of blanks become one.
 */
export function foldText(text: string): string {
  // Nearly all names are printable ASCII and have no blanks to fold.
  if (!/[^ -~]/.test(text) && !/^ | {2}| $/.test(text))
    return text.toLowerCase();
  return text
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(/^[ \t\n\v\f\r]+/, "")
    .replace(/[ \t\n\v\f\r]+/g, " ")
    .replace(/ $/, "");
}
