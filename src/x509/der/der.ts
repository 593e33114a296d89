/**
 * A strict DER reader (X.690 clauses 8 and 10): one tag byte, definite lengths
 * in their shortest form, nothing after the end. It keeps offsets into the
 * bytes it was given and copies nothing. There is no recursion here: who reads
 * a structure walks down it by name, so depth is bounded by the code.
 */
import { type Bytes, latin1, unshared, utf8Text } from "../../bytes.ts";
import { keepOid, keptOid } from "./kept-oids.ts";
import * as TAG from "./tags.ts";

/** A fault of the encoding. The parsers above turn it into X509Error. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** A context-specific tag, primitive: `[n] IMPLICIT` of a simple type. */
export const contextTag = (number: number): number => 0x80 | number;
/** A context-specific tag, constructed: `[n] EXPLICIT`, or of a SEQUENCE. */
export const constructedTag = (number: number): number => 0xa0 | number;

/** One element: where it stands in the bytes. */
export class DerElement {
  readonly tag: number;
  readonly #bytes: Bytes;
  readonly #start: number;
  readonly #contentStart: number;
  readonly #end: number;

  constructor(
    bytes: Bytes,
    tag: number,
    start: number,
    contentStart: number,
    end: number,
  ) {
    this.#bytes = bytes;
    this.tag = tag;
    this.#start = start;
    this.#contentStart = contentStart;
    this.#end = end;
  }

