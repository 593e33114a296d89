import { Secret } from "../bytes.ts";

/** What is wiped on the way and so must not be shared by two connections. */
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
