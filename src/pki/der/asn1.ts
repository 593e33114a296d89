/**
 * Writing DER: each function answers the bytes of one element, so that what was
 * received (a name, a key) can stand inside what is made without being decoded and
 * encoded again.
 */
import {
  asciiBytes,
  type Bytes,
  concat,
  NO_BYTES,
  utf8Bytes,
} from "../../bytes.ts";
import * as TAG from "../../x509/der/tags.ts";

const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

/** An element with a tag byte that is known already. */
export function elementWithTag(tag: number, content: Uint8Array): Bytes {
  return concat(Uint8Array.of(tag), lengthBytes(content.length), content);
}

/** X.690 10.1: the definite form, in the fewest bytes. */
function lengthBytes(length: number): Bytes {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes = numberBytes(length);
  return concat(Uint8Array.of(0x80 | bytes.length), bytes);
}

/** SEQUENCE of elements that are encoded already. */
export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return elementWithTag(TAG.sequence, concat(...parts));
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
  return elementWithTag(TAG.set, concat(...sorted));
}

/** `[n] EXPLICIT`, or `[n] IMPLICIT` of a SEQUENCE when given its content. */
export function constructed(
  tagNumber: number,
  ...parts: readonly Uint8Array[]
): Bytes {
  return elementWithTag(CONTEXT | CONSTRUCTED | tagNumber, concat(...parts));
}

/** `[n] IMPLICIT` of a simple type. */
export function primitive(tagNumber: number, content: Uint8Array): Bytes {
  return elementWithTag(CONTEXT | tagNumber, content);
}

/** @throws TypeError when the text is not a dotted OBJECT IDENTIFIER */
export function objectIdentifier(dotted: string): Bytes {
  if (!/^[012](\.(0|[1-9]\d*))+$/.test(dotted))
    throw new TypeError(`"${dotted}" is not a dotted OBJECT IDENTIFIER`);
  const [first = 0n, second = 0n, ...others] = dotted.split(".").map(BigInt);
  if (first < 2n && second > 39n)
    throw new TypeError(`"${dotted}" is not a dotted OBJECT IDENTIFIER`);
  return elementWithTag(
    TAG.objectIdentifier,
    concat(...[40n * first + second, ...others].map(arcBytes)),
  );
}

/** X.690 8.19.2: seven bits in a byte, the last byte without the high bit. */
function arcBytes(arc: bigint): Bytes {
  const bytes = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n)
    bytes.unshift(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from(bytes);
}

/** X.690 11.1: TRUE is FF. */
export function boolean(value: boolean): Bytes {
  return elementWithTag(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** NULL. */
export function nullValue(): Bytes {
  return elementWithTag(TAG.nullValue, NO_BYTES);
}

/** A non-negative INTEGER from a number or from big-endian bytes. */
export function unsignedInteger(value: number | Uint8Array): Bytes {
  return elementWithTag(TAG.integer, unsignedContent(value));
}

/** ENUMERATED, from 0 on. */
export function enumerated(value: number): Bytes {
  return elementWithTag(TAG.enumerated, unsignedContent(value));
}

/** OCTET STRING, primitive. */
export function octetString(content: Uint8Array): Bytes {
  return elementWithTag(TAG.octetString, content);
}

/** A BIT STRING of whole bytes: keys and signatures. */
export function bitString(content: Uint8Array): Bytes {
  return elementWithTag(TAG.bitString, concat(Uint8Array.of(0), content));
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
  return elementWithTag(
    TAG.bitString,
    concat(Uint8Array.of(unusedBits), content),
  );
}

/** UTF8String. */
export function utf8String(value: string): Bytes {
  return elementWithTag(TAG.utf8String, utf8Bytes(value));
}

/** @throws TypeError when X.680 41.4 has no place for a character */
export function printableString(value: string): Bytes {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value))
    throw new TypeError("not fit for an ASN.1 PrintableString");
  return elementWithTag(TAG.printableString, asciiBytes(value));
}

/** @param value ASCII, which the caller has checked */
export function ia5String(value: string): Bytes {
  return elementWithTag(TAG.ia5String, asciiBytes(value));
}

/**
 * Time as RFC 5280 4.1.2.5 has it: UTCTime through the year 2049 and
 * GeneralizedTime from 2050 on. Parts of a second are cut off.
 */
export function time(milliseconds: number): Bytes {
  const date = wholeSeconds(milliseconds);
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? elementWithTag(TAG.utcTime, asciiBytes(timeText(date).slice(2)))
    : generalizedTime(milliseconds);
}

/** GeneralizedTime whatever the year: OCSP. Parts of a second are cut off. */
export function generalizedTime(milliseconds: number): Bytes {
  const date = wholeSeconds(milliseconds);
  return elementWithTag(TAG.generalizedTime, asciiBytes(timeText(date)));
}

/** The time as RFC 5280 4.1.2.5.2 writes it: YYYYMMDDHHMMSSZ. */
function timeText(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/\D/g, "")}Z`;
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
