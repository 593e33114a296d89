/** Answers of the program's callbacks, which come at once or with a promise. */

/**
 * Tells whether an answer has to be waited for. A promise of another realm, or
 * of a library, is no instance of this realm's Promise.
 */
export function isPromiseLike<T>(
  value: T | PromiseLike<T>,
): value is PromiseLike<T> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/**
 * Asks a callback of the program and reads its answer: the one place where an
 * answer is touched, whatever object it is. What the callback throws or rejects
 * with, what reading the answer throws, and a `then` that throws all go to
 * `failed`, which must not throw.
 */
export function readAnswer<T, R>(
  ask: () => T | PromiseLike<T>,
  read: (answer: T) => R | Promise<R>,
  failed: (error: unknown) => R,
): R | Promise<R> {
  try {
    const answer = ask();
    return isPromiseLike(answer)
      ? promiseOf(answer).then(read).catch(failed)
      : read(answer);
  } catch (error) {
    return failed(error);
  }
}

/** A promise of this realm and of nobody's making, which settles once. */
function promiseOf<T>(value: PromiseLike<T>): Promise<T> {
  return new Promise((resolve) => {
    resolve(value);
  });
}

/**
 * Calls a listener, whose answer nobody wants: `note` gets what it throws, or
 * what a promise of it is rejected with. Without `note` that is dropped, where a
 * listener's fault must cost nothing.
 */
export function callListener(
  listener: () => unknown,
  note: (error: unknown) => void = () => undefined,
): void {
  try {
    const told = listener();
    if (isPromiseLike(told)) promiseOf(told).catch(note);
  } catch (error) {
    note(error);
  }
}

/** Passes the answer on: at once where it is there. */
export function whenThere<T, R>(
  value: T | PromiseLike<T>,
  use: (value: T) => R | Promise<R>,
): R | Promise<R> {
  return isPromiseLike(value) ? promiseOf(value).then(use) : use(value);
}

/**
 * In place of an object that answers (a verifier, a key, credentials, a store, a
 * strike register, a PSK callback): the engine raises a need each time, as
 * `engine.need` and the event `need`, and waits for `engine.resume()`. For what
 * is elsewhere and answers late: an HSM, a database, a verifier of the platform.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfig, RAISE_NEED, TlsEngine } from "puretls/engine";
 *
 * const config = createClientConfig({ provider, verifier: RAISE_NEED, psk: RAISE_NEED });
 * const engine = TlsEngine.client(config);
 * if (engine.need?.type !== "psk") throw new Error("the PSK comes first");
 * engine.resume({ type: "psk_found", psk: undefined });
 * ```
 */
export const RAISE_NEED = "RAISE_NEED" as const;
