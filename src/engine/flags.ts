/** Tells which calls are allowed, by the step and the flags of a connection. */
import { TlsError, TlsUsageError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { Limits } from "../handshake/config/config.ts";
import type { HandshakeEvent } from "../handshake/machine/io.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { WriteHalf } from "../record/write-half.ts";
import type { Flags } from "./parts.ts";

/**
 * The step that an engine is in, while `messageCallback`, `padding`, `keyLog`, a
 * verifier or any other callback of the program runs in the middle of it: keys and
 * state are then half of before and half of after.
 */
export class Steps {
  readonly #observer: { check(): void };
  readonly #fail: (error: unknown) => void;
  #depth = 0;
  readonly #ends: (() => void)[] = [];

  /**
   * @param observer throws what a callback failed with
   * @param fail ends the connection; throws nothing
   */
  constructor(observer: { check(): void }, fail: (error: unknown) => void) {
    this.#observer = observer;
    this.#fail = fail;
  }

  /** Runs a step; any error in it ends the connection. */
  guard(step: () => void): void {
    this.run(() => {
      try {
        step();
        this.#observer.check();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Runs what may call callbacks, and then the ends that they called for. */
  run<T>(step: () => T): T {
    this.#depth++;
    try {
      return step();
    } finally {
      this.#depth--;
      if (this.#depth === 0) for (const end of this.#ends.splice(0)) end();
    }
  }

  /** @throws TlsUsageError in the middle of a step */
  requireNone(call: string): void {
    if (this.#depth > 0)
      throw new TlsUsageError(
        `${call}: called by a callback (messageCallback, padding, keyLog, verifier, psk, ...) in the middle of a step of the same connection; call it when that step is over, as by queueMicrotask()`,
      );
  }

  /** Puts off an end of the connection in the middle of a step; false: there is none. */
  putOff(end: () => void): boolean {
    if (this.#depth === 0) return false;
    this.#ends.push(end);
    return true;
  }
}

/** @throws TlsUsageError after a failure, when the secrets are gone */
export function requireAlive({ failed }: Flags, what: string): void {
  if (failed !== undefined)
    throw new TlsUsageError(`${what}: the connection has failed`, {
      cause: failed,
    });
}

/**
 * Checks that this side may write.
 *
 * @throws TlsUsageError when it may not, by what it was asked for
 */
export function requireOpen(
  { failed, info, writeClosed, halfRtt }: Flags,
  what: string,
): void {
  if (failed)
    throw new TlsUsageError(`${what}: the connection has failed`, {
      cause: failed,
    });
  // [5246-7.3-03] [9846-2-02] [9846-5.1-18]
  if (info === undefined && (!halfRtt || what !== "write"))
    throw new TlsUsageError(`${what}: the handshake is not done`);
  if (writeClosed)
    throw new TlsUsageError(`${what}: this side has said close_notify`);
}

/** @throws TlsUsageError where there is no KeyUpdate to write */
export function requireKeyUpdate(flags: Flags): void {
  requireOpen(flags, "updateKeys");
  if (flags.info?.version === "TLSv1.2")
    throw new TlsUsageError("updateKeys: TLS 1.2 has no KeyUpdate");
}

/** Tells whether this side may write. */
export function isOpen({ info, writeClosed, failed, halfRtt }: Flags): boolean {
  const ready = info !== undefined || halfRtt;
  return ready && !writeClosed && failed === undefined;
}

/**
 * Checks that a server may ask for a certificate now, RFC 9846 4.7.2.
 *
 * @throws TlsUsageError when it may not
 */
export function requireCertificateRequest(
  flags: Flags,
  state: ConnectionState,
): void {
  requireOpen(flags, "requestCertificate");
  if (!("handshakeTranscript" in state) || state.machine !== "server13")
    throw new TlsUsageError(
      "requestCertificate: this is no server of TLS 1.3, or an answer is coming in",
    );
  // [9846-4.3.6-01]
  if (state.handshakeTranscript === undefined)
    throw new TlsUsageError(
      'requestCertificate: the client did not offer it, the connection is by an external PSK, or clientAuthentication is "none"',
    );
  if (state.asked !== undefined)
    throw new TlsUsageError("requestCertificate: one request is under way");
}

/**
 * Bytes of data that forgive a KeyUpdate: 64 KiB of both then cost no more than
 * 64 KiB of records of one byte, which nothing forbids.
 */
const DATA_PER_KEY_UPDATE = 128;

/**
 * Counts application data, and says whether the peer's key has worn out with
 * it (RFC 9846 5.5): it is then to be asked for a new one.
 */
export function noteData(
  flags: Flags,
  length: number,
  recordsUnderKey: number,
): boolean {
  // By bytes, for a record of one byte costs its sender nothing.
  flags.dataSinceUpdates += length;
  while (
    flags.keyUpdates > 0 &&
    flags.dataSinceUpdates >= DATA_PER_KEY_UPDATE
  ) {
    flags.keyUpdates--;
    flags.dataSinceUpdates -= DATA_PER_KEY_UPDATE;
  }
  // Answers that were asked for are still to come: they stay below zero.
  if (flags.keyUpdates <= 0) flags.dataSinceUpdates = 0;
  flags.warningAlerts = 0;
  // [9846-5.5-03]
  return (
    recordsUnderKey >= flags.readKeyLimit &&
    !flags.updateRequested &&
    isOpen(flags)
  );
}

/**
 * Returns an event that the program takes. With data a run of KeyUpdates ends:
 * what the peer sent at once is done with.
 */
export function noteTaken<E extends { readonly type: string } | undefined>(
  flags: Flags,
  event: E,
): E {
  if (event?.type === "data") flags.keyUpdates = Math.min(flags.keyUpdates, 0);
  return event;
}

/**
 * Tells whether an update of this side's keys asks for the peer's too. RFC 9846
 * 4.7.3: not again before the peer's KeyUpdate.
 */
export function asksPeer(flags: Flags, wanted: boolean): boolean {
  // [9846-4.7.3-06]
  if (!wanted || flags.updateRequested) return false;
  flags.updateRequested = true;
  // The peer's answer is no flood: it was asked for.
  flags.keyUpdates--;
  return true;
}

// [9846-5.5-02]
/**
 * Bytes of early data that this side may write at the moment. RFC 9846 5.5: no
 * more than its key may seal, which cannot be updated; EndOfEarlyData and an
 * alert are to come under it.
 */
export function earlyDataLeft(
  flags: Flags,
  { contentLeft, maxContent }: WriteHalf,
): number {
  const { failed, writeClosed, earlyDataToWrite = 0 } = flags;
  if (failed || writeClosed) return 0;
  return Math.min(earlyDataToWrite, Math.max(0, contentLeft - 2 * maxContent));
}

/** @throws TlsUsageError when there is no room for so much early data */
export function reserveEarlyData(
  flags: Flags,
  write: WriteHalf,
  length: number,
): void {
  const left = earlyDataLeft(flags, write);
  if (left === 0 || length > left)
    throw new TlsUsageError(
      `writeEarlyData: ${left} bytes may be sent, not ${length}`,
    );
  flags.earlyDataToWrite = (flags.earlyDataToWrite ?? 0) - length;
}

/**
 * Tells whether data that came is early data, and counts it.
 *
 * @throws TlsError where none may come, and when it is more than the ticket
 *   allows (RFC 9846 4.3.10)
 */
export function takeData(
  flags: Flags,
  state: ConnectionState,
  length: number,
): "data" | "early_data" {
  if (flags.earlyDataToRead === undefined) {
    // RFC 9846 4.7.2: an answer's messages come with nothing between them.
    if (flags.info === undefined || "connected" in state)
      throw new TlsError(reason.unexpected_application_data);
    return "data";
  }
  flags.earlyDataToRead -= length;
  // [9846-4.7.1-17]
  if (flags.earlyDataToRead < 0) throw new TlsError(reason.too_much_early_data);
  return "early_data";
}

/**
 * Keeps what an event says of the connection.
 *
 * @throws TlsError for one KeyUpdate too many
 */
export function noteEvent(
  flags: Flags,
  event: HandshakeEvent,
  limits: Limits,
): void {
  if ("info" in event) flags.info = event.info;
  if (
    event.type === "key_update" &&
    event.direction === "read" &&
    ++flags.keyUpdates > limits.keyUpdates
  )
    throw new TlsError(reason.too_many_key_updates);
}
