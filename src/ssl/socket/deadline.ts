/** One deadline for a whole call, however many steps it takes. */
import { SSLTimeoutError } from "../errors/errors.ts";
import { requireNames } from "../names/arguments.ts";
import { startTimer } from "../platform/timers.ts";
import {
  type AbortSignalLike,
  CALL_OPTIONS,
  type CallOptions,
  type Transport,
} from "./transport.ts";

export interface Limits {
  readonly timeout: number | null;
  readonly signal: AbortSignalLike | undefined;
}

/** The limits of a call under way, as the call sees them. */
export interface Course {
  /** True once the call has been given up: it begins nothing more. */
  expired(): boolean;
  /**
   * Marks the call as done, before it takes what nobody else would get then: its
   * promise has that outcome, whatever its limits say until it has settled. False
   * where it has been given up already.
   */
  commit(): boolean;
}

const ENDLESS: Course = {
  expired: () => false,
  commit: () => true,
};

/**
 * Runs `call`, and rejects when the time is over or the signal says so. What
 * was begun goes on; the call is told by its {@link Course} not to begin anything
 * more.
 *
 * @throws SSLTimeoutError, or the signal's reason as it is
 */
export async function withDeadline<T>(
  what: string,
  transport: Transport,
  { timeout, signal }: Limits,
  call: (course: Course) => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) throw signal.reason;
  if (timeout === null && signal === undefined) return call(ENDLESS);
  let over = false;
  let committed = false;
  let end: (error: unknown) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    end = (error) => {
      if (committed) return;
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
  // A timer may be over at once; the compiler does not see that `end` sets it.
  const isOver = (): boolean => over;
  try {
    if (isOver()) return await ended;
    const result = call({
      expired: isOver,
      commit: () => (committed = !over),
    });
    // Its later rejection has nobody who waits for it.
    result.catch(() => undefined);
    return await Promise.race([result, ended]);
  } finally {
    cancel?.();
    signal?.removeEventListener("abort", onAbort);
  }
}

/**
 * Returns a call's own limits, or else those that hold for all.
 *
 * @throws TypeError for a name that is no option
 */
export function limitsOf(
  call: string,
  options: CallOptions | undefined,
  otherwise: number | null,
): Limits {
  if (options === undefined) return { timeout: otherwise, signal: undefined };
  requireNames(call, options, CALL_OPTIONS);
  const { timeout, signal } = options;
  const isOwn = timeout === undefined || timeout === null;
  return { timeout: isOwn ? otherwise : checkTimeout(timeout), signal };
}

/** @throws RangeError for what is no time */
export function checkTimeout(timeout: number | null): number | null {
  if (timeout !== null && !(timeout > 0))
    throw new RangeError("timeout: milliseconds above 0, or null for none");
  return timeout === Infinity ? null : timeout;
}

/** Tells whether a call was ended by its timeout or its signal. */
export function isExpiry(error: unknown, { signal }: CallOptions): boolean {
  return error instanceof SSLTimeoutError || signal?.aborted === true;
}
