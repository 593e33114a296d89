/** The one error that ends a connection, and the one for wrong use. */
import { type AlertName, alertName, ALERTS } from "./alerts.ts";
import type * as reasons from "./reasons.ts";
import { callListener, isPromiseLike } from "./promises.ts";
import { callback_failed } from "./reasons/this-side.ts";
import type { ReasonRow } from "./reasons/row.ts";

export { type AlertName, alertName, ALERTS };

/** A stable name for what was wrong; programs may compare it. */
export type Reason = keyof typeof reasons;

/** One row of `REASONS`. */
export interface NamedReason extends ReasonRow {
  readonly name: Reason;
}

/**
 * An option of this side's config, and values that the peer would have accepted and
 * that the option leaves out.
 */
export interface Remedy {
  readonly option: "versions" | "cipherSuites" | "groups" | "signatureSchemes";
  /**
   * Names of the registries, as the option takes them; none where it cannot be
   * known which the peer accepts.
   */
  readonly names: readonly string[];
}

/** The exact fault of an error, and an option that would have helped. */
export type ErrorDetails = Pick<TlsErrorOptions, "detail" | "remedy">;

export interface TlsErrorOptions {
  /**
   * The exact fault, without peer-controlled text that is not made printable.
   */
  readonly detail?: string;
  readonly cause?: unknown;
  /** An option that would have made the two sides agree. */
  readonly remedy?: Remedy | undefined;
  /** With `peer_alert`: the alert that came. */
  readonly received?: AlertName | number;
  /** With `callback_failed`: the alert that the callback chose. */
  readonly alert?: AlertName;
  /** With `ech_rejected`: what the server says are its keys. */
  readonly echRetryConfigs?: Uint8Array;
}

/**
 * The error that ends a connection. `reason` is stable; `message` is for people
 * and may change.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createServerConfig, RAISE_NEED, TlsEngine, TlsError } from "puretls/engine";
 *
 * const engine = TlsEngine.server(
 *   createServerConfig({ provider, credentials: RAISE_NEED }),
 * );
 * engine.receive(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
 * const { error } = engine;
 * if (!(error instanceof TlsError)) throw new Error("no TLS came");
 * if (error.reason !== "http_request") throw error;
 * ```
 */
export class TlsError extends Error {
  override readonly name = "TlsError";
  readonly reason: Reason;
  /** This side's alert for the reason, or the one received; undefined: none. */
  readonly alert: AlertName | number | undefined;
  // [9846-6.2-05]
  /**
   * Tells whose alert it is: "sent" for this side's, though none goes out once
   * it has closed.
   */
  readonly direction: "sent" | "received" | undefined;
  /** Document and section that decide, as "9846 4.2.3". */
  readonly rfc: string;
  /**
   * With `ech_rejected`: an ECHConfigList to try again with; undefined where
   * the server, which has shown its certificate, does without ECH.
   */
  readonly echRetryConfigs: Uint8Array | undefined;
  /**
   * An option that leaves out what the peer offers, where the two sides share
   * nothing and this side could.
   */
  readonly remedy: Remedy | undefined;
  /** The part of the message in parentheses; undefined where there is none. */
  readonly detail: string | undefined;

  constructor(row: NamedReason, options: TlsErrorOptions = {}) {
    const alert = options.received ?? options.alert ?? row.alert ?? undefined;
    const detail = options.detail === undefined ? "" : ` (${options.detail})`;
    const receivedText =
      options.received === undefined ? "" : `: ${describe(options.received)}`;
    super(`${row.says}${receivedText}${detail}`, { cause: options.cause });
    this.reason = row.name;
    this.alert = alert;
    this.direction =
      options.received !== undefined
        ? "received"
        : alert === undefined
          ? undefined
          : "sent";
    this.rfc = row.rfc;
    this.echRetryConfigs = options.echRetryConfigs;
    this.remedy = options.remedy;
    this.detail = options.detail;
  }
}

/**
 * Wrong use of the API by this side's program: nothing went out and the
 * connection is as it was.
 *
 * @example
 * ```ts
 * import { TicketKeys, TlsUsageError } from "puretls";
 * import { noble as provider } from "puretls/crypto/noble";
 *
 * try {
 *   new TicketKeys({ provider, keys: [new Uint8Array(3)] });
 * } catch (error) {
 *   if (!(error instanceof TlsUsageError)) throw error;
 *   if (!error.message.includes("48 bytes")) throw error;
 * }
 * ```
 */
export class TlsUsageError extends Error {
  override readonly name = "TlsUsageError";
}

/**
 * Calls a callback of the program that has to answer at once.
 *
 * @param name the option that it stands in
 * @param read reads the answer; its result shares no memory with the program's
 * @throws TlsError `callback_failed`, its cause what the callback threw or reading
 *   its answer; also for one that returns a promise, whose rejection nobody would
 *   hear
 */
export function callProgram<T, R>(
  name: string,
  callback: () => T,
  read: (answer: T) => R,
): R {
  try {
    const answer = callback();
    if (!isPromiseLike(answer)) return read(answer);
    // Handles the promise's rejection.
    callListener(() => answer);
  } catch (cause) {
    throw new TlsError(callback_failed, { detail: name, cause });
  }
  throw new TlsError(callback_failed, {
    detail: `${name}: it returned a promise, and has to answer at once`,
  });
}

function describe(alert: AlertName | number): string {
  return typeof alert === "number" ? `alert number ${alert}` : alert;
}
