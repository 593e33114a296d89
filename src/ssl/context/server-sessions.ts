/** Sessions and counters of a server's context. */
import { toHex } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { Session } from "../../handshake/sessions/session.ts";
import { MemorySessionStore } from "../../handshake/sessions/session-store.ts";
import { MemoryStrikeRegister } from "../../handshake/sessions/strike-register.ts";
import { TicketKeys } from "../../handshake/sessions/ticket-keys.ts";
import type { Timers } from "../platform/timers.ts";
import type { Settings } from "./settings.ts";
import {
  type CallBounds,
  type ContextStrikeRegister,
  forgetSession,
  putSession,
  type StoreEvent,
  strikeKey,
  takeSession,
  tellListener,
} from "./store-calls.ts";

/** Python: the dictionary of `session_stats()`. */
export interface SessionStats {
  /** Sessions that the context keeps; tickets are kept by clients. */
  readonly number: number;
  readonly connect: number;
  readonly connectGood: number;
  /** Always 0: there is no renegotiation. */
  readonly connectRenegotiate: number;
  readonly accept: number;
  readonly acceptGood: number;
  /** Always 0: there is no renegotiation. */
  readonly acceptRenegotiate: number;
  /** Connections that went on from a session. */
  readonly hits: number;
  /** Sessions asked for that the store did not have. */
  readonly misses: number;
  /** Always 0: a session that is too old counts as one that is not there. */
  readonly timeouts: number;
  /** Always 0: a store in memory forgets the oldest. */
  readonly cacheFull: number;
  /**
   * Calls of the session store and the strike register that failed, were late or
   * were answered by something else; not in Python, and told by `onStoreEvent`.
   */
  readonly storeFaults: number;
}

type Counter = "connect" | "connectGood" | "accept" | "acceptGood" | "hits";

/** Sessions that a store is taking in, by their ids in hexadecimal. */
export type PendingPuts = Map<string, Promise<void>>;

/** Sessions of one context: in the store of its settings, or in memory. */
export class ServerSessions {
  readonly #provider: CryptoProvider;
  readonly #counts = {
    connect: 0,
    connectGood: 0,
    accept: 0,
    acceptGood: 0,
    hits: 0,
    misses: 0,
    storeFaults: 0,
  };
  readonly #memory = new MemorySessionStore();
  #ticketKeys: TicketKeys | undefined;
  #strikeRegister: ContextStrikeRegister | undefined;

  constructor(provider: CryptoProvider) {
    this.#provider = provider;
  }

  /** Keys of its own, made when first wanted: most contexts are a client's. */
  get ticketKeys(): TicketKeys {
    return (this.#ticketKeys ??= new TicketKeys({ provider: this.#provider }));
  }

  /** Its own, of what early data was taken; made when first wanted. */
  get strikeRegister(): ContextStrikeRegister {
    return (this.#strikeRegister ??= new MemoryStrikeRegister({
      provider: this.#provider,
    }));
  }

  get stats(): SessionStats {
    return {
      ...this.#counts,
      number: this.#memory.size,
      connectRenegotiate: 0,
      acceptRenegotiate: 0,
      timeouts: 0,
      cacheFull: 0,
    };
  }

  count(what: Counter): void {
    this.#counts[what]++;
  }

  /**
   * Takes a session out of the store of the settings, or out of memory. Never
   * throws or rejects, and is bounded in time.
   */
  take(id: Uint8Array, settings: Settings, timers: Timers) {
    return takeSession(
      settings.sessionStore ?? this.#memory,
      id,
      this.#bounds(settings, timers),
    );
  }

  /**
   * The store of the settings, or memory; nothing waits for it.
   *
   * @param puts of one connection: what it forgets is taken out again once a
   *   store that is late has it
   */
  with(settings: Settings, puts: PendingPuts) {
    const store = settings.sessionStore ?? this.#memory;
    const bounds = this.#bounds(settings);
    return {
      /** Keeps a session. */
      put: (id: Uint8Array, session: Session): void => {
        const late = putSession(store, id, session, bounds);
        if (late !== undefined) puts.set(toHex(id), late);
      },
      /** Drops the session of a connection that failed. */
      forget: (id: Uint8Array): void => {
        forgetSession(store, id, bounds);
        void puts.get(toHex(id))?.then(() => {
          forgetSession(store, id, bounds);
        });
      },
    };
  }

  /** Asks the register of the settings, or its own. As {@link take}. */
  strike(key: Uint8Array, until: number, settings: Settings, timers: Timers) {
    const register = settings.strikeRegister ?? this.strikeRegister;
    return strikeKey(register, key, until, this.#bounds(settings, timers));
  }

  #bounds(settings: Settings, timers?: Timers): CallBounds {
    const { sessionStoreTimeout, onStoreEvent } = settings;
    return {
      now: this.#provider.now,
      timeout: timers && sessionStoreTimeout,
      timers: timers ?? {},
      tell: (event) => {
        this.#count(event);
        if (onStoreEvent !== null) tellListener(onStoreEvent, event);
      },
    };
  }

  #count({ operation, outcome }: StoreEvent): void {
    switch (outcome) {
      case "failed":
      case "late":
      case "unusable":
        this.#counts.storeFaults++;
        break;
      case "missing":
      case "found":
      case "forgotten":
      case "kept":
      case "first":
      case "repeated":
        break;
    }
    if (operation === "take" && outcome === "missing") this.#counts.misses++;
  }
}
