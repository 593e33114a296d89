/** Lists of a config: the program that gave one cannot change it afterwards. */
import { RAISE_NEED } from "../../promises.ts";

/** Copies a list that a program gave. */
export function ownList<T>(given: readonly T[] = []): readonly T[] {
  return given.slice();
}

/** Copies a list that a program gave, unless it stands for one. */
export function ownOrAsked<T>(
  given: readonly T[] | typeof RAISE_NEED = [],
): readonly T[] | typeof RAISE_NEED {
  return given === RAISE_NEED ? RAISE_NEED : given.slice();
}

/**
 * Freezes the fields of a config and the lists among them, which have to be the
 * config's own. In place: V8 would make a dictionary of fields that are set again.
 */
export function freezeWithLists(fields: object): void {
  for (const value of Object.values<unknown>({ ...fields }))
    if (Array.isArray(value)) Object.freeze(value);
  Object.freeze(fields);
}
