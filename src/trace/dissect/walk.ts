/** Walks through a message and names each field that it passes. */
import { printable, toHex } from "../../bytes.ts";
import { names } from "../words.ts";

/** A field as it lies on the wire. */
export interface WireField {
  readonly name: string;
  /** Its value in words; nothing of the peer stands here raw. */
  readonly value: string;
  /** The section that defines it, as in "RFC 9846 4.2.2". */
  readonly section: string;
  /** The number of fields that it stands inside of. */
  readonly depth: number;
  /** Its own bytes; those of what it holds belong to the fields that follow. */
  readonly bytes: Uint8Array;
  /** Bytes of the length that it has before its content; 0 where it has none. */
  readonly lengthBytes: number;
  /** True where its content are the fields that follow, and none of its bytes. */
  readonly holds: boolean;
}

/** Ends a walk whose bytes end before their fields do. */
export class TooShort extends Error {
  override readonly name = "TooShort";
}

type Words = (code: number) => string;

/** A cursor; the bytes of its fields, one after the other, are the message. */
export class Walk {
  readonly fields: WireField[] = [];
  /** The section of the fields that follow. */
  section: string;
  readonly #bytes: Uint8Array;
  #at = 0;
  #end: number;
  #depth = 0;

  constructor(bytes: Uint8Array, section: string) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.section = section;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  /** A field of that many bytes. */
  opaque(name: string, length: number, show: (b: Uint8Array) => string): void {
    const bytes = this.#take(length);
    this.#add(name, show(bytes), bytes);
  }

  /** An unsigned number of 1 to 4 bytes; returns it. */
  number(name: string, size: number, words: Words = String): number {
    const bytes = this.#take(size);
    const value = toNumber(bytes);
    this.#add(name, words(value), bytes);
    return value;
  }

  /** Bytes after their length, which takes `size` bytes. */
  vector(name: string, size: number, show = lengthOf): void {
    const start = this.#at;
    const bytes = this.#take(this.#length(size));
    const whole = this.#bytes.subarray(start, this.#at);
    this.#add(name, show(bytes), whole, size);
  }

  /** A vector of numbers, as one field. */
  list(name: string, size: number, itemSize: number, words: Words): void {
    this.vector(name, size, (bytes) => {
      const codes: number[] = [];
      for (let at = 0; at < bytes.length; at += itemSize)
        codes.push(toNumber(bytes.subarray(at, at + itemSize)));
      return names(codes, words);
    });
  }

  /** A vector whose content is walked through by `inside`, until it ends. */
  inside(name: string, size: number, inside: () => void): void {
    const start = this.#at;
    const length = this.#length(size);
    const prefix = this.#bytes.subarray(start, this.#at);
    this.#add(name, plural(length), prefix, size, true);
    this.#within(length, () => {
      while (this.left > 0) inside();
    });
  }

  /**
   * A field of its own `head` bytes, the last two a length, that others of `length`
   * bytes belong to.
   */
  group(name: string, head: number, length: number, inside: () => void): void {
    this.#need(head + length);
    this.#add(name, plural(length), this.#take(head), 2, true);
    this.#within(length, inside);
  }

  /** All that is left here, where there is something. */
  rest(name: string, show = lengthOf): void {
    if (this.left > 0) this.opaque(name, this.left, show);
  }

  /** A look at bytes ahead, undefined where they are not there. */
  peek(offset: number, size: number): number | undefined {
    const at = this.#at + offset;
    return at + size > this.#end
      ? undefined
      : toNumber(this.#bytes.subarray(at, at + size));
  }

  /** Runs a walk; bytes that it does not get through are a field too. */
  guarded(walk: () => void): void {
    const [end, depth, section] = [this.#end, this.#depth, this.section];
    try {
      walk();
    } catch (error) {
      if (!(error instanceof TooShort)) throw error;
    }
    this.#end = end;
    this.#depth = depth;
    this.section = section;
    this.rest("malformed", (bytes) => `${plural(bytes.length)} do not parse`);
  }

  #within(length: number, walk: () => void): void {
    const end = this.#end;
    this.#end = this.#at + length;
    this.#depth++;
    this.guarded(walk);
    this.#depth--;
    this.#end = end;
  }

  /** The length before a vector that is all there; moves behind it. */
  #length(size: number): number {
    this.#need(size);
    const length = this.peek(0, size) ?? 0;
    this.#need(size + length);
    this.#at += size;
    return length;
  }

  #take(length: number): Uint8Array {
    this.#need(length);
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  #need(length: number): void {
    if (length > this.left) throw new TooShort();
  }

  #add(
    name: string,
    value: string,
    bytes: Uint8Array,
    lengthBytes = 0,
    holds = false,
  ): void {
    const { section } = this;
    const depth = this.#depth;
    this.fields.push({
      ...{ name, value, section, depth, bytes },
      ...{ lengthBytes, holds },
    });
  }
}

/** Its length in words. */
export function lengthOf(bytes: Uint8Array): string {
  return plural(bytes.length);
}

/** The bytes in hexadecimal, as far as they fit on a line. */
export function hexOf(bytes: Uint8Array): string {
  const most = 32;
  const more = bytes.length > most ? `… (${plural(bytes.length)})` : "";
  return `${toHex(bytes.subarray(0, most))}${more}` || "empty";
}

/** A name of the peer's, escaped. */
export function textOf(bytes: Uint8Array): string {
  return printable(String.fromCharCode(...bytes.subarray(0, 256)));
}

function plural(length: number): string {
  return length === 1 ? "1 byte" : `${length} bytes`;
}

function toNumber(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
