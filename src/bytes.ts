/**
 * Byte helpers that every floor may use. Nothing here knows what the bytes
 * mean, and nothing needs more than ECMAScript 2022: there is no `TextEncoder`
 * in QuickJS.
 */

/**
 * Bytes as this library returns them: over an ArrayBuffer and never over shared
 * memory, so that `Blob`, `Response` and WebCrypto take them. The same as
 * `Uint8Array` in versions of TypeScript in which that has no parameter.
 */
export type Bytes = ReturnType<Uint8ArrayConstructor["of"]>;

/** An empty array, shared: nobody can write to it. */
export const NO_BYTES: Bytes = new Uint8Array(0);

/** Joins arrays into a new one that belongs to the caller. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  return concatAll(parts);
}

/**
 * The same for any number of arrays: arguments have a limit. `allocate` makes
 * an array of which every byte will be written.
 */
export function concatAll(parts: readonly Uint8Array[]): Bytes;
export function concatAll(
  parts: readonly Uint8Array[],
  allocate: ((length: number) => Uint8Array) | undefined,
): Uint8Array;
export function concatAll(
  parts: readonly Uint8Array[],
  allocate = (length: number): Uint8Array => new Uint8Array(length),
): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = allocate(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Compares without an early exit, so that the time taken does not tell where
 * two arrays differ. Lengths are public: arrays of different length are
 * unequal at once.
 */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Overwrites with zeros. A collector may have made copies: see SECURITY.md. */
export function wipe(...arrays: readonly Uint8Array[]): void {
  for (const array of arrays) array.fill(0);
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/**
 * Bytes of a hexadecimal string; white space and colons between digits are
 * allowed.
 *
 * @throws TypeError when a character is not a digit or the count is odd
 */
export function fromHex(hex: string): Bytes {
  const digits = hex.replace(/[\s:]/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits))
    throw new TypeError("not a hexadecimal string with an even digit count");
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/**
 * The bytes of an ASCII string.
 *
 * @throws TypeError when a character is above U+007F
 */
export function asciiBytes(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) throw new TypeError("not an ASCII string");
    bytes[i] = code;
  }
  return bytes;
}

/**
 * One character a byte (ISO 8859-1): the way to look at bytes as text. Eight at
 * a time: bundles of certificates have hundreds of kilobytes, and a string that
 * grows by single characters costs more than all the rest of reading them.
 */
export function latin1(bytes: Uint8Array): string {
  const at = (i: number): number => bytes[i] ?? 0;
  const whole = bytes.length - (bytes.length % 8);
  let text = "";
  for (let i = 0; i < whole; i += 8)
    text += String.fromCharCode(
      at(i),
      at(i + 1),
      at(i + 2),
      at(i + 3),
      at(i + 4),
      at(i + 5),
      at(i + 6),
      at(i + 7),
    );
  for (let i = whole; i < bytes.length; i++) text += String.fromCharCode(at(i));
  return text;
}

/**
 * The bytes of a string whose characters stand for one byte each: the way back
 * from {@link latin1}. Of a character above U+00FF the low byte stays.
 */
export function latin1Bytes(text: string): Bytes {
  // goja's Uint8Array.from takes no string itself.
  return Uint8Array.from([...text], (character) => character.charCodeAt(0));
}

/** UTF-8 bytes of a string; lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Bytes {
  const out: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000)
      out.push(
        0xe0 | (code >> 12),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
    else
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
  }
  return Uint8Array.from(out);
}

/**
 * The string of UTF-8 bytes, or undefined when they are not well-formed
 * (overlong forms, surrogates and truncation included).
 */
