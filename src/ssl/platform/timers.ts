/** Timers: those that a transport brings, else the runtime's. */
import { stateError } from "../errors/errors.ts";

/** Brings timers of its own, as a transport may. */
export interface Timers {
  /** Calls back after so many milliseconds; answers how to prevent that. */
  readonly setTimer?:
    ((callback: () => void, milliseconds: number) => () => void) | undefined;
}

/** The runtime's timers call back at once where the time is longer. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls back after that time; returns how to cancel. More than 24 days become
 * 24 days.
 *
 * @throws SSLError ERR_UNSUPPORTED_PLATFORM where there are no timers
 */
export function startTimer(
  timers: Timers,
  milliseconds: number,
  callback: () => void,
): () => void {
  const time = Math.min(milliseconds, LONGEST);
  if (timers.setTimer !== undefined) return timers.setTimer(callback, time);
  const own = ownTimer();
  if (own === undefined)
    throw stateError(
      "ERR_UNSUPPORTED_PLATFORM",
      "there is no setTimeout with clearTimeout here: give the transport a setTimer of its own to use timeouts",
    );
  return own(callback, time);
}

/** That of the runtime: JavaScriptCore's shell has one that cannot be cancelled. */
function ownTimer(): Timers["setTimer"] {
  const set: unknown = Reflect.get(globalThis, "setTimeout");
  const clear: unknown = Reflect.get(globalThis, "clearTimeout");
  if (typeof set !== "function" || typeof clear !== "function")
    return undefined;
  return (callback, time) => {
    const timer: unknown = Reflect.apply(set, undefined, [callback, time]);
    return () => {
      Reflect.apply(clear, undefined, [timer]);
    };
  };
}

/** Tells whether {@link startTimer} has a timer to start. */
export function hasTimers(timers: Timers = {}): boolean {
  return timers.setTimer !== undefined || ownTimer() !== undefined;
}
