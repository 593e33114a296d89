/** Checks of single settings: each returns the value or throws. */
import type { PskMode } from "../../handshake/registries/psk-modes.ts";
import { Protocol } from "../constants.ts";
import { type SSLError, stateError } from "../errors/errors.ts";
import { found, isObjectWith } from "../../options.ts";
import { word } from "../names/arguments.ts";
import type { ContextKind } from "./settings.ts";

/**
 * A whole number of a range.
 *
 * @param most the largest, which is allowed
 * @param unit what it counts, in the plural
 * @throws RangeError for another value
 */
export function whole(
  name: string,
  value: number,
  [least, most]: readonly [least: number, most: number],
  unit: string,
): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(
    `${typeof value === "number" && value < 0 ? "value must be non-negative: " : ""}${name}: ${found(value)}; from ${least.toString()} to ${most.toString()} ${unit} are allowed`,
  );
}

/** @throws TypeError for what is neither a function nor null */
export function callable<T>(name: string, value: T | null): T | null {
  if (value === null || typeof value === "function") return value;
  throw new TypeError(
    `not a callable object: ${name}: ${found(value)}; a function or null is allowed`,
  );
}

/** As {@link callable}, in Python's words for callbacks of keys. */
export function pskCallback<T>(name: string, value: T | null): T | null {
  if (value === null || typeof value === "function") return value;
  throw new TypeError(
    `callback must be callable: ${name}: ${found(value)}; a function or null is allowed`,
  );
}

/** The error for a key's callback on a context of the other role. */
export function wrongRoleOf(callback: string, role: string): SSLError {
  return stateError(
    "ERR_SSL_WRONG_ROLE",
    `Cannot add PSK ${callback} callback to a PROTOCOL_TLS_${role} context`,
  );
}

/** @throws TypeError for what is neither null nor has all the methods */
export function withMethods<T>(
  name: string,
  value: T | null,
  ...methods: readonly string[]
): T | null {
  if (value === null || methods.every((method) => isObjectWith(value, method)))
    return value;
  const wanted = methods.map((method) => `${method}()`).join(" and ");
  throw new TypeError(
    `${name}: ${found(value)}; an object with ${wanted} or null is allowed`,
  );
}

/** @throws RangeError on a context for clients */
export function requireServer(name: string, { protocol }: ContextKind): void {
  if (protocol === Protocol.PROTOCOL_TLS_CLIENT)
    throw new RangeError(`${name} cannot be set on TLS_CLIENT context`);
}

/** @throws TypeError for an empty list and what is no list, RangeError for names */
export function pskModesOf(modes: readonly PskMode[]): readonly PskMode[] {
  if (!Array.isArray(modes) || modes.length === 0)
    throw new TypeError(
      `pskModes: ${found(modes)}; a list of psk_dhe_ke and psk_ke is allowed`,
    );
  const given: readonly PskMode[] = modes;
  return [...new Set(given)].map((mode) =>
    word("pskModes", mode, ["psk_dhe_ke", "psk_ke"]),
  );
}
