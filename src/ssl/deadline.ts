/** One deadline for a whole call, however many steps it takes. */
import { SSLTimeoutError, stateError } from "./errors.ts";
import type { AbortSignalLike, CallOptions, Transport } from "./transport.ts";

export interface Limits {
  readonly timeout: number | null;
  readonly signal: AbortSignalLike | undefined;
}

/**
 * Runs `call`, and rejects when the time is over or the signal says so. What
 * was begun goes on; the call is told by `expired()` not to begin anything
 * more.
 *
 * @throws SSLTimeoutError, or the signal's reason as it is
 */
export async function withDeadline<T>(
  what: string,
  transport: Transport,
  { timeout, signal }: Limits,
  call: (expired: () => boolean) => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) throw signal.reason;
  if (timeout === null && signal === undefined) return call(() => false);
  let over = false;
  let end: (error: unknown) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    end = (error) => {
      over = true;
      reject(error);
    };
  });
  const onAbort = (): void => {
    end(signal?.reason);
  };
  signal?.addEventListener("abort", onAbort);
  const cancel =
    timeout === null
      ? undefined
      : startTimer(transport, timeout, () => {
          end(new SSLTimeoutError(what, timeout));
        });
  try {
    const result = call(() => over);
    // Its later rejection has nobody who waits for it.
    result.catch(() => undefined);
    return await Promise.race([result, ended]);
  } finally {
    cancel?.();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** What a call says, or else what holds for all. */
export function limitsOf(
  { timeout, signal }: CallOptions = {},
  otherwise: number | null,
): Limits {
  const isOwn = timeout === undefined || timeout === null;
  return { timeout: isOwn ? otherwise : checkTimeout(timeout), signal };
}

/** @throws RangeError for what is no time */
export function checkTimeout(timeout: number | null): number | null {
  if (timeout !== null && !(timeout > 0))
    throw new RangeError("timeout: milliseconds above 0, or null for none");
  return timeout === Infinity ? null : timeout;
}

function startTimer(
  transport: Transport,
  milliseconds: number,
  callback: () => void,
): () => void {
  if (transport.setTimer !== undefined)
    return transport.setTimer(callback, milliseconds);
  const set: unknown = Reflect.get(globalThis, "setTimeout");
  const clear: unknown = Reflect.get(globalThis, "clearTimeout");
  if (typeof set !== "function" || typeof clear !== "function")
    throw stateError(
      "ERR_UNSUPPORTED_PLATFORM",
      "there is no setTimeout here: give the transport a setTimer of its own to use timeouts",
    );
  const timer: unknown = Reflect.apply(set, undefined, [
    callback,
    milliseconds,
  ]);
  return () => {
    Reflect.apply(clear, undefined, [timer]);
  };
}
