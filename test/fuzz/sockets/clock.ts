/** A clock that moves on command, and the timers that wait for it. */

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  /** Set by the run itself. */
  readonly own: boolean;
}

/** Lets everything come to rest that does not wait for time or for bytes. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class Clock {
  #now = 0;
  #timers = new Set<Timer>();

  get now(): number {
    return this.#now;
  }

  /** Milliseconds until each timer that is set, but for those of the run. */
  get pending(): number[] {
    return [...this.#timers]
      .filter(({ own }) => !own)
      .map(({ at }) => at - this.#now);
  }

  /** Calls back later, for the run itself. */
  after(milliseconds: number, callback: () => void): void {
    this.#timers.add({ at: this.#now + milliseconds, callback, own: true });
  }

  /** As `Transport.setTimer`. */
  readonly setTimer = (
    callback: () => void,
    milliseconds: number,
  ): (() => void) => {
    const timer = { at: this.#now + milliseconds, callback, own: false };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  /**
   * Lets time go by, and each timer do what it does.
   *
   * @param settle waits until nothing moves without time, as before each timer
   */
  async advance(
    milliseconds: number,
    settle: () => Promise<void>,
  ): Promise<void> {
    await settle();
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  /**
   * Takes the place of the timers of `globalThis`; returns how to put those
   * back.
   */
  install(): () => void {
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    replaceGlobal("setTimeout", this.setTimer);
    replaceGlobal("clearTimeout", (cancel: unknown) => {
      if (typeof cancel === "function") Reflect.apply(cancel, undefined, []);
    });
    return () => {
      replaceGlobal("setTimeout", set);
      replaceGlobal("clearTimeout", clear);
    };
  }

  /** The earliest, of several the one that was set first. */
  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (next === undefined || timer.at < next.at) next = timer;
    return next;
  }
}

function replaceGlobal(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: true,
  });
}
