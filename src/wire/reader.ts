import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";

/**
 * Reads TLS presentation language (RFC 9846 3). Every slip is
 * `malformed_message`, and {@link Reader.all} makes trailing bytes one too, so
 * that no parser can forget the check. What it hands out are views.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  /** Parses the whole of `bytes`: what is left over is an error. */
  static all<T>(
    bytes: Uint8Array,
    what: string,
    parse: (reader: Reader) => T,
  ): T {
    const reader = new Reader(bytes, what);
    const value = parse(reader);
    reader.end();
    return value;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    this.#need(1);
    return this.#byte();
  }

  u16(): number {
    this.#need(2);
    return (this.#byte() << 8) | this.#byte();
  }

  u24(): number {
    this.#need(3);
    return (this.#byte() << 16) | (this.#byte() << 8) | this.#byte();
  }

  u32(): number {
    this.#need(4);
    return this.u16() * 0x10000 + this.u16();
  }

  bytes(length: number): Uint8Array {
    this.#need(length);
    const view = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return view;
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.bytes(this.left);
  }

  /** A reader of the same bytes that moves by itself: a look ahead. */
  fork(): Reader {
    const copy = new Reader(this.#bytes, this.#what);
    copy.#at = this.#at;
    return copy;
  }

  /** `opaque x<least..2^8-1>` */
  opaque8(least = 0): Uint8Array {
    return this.#opaque(this.u8(), least);
  }

  /** `opaque x<least..2^16-1>` */
  opaque16(least = 0): Uint8Array {
    return this.#opaque(this.u16(), least);
  }

  /** `opaque x<least..2^24-1>` */
  opaque24(least = 0): Uint8Array {
    return this.#opaque(this.u24(), least);
  }

  /** `T x<..2^8-1>`: items until the vector ends; at least `least` of them. */
  list8<T>(item: (reader: Reader) => T, least = 0): T[] {
    return this.#list(this.opaque8(), item, least);
  }

  /** `T x<..2^16-1>` */
  list16<T>(item: (reader: Reader) => T, least = 0): T[] {
    return this.#list(this.opaque16(), item, least);
  }

  /** `T x<..2^24-1>` */
  list24<T>(item: (reader: Reader) => T, least = 0): T[] {
    return this.#list(this.opaque24(), item, least);
  }

  end(): void {
    if (this.left !== 0) throw this.#malformed(`${this.left} bytes too many`);
  }

  #opaque(length: number, least: number): Uint8Array {
    if (length < least) throw this.#malformed("a vector that is too short");
    return this.bytes(length);
  }

  #list<T>(bytes: Uint8Array, item: (r: Reader) => T, least: number): T[] {
    const reader = new Reader(bytes, this.#what);
    const items: T[] = [];
    while (reader.left > 0) items.push(item(reader));
    if (items.length < least) throw this.#malformed("an empty list");
    return items;
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  #need(length: number): void {
    if (this.left < length) throw this.#malformed("it ends too early");
  }

  #malformed(detail: string): TlsError {
    // [9846-6-06]
    return new TlsError(reason.malformed_message, {
      detail: `${this.#what}: ${detail}`,
    });
  }
}