  /** A view on tag, length and content. */
  get der(): Bytes {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** A view on the content alone. */
  get content(): Bytes {
    return this.#bytes.subarray(this.#contentStart, this.#end);
  }

  get length(): number {
    return this.#end - this.#contentStart;
  }

  /** A reader over the content. */
  reader(): DerReader {
    return new DerReader(this.#bytes, this.#contentStart, this.#end);
  }
}

/** Reads elements one after the other. */
export class DerReader {
  readonly #bytes: Bytes;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = unshared(bytes);
    this.#at = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** The tag of the next element, or -1 at the end. */
  get nextTag(): number {
    return this.done ? -1 : (this.#bytes[this.#at] ?? -1);
  }

  /** @throws DerError unless the next element has that tag */
  read(tag: number, what: string): DerElement {
    if (this.nextTag !== tag)
      throw new DerError(
        this.done
          ? `${what} is missing`
          : `${what} has tag 0x${this.nextTag.toString(16)} instead of 0x${tag.toString(16)}`,
      );
    return this.readAny(what);
  }

  /** The next element if it has that tag. */
  optional(tag: number, what: string): DerElement | undefined {
    return this.nextTag === tag ? this.readAny(what) : undefined;
  }

  /** The next element, whatever it is. */
  readAny(what: string): DerElement {
    const start = this.#at;
    const tag = this.#byte(what);
    if ((tag & 0x1f) === 0x1f)
      throw new DerError(`${what} has a tag of more than one byte`);
    let length = this.#byte(what);
    if (length >= 0x80) length = this.#longLength(length & 0x7f, what);
    const contentStart = this.#at;
    if (length > this.#end - contentStart)
      throw new DerError(`${what} is longer than what holds it`);
    this.#at = contentStart + length;
    return new DerElement(this.#bytes, tag, start, contentStart, this.#at);
  }

  /** @throws DerError when bytes are left */
  end(what: string): void {
    if (!this.done) throw new DerError(`${what} has trailing bytes`);
  }

  #byte(what: string): number {
    if (this.#at >= this.#end) throw new DerError(`${what} is cut short`);
    return this.#bytes[this.#at++] ?? 0;
  }

  #longLength(count: number, what: string): number {
    // X.690 10.1: definite, and in the fewest bytes. Four bytes are plenty.
    if (count === 0) throw new DerError(`${what} has an indefinite length`);
    if (count > 4) throw new DerError(`${what} has an oversized length`);
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte(what);
    if (length < 0x80 || length < 2 ** (8 * (count - 1)))
      throw new DerError(`${what} has a length that is not minimal`);
    return length;
  }
}

/** The only element of the bytes, with that tag and nothing after it. */
export function readSingle(
  bytes: Uint8Array,
  tag: number,
  what: string,
): DerElement {
  const reader = new DerReader(bytes);
  const element = reader.read(tag, what);
  reader.end(what);
  return element;
}

/** X.690 11.1: FALSE is 00 and TRUE is FF. */
export function booleanValue(element: DerElement, what: string): boolean {
  const [byte] = element.content;
  if (element.length !== 1 || (byte !== 0 && byte !== 0xff))
    throw new DerError(`${what} is not a DER BOOLEAN`);
  return byte === 0xff;
}

/** A view on the two's complement bytes of an INTEGER, checked to be minimal. */
export function integerBytes(element: DerElement, what: string): Bytes {
  const content = element.content;
  const [first, second = 0] = content;
  if (first === undefined) throw new DerError(`${what} is an empty INTEGER`);
  if (
    content.length > 1 &&
    ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  )
    throw new DerError(`${what} is an INTEGER that is not minimal`);
  return content;
}

/** A positive INTEGER as big-endian bytes without the sign byte. */
export function unsignedBytes(element: DerElement, what: string): Bytes {
  const content = integerBytes(element, what);
  const first = content[0] ?? 0;
  if (first >= 0x80) throw new DerError(`${what} is negative`);
  return first === 0 ? content.subarray(1) : content;
}

/** A small non-negative INTEGER (or ENUMERATED). */
export function smallInteger(element: DerElement, what: string): number {
  const content = unsignedBytes(element, what);
  if (content.length > 4) throw new DerError(`${what} is too big`);
  let value = 0;
  for (const byte of content) value = value * 256 + byte;
  return value;
}

/** The bytes of a BIT STRING that must be whole bytes: keys and signatures. */
export function bitStringBytes(element: DerElement, what: string): Bytes {
  const content = element.content;
  if (content.length === 0 || content[0] !== 0)
    throw new DerError(`${what} is not a BIT STRING of whole bytes`);
  return content.subarray(1);
}

/**
 * A named bit list, bit 0 in the result's lowest bit. X.690 11.2.1: unused bits
 * are zero. Trailing zero bits, which 11.2.2 leaves out, stand in roots of the
 * web and are let through: they change no meaning.
 */
export function namedBits(element: DerElement, what: string): number {
  const content = element.content;
  const unused = content[0];
  const last = content[content.length - 1] ?? 0;
  if (unused === undefined || unused > 7 || content.length > 4)
    throw new DerError(`${what} is not a bit list`);
  if (content.length === 1) {
    if (unused !== 0) throw new DerError(`${what} is not a bit list`);
    return 0;
  }
  if ((last & ((1 << unused) - 1)) !== 0)
    throw new DerError(`${what} has unused bits that are set`);
  let bits = 0;
  for (let i = 0; i < 8 * (content.length - 1); i++)
    if (((content[1 + (i >> 3)] ?? 0) & (0x80 >> (i & 7))) !== 0)
      bits |= 1 << i;
  return bits;
}

/** The dotted form of an OBJECT IDENTIFIER (or of a RELATIVE one's content). */
export function objectIdentifier(element: DerElement, what: string): string {
  const content = element.content;
  if (content.length === 0 || content.length > 256)
    throw new DerError(`${what} is no OBJECT IDENTIFIER`);
  const kept = keptOid(content);
  if (kept !== undefined) return kept;
  const dotted = dottedForm(content, what);
  keepOid(content, dotted);
  return dotted;
}

function dottedForm(content: Uint8Array, what: string): string {
  let dotted = "";
  let at = 0;
  while (at < content.length) {
    let end = at;
    while (((content[end] ?? 0) & 0x80) !== 0) end++;
    if (end >= content.length || end - at > 19 || content[at] === 0x80)
      throw new DerError(`${what} is no OBJECT IDENTIFIER`);
    const arc = readArc(content.subarray(at, end + 1));
    dotted +=
      dotted === "" ? firstTwoArcs(content[0] ?? 0, arc) : `.${arc.toString()}`;
    at = end + 1;
  }
  return dotted;
}

function readArc(bytes: Uint8Array): number | bigint {
  if (bytes.length > 6) {
    let big = 0n;
    for (const byte of bytes) big = big * 128n + BigInt(byte & 0x7f);
    return big;
  }
  let arc = 0;
  for (const byte of bytes) arc = arc * 128 + (byte & 0x7f);
  return arc;
}

function firstTwoArcs(firstByte: number, arc: number | bigint): string {
  if (firstByte < 80)
    return `${Math.floor(firstByte / 40).toString()}.${(firstByte % 40).toString()}`;
  return typeof arc === "bigint"
    ? `2.${(arc - 80n).toString()}`
    : `2.${(arc - 80).toString()}`;
}

/**
 * UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 has them: seconds present,
 * no fraction, ends in Z. Milliseconds since the epoch.
 */
export function timeValue(element: DerElement, what: string): number {
  const utc = element.tag === TAG.utcTime;
  if (!utc && element.tag !== TAG.generalizedTime)
    throw new DerError(`${what} is not a time`);
  const content = element.content;
  const rest = utc ? 2 : 4;
  const digits = content.length - 1;
  let wellFormed = digits === rest + 10 && content[digits] === 0x5a;
  for (let i = 0; i < digits; i++)
    wellFormed &&= (content[i] ?? 0) >= 0x30 && (content[i] ?? 0) <= 0x39;
  if (!wellFormed)
    throw new DerError(`${what} is not in the form YYMMDDhhmmssZ`);
  const pair = (at: number): number =>
    10 * (content[at] ?? 0) + (content[at + 1] ?? 0) - 11 * 0x30;
  // RFC 5280 4.1.2.5.1: two digits from 50 on are in the twentieth century.
  const century = utc ? (pair(0) >= 50 ? 19 : 20) : pair(0);
  const year = 100 * century + pair(rest - 2);
  const [month, day] = [pair(rest), pair(rest + 2)];
  const [hour, minute] = [pair(rest + 4), pair(rest + 6)];
  const second = pair(rest + 8);
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59)
    throw new DerError(`${what} is not a date that exists`);
  // Date.UTC takes years 0 to 99 for 1900 to 1999; the calendar repeats
  // every 400 years.
  return Date.UTC(year + 400, month - 1, day, hour, minute, second) - YEARS_400;
}

const YEARS_400 = 146_097 * 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(year: number, month: number, day: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

/** IA5String content: ASCII, or an error. */
export function ia5Text(content: Uint8Array, what: string): string {
  for (const byte of content)
    if (byte > 0x7f) throw new DerError(`${what} is not ASCII`);
  return latin1(content);
}

/** Text of any of X.520's string types; undefined for any other tag. */
export function stringText(
  element: DerElement,
  what: string,
): string | undefined {
  const content = element.content;
  switch (element.tag) {
    case TAG.utf8String: {
      const text = utf8Text(content);
      if (text === undefined) throw new DerError(`${what} is not UTF-8`);
      return text;
    }
    case TAG.numericString:
    case TAG.printableString:
    case TAG.teletexString:
    case TAG.ia5String:
    case TAG.visibleString:
      return latin1(content);
    case TAG.bmpString:
      return wideText(content, 2, what);
    case TAG.universalString:
      return wideText(content, 4, what);
    default:
      return undefined;
  }
}

function wideText(content: Uint8Array, width: 2 | 4, what: string): string {
  if (content.length % width !== 0)
    throw new DerError(`${what} is cut inside a character`);
  let text = "";
  for (let at = 0; at < content.length; at += width) {
    let code = 0;
    for (let i = 0; i < width; i++) code = code * 256 + (content[at + i] ?? 0);
    if (code > 0x10ffff) throw new DerError(`${what} has no such character`);
    text += String.fromCodePoint(code);
  }
  return text;
}
