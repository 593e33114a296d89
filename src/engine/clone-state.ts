import { Secret } from "../bytes.ts";

/** Wiped when it is used up, so that two connections must not share it. */
interface Cloneable {
  clone(): unknown;
}

/**
 * A copy of a state that shares no secret with it. Bytes, configs, transcripts
 * and proofs are values that nobody changes: both copies point to the same.
 */
export function cloneState<T extends object>(state: T): T {
  const copy: T = { ...state };
  for (const key in copy) copy[key] = cloneValue(copy[key]);
  return copy;
}

function cloneValue<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Secret || isCloneable(value)) return cloneOf(value);
  return Object.getPrototypeOf(value) === Object.prototype &&
    !Object.isFrozen(value)
    ? cloneState(value)
    : value;
}

function cloneOf<T extends Cloneable>(value: T): T {
  const copy: unknown = value.clone();
  if (!isSameKind(copy, value)) throw new Error("clone() made something else");
  return copy;
}

function isSameKind<T extends object>(copy: unknown, like: T): copy is T {
  return (
    typeof copy === "object" &&
    copy !== null &&
    Object.getPrototypeOf(copy) === Object.getPrototypeOf(like)
  );
}

function isCloneable(value: object): value is Cloneable {
  return "clone" in value && typeof value.clone === "function";
}

/** Fields of states that hold further secrets of the connection. */
const HOLDERS = ["connected", "early", "secrets"] as const;

/**
 * Overwrites the secrets of a state that is of no use any more. What sessions
 * and programs hold is theirs, and stays.
 */
export function wipeState(state: object): void {
  for (const value of Object.values<unknown>({ ...state }))
    if (isWipeable(value)) value.wipe();
  for (const name of HOLDERS) {
    const held: unknown = Reflect.get(state, name);
    if (typeof held === "object" && held !== null) wipeState(held);
  }
}

function isWipeable(value: unknown): value is { wipe(): void } {
  return (
    typeof value === "object" &&
    value !== null &&
    "wipe" in value &&
    typeof value.wipe === "function"
  );
}
