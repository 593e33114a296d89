/** RFC 3492: names of other scripts in the letters that DNS takes. */

import { printable } from "../../bytes.ts";

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 0x80;

/**
 * Encodes a domain name for DNS and SNI: labels of other characters than ASCII
 * become A-labels (RFC 5890), as browsers do it (WHATWG, UTS 46 without
 * transitional processing); ASCII labels stay as they are. A sharp s and a final
 * sigma are letters of their own, as in IDNA 2008; the `idna` codec of Python is
 * of IDNA 2003, where they are "ss" and a sigma. Where the runtime has no `URL`,
 * only NFKC and lower case are applied.
 *
 * @throws RangeError for a name that cannot be encoded
 *
 * @example
 * ```ts
 * import { domainToAscii } from "puretls";
 *
 * if (domainToAscii("k\u00f6nig.example") !== "xn--knig-5qa.example")
 *   throw new Error();
 * ```
 */
export function domainToAscii(domain: string): string {
  if (isAscii(domain)) return domain;
  if (/[\0-\x20#%/:<>?@[\\\]^`{|}\x7f]/.test(domain)) throw noName(domain);
  const runtime: unknown = Reflect.get(globalThis, "URL");
  return isUrl(runtime) ? encodedBy(runtime, domain) : encoded(domain);
}

type Url = new (text: string) => { readonly hostname: string };

function isUrl(value: unknown): value is Url {
  return typeof value === "function";
}

/** The runtime's implementation of UTS 46, which is not worth another one. */
function encodedBy(url: Url, domain: string): string {
  try {
    const { hostname } = new url(`http://${domain}`);
    if (hostname !== "") return hostname;
  } catch (cause) {
    throw noName(domain, cause);
  }
  throw noName(domain);
}

function noName(domain: string, cause?: unknown): RangeError {
  return new RangeError(
    `${printable(domain)} is no domain name that UTS 46 allows`,
    { cause },
  );
}

function encoded(domain: string): string {
  return domain
    .normalize("NFKC")
    .split(/[.\u3002]/)
    .map((label) => {
      // Letter by letter: the last sigma of a word is one like any other.
      const lower = Array.from(label, (letter) => letter.toLowerCase()).join(
        "",
      );
      if (/[\u200c\u200d]/.test(lower)) throw noName(domain);
      return isAscii(label) ? label : `xn--${encode(lower.normalize("NFKC"))}`;
    })
    .join(".");
}

/**
 * Decodes the A-labels of a domain name, as people read them.
 *
 * @example
 * ```ts
 * import { domainToUnicode } from "puretls";
 *
 * if (domainToUnicode("xn--bcher-kva.example") !== "bücher.example")
 *   throw new Error();
 * ```
 */
export function domainToUnicode(domain: string): string {
  return domain
    .split(".")
    .map((label) =>
      label.toLowerCase().startsWith("xn--")
        ? (decode(label.slice(4)) ?? label)
        : label,
    )
    .join(".");
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** RFC 3492 6.3. */
function encode(label: string): string {
  const points = [...label].map((character) => character.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < INITIAL_N);
  let out = String.fromCodePoint(...basic);
  let handled = basic.length;
  if (handled > 0) out += "-";
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  while (handled < points.length) {
    const next = Math.min(...points.filter((point) => point >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n) delta++;
      if (point !== n) continue;
      out += variableLength(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return out;
}

function variableLength(delta: number, bias: number): string {
  let out = "";
  let q = delta;
  for (let k = BASE; ; k += BASE) {
    const t = threshold(k, bias);
    if (q < t) return out + digit(q);
    out += digit(t + ((q - t) % (BASE - t)));
    q = Math.floor((q - t) / (BASE - t));
  }
}

/** RFC 3492 6.2; undefined for what no encoder writes. */
function decode(text: string): string | undefined {
  const split = text.lastIndexOf("-");
  const points = [...text.slice(0, Math.max(split, 0))].map(
    (character) => character.codePointAt(0) ?? 0,
  );
  let n = INITIAL_N;
  let i = 0;
  let bias = INITIAL_BIAS;
  let at = split < 0 ? 0 : split + 1;
  while (at < text.length) {
    const start = i;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const value = digitValue(text.charCodeAt(at++));
      if (value === undefined || i > 0x10ffff * (points.length + 1))
        return undefined;
      i += value * weight;
      const t = threshold(k, bias);
      if (value < t) break;
      weight *= BASE - t;
    }
    const length = points.length + 1;
    bias = adapt(i - start, length, start === 0);
    n += Math.floor(i / length);
    i %= length;
    if (n > 0x10ffff) return undefined;
    points.splice(i++, 0, n);
  }
  return String.fromCodePoint(...points);
}

function threshold(k: number, bias: number): number {
  return Math.min(Math.max(k - bias, T_MIN), T_MAX);
}

/** RFC 3492 6.1. */
function adapt(delta: number, length: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  while (rest > ((BASE - T_MIN) * T_MAX) / 2) {
    rest = Math.floor(rest / (BASE - T_MIN));
    k += BASE;
  }
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

function digit(value: number): string {
  return "abcdefghijklmnopqrstuvwxyz0123456789".charAt(value);
}

/** Undefined past the end of the text too. */
function digitValue(code: number): number | undefined {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 26;
  return undefined;
}
