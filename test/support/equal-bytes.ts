/**
 * A setup file of vitest: byte arrays are compared as such. `toEqual` by itself
 * goes through them element by element, lists their keys and looks each up, which
 * took a third of a second for 40,000 bytes and a quarter of the whole run. It
 * stays as strict: an array of another class is not equal.
 */
import { expect } from "vitest";

/** Undefined: none of its business. */
function equalBytes(a: unknown, b: unknown): boolean | undefined {
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array))
    return undefined;
  return a.constructor === b.constructor && Buffer.compare(a, b) === 0;
}

const ADDED = Symbol.for("puretls.test.equalBytes");
// Workers without isolation run this file once for each test file.
if (!Reflect.has(globalThis, ADDED)) {
  expect.addEqualityTesters([equalBytes]);
  Reflect.set(globalThis, ADDED, true);
}
