/** Lists of names with inner lists, as programs write them. */
import { found } from "../../options.ts";

/** As `Preferences`, of values of any kind. */
export type Nested<T> = readonly (T | readonly T[])[];

/**
 * Makes the same list of other values, each once; a list that is left without any
 * goes.
 *
 * @param option its name, for the error
 * @throws TypeError for what is no list, of names and lists of names
 */
export function eachName<T, U>(
  option: string,
  list: Nested<T>,
  change: (one: T) => U,
): readonly (U | readonly U[])[] {
  const seen = new Set<U>();
  const changed = (one: T): readonly U[] => {
    const value = change(one);
    if (seen.has(value)) return [];
    seen.add(value);
    return [value];
  };
  requireList(option, list);
  return list.flatMap((entry): readonly (U | readonly U[])[] => {
    if (!isList(entry)) return changed(entry);
    const inner = entry.flatMap(changed);
    return inner.length > 0 ? [inner] : [];
  });
}

/** @throws TypeError for what is no list */
export function requireList(option: string, list: unknown): void {
  if (!Array.isArray(list))
    throw new TypeError(
      `${option}: ${found(list)}; a text or a list of names is allowed`,
    );
}

function isList<T>(entry: T | readonly T[]): entry is readonly T[] {
  return Array.isArray(entry);
}

/**
 * Reads a text of names with colons between them, in which `[A|B]` is an inner
 * list.
 *
 * @param fault makes the error of a bracket without its other one
 */
export function bracketedLists(
  text: string,
  fault: (detail: string) => Error,
): Nested<string> {
  return words(text, ":").map((word) => {
    const inner = /^\[([^[\]]*)\]$/.exec(word)?.[1];
    if (inner !== undefined) return words(inner, "|");
    if (/[[\]|]/.test(word))
      throw fault(`${found(word)}; equal names are written [A|B]`);
    return word;
  });
}

/**
 * Reads a text of names with colons between them, in which slashes stand between
 * inner lists; without a slash there is none.
 */
export function slashedLists(text: string): Nested<string> {
  if (!text.includes("/")) return words(text, ":");
  return words(text, "/").map((part) => words(part, ":"));
}

function words(text: string, between: string): readonly string[] {
  return text
    .split(between)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
