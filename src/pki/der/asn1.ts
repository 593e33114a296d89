/**
 * Writing DER with asn1js: each function answers the bytes of one element, so
 * that what was received (a name, a key) can stand inside what is made without
 * being decoded and encoded again.
 */
import * as asn1js from "asn1js";
import { type Bytes, concat } from "../../bytes.ts";

interface Encodable {
  toBER(): ArrayBuffer;
}

function encode(block: Encodable): Bytes {
  return new Uint8Array(block.toBER());
}

const UNIVERSAL = 1;
const CONTEXT = 3;

/** An element with a tag byte that is known already. */
export function elementWithTag(tag: number, content: Uint8Array): Bytes {
  return element((tag >> 6) + 1, tag & 0x1f, (tag & 0x20) !== 0, content);
}

function element(
  tagClass: number,
  tagNumber: number,
  isConstructed: boolean,
  content: Uint8Array,
): Bytes {
  const block = new asn1js.Primitive({
    idBlock: { tagClass, tagNumber },
    valueHex: content,
  });
  block.idBlock.isConstructed = isConstructed;
  return encode(block);
}

/** SEQUENCE of elements that are encoded already. */
export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return element(UNIVERSAL, 16, true, concat(...parts));
}

/** SEQUENCE OF any number of elements: a call takes only so many arguments. */
export function sequenceOf(parts: readonly Uint8Array[]): Bytes {
  const joined: Uint8Array[] = [];
  for (let at = 0; at < parts.length; at += 1000)
    joined.push(concat(...parts.slice(at, at + 1000)));
  return sequence(...joined);
}

/** SET OF: X.690 11.6 wants the elements in the order of their encodings. */
export function setOf(...parts: readonly Uint8Array[]): Bytes {
  const sorted = [...parts].sort(compareBytes);
  return element(UNIVERSAL, 17, true, concat(...sorted));
}

/** `[n] EXPLICIT`, or `[n] IMPLICIT` of a SEQUENCE when given its content. */
export function constructed(
  tagNumber: number,
  ...parts: readonly Uint8Array[]
): Bytes {
  return element(CONTEXT, tagNumber, true, concat(...parts));
}

/** `[n] IMPLICIT` of a simple type. */
export function primitive(tagNumber: number, content: Uint8Array): Bytes {
  return element(CONTEXT, tagNumber, false, content);
}

/** @throws TypeError when the text is not a dotted OBJECT IDENTIFIER */
export function objectIdentifier(dotted: string): Bytes {
  if (!/^[012](\.(0|[1-9]\d*))+$/.test(dotted))
    throw new TypeError(`"${dotted}" is not a dotted OBJECT IDENTIFIER`);
  return encode(new asn1js.ObjectIdentifier({ value: dotted }));
}

/** X.690 11.1: TRUE is FF. */
export function boolean(value: boolean): Bytes {
  return encode(new asn1js.Boolean({ value }));
}

/** NULL. */
export function nullValue(): Bytes {
  return encode(new asn1js.Null());
}

/** A non-negative INTEGER from a number or from big-endian bytes. */
export function unsignedInteger(value: number | Uint8Array): Bytes {
  return element(UNIVERSAL, 2, false, unsignedContent(value));
}

/** ENUMERATED, from 0 on. */
export function enumerated(value: number): Bytes {
  return element(UNIVERSAL, 10, false, unsignedContent(value));
}

/** OCTET STRING, primitive. */
export function octetString(content: Uint8Array): Bytes {
  return element(UNIVERSAL, 4, false, content);
}

/** A BIT STRING of whole bytes: keys and signatures. */
export function bitString(content: Uint8Array): Bytes {
  return encode(new asn1js.BitString({ valueHex: content }));
}

/**
 * A named bit list from the numbers of the bits that are set. X.690 11.2.2:
 * trailing zero bits are left out.
 */
export function namedBits(bits: readonly number[]): Bytes {
  const last = Math.max(-1, ...bits);
  const content = new Uint8Array((last + 8) >> 3);
  for (const bit of bits)
    content[bit >> 3] = (content[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  const unusedBits = 8 * content.length - (last + 1);
  return encode(new asn1js.BitString({ valueHex: content, unusedBits }));
}

/** UTF8String. */
export function utf8String(value: string): Bytes {
  return encode(new asn1js.Utf8String({ value }));
}

/** @throws TypeError when X.680 41.4 has no place for a character */
export function printableString(value: string): Bytes {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value))
    throw new TypeError("not fit for an ASN.1 PrintableString");
  return encode(new asn1js.PrintableString({ value }));
}

/** @param value ASCII, which the caller has checked */
export function ia5String(value: string): Bytes {
  return encode(new asn1js.IA5String({ value }));
}

/**
 * Time as RFC 5280 4.1.2.5 has it: UTCTime through the year 2049 and
 * GeneralizedTime from 2050 on. Parts of a second are cut off.
 */
export function time(milliseconds: number): Bytes {
  const date = wholeSeconds(milliseconds);
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? encode(new asn1js.UTCTime({ valueDate: date }))
    : encode(new asn1js.GeneralizedTime({ valueDate: date }));
}

/** GeneralizedTime whatever the year: OCSP. Parts of a second are cut off. */
export function generalizedTime(milliseconds: number): Bytes {
  const date = wholeSeconds(milliseconds);
  return encode(new asn1js.GeneralizedTime({ valueDate: date }));
}

function wholeSeconds(milliseconds: number): Date {
  const date = new Date(1000 * Math.floor(milliseconds / 1000));
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999))
    throw new TypeError("a time must lie in the years 1 to 9999");
  return date;
}

/** X.690 8.3.2: the fewest bytes, and a zero before a leading one bit. */
function unsignedContent(value: number | Uint8Array): Uint8Array {
  const bytes = typeof value === "number" ? numberBytes(value) : value;
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const content = bytes.subarray(start);
  return content.length === 0 || (content[0] ?? 0) >= 0x80
    ? concat(Uint8Array.of(0), content)
    : content;
}

function numberBytes(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new TypeError("an INTEGER must be a whole number from 0 on");
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256))
    bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
