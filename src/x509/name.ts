/** Distinguished names: RFC 5280 4.1.2.4, compared as section 7.1 says. */
import { latin1, printable, toHex } from "../bytes.ts";
import type { DerReader } from "./der.ts";
import { DerError, objectIdentifier, readSingle } from "./der.ts";
import { stringText, TAG } from "./der.ts";
import { decoding } from "./errors.ts";
import { attributeName, OID } from "./oids.ts";

/** One attribute of a name. */
export interface AttributeTypeAndValue {
  /** Dotted OID. */
  readonly type: string;
  /** OpenSSL's long name of the type, or the dotted OID. */
  readonly name: string;
  /**
   * Text whatever the string type, embedded NULs kept. A value that is no
   * string is `#` and the hexadecimal of its DER, as RFC 4514 2.4 has it.
   */
  readonly value: string;
}

/** Attributes that stand together; nearly always one. */
export type RelativeDistinguishedName = readonly AttributeTypeAndValue[];

interface DecodedName {
  readonly rdns: readonly RelativeDistinguishedName[];
  /** One canonical string per RDN: equal strings are equal RDNs. */
  readonly keys: readonly string[];
}

/** A Name, decoded when it is first looked into. */
export class Name {
  /** A view on the DER inside what it was read from: do not write to it. */
  readonly der: Uint8Array;
  #decoded: DecodedName | undefined;
  #key: string | undefined;

  private constructor(der: Uint8Array) {
    this.der = der;
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
    return this.#decode().rdns;
  }

  /**
   * Canonical RDNs: case folded, white space collapsed, string type ignored
   * (RFC 5280 7.1). Two names are equal when these are.
   *
   * @throws X509Error `malformed_certificate`
   */
  get rdnKeys(): readonly string[] {
    return this.#decode().keys;
  }

  /** The canonical name as one string, for look-up tables. */
  get key(): string {
    this.#key ??= this.rdnKeys.join("");
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

  /** For messages: printable ASCII only, most significant RDN first. */
  toString(): string {
    const parts: string[] = [];
    for (const rdn of this.relativeDistinguishedNames)
      parts.push(
        rdn.map(({ name, value }) => `${name}=${printable(value)}`).join("+"),
      );
    return printable(parts.join(", "), 400);
  }

  #decode(): DecodedName {
    this.#decoded ??= decoding("malformed_certificate", () =>
      decodeName(this.der),
    );
    return this.#decoded;
  }
}

function decodeName(der: Uint8Array): DecodedName {
  const rdns: RelativeDistinguishedName[] = [];
  const keys: string[] = [];
  const reader = readSingle(der, TAG.sequence, "Name").reader();
  while (!reader.done) {
    const set = reader.read(TAG.set, "RelativeDistinguishedName").reader();
    if (set.done) throw new DerError("a RelativeDistinguishedName is empty");
    const rdn: AttributeTypeAndValue[] = [];
    const rdnKeys: string[] = [];
    while (!set.done) {
      const { attribute, key } = decodeAttribute(
        set.read(TAG.sequence, "AttributeTypeAndValue").reader(),
      );
      rdn.push(attribute);
      rdnKeys.push(key);
    }
    if (rdnKeys.length > 1) rdnKeys.sort();
    rdns.push(rdn);
    keys.push(`${rdnKeys.length.toString()}[${rdnKeys.join("")}]`);
  }
  return { rdns, keys };
}

function decodeAttribute(reader: DerReader): {
  attribute: AttributeTypeAndValue;
  key: string;
} {
  const type = objectIdentifier(
    reader.read(TAG.objectIdentifier, "attribute type"),
    "attribute type",
  );
  const element = reader.readAny("attribute value");
  reader.end("AttributeTypeAndValue");
  const text = stringText(element, "attribute value");
  const value = text ?? `#${toHex(element.der)}`;
  const folded = text === undefined ? latin1(element.der) : foldText(text);
  const kind = text === undefined ? "#" : "=";
  return {
    attribute: { type, name: attributeName(type), value },
    // The length keeps a value from running into the next one.
    key: `${type}${kind}${folded.length.toString()}:${folded}`,
  };
}

/**
 * RFC 5280 7.1, in the form that OpenSSL uses too: ASCII letters fold, outer
 * blanks go, inner runs of blanks become one.
 */
export function foldText(text: string): string {
  return text
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(/^[ \t\n\v\f\r]+/, "")
    .replace(/[ \t\n\v\f\r]+/g, " ")
    .replace(/ $/, "");
}
