/** State that outlives a connection: sessions, ticket keys, the clock. */
import { RAISE_NEED } from "../../src/promises.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import {
  MemorySessionStore,
  MemoryStrikeRegister,
  type ServerOptions,
  type Session,
  type SessionStore,
  TicketKeys,
} from "../../src/engine/index.ts";
import type { Flags } from "./flags.ts";

/** BoringSSL's limit of early data, which some cases exceed. */
const MAX_EARLY_DATA = 14336;

export class Memory {
  readonly provider: CryptoProvider;
  /** The session that a client can resume. */
  session: Session | undefined;
  /** Tells whether the present connection was put into the server's store. */
  stored = false;
  /** The server's, which notes what is kept. */
  readonly store: SessionStore = this.#watched(new MemorySessionStore());
  readonly #tickets: TicketKeys;
  readonly #strikeRegister: MemoryStrikeRegister;
  #seconds = 0;

  constructor(provider: CryptoProvider) {
    // The cases look at ages to the millisecond: nothing else moves the clock.
    const begun = provider.now();
    this.provider = { ...provider, now: () => begun + 1000 * this.#seconds };
    this.#tickets = new TicketKeys({ provider: this.provider });
    this.#strikeRegister = new MemoryStrikeRegister({
      provider: this.provider,
    });
  }

  /** Moves the clock. */
  wait(seconds: number): void {
    this.#seconds += seconds;
  }

  /** Tells whether early data of that key was not taken before. */
  strike(key: Uint8Array, until: number): boolean {
    return this.#strikeRegister.strike(key, until);
  }

  #watched(store: MemorySessionStore): SessionStore {
    return {
      take: (id) => store.take(id),
      put: (id, session) => {
        this.stored = true;
        store.put(id, session);
      },
    };
  }

  /** The options of a server that resumes earlier connections. */
  serverOptions(flags: Flags): Partial<ServerOptions> {
    const hasTickets = !flags["no-ticket"] && !flags["skip-ticket"];
    this.stored = false;
    return {
      ...(hasTickets && { ticketKeys: this.#tickets }),
      numTickets: hasTickets ? 2 : 0,
      sessionStore: flags.async ? RAISE_NEED : this.store,
      ...(flags["enable-early-data"] &&
        hasTickets && {
          maxEarlyData: MAX_EARLY_DATA,
          strikeRegister: flags.late
            ? { id: this.#strikeRegister.id, strike: RAISE_NEED }
            : this.#strikeRegister,
        }),
    };
  }
}
