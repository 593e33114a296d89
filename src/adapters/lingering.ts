import { hasTimers, startTimer } from "../ssl/platform/timers.ts";

/** Milliseconds that a peer has to end its side once this side has closed. */
const LINGER = 1000;

/**
 * Waits for an end, the peer's or a socket's own, not for longer than a second, and
 * not for its outcome. A socket closed over unread data sends a reset, which can
 * overtake an alert.
 */
export async function lingered(ends: Promise<unknown>): Promise<void> {
  ends.catch(() => undefined);
  if (!hasTimers()) return;
  let cancel = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    cancel = startTimer({}, LINGER, resolve);
  });
  try {
    await Promise.race([ends, passed]);
  } catch {
    // It has failed: there is nothing to wait for.
  } finally {
    cancel();
  }
}
