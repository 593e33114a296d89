/** Errors with the codes that Node has for them, and sentences of this library. */
import { found } from "../../options.ts";

/** An error as Node makes it: with a code, by which programs tell it. */
export interface NodeError extends Error {
  code: string;
}

/** Members beside the code, as Node's errors have them. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/** An Error with a code of Node's. */
export function nodeError(
  code: string,
  message: string,
  facts: ErrorFacts = {},
): NodeError {
  return withCode(new Error(message), code, facts);
}

/** A TypeError for a value of a kind that an option or argument does not take. */
export function wrongType(
  name: string,
  value: unknown,
  allowed: string,
): NodeError {
  return withCode(
    new TypeError(
      `${name}: ${allowed} is allowed. Received ${received(value)}`,
    ),
    "ERR_INVALID_ARG_TYPE",
  );
}

/** A value as Node's errors name it, but for texts, which may be secrets. */
function received(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "object") {
    const maker: unknown = Reflect.get(value, "constructor");
    return typeof maker === "function" && maker.name !== ""
      ? `an instance of ${maker.name}`
      : "an object";
  }
  const kind = `type ${typeof value}`;
  return typeof value === "string" ? kind : `${kind} (${found(value)})`;
}

/** A TypeError for a value of the right kind that is not allowed. */
export function wrongValue(
  name: string,
  value: unknown,
  allowed: string,
): NodeError {
  return withCode(
    new TypeError(`${name}: ${found(value)}; ${allowed}`),
    "ERR_INVALID_ARG_VALUE",
  );
}

/** A RangeError for a number out of its range. */
export function outOfRange(
  name: string,
  value: unknown,
  allowed: string,
): NodeError {
  return withCode(
    new RangeError(`${name}: ${found(value)}; ${allowed} is allowed`),
    "ERR_OUT_OF_RANGE",
  );
}

/** A TypeError with another code of Node's. */
export function typeError(code: string, message: string): NodeError {
  return withCode(new TypeError(message), code);
}

/** The error for an option of Node's that puretls has nothing for. */
export function unsupported(name: string, instead: string): NodeError {
  return nodeError(
    "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    `${name} is not supported by puretls: ${instead}`,
  );
}

function withCode(
  error: Error,
  code: string,
  facts: ErrorFacts = {},
): NodeError {
  return Object.assign(error, facts, { code });
}

/** Returns the code of an error, where it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" ? code : undefined;
}
