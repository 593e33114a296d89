/** Items: what `puretls cert show` tells of one object, as text and as JSON. */
import { printableAgain } from "../../bytes.ts";
import { Pkcs12Error, X509Error } from "../../x509/index.ts";
import { DerError } from "../../x509/der/der.ts";

/** Kinds of objects in files. */
export type Kind =
  | "certificate"
  | "certificate request"
  | "certificate revocation list"
  | "private key"
  | "public key"
  | "PKCS#12 file"
  | "OCSP response"
  | "OCSP status"
  | "block";

type Json = string | number | boolean | readonly string[];

/** A value, or what is wrong where it stands. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** For JSON, where it differs from the text. */
  readonly json?: Json;
  readonly fault?: string;
}

/** An object: its facts, and those of its extensions. */
export interface Item {
  readonly kind: Kind;
  readonly facts: Fact[];
  readonly extensions: Fact[];
  /** Set where nothing of it can be shown. */
  unreadable?: string;
  /** The times of a certificate, milliseconds since the epoch. */
  notBefore?: number;
  notAfter?: number;
}

/** An object of which nothing is known yet. */
export function emptyItem(kind: Kind): Item {
  return { kind, facts: [], extensions: [] };
}

/** An object of which nothing can be read. */
export function unreadableItem(kind: Kind, fault: string): Item {
  return { ...emptyItem(kind), unreadable: fault };
}

/** Adds a fact; what its reading throws stands in its place. */
export function addFact(
  facts: Fact[],
  name: string,
  read: () => string | { readonly text: string; readonly json: Json },
): void {
  try {
    const value = read();
    if (typeof value === "string") facts.push({ name, value });
    else facts.push({ name, value: value.text, json: value.json });
  } catch (error) {
    facts.push({ name, value: "", fault: faultOf(error) });
  }
}

/** @throws what is no fault of the bytes */
export function faultOf(error: unknown): string {
  const isFault =
    error instanceof X509Error ||
    error instanceof DerError ||
    error instanceof Pkcs12Error;
  if (!isFault) throw error;
  return printableAgain(error.message);
}

/** Lines without line ends. */
export function itemLines(item: Item): string[] {
  if (item.unreadable !== undefined) return [`(${item.unreadable})`];
  const lines = table(item.facts, 11);
  if (item.extensions.length === 0) return lines;
  const more = table(item.extensions, 0).map((line) => `  ${line}`);
  return [...lines, "extensions", ...more];
}

function table(facts: readonly Fact[], least: number): string[] {
  const width = Math.max(least, ...facts.map(({ name }) => name.length));
  return facts.map(
    ({ name, value, fault }) =>
      `${name.padEnd(width)}  ${fault === undefined ? value : `(${fault})`}`,
  );
}

/** The object for `--json`; docs/command-line.md has its shape. */
export function itemJson(item: Item): object {
  const { kind, facts, extensions, unreadable } = item;
  const faults = [...facts, ...extensions].flatMap(({ name, fault }) =>
    fault === undefined ? [] : [{ field: name, message: fault }],
  );
  if (unreadable !== undefined)
    faults.push({ field: kind, message: unreadable });
  return {
    kind,
    ...Object.fromEntries(
      facts.map((fact) => [keyOf(fact.name), valueOf(fact)]),
    ),
    ...(extensions.length > 0 && { extensions: extensions.map(extensionJson) }),
    faults,
  };
}

function valueOf({ value, json, fault }: Fact): Json | null {
  return fault === undefined ? (json ?? value) : null;
}

const CRITICAL = " (critical)";

function extensionJson(fact: Fact): object {
  const critical = fact.name.endsWith(CRITICAL);
  const name = critical ? fact.name.slice(0, -CRITICAL.length) : fact.name;
  return { name, critical, value: valueOf(fact) };
}

/** "valid from" is validFrom, "SHA-256" sha256, "SPKI pin" spkiPin. */
function keyOf(name: string): string {
  const [first = "", ...more] = name.replace("-", "").split(" ");
  const capital = (word: string): string =>
    word.charAt(0).toUpperCase() + word.slice(1);
  return first.toLowerCase() + more.map(capital).join("");
}
