import { toHex } from "../../bytes.ts";
import type { Session } from "./session.ts";

/**
 * Stores a server's sessions: under a TLS 1.2 session id, or under a TLS 1.3
 * ticket that is nothing but a name.
 */
export interface SessionStore {
  /**
   * Takes the session out: whoever asks next gets nothing, so that no two
   * connections go on from one ticket. (TLS 1.2 lets a session be used again;
   * the server then puts it back.)
   */
  take(id: Uint8Array): Session | undefined;
  /** Keeps a session under that name; `id` is copied or not kept. */
  put(id: Uint8Array, session: Session): void;
}

/**
 * Sessions in memory, the oldest of which go when there are too many.
 *
 * @example
 * ```ts
 * import { MemorySessionStore } from "puretls/engine";
 *
 * const store = new MemorySessionStore({ capacity: 1000 });
 * if (store.take(Uint8Array.of(1)) !== undefined) throw new Error("empty");
 * ```
 */
export class MemorySessionStore implements SessionStore {
  readonly #capacity: number;
  readonly #sessions = new Map<string, Session>();

  /** @param options.capacity sessions kept at most. Default 10,000 */
  constructor(options: { readonly capacity?: number } = {}) {
    this.#capacity = options.capacity ?? 10_000;
  }

  /** Number of sessions in the store. */
  get size(): number {
    return this.#sessions.size;
  }

  take(id: Uint8Array): Session | undefined {
    const key = toHex(id);
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    return session;
  }

  put(id: Uint8Array, session: Session): void {
    this.#sessions.set(toHex(id), session);
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size <= this.#capacity) return;
      this.#sessions.delete(key);
    }
  }
}
