/** Handshakes under way, and which of them has received least. */

/**
 * Bytes beyond which more are no progress: fewer than any ClientHello has. A
 * peer that sends a long hello and stops shall not stand above honest ones.
 */
const MOST = 32;

/**
 * A set of handshakes in levels: each level has those that had received fewer
 * than twice as many bytes as the level below when they were last looked at, up
 * to {@link MOST}. To
 * find the one that has received least is to look at the first of a level, and
 * to move on those that have received more since: whatever arrives and leaves,
 * each handshake is looked at a few times in all.
 */
export class PendingHandshakes<T> {
  readonly #received: (one: T) => number;
  /** By the bits of the bytes received; the oldest first. */
  readonly #levels: Set<T>[] = [];
  readonly #levelOf = new Map<T, number>();

  /** `received` says how many bytes have come for a handshake. */
  constructor(received: (one: T) => number) {
    this.#received = received;
  }

  get size(): number {
    return this.#levelOf.size;
  }

  /** All, in no order that matters. */
  values(): Iterable<T> {
    return this.#levelOf.keys();
  }

  /** Adds one that has received nothing yet. */
  add(one: T): void {
    this.#put(one, 0);
  }

  delete(one: T): void {
    const level = this.#levelOf.get(one);
    if (level === undefined) return;
    this.#levelOf.delete(one);
    this.#levels[level]?.delete(one);
  }

  /**
   * The one that has received least, or at most twice as much as that one, or
   * {@link MOST}; the oldest of those. Undefined when there is none.
   */
  least(): T | undefined {
    for (let level = 0; level < this.#levels.length; level++)
      for (const one of this.#levels[level] ?? []) {
        const now = bits(this.#received(one));
        if (now <= level) return one;
        this.#levels[level]?.delete(one);
        this.#put(one, now);
      }
    return undefined;
  }

  #put(one: T, level: number): void {
    while (this.#levels.length <= level) this.#levels.push(new Set());
    this.#levels[level]?.add(one);
    this.#levelOf.set(one, level);
  }
}

function bits(count: number): number {
  return 32 - Math.clz32(Math.min(count, MOST));
}
