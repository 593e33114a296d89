/** Checks of options and arguments, each with the code that Node has for it. */
import { outOfRange, wrongType } from "./errors.ts";

/** Contents of a key or a certificate: text or bytes. */
export type Content = string | NodeJS.ArrayBufferView;

/** A function whose parameters nobody knows. */
export type Callable = (...parameters: never[]) => unknown;

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is no function */
export function requireFunction(name: string, value: unknown): void {
  if (typeof value !== "function") throw wrongType(name, value, "a function");
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is no text */
export function requireText(
  name: string,
  value: unknown,
): asserts value is string {
  if (typeof value !== "string") throw wrongType(name, value, "a string");
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is neither true nor false */
export function requireBoolean(
  name: string,
  value: unknown,
): asserts value is boolean {
  if (typeof value !== "boolean") throw wrongType(name, value, "true or false");
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is no object */
export function requireObject(
  name: string,
  value: unknown,
): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongType(name, value, "an object");
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what are no bytes */
export function requireBytes(
  name: string,
  value: unknown,
): asserts value is NodeJS.ArrayBufferView {
  if (!ArrayBuffer.isView(value))
    throw wrongType(name, value, "a Buffer, TypedArray or DataView");
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is neither text nor bytes */
export function requireContent(
  name: string,
  value: unknown,
): asserts value is Content {
  if (typeof value !== "string" && !ArrayBuffer.isView(value))
    throw wrongType(name, value, "a string, Buffer, TypedArray or DataView");
}

/**
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no number
 * @throws RangeError ERR_OUT_OF_RANGE for one outside the range
 */
export function requireNumber(
  name: string,
  value: unknown,
  least = -Infinity,
  most = Infinity,
): asserts value is number {
  if (typeof value !== "number") throw wrongType(name, value, "a number");
  if (value >= least && value <= most) return;
  throw outOfRange(name, value, rangeOf("a number", least, most));
}

/**
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no number
 * @throws RangeError ERR_OUT_OF_RANGE for a fraction and one outside the range
 */
export function requireWhole(
  name: string,
  value: unknown,
  least = -(2 ** 31),
  most = 2 ** 31 - 1,
): asserts value is number {
  if (typeof value !== "number") throw wrongType(name, value, "a number");
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw outOfRange(name, value, rangeOf("a whole number", least, most));
}

function rangeOf(what: string, least: number, most: number): string {
  const from = least === -Infinity ? "" : ` from ${String(least)}`;
  return most === Infinity
    ? `${what}${from} on`
    : `${what}${from} to ${String(most)}`;
}

/** Bytes of a view, without a copy. */
export function viewOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A value, or the members of a list, as a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
