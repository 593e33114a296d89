/** DER by hand: every byte can be wrong on purpose. */
import { asciiBytes, concat, utf8Bytes } from "../../src/bytes.ts";
import { OID } from "../../src/x509/index.ts";

/** Tag, length, content. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  return concat(Uint8Array.of(tag), derLength(content.length), content);
}

function derLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256))
    bytes.unshift(left & 0xff);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

export const bytes = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values);
export const seq = (...parts: readonly Uint8Array[]): Uint8Array =>
  tlv(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array =>
  tlv(0x31, ...parts);
export const octets = (...parts: readonly Uint8Array[]): Uint8Array =>
  tlv(4, ...parts);
export const bits = (content: Uint8Array, unused = 0): Uint8Array =>
  tlv(3, bytes(unused), content);
export const bool = (value: boolean): Uint8Array =>
  tlv(1, bytes(value ? 0xff : 0));
export const utf8 = (text: string): Uint8Array => tlv(12, utf8Bytes(text));
export const printableString = (text: string): Uint8Array =>
  tlv(19, asciiBytes(text));
export const ia5 = (text: string): Uint8Array => tlv(22, asciiBytes(text));
/** Context tag, constructed. */
export const explicit = (n: number, ...parts: Uint8Array[]): Uint8Array =>
  tlv(0xa0 | n, ...parts);
/** Context tag, primitive. */
export const implicit = (n: number, content: Uint8Array): Uint8Array =>
  tlv(0x80 | n, content);

export function int(value: number | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return tlv(2, value);
  const digits: number[] = [];
  let left = value;
  do {
    digits.unshift(left & 0xff);
    left = Math.floor(left / 256);
  } while (left > 0);
  if ((digits[0] ?? 0) >= 0x80) digits.unshift(0);
  return tlv(2, Uint8Array.from(digits));
}

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const content: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128];
    for (
      let left = Math.floor(arc / 128);
      left > 0;
      left = Math.floor(left / 128)
    )
      groups.unshift(0x80 | (left % 128));
    content.push(...groups);
  }
  return tlv(6, Uint8Array.from(content));
}

/** UTCTime through 2049, else GeneralizedTime. Milliseconds since the epoch. */
export function time(ms: number): Uint8Array {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return ms < Date.UTC(2050, 0, 1)
    ? tlv(23, asciiBytes(text.slice(2)))
    : tlv(24, asciiBytes(text));
}

export const generalizedTime = (ms: number): Uint8Array =>
  tlv(24, asciiBytes(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")));

/** A name of one common name; empty text gives an empty name. */
export function name(commonName: string): Uint8Array {
  return commonName === "" ? seq() : seq(rdn(OID.commonName, utf8(commonName)));
}

export const rdn = (type: string, value: Uint8Array): Uint8Array =>
  set(seq(oid(type), value));
