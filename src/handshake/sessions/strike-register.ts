import type { RAISE_NEED } from "../../promises.ts";
import { toHex } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";

// [9846-8-04]
/**
 * Remembers which early data was taken, so that none is taken twice (RFC 9846
 * 8.2). Tickets name the register that guards them: another process with the
 * same ticket keys and a register of its own takes no early data of theirs.
 */
export interface StrikeRegister {
  /** 1 to 32 bytes that no other register has. */
  readonly id: Uint8Array;
  /**
   * True for a key that was not struck before, which then counts as struck at
   * least until that time, and as long before now for a clock that steps back.
   * False when it was, or when it cannot be remembered.
   *
   * @param until milliseconds since the epoch
   */
  strike(key: Uint8Array, until: number): boolean;
}

/**
 * A register that the program asks: each strike is a need, `strike`, which may
 * be answered late. For registers elsewhere, that processes share.
 */
export interface AskedStrikeRegister {
  /** As {@link StrikeRegister.id}. */
  readonly id: Uint8Array;
  readonly strike: typeof RAISE_NEED;
}

/**
 * A strike register in this process. When it is full, no early data is accepted
 * until entries have run out. Nor is any while the clock stands where entries
 * were forgotten: before the end of those that have run out, and around those
 * that were made while the clock was ahead, which a full register drops. So a
 * clock that steps, back or forth, opens no second chance.
 *
 * @example
 * ```ts
 * import { MemoryStrikeRegister } from "puretls/engine";
 * import { noble } from "puretls/crypto/noble";
 *
 * const register = new MemoryStrikeRegister({ provider: noble });
 * const until = noble.now() + 1000;
 * const once = register.strike(Uint8Array.of(1), until);
 * const twice = register.strike(Uint8Array.of(1), until);
 * if (!once || twice) throw new Error("struck once");
 * ```
 */
export class MemoryStrikeRegister implements StrikeRegister {
  readonly id: Uint8Array;
  readonly #now: () => number;
  readonly #capacity: number;
  readonly #struck = new Set<string>();
  /** Keys by the second in which they run out. */
  readonly #seconds = new Map<number, Second>();
  /** The last moment, in milliseconds, of what has run out and was forgotten. */
  #forgottenUntil = -Infinity;
  /** Around what was dropped while it lay ahead of the clock. */
  #dropped = { from: Infinity, until: -Infinity };

  /** @param options.capacity entries kept at most. Default 100,000 */
  constructor(options: {
    readonly provider: CryptoProvider;
    readonly capacity?: number;
  }) {
    // [9846-8.2-03]
    this.id = options.provider.random(16);
    this.#now = options.provider.now;
    this.#capacity = options.capacity ?? 100_000;
  }

  // [9846-8-03]
  /**
   * Strikes a key: {@link StrikeRegister.strike}.
   *
   * @param until milliseconds since the epoch
   */
  strike(key: Uint8Array, until: number): boolean {
    const name = toHex(key);
    const now = this.#now();
    this.#forget(now);
    if (this.#struck.has(name)) return false;
    if (this.#struck.size >= this.#capacity) this.#dropAhead(now);
    // A clock that has stepped may meet what is forgotten already.
    if (now <= this.#forgottenUntil || this.#isAmongDropped(now)) return false;
    if (this.#struck.size >= this.#capacity) return false;
    this.#struck.add(name);
    const end = 1000 * Math.ceil(until / 1000);
    // As long before now as behind it.
    const from = now - Math.max(0, end - now);
    const second = this.#seconds.get(end);
    if (second === undefined) {
      this.#seconds.set(end, { names: [name], from });
    } else {
      second.names.push(name);
      second.from = Math.min(second.from, from);
    }
    return true;
  }

  /** Forgets whole seconds: one far ahead does not keep the others. */
  #forget(now: number): void {
    for (const [end, second] of this.#seconds) {
      if (end >= now) continue;
      this.#drop(end, second);
      this.#forgottenUntil = Math.max(this.#forgottenUntil, end);
    }
  }

  /** Makes space of what was struck while the clock was ahead. */
  #dropAhead(now: number): void {
    for (const [end, second] of this.#seconds) {
      if (second.from <= now) continue;
      this.#drop(end, second);
      const { from, until } = this.#dropped;
      this.#dropped = {
        from: Math.min(from, second.from),
        until: Math.max(until, end),
      };
    }
  }

  #drop(end: number, { names }: Second): void {
    for (const name of names) this.#struck.delete(name);
    this.#seconds.delete(end);
  }

  #isAmongDropped(now: number): boolean {
    return this.#dropped.from <= now && now <= this.#dropped.until;
  }
}

interface Second {
  readonly names: string[];
  /** The earliest moment at which one of them could be of use again. */
  from: number;
}
