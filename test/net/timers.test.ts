/** Timers of runtimes that have one half of them. */
import { afterEach, expect, it, vi } from "vitest";
import { memoryPair } from "../../src/net/memory.ts";
import { closeInTime } from "../../src/net/transport.ts";
import { hasTimers, startTimer } from "../../src/ssl/platform/timers.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each(["setTimeout", "clearTimeout"])(
  "without %s a transport is closed without a bound of time",
  async (name) => {
    vi.stubGlobal(name, undefined);
    expect(hasTimers()).toBe(false);
    expect(() => startTimer({}, 1, () => undefined)).toThrow(
      /no setTimeout with clearTimeout/,
    );
    const [near, far] = memoryPair();
    await closeInTime(near);
    expect(await far.read()).toBeNull();
  },
);
