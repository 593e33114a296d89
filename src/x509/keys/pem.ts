/** PEM: RFC 7468 text around base64. Strict where it can be, no atob needed. */
import { type Bytes, printable } from "../../bytes.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";

/** The part between a BEGIN and an END line. */
export interface PemBlock {
  /** The text after BEGIN: "CERTIFICATE", "PRIVATE KEY", … */
  readonly label: string;
  /** RFC 1421 headers, as legacy encrypted keys have them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly der: Bytes;
}

/**
 * All blocks of a text, in order; text around them is ignored, as RFC 7468 2
 * allows. The arrays belong to the caller. See {@link encodePem} for an
 * example.
 *
 * @throws X509Error `malformed_pem` when a block is damaged
 */
export function parsePem(text: string): PemBlock[] {
  return [...readPemBlocks(text)].map((block) => block.read());
}

/** A block that is found and not yet decoded. */
export interface UnreadPemBlock {
  readonly label: string;
  /**
   * Decodes it.
   *
   * @throws X509Error `malformed_pem`
   */
  readonly read: () => PemBlock;
  /** As `read`, for its bytes alone. */
  readonly der: () => Uint8Array;
}

/**
 * Finds the blocks of a text one by one, so that a damaged one costs no other: a
 * block whose END line is missing ends where the next one begins.
 */
export function* readPemBlocks(text: string): Generator<UnreadPemBlock> {
  let at = 0;
  for (;;) {
    const begin = findBegin(text, at);
    if (begin === undefined) return;
    const { label, bodyStart } = begin;
    const next = findBegin(text, bodyStart)?.start ?? text.length;
    const body = text.slice(bodyStart, next);
    const end = body.indexOf(`-----END ${label}-----`);
    const read = (): PemBlock => {
      if (end < 0) throw malformed(`no END line for "${printable(label)}"`);
      return parseBody(label, body.slice(0, end));
    };
    yield { label, read, der: () => read().der };
    at = next;
  }
}

/**
 * The first block whose label is wanted; others are not decoded.
 *
 * @throws X509Error `malformed_pem`
 */
export function firstPemBlock(
  text: string,
  isWanted: (label: string) => boolean,
): PemBlock | undefined {
  for (const { label, read } of readPemBlocks(text))
    if (isWanted(label)) return read();
  return undefined;
}

/** The error for a text without a block of that kind; a path is named as one. */
export function noPemBlock(kind: string, text: string): X509Error {
  return new X509Error(
    fault.no_pem_block,
    looksLikePath(text)
      ? `no ${kind}; this looks like the name of a file, and its contents are wanted`
      : `no ${kind}`,
  );
}

function looksLikePath(text: string): boolean {
  return (
    text.length < 1024 &&
    !/[\r\n\0]/.test(text) &&
    /[\\/]|\.(?:pem|crt|cer|der|key|crl|p7b|p12|pfx)$/i.test(text)
  );
}

/**
 * A block of 64-column lines with a newline at its end.
 *
 * @throws TypeError for a label that PEM cannot carry
 * @example
 * ```ts
 * import { encodePem, parsePem } from "puretls/x509";
 *
 * const pem = encodePem("CERTIFICATE", Uint8Array.of(0x30, 0));
 * const [block] = parsePem(pem);
 * if (block?.label !== "CERTIFICATE") throw new Error();
 * ```
 */
export function encodePem(label: string, der: Uint8Array): string {
  if (!LABEL.test(label)) throw new TypeError("not a PEM label");
  let text = `-----BEGIN ${label}-----\n`;
  const base64 = encodeBase64(der);
  for (let at = 0; at < base64.length; at += 64)
    text += `${base64.slice(at, at + 64)}\n`;
  return `${text}-----END ${label}-----\n`;
}

const ALPHABET =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Base64 with padding (RFC 4648 4), without line breaks.
 *
 * @example
 * ```ts
 * import { decodeBase64, encodeBase64 } from "puretls/x509";
 *
 * const text = encodeBase64(Uint8Array.of(1, 2, 3));
 * if (text !== "AQID" || decodeBase64(text).length !== 3) throw new Error();
 * ```
 */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group =
      ((bytes[at] ?? 0) << 16) |
      ((bytes[at + 1] ?? 0) << 8) |
      (bytes[at + 2] ?? 0);
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : "=";
    text += left > 2 ? ALPHABET.charAt(group & 63) : "=";
  }
  return text;
}

