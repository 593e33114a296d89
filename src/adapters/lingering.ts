import { hasTimers, startTimer } from "../ssl/platform/timers.ts";

/** Milliseconds that a peer has to end its side once this side has closed. */
const LINGER = 1000;

/**
 * Waits for the peer's end, not for longer than a second. A socket closed over
 * unread data sends a reset, which can overtake an alert.
 */
export async function lingered(peerEnds: Promise<unknown>): Promise<void> {
  if (!hasTimers()) return;
  let cancel = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    cancel = startTimer({}, LINGER, resolve);
  });
  try {
    await Promise.race([peerEnds, passed]);
  } catch {
    // It has failed: there is nothing to wait for.
  } finally {
    cancel();
  }
}