export function utf8Text(bytes: Uint8Array): string | undefined {
  let text = "";
  let i = 0;
  while (i < bytes.length) {
    const first = bytes[i++] ?? 0;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || i + more > bytes.length)
      return undefined;
    let code = first & (0x3f >> more);
    for (let k = 0; k < more; k++) {
      const next = bytes[i++] ?? 0;
      if ((next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      return undefined;
    text += String.fromCodePoint(code);
  }
  return text;
}

/**
 * Text that a peer chose, made fit for a terminal or a log: printable ASCII
 * stays, all else becomes `\xNN` or `\u{N}`, and it ends after `limit` characters.
 */
export function printable(text: string, limit = 200): string {
  return escaped(text, limit, "\\");
}

/** As {@link printable}, of text that has its escapes already: backslashes stay. */
export function printableAgain(text: string, limit = 200): string {
  return escaped(text, limit, undefined);
}

function escaped(text: string, limit: number, too: string | undefined): string {
  let shown = "";
  for (const character of text) {
    if (shown.length >= limit) return `${shown}…`;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f && character !== too) shown += character;
    else if (code < 0x100) shown += `\\x${code.toString(16).padStart(2, "0")}`;
    else shown += `\\u{${code.toString(16)}}`;
  }
  return shown;
}

/**
 * Returns the bytes over an ArrayBuffer: themselves, or a copy where a transport or a
 * provider has put them into shared memory.
 */
export function unshared(bytes: Uint8Array): Bytes {
  return isUnshared(bytes) ? bytes : bytes.slice();
}

function isUnshared(bytes: Uint8Array): bytes is Bytes {
  return isArrayBuffer(bytes.buffer);
}

/** Bytes as a caller may pass them. */
export type BytesLike = Uint8Array | ArrayBufferView | ArrayBuffer;

/** Tells whether a value is one, of this realm or of another (a frame, node:vm). */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return (
    value instanceof ArrayBuffer ||
    (Object.prototype.toString.call(value) === "[object ArrayBuffer]" &&
      !ArrayBuffer.isView(value))
  );
}

/** Tells whether a value is a Uint8Array, a Buffer included, of whichever realm. */
export function isByteArray(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array || nameOfTypedArray(value) === "Uint8Array"
  );
}

/** The name that the kind of array itself answers, undefined for anything else. */
function nameOfTypedArray(value: unknown): unknown {
  return Reflect.get(
    Object(Object.getPrototypeOf(Uint8Array.prototype)),
    Symbol.toStringTag,
    value,
  );
}

/**
 * A view on the caller's bytes, not a copy.
 *
 * @throws TypeError for anything else, strings included
 */
export function viewBytes(data: BytesLike, what = "data"): Uint8Array {
  return viewAnyBytes(data, what);
}

/** The same of a value that no type vouches for: what an event brought. */
export function viewAnyBytes(data: unknown, what: string): Uint8Array {
  // Not a Buffer as it is: its slice() is no copy.
  if (data instanceof Uint8Array && data.constructor === Uint8Array)
    return data;
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (isArrayBuffer(data)) return new Uint8Array(data);
  throw new TypeError(
    `${what} must be bytes (a Uint8Array, a view or an ArrayBuffer), not ${data === null ? "null" : typeof data}`,
  );
}

/**
 * A copy of bytes that a program handed back; undefined where the value is no
 * Uint8Array, be it a Proxy of one. Nothing of the program's runs.
 */
export function ownBytes(value: unknown): Uint8Array | undefined {
  return ArrayBuffer.isView(value) && isByteArray(value)
    ? new Uint8Array(value)
    : undefined;
}

/**
 * Key bytes that do not print and can be wiped. The array given is owned by
 * the secret from then on.
 *
 * @example
 * ```ts
 * import { Secret } from "puretls/engine";
 *
 * const secret = new Secret(Uint8Array.of(1, 2, 3));
 * if (JSON.stringify(secret).includes("1")) throw new Error("it printed");
 * secret.wipe();
 * if (secret.length !== 0) throw new Error();
 * ```
 */
export class Secret {
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes of it; 0 after {@link wipe}. */
  get length(): number {
    return this.#bytes.length;
  }

  /**
   * The bytes themselves, not a copy: for the provider's calls, not to keep.
   *
   * @throws Error after {@link wipe}
   */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) throw new Error("this secret was wiped");
    return this.#bytes;
  }

  /** A copy with a life of its own. */
  clone(): Secret {
    return new Secret(this.#bytes.slice());
  }

  /** Overwrites and forgets the bytes. Harmless to repeat. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#bytes = NO_BYTES;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}
