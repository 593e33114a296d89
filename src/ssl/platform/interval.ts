/** Looks at regular times: the runtime's timer, for what is renewed. */
import { found } from "../../options.ts";
import { TlsUsageError } from "../../errors.ts";

/** The runtime's timers call back at once where the time is longer. */
const LONGEST = 2 ** 31 - 1;

/** @throws TlsUsageError for what is not above 0 */
export function checkInterval(name: string, milliseconds: number): void {
  if (milliseconds > 0) return;
  throw new TlsUsageError(
    `${name}: ${found(milliseconds)}; milliseconds above 0 are allowed`,
  );
}

/**
 * Calls back every so many milliseconds, by the runtime's timer, which does not
 * keep a process alive where that can be said. Returns a function that stops it.
 * More than 24 days become 24 days. Without timers it never calls.
 */
export function startInterval(
  milliseconds: number,
  callback: () => void,
): () => void {
  const set: unknown = Reflect.get(globalThis, "setInterval");
  const clear: unknown = Reflect.get(globalThis, "clearInterval");
  if (typeof set !== "function" || typeof clear !== "function")
    return () => undefined;
  const time = Math.min(milliseconds, LONGEST);
  const timer: unknown = Reflect.apply(set, undefined, [callback, time]);
  if (typeof timer === "object" && timer !== null) {
    const unref: unknown = Reflect.get(timer, "unref");
    if (typeof unref === "function") Reflect.apply(unref, timer, []);
  }
  return () => {
    Reflect.apply(clear, undefined, [timer]);
  };
}
