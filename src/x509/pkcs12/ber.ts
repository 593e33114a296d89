/**
 * BER to DER: PKCS#12 files of older writers have indefinite lengths and
 * OCTET STRINGs in pieces (X.690 8.1.3.6, 8.7.3). What comes out can be read by
 * our strict reader; of DER nothing is changed.
 */
import { concat, concatAll } from "../../bytes.ts";
import * as TAG from "../der/tags.ts";
import { Pkcs12Error } from "./error.ts";

/**
 * DER of the one BER element that the bytes hold.
 *
 * @throws Pkcs12Error when the encoding is broken or nested too deeply
 */
export function berToDer(ber: Uint8Array): Uint8Array {
  const { der, next } = convert(ber, 0, ber.length, 0);
  if (next !== ber.length) throw broken("trailing bytes");
  return der;
}

const MOST_DEPTH = 24;
const CONSTRUCTED = 0x20;
const OCTETS_IN_PIECES = TAG.octetString | CONSTRUCTED;

interface Converted {
  readonly der: Uint8Array;
  /** Offset of the next element. */
  readonly next: number;
}

function convert(
  bytes: Uint8Array,
  at: number,
  end: number,
  depth: number,
): Converted {
  if (depth > MOST_DEPTH) throw broken("nested too deeply");
  const tag = bytes[at];
  if (tag === undefined || (tag & 0x1f) === 0x1f) throw broken("no tag");
  const { start, length } = readLength(bytes, at + 1, end);
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  if (!isConstructed) {
    if (length === undefined) throw broken("a primitive without a length");
    const content = bytes.subarray(start, start + length);
    return { der: derElement(tag, content), next: start + length };
  }
  const children: Uint8Array[] = [];
  const stop = length === undefined ? end : start + length;
  let from = start;
  for (;;) {
    if (length === undefined && isEndOfContents(bytes, from, end)) {
      from += 2;
      break;
    }
    if (length !== undefined && from === stop) break;
    const child = convert(bytes, from, stop, depth + 1);
    children.push(child.der);
    from = child.next;
  }
  return { der: joined(tag, children), next: from };
}

function joined(tag: number, children: readonly Uint8Array[]): Uint8Array {
  if (tag !== OCTETS_IN_PIECES) return derElement(tag, concatAll(children));
  return derElement(TAG.octetString, joinOctets(children));
}

/** The contents, side by side, of OCTET STRINGs in DER. */
export function joinOctets(pieces: readonly Uint8Array[]): Uint8Array {
  return concatAll(
    pieces.map((piece) => {
      if (piece[0] !== TAG.octetString) throw broken("a piece of other type");
      return piece.subarray(readLength(piece, 1, piece.length).start);
    }),
  );
}

/** `length` undefined: indefinite. */
function readLength(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly start: number; readonly length: number | undefined } {
  const first = at < end ? bytes[at] : undefined;
  if (first === undefined) throw broken("cut short");
  if (first === 0x80) return { start: at + 1, length: undefined };
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 4) throw broken("an oversized length");
  let length = count === 0 ? first : 0;
  for (let i = 1; i <= count; i++) length = length * 256 + (bytes[at + i] ?? 0);
  const start = at + 1 + count;
  if (start + length > end) throw broken("longer than what holds it");
  return { start, length };
}

function isEndOfContents(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 2 <= end && bytes[at] === 0 && bytes[at + 1] === 0;
}

/** An element in DER: the shortest form of its length. */
function derElement(tag: number, content: Uint8Array): Uint8Array {
  const digits: number[] = [];
  for (let left = content.length; left > 0; left >>>= 8)
    digits.unshift(left & 0xff);
  const length =
    content.length < 0x80
      ? [content.length]
      : [0x80 | digits.length, ...digits];
  return concat(Uint8Array.of(tag, ...length), content);
}

function broken(detail: string): Pkcs12Error {
  return new Pkcs12Error("malformed", detail);
}
