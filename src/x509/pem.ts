/** PEM: RFC 7468 text around base64. Strict where it can be, no atob needed. */
import { printable } from "../bytes.ts";
import { X509Error } from "./errors.ts";
import * as fault from "./faults.ts";

/** What stands between a BEGIN and an END line. */
export interface PemBlock {
  /** What stands after BEGIN: "CERTIFICATE", "PRIVATE KEY", … */
  readonly label: string;
  /** RFC 1421 headers, as legacy encrypted keys have them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly der: Uint8Array;
}

/**
 * All blocks of a text, in order; text around them is ignored, as RFC 7468 2
 * allows. The arrays belong to the caller.
 *
 * @throws X509Error `malformed_pem` when a block is damaged
 */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let at = 0;
  for (;;) {
    const begin = findBegin(text, at);
    if (begin === undefined) return blocks;
    const footer = `-----END ${begin.label}-----`;
    const end = text.indexOf(footer, begin.bodyStart);
    if (end < 0) throw malformed(`no END line for "${printable(begin.label)}"`);
    const body = text.slice(begin.bodyStart, end);
    blocks.push(parseBody(begin.label, body));
    at = end + footer.length;
  }
}

/**
 * A block of 64-column lines with a newline at its end.
 *
 * @throws TypeError for a label that PEM cannot carry
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

/** Base64 with padding (RFC 4648 4), without line breaks. */
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
 * Bytes of base64 text; white space is skipped, padding is required, and
 * unused bits are zero.
 *
 * @throws X509Error `malformed_pem`
 */
export function decodeBase64(text: string): Uint8Array {
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
): { label: string; bodyStart: number } | undefined {
  let at = from;
  for (;;) {
    at = text.indexOf(BEGIN, at);
    if (at < 0) return undefined;
    const labelStart = at + BEGIN.length;
    const labelEnd = text.indexOf("-----", labelStart);
    if (labelEnd < 0) return undefined;
    const label = text.slice(labelStart, labelEnd);
    if (label.length <= 64 && LABEL.test(label))
      return { label, bodyStart: labelEnd + 5 };
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
