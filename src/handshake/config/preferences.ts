/** Lists of suites and groups in which some are as good as others. */
import type { GroupName } from "../../crypto/provider.ts";
import { TlsUsageError } from "../../errors.ts";
import { found } from "../../options.ts";
import { GROUPS } from "../registries/groups.ts";
import { checkNames } from "./checks.ts";

/**
 * Names, best first. Those of an inner list are equal: on a server the client's
 * order decides among them. A client offers all of them as they stand.
 *
 * @example
 * ```ts
 * import type { CipherSuiteName, Preferences } from "puretls/engine";
 *
 * // Who is without AES in hardware says so by putting ChaCha20 first.
 * const suites: Preferences<CipherSuiteName> = [
 *   ["TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"],
 *   "TLS_AES_256_GCM_SHA384",
 * ];
 * if (suites.length !== 2) throw new Error("a list is one entry");
 * ```
 */
export type Preferences<N extends string> = readonly (N | readonly N[])[];

/** The inner list of each name that stands in one, by its position. */
export type EqualNames = ReadonlyMap<string, number>;

/** Returns all names, in the order in which they stand. */
export function namesIn<N extends string>(list: Preferences<N>): readonly N[] {
  const names: N[] = [];
  for (const entry of list)
    if (typeof entry === "string") names.push(entry);
    else names.push(...entry);
  return names;
}

/** Returns the list with those names alone that are to be kept. */
export function namesKept<N extends string>(
  list: Preferences<N>,
  isKept: (name: N) => boolean,
): Preferences<N> {
  const kept: (N | readonly N[])[] = [];
  for (const entry of list)
    if (typeof entry === "string") {
      if (isKept(entry)) kept.push(entry);
    } else {
      const inner = entry.filter(isKept);
      if (inner.length > 0) kept.push(inner);
    }
  return kept;
}

/** Returns the names that stand in inner lists. */
export function equalNames(list: Preferences<string>): EqualNames {
  const equal = new Map<string, number>();
  for (const [at, entry] of list.entries())
    if (typeof entry !== "string")
      for (const name of entry) equal.set(name, at);
  return equal;
}

/**
 * Checks that a list has names that are allowed, each once, and inner lists of
 * such names.
 *
 * @throws TlsUsageError
 */
export function checkPreferences(
  option: string,
  list: Preferences<string> | undefined,
  allowed: readonly string[] | object,
): void {
  if (list === undefined) return;
  for (const entry of list) {
    if (typeof entry === "string") continue;
    const given: unknown = entry;
    if (!Array.isArray(given))
      throw new TlsUsageError(
        `${option}: ${found(given)}; names and lists of names are allowed`,
      );
    if (given.length === 0)
      throw new TlsUsageError(
        `${option}: an empty inner list; it needs a name at least`,
      );
  }
  checkNames(option, namesIn(list), allowed);
}

/** Puts what is equal into the client's order; what is better stays before it. */
export function inTheirOrder<T>(
  ours: readonly T[],
  equalAs: (one: T) => number | undefined,
  theirPlace: (one: T) => number,
): readonly T[] {
  // The client's list is walked once for each, and never while sorting.
  return ours
    .map((one, at) => ({
      one,
      at,
      list: equalAs(one),
      place: theirPlace(one),
    }))
    .sort((a, b) =>
      a.list !== undefined && a.list === b.list
        ? a.place - b.place
        : a.at - b.at,
    )
    .map(({ one }) => one);
}

/** Returns those of a server's groups that the client names, best first. */
export function sharedGroups<N extends GroupName>(
  {
    groups,
    equalGroups,
  }: {
    readonly groups: readonly N[];
    readonly equalGroups: EqualNames;
  },
  theirs: readonly number[],
): readonly N[] {
  const shared = groups.filter((name) => theirs.includes(GROUPS[name]));
  if (equalGroups.size === 0) return shared;
  return inTheirOrder(
    shared,
    (name) => equalGroups.get(name),
    (name) => theirs.indexOf(GROUPS[name]),
  );
}
