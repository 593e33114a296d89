/** The contract of transports, and what adapters share. */
import { hasTimers, startTimer } from "../ssl/platform/timers.ts";
import type { Transport } from "../ssl/socket/transport.ts";

export type { Transport, TransportAddress } from "../ssl/socket/transport.ts";
export { ByteQueue } from "../queues.ts";

/** Refuses a second call of a kind while one is under way. */
export function oneAtATime(what: string, underWay: boolean): void {
  if (underWay)
    throw new Error(`${what}: one is under way on this transport already`);
}

/**
 * Makes the error that calls on a transport that was closed here reject with.
 */
export function transportClosed(): Error {
  return new Error("this transport was closed");
}

/** Milliseconds in which a peer has to take what is left to send to it. */
export const CLOSING_TIME = 10_000;

/**
 * Closes a transport that nobody waits for. A peer that does not read could
 * keep it for ever: after {@link CLOSING_TIME} it is aborted.
 */
export async function closeInTime(transport: Transport): Promise<void> {
  const cancel = hasTimers(transport)
    ? startTimer(transport, CLOSING_TIME, () => {
        transport.abort();
      })
    : undefined;
  try {
    await transport.close();
  } catch {
    // The connection has failed already, and said so.
  } finally {
    cancel?.();
  }
}

/** As rejections have it. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
