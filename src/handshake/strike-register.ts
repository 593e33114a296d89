import { toHex } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";

/**
 * Remembers which early data was taken, so that none is taken twice (RFC 8446
 * 8.2). Tickets name the register that guards them: another process with the
 * same ticket keys and a register of its own takes no early data of theirs.
 */
export interface StrikeRegister {
  /** 1 to 32 bytes that no other register has. */
  readonly id: Uint8Array;
  /**
   * True for a key that was not struck before, which then counts as struck at
   * least until that time (milliseconds since the epoch). False when it was,
   * or when it cannot be remembered.
   */
  strike(key: Uint8Array, until: number): boolean;
}

/**
 * A strike register in this process. When it is full, no early data is taken
 * until the oldest entries have run out.
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
  readonly #struck = new Map<string, number>();

  /** @param options.capacity entries kept at most. Default 100,000 */
  constructor(options: {
    readonly provider: CryptoProvider;
    readonly capacity?: number;
  }) {
    this.id = options.provider.random(16);
    this.#now = options.provider.now;
    this.#capacity = options.capacity ?? 100_000;
  }

  strike(key: Uint8Array, until: number): boolean {
    const name = toHex(key);
    if (this.#struck.has(name)) return false;
    this.#forget();
    if (this.#struck.size >= this.#capacity) return false;
    this.#struck.set(name, until);
    return true;
  }

  /** Entries run out in the order in which they came. */
  #forget(): void {
    const now = this.#now();
    for (const [name, until] of this.#struck) {
      if (until > now) return;
      this.#struck.delete(name);
    }
  }
}
