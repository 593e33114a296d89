/**
 * Calls of a session store and of a strike register. None of them throws or
 * stays without an answer: a fault costs the resumption or the early data. Each
 * is reported as a {@link StoreEvent}.
 */
import { CIPHER_SUITES } from "../../handshake/registries/cipher-suites.ts";
import { readSession } from "../../handshake/sessions/session-check.ts";
import type { Session } from "../../handshake/sessions/session.ts";
import { callListener, readAnswer } from "../../promises.ts";
import { hasTimers, startTimer, type Timers } from "../platform/timers.ts";

/**
 * Stores a context's sessions that are more than a ticket: in another process,
 * in a key-value store. It may answer at once or with a promise.
 */
export interface ContextSessionStore {
  /** Takes a session out, so that nobody else gets it; undefined: none. */
  take(id: Uint8Array): Session | undefined | Promise<Session | undefined>;
  /** Keeps a session; an error of it is nobody's business but the store's. */
  put(id: Uint8Array, session: Session): void | Promise<void>;
  /**
   * True where finding and removing is one step, so that of two processes that
   * ask at once for an id one gets the session (as Redis' GETDEL does, and a GET
   * with a DEL behind it does not). Early data of its sessions then needs no
   * strike register (RFC 9846 8.1). Default false.
   */
  readonly takesOnce?: boolean;
}

/**
 * Remembers which early data a context's servers took, as the engine's
 * `StrikeRegister` does: in this process, or in a store that processes
 * with the same ticket keys share. It may answer at once or with a promise.
 */
export interface ContextStrikeRegister {
  /** 1 to 32 bytes: tickets name the register by them. */
  readonly id: Uint8Array;
  /**
   * True for a key that was not struck before, which then counts as struck at
   * least until that time. Finding out and striking must be one step: of two
   * processes that ask at once, one is told true.
   *
   * @param until milliseconds since the epoch
   */
  strike(key: Uint8Array, until: number): boolean | Promise<boolean>;
}

/** Outcomes of each operation, for a {@link StoreEvent}. */
export interface StoreOutcomes {
  /** `forgotten`: the session of a connection that failed was removed. */
  readonly take: "found" | "missing" | "forgotten" | StoreFault;
  readonly put: "kept" | StoreFault;
  /** `repeated`: the key was struck before, or the register refused it. */
  readonly strike: "first" | "repeated" | StoreFault;
}

/**
 * `failed`: it threw or rejected. `late`: it did not answer within
 * `sessionStoreTimeout`. `unusable`: it answered with something else than a
 * session, or than true and false.
 */
export type StoreFault = "failed" | "late" | "unusable";

/** An operation and its outcome. */
export type StoreOutcome = {
  readonly [Operation in keyof StoreOutcomes]: {
    readonly operation: Operation;
    readonly outcome: StoreOutcomes[Operation];
  };
}[keyof StoreOutcomes];

/** One call of a session store or a strike register, with its outcome. */
export type StoreEvent = StoreOutcome & {
  /** From the call to the outcome, by the provider's clock. */
  readonly milliseconds: number;
  /** The error that it threw or rejected with, for `failed`. */
  readonly error?: unknown;
};

/**
 * Told of each {@link StoreEvent}, for metrics. What it throws, or a promise of
 * it is rejected with, is ignored.
 */
export type StoreListener = (event: StoreEvent) => unknown;

/** Bounds of one call, and who is told. */
export interface CallBounds {
  readonly now: () => number;
  /** Milliseconds; undefined: no bound. */
  readonly timeout: number | undefined;
  readonly timers: Timers;
  readonly tell: (event: StoreEvent) => void;
}

/** A context may speak either version; the engine knows which it speaks now. */
const BOTH = {
  versions: ["TLSv1.3", "TLSv1.2"],
  suites: CIPHER_SUITES,
} as const;

/** The session under that id; undefined for none, and for any fault. */
export function takeSession(
  store: ContextSessionStore,
  id: Uint8Array,
  bounds: CallBounds,
): Session | undefined | Promise<Session | undefined> {
  const operation = "take";
  const read = (found: unknown): Reading<Session | undefined> => {
    const session = readSession(found, BOTH);
    if (session !== undefined)
      return { told: { operation, outcome: "found" }, answer: session };
    const isNone = found === undefined || found === null;
    const outcome = isNone ? "missing" : "unusable";
    return { told: { operation, outcome }, answer: undefined };
  };
  return call(operation, () => store.take(id), read, undefined, bounds);
}

/** Drops the session of a connection that failed; nothing waits for it. */
export function forgetSession(
  store: ContextSessionStore,
  id: Uint8Array,
  bounds: CallBounds,
): void {
  const told = { operation: "take", outcome: "forgotten" } as const;
  const read = () => ({ told, answer: undefined });
  void call("take", () => store.take(id), read, undefined, bounds);
}

/** Keeps a session. Returns the end of a call that is late; never rejects. */
export function putSession(
  store: ContextSessionStore,
  id: Uint8Array,
  session: Session,
  bounds: CallBounds,
): Promise<void> | undefined {
  const told = { operation: "put", outcome: "kept" } as const;
  const read = () => ({ told, answer: undefined });
  const kept = call(
    "put",
    () => store.put(id, session),
    read,
    undefined,
    bounds,
  );
  return kept?.then(() => undefined);
}

/** True only where the register said so in time. */
export function strikeKey(
  register: ContextStrikeRegister,
  key: Uint8Array,
  until: number,
  bounds: CallBounds,
): boolean | Promise<boolean> {
  const operation = "strike";
  const read = (first: unknown): Reading<boolean> => {
    if (first === true)
      return { told: { operation, outcome: "first" }, answer: true };
    const outcome = first === false ? "repeated" : "unusable";
    return { told: { operation, outcome }, answer: false };
  };
  const ask = () => register.strike(key, until);
  return call<boolean>(operation, ask, read, false, bounds);
}

/** A listener's own errors cost nothing. */
export function tellListener(listener: StoreListener, event: StoreEvent): void {
  callListener(() => listener(event));
}

interface Reading<T> {
  readonly told: StoreOutcome & { readonly error?: unknown };
  readonly answer: T;
}

/** @param fallback the answer in place of one that failed or is late */
function call<T>(
  operation: keyof StoreOutcomes,
  ask: () => unknown,
  read: (value: unknown) => Reading<T>,
  fallback: T,
  { now, timeout, timers, tell }: CallBounds,
): T | Promise<T> {
  const began = now();
  const done = ({ told, answer }: Reading<T>): T => {
    tell({ ...told, milliseconds: Math.max(0, now() - began) });
    return answer;
  };
  const fault = (outcome: "failed" | "late", error?: unknown): Reading<T> => ({
    told: { operation, outcome, ...(outcome === "failed" && { error }) },
    answer: fallback,
  });
  const answered = readAnswer(ask, read, (error) => fault("failed", error));
  if (!(answered instanceof Promise)) return done(answered);
  return new Promise<T>((resolve) => {
    let isSettled = false;
    const settle = (reading: Reading<T>): void => {
      if (isSettled) return;
      isSettled = true;
      cancel?.();
      resolve(done(reading));
    };
    const cancel =
      timeout !== undefined && hasTimers(timers)
        ? startTimer(timers, timeout, () => {
            settle(fault("late"));
          })
        : undefined;
    void answered.then(settle);
  });
}
