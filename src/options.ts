/** Options objects as programs give them, and values as errors name them. */
import { printable } from "./bytes.ts";

/** The names of an options object, one and all: the compiler sees to it. */
export type Names<Options> = { readonly [Name in keyof Options]-?: true };

/** The class and the hints of the error of {@link requireNames}. */
export interface Complaint {
  /** The class of the error; TypeError unless given. */
  readonly Fault?: new (message: string) => Error;
  /**
   * Names of other libraries, in small letters, and what is meant by them here.
   */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/**
 * Sees that options are an object in which every name is one of theirs.
 *
 * @param call for the message
 * @param names a table that has a row of each
 * @throws TypeError, or another class, for anything else, with the name that is
 *   meant if that is known
 */
export function requireNames(
  call: string,
  given: object,
  names: object,
  { Fault = TypeError, elsewhere = {} }: Complaint = {},
): void {
  const allowed = Object.keys(names);
  if (
    typeof given !== "object" ||
    given === null ||
    Array.isArray(given) ||
    ArrayBuffer.isView(given)
  )
    throw new Fault(
      `${call}: ${kindOf(given)}; an object of options is allowed: ${allowed.join(", ")}`,
    );
  for (const [name, value] of Object.entries(given)) {
    if (hasOwn(names, name)) continue;
    const meant = meantBy(name, allowed, elsewhere);
    const hint =
      meant === undefined
        ? `allowed are ${allowed.join(", ")}`
        : `it is ${meant} here`;
    throw new Fault(
      `${call}: ${printable(name, LONGEST)} (${kindOf(value)}) is no option; ${hint}`,
    );
  }
}

/** `Object.hasOwn()` of ECMAScript 2022, which Hermes 0.12 has not. */
export function hasOwn(object: object, name: PropertyKey): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}

/** The name in another spelling, of another library, or with a slip in it. */
function meantBy(
  name: string,
  allowed: readonly string[],
  elsewhere: Readonly<Record<string, string>>,
): string | undefined {
  const plain = normal(name);
  const other = hasOwn(elsewhere, plain) ? elsewhere[plain] : undefined;
  return (
    allowed.find((one) => normal(one) === plain) ??
    other ??
    allowed.find((one) => one.length > 4 && isOneSlip(plain, normal(one)))
  );
}

/** Tells whether one letter more, less, other or two exchanged make the other. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let head = 0;
  while (head < a.length && a[head] === b[head]) head++;
  let tail = 0;
  const least = Math.min(a.length, b.length) - head;
  while (tail < least && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail++;
  const [left, right] = [
    a.slice(head, a.length - tail),
    b.slice(head, b.length - tail),
  ];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && left === [...right].reverse().join("");
}

function normal(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** Characters of a text that an error repeats. */
const LONGEST = 40;

/**
 * A value as an error names it: a short word or a number itself, of all else the
 * kind. A long text, or one of several lines, may be a key, and is not printed.
 *
 * @param longest characters of a text that is printed
 */
export function found(value: unknown, longest = LONGEST): string {
  if (typeof value === "string")
    return value.length <= longest && !/[\n\r]|-----/.test(value)
      ? `"${printable(value)}"`
      : kindOf(value);
  return typeof value === "number" ||
    typeof value === "bigint" ||
    typeof value === "boolean"
    ? String(value).slice(0, LONGEST)
    : kindOf(value);
}

/**
 * The kind of a value that may be a secret: "text", "a number", "bytes". What can
 * be none is itself: true, false, null, undefined.
 */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "string":
      return "text";
    case "object":
      if (ArrayBuffer.isView(value)) return "bytes";
      return Array.isArray(value) ? "a list" : "an object";
    default:
      return `a ${typeof value}`;
  }
}

/** A kind of value that an option has. */
export interface Kind {
  /** For the error. */
  readonly name: string;
  readonly has: (value: unknown) => boolean;
}

export const LIST: Kind = { name: "a list", has: Array.isArray };
export const FUNCTION: Kind = {
  name: "a function",
  has: (value) => typeof value === "function",
};
export const OBJECT: Kind = {
  name: "an object",
  has: (value) => typeof value === "object" && value !== null,
};

/** Returns the kind of objects that have a method of that name. */
export function objectWith(method: string): Kind {
  return {
    name: `an object with ${method}()`,
    has: (value) => isObjectWith(value, method),
  };
}

/** @throws TypeError, or another class, for a value of another kind */
export function requireKind(
  option: string,
  value: unknown,
  { name, has }: Kind,
  Fault: new (message: string) => Error = TypeError,
): void {
  if (!has(value))
    throw new Fault(`${option}: ${found(value)}; ${name} is allowed`);
}

/** Tells whether a value is an object with a method of that name. */
export function isObjectWith(value: unknown, method: string): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, method) === "function"
  );
}

/**
 * Makes a class's members throw under the names that Python has for them, so
 * that neither reading nor setting one does nothing.
 *
 * @param others Python's names that are not another spelling, and ours for them
 */
export function refusePythonNames(
  { name, prototype }: { name: string; prototype: object },
  others: Readonly<Record<string, string>> = {},
): void {
  // A bundler names a class that speaks of itself with an underscore.
  const className = name.replace(/^_+/, "");
  const refused = new Map(Object.entries(others));
  for (const member of Object.getOwnPropertyNames(prototype)) {
    refused.set(member.toLowerCase(), member);
    refused.set(
      member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      member,
    );
  }
  for (const [python, ours] of refused) {
    if (python in prototype) continue;
    const refuse = (): never => {
      throw new TypeError(`${className}: ${python} is ${ours} here`);
    };
    Object.defineProperty(prototype, python, {
      configurable: true,
      get: refuse,
      set: refuse,
    });
  }
}
