/**
 * Contexts of clients that connect again and again with the same options: what was read
 * of their authorities, and what was verified by them, serves the next connection.
 * Nothing is kept of options with a key, which would stay in memory for it.
 */
import { equal } from "../../bytes.ts";
import { trustingContext } from "./authorities.ts";
import { viewOf } from "../base/checks.ts";
import { currentDefault, DEFAULT_NAMES } from "../base/defaults.ts";

/** Options that a context is made of and that are compared. */
const COMPARED = [
  "ca",
  "crl",
  "ciphers",
  "sigalgs",
  "ecdhCurve",
  "minVersion",
  "maxVersion",
  "secureProtocol",
  "secureOptions",
  "honorCipherOrder",
  "allowPartialTrustChain",
] as const;

/** Options with which a context is made anew each time. */
const NEVER = [
  "cert",
  "key",
  "passphrase",
  "pfx",
  "dhparam",
  "sessionIdContext",
  "sessionTimeout",
  "ticketKeys",
  "certificateCompression",
  "clientCertEngine",
  "privateKeyEngine",
  "privateKeyIdentifier",
] as const;

const MOST_KEPT = 16;

type Part = string | number | boolean | undefined | null | Uint8Array | object;
type Key = readonly (Part | readonly Part[])[];

/** The newest first. */
let kept: readonly (readonly [Key, object])[] = [];

/** Returns the context of the same options, or makes one and keeps it. */
export function contextFor<Options extends object>(
  options: Options,
  make: (options: Options) => object,
): object {
  const key = keyOf(options);
  if (key === undefined) return make(options);
  const found = kept.find(([own]) => isSame(own, key));
  if (found !== undefined) return found[1];
  const context = make(options);
  kept = [[key, context] as const, ...kept].slice(0, MOST_KEPT);
  return context;
}

/** Copies of what is compared; undefined where a context is not to be kept. */
function keyOf(options: object): Key | undefined {
  for (const name of NEVER)
    if ((Reflect.get(options, name) ?? undefined) !== undefined)
      return undefined;
  const isOwnTrust = Boolean(Reflect.get(options, "ca"));
  const key: (Part | readonly Part[])[] = [
    isOwnTrust ? null : trustingContext(),
  ];
  for (const name of DEFAULT_NAMES) key.push(partOf(currentDefault(name)));
  for (const name of COMPARED) {
    const value: unknown = Reflect.get(options, name);
    key.push(Array.isArray(value) ? value.map(partOf) : partOf(value));
  }
  return key;
}

function partOf(value: unknown): Part {
  if (ArrayBuffer.isView(value)) return viewOf(value).slice();
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "undefined":
      return value;
    default:
      // Of another kind: it equals itself alone, and is refused when it is read.
      return value === null ? null : {};
  }
}

function isSame(one: Key, other: Key): boolean {
  return one.every((part, index) => {
    const counterpart = other[index];
    if (!Array.isArray(part)) return isSamePart(part, counterpart);
    return (
      Array.isArray(counterpart) &&
      part.length === counterpart.length &&
      part.every((inner, at) => isSamePart(inner, counterpart[at]))
    );
  });
}

function isSamePart(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  return (
    ArrayBuffer.isView(one) &&
    ArrayBuffer.isView(other) &&
    equal(viewOf(one), viewOf(other))
  );
}
