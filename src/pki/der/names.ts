/** Distinguished names and subjectAltName entries, written as DER. */
import { printable, utf8Bytes } from "../../bytes.ts";
import * as OID from "../../x509/der/oids.ts";
import {
  ia5String,
  objectIdentifier,
  primitive,
  printableString,
  sequence,
  setOf,
  utf8String,
} from "./asn1.ts";
import { ipAddressBytes } from "./ip-address.ts";

/** Attributes of a subject or an issuer (RFC 5280 4.1.2.4). */
export interface NameAttributes {
  /** Two letters, ISO 3166. */
  readonly country?: string;
  readonly state?: string;
  readonly locality?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly commonName?: string;
  readonly serialNumber?: string;
  readonly email?: string;
}

/** A string stands for a common name. */
export type NameInput = string | NameAttributes;

/**
 * DER of a Name: one RelativeDistinguishedName an attribute, from the country
 * down to the common name.
 *
 * @throws TypeError when an attribute is empty, too long or of wrong characters
 */
export function encodeName(input: NameInput): Uint8Array {
  const attributes: NameAttributes =
    typeof input === "string" ? { commonName: input } : input;
  const rdns: Uint8Array[] = [];
  for (const row of ATTRIBUTES) {
    const value = attributes[row.key];
    if (value === undefined) continue;
    const length = [...value].length;
    if (length === 0 || length > row.most)
      throw new TypeError(
        `the name's ${row.key} must have 1 to ${row.most.toString()} characters, not ${length.toString()}`,
      );
    rdns.push(
      setOf(sequence(objectIdentifier(row.oid), row.encode(value, row.key))),
    );
  }
  return sequence(...rdns);
}

interface AttributeRow {
  readonly key: keyof NameAttributes;
  readonly oid: string;
  /** The upper bound of RFC 5280 Appendix A.1, in characters. */
  readonly most: number;
  readonly encode: (value: string, key: string) => Uint8Array;
}

const ATTRIBUTES: readonly AttributeRow[] = [
  { key: "country", oid: "2.5.4.6", most: 2, encode: countryString },
  { key: "state", oid: "2.5.4.8", most: 128, encode: utf8String },
  { key: "locality", oid: "2.5.4.7", most: 128, encode: utf8String },
  { key: "organization", oid: "2.5.4.10", most: 64, encode: utf8String },
  { key: "organizationalUnit", oid: "2.5.4.11", most: 64, encode: utf8String },
  { key: "commonName", oid: OID.commonName, most: 64, encode: utf8String },
  { key: "serialNumber", oid: "2.5.4.5", most: 64, encode: printableString },
  { key: "email", oid: OID.emailAddress, most: 255, encode: emailString },
];

/** True when the text fits a common name (ub-common-name). */
export function fitsCommonName(text: string): boolean {
  const length = [...text].length;
  return length > 0 && length <= 64;
}

function countryString(value: string): Uint8Array {
  if (!/^[A-Za-z]{2}$/.test(value))
    throw new TypeError(`"${printable(value)}" is not a two-letter country`);
  return printableString(value.toUpperCase());
}

function emailString(value: string): Uint8Array {
  return ia5String(checkedEmail(value));
}

/** Names that a certificate is valid for, by kind. */
export interface AlternativeNames {
  /** DNS names (`*.` may stand in front) and IP addresses. */
  readonly hosts?: readonly string[];
  readonly emails?: readonly string[];
  readonly uris?: readonly string[];
}

/**
 * The content of GeneralNames, one element for each name; empty when there is
 * none.
 *
 * @throws TypeError when a name is not one of its kind
 */
export function encodeAlternativeNames(names: AlternativeNames): Uint8Array[] {
  const { hosts = [], emails = [], uris = [] } = names;
  return [
    ...hosts.map(encodeHost),
    ...emails.map((email) => primitive(1, utf8Bytes(checkedEmail(email)))),
    ...uris.map(encodeUri),
  ];
}

/** GeneralName of a URI: `[6]`. */
export function encodeUri(uri: string): Uint8Array {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/.test(uri))
    throw new TypeError(`"${printable(uri)}" is not an absolute URI`);
  return primitive(6, utf8Bytes(uri));
}

function encodeHost(host: string): Uint8Array {
  const address = ipAddressBytes(host);
  if (address !== undefined) return primitive(7, address);
  return primitive(2, utf8Bytes(checkedDnsName(host)));
}

/** RFC 5280 4.2.1.6 and RFC 9525 6.3: preferred name syntax, or a wildcard. */
function checkedDnsName(host: string): string {
  const labels = host.split(".");
  const from = labels[0] === "*" && labels.length > 1 ? 1 : 0;
  const label = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
  const wellFormed = labels.slice(from).every((part) => label.test(part));
  if (!wellFormed || host.length > 253)
    throw new TypeError(
      `"${printable(host)}" is neither a DNS name nor an IP address (write an internationalized name in its xn-- form)`,
    );
  return host;
}

function checkedEmail(email: string): string {
  if (!/^[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(email))
    throw new TypeError(`"${printable(email)}" is not an ASCII mail address`);
  return email;
}
