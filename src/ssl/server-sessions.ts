/** What a server's context remembers of connections, and counts. */
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Session } from "../handshake/session.ts";
import { MemorySessionStore } from "../handshake/session-store.ts";
import {
  MemoryStrikeRegister,
  type StrikeRegister,
} from "../handshake/strike-register.ts";
import { TicketKeys } from "../handshake/ticket-keys.ts";

/**
 * Where a context keeps sessions that are more than a ticket: in another
 * process, in a key-value store. It may answer at once or with a promise.
 */
export interface ContextSessionStore {
  /** Takes a session out, so that nobody else gets it; undefined: none. */
  take(id: Uint8Array): Session | undefined | Promise<Session | undefined>;
  /** Keeps a session; an error of it is nobody's business but the store's. */
  put(id: Uint8Array, session: Session): void | Promise<void>;
}

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
}

type Counter = "connect" | "connectGood" | "accept" | "acceptGood" | "hits";

/** Sessions of one context. */
export class ServerSessions {
  readonly #provider: CryptoProvider;
  readonly #counts = {
    connect: 0,
    connectGood: 0,
    accept: 0,
    acceptGood: 0,
    hits: 0,
    misses: 0,
  };
  readonly #memory = new MemorySessionStore();
  #tickets: TicketKeys | undefined;
  #strikeRegister: StrikeRegister | undefined;
  store: ContextSessionStore | null = null;

  constructor(provider: CryptoProvider) {
    this.#provider = provider;
  }

  /** Made when first wanted: most contexts are a client's. */
  get tickets(): TicketKeys {
    return (this.#tickets ??= new TicketKeys({ provider: this.#provider }));
  }
  set tickets(tickets: TicketKeys) {
    this.#tickets = tickets;
  }

  /** What early data was taken; made when first wanted. */
  get strikeRegister(): StrikeRegister {
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

  take(id: Uint8Array): Session | undefined | Promise<Session | undefined> {
    const found = (this.store ?? this.#memory).take(id);
    return found instanceof Promise
      ? found.then((session) => this.#counted(session))
      : this.#counted(found);
  }

  put(id: Uint8Array, session: Session): void {
    const put = (this.store ?? this.#memory).put(id, session);
    if (put instanceof Promise) put.catch(() => undefined);
  }

  #counted(session: Session | undefined): Session | undefined {
    if (session === undefined) this.#counts.misses++;
    return session;
  }
}