const SKIP = 64;
const PADDING = 65;
const INVALID = 66;
/** Bits of a table entry that is no digit. */
const NO_DIGIT = 0xc0;
const VALUES = new Uint8Array(256).fill(INVALID);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;
for (const space of " \t\r\n\v\f") VALUES[space.charCodeAt(0)] = SKIP;
VALUES["=".charCodeAt(0)] = PADDING;

/**
 * Bytes of base64 text; white space is skipped, padding is required, and unused
 * bits are zero. See {@link encodeBase64} for an example.
 *
 * @throws X509Error `malformed_pem`
 */
export function decodeBase64(text: string): Bytes {
  const out = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let digits = 0;
  let padding = 0;
  let group = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? INVALID;
    // Four digits in a row, as nearly all are, go at once.
    if ((digits & 3) === 0 && padding === 0 && i + 3 < text.length) {
      const b = VALUES[text.charCodeAt(i + 1)] ?? INVALID;
      const c = VALUES[text.charCodeAt(i + 2)] ?? INVALID;
      const d = VALUES[text.charCodeAt(i + 3)] ?? INVALID;
      if (((value | b | c | d) & NO_DIGIT) === 0) {
        out[length++] = (value << 2) | (b >> 4);
        out[length++] = (b << 4) | (c >> 2);
        out[length++] = (c << 6) | d;
        i += 3;
        continue;
      }
    }
    if (value === SKIP) continue;
    if (value === PADDING) {
      padding++;
      continue;
    }
    if (value === INVALID || padding > 0)
      throw malformed("a character that is not base64");
    group = (group << 6) | value;
    if ((++digits & 3) === 0) {
      out[length++] = (group >> 16) & 0xff;
      out[length++] = (group >> 8) & 0xff;
      out[length++] = group & 0xff;
      group = 0;
    }
  }
  const rest = digits & 3;
  if (rest === 1 || padding !== (rest === 0 ? 0 : 4 - rest))
    throw malformed("base64 of a wrong length");
  if (rest === 2) {
    if ((group & 0xf) !== 0) throw malformed("base64 with stray bits");
    out[length++] = group >> 4;
  } else if (rest === 3) {
    if ((group & 3) !== 0) throw malformed("base64 with stray bits");
    out[length++] = group >> 10;
    out[length++] = (group >> 2) & 0xff;
  }
  return out.slice(0, length);
}

const LABEL = /^[!-,.-~](?:[- ]?[!-,.-~])*$/;
const BEGIN = "-----BEGIN ";

function findBegin(
  text: string,
  from: number,
): { start: number; label: string; bodyStart: number } | undefined {
  let at = from;
  for (;;) {
    at = text.indexOf(BEGIN, at);
    if (at < 0) return undefined;
    const labelStart = at + BEGIN.length;
    const labelEnd = text.indexOf("-----", labelStart);
    if (labelEnd < 0) return undefined;
    const label = text.slice(labelStart, labelEnd);
    if (label.length <= 64 && LABEL.test(label))
      return { start: at, label, bodyStart: labelEnd + 5 };
    at = labelStart;
  }
}

function parseBody(label: string, body: string): PemBlock {
  const headers: Record<string, string> = {};
  if (!body.includes(":")) return { label, headers, der: decodeBase64(body) };
  // RFC 1421 4.6: headers, an empty line, the base64.
  const [head = "", ...rest] = body.trimStart().split(/\r?\n[ \t]*\r?\n/);
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon < 0) throw malformed("a header line without a colon");
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return { label, headers, der: decodeBase64(rest.join("")) };
}

function malformed(detail: string): X509Error {
  return new X509Error(fault.malformed_pem, detail);
}
