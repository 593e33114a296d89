/** What a context says about sessions, tickets and pre-shared keys. */
import type { TicketKeys } from "../handshake/ticket-keys.ts";
import { Protocol } from "./constants.ts";
import type { ContextState } from "./context-state.ts";
import { dhParametersOf } from "./dh-parameters.ts";
import { readFile } from "./platform.ts";
import type {
  PskClientCallback,
  PskServerCallback,
} from "./pre-shared-keys.ts";
import { contextState } from "./protocol-settings.ts";
import type { Encoded } from "./reading.ts";
import type { ContextSessionStore, SessionStats } from "./server-sessions.ts";
import { TrustSettings } from "./trust-settings.ts";

/** The part of a context that remembers connections. */
export class SessionSettings extends TrustSettings {
  get #state(): ContextState {
    return contextState(this);
  }

  /**
   * Python: `num_tickets`. How many tickets of TLS 1.3 a server sends after the
   * handshake, 0 to 16; TLS 1.2 has one.
   *
   * @throws RangeError for another number, and on a context for clients
   */
  get numTickets(): number {
    return this.#state.numTickets;
  }
  set numTickets(value: number) {
    this.#requireServer("numTickets");
    if (!Number.isInteger(value) || value < 0 || value > 16)
      throw new RangeError("numTickets: from 0 to 16");
    this.#state.numTickets = value;
  }

  /**
   * Python: `post_handshake_auth`, RFC 8446 4.6.2. On a client: offers it. On a
   * server: asks for no certificate in the handshake, but by
   * `verifyClientPostHandshake()`. Default false.
   */
  get postHandshakeAuth(): boolean {
    return this.#state.postHandshakeAuth;
  }
  set postHandshakeAuth(value: boolean) {
    this.#state.postHandshakeAuth = value;
  }

  /**
   * Not in Python: RFC 8446 2.3. On a client: whether early data (0-RTT) may be
   * sent where a session allows it. Default false.
   */
  get earlyData(): boolean {
    return this.#state.earlyData;
  }
  set earlyData(value: boolean) {
    this.#state.earlyData = value;
  }

  /**
   * Not in Python. On a server: bytes of early data that a ticket allows, each
   * of which is taken once in this process (RFC 8446 8). Default 0: none.
   *
   * @throws RangeError for another number, and on a context for clients
   */
  get maxEarlyData(): number {
    return this.#state.maxEarlyData;
  }
  set maxEarlyData(value: number) {
    this.#requireServer("maxEarlyData");
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32)
      throw new RangeError("maxEarlyData: from 0 to 2^32 - 1 bytes");
    this.#state.maxEarlyData = value;
  }

  /**
   * Not in Python. Keeps a server's sessions in place of this context's memory;
   * null: in memory. Tickets (see `OP_NO_TICKET`) need no store.
   *
   * @throws TypeError for what is no store
   */
  get sessionStore(): ContextSessionStore | null {
    return this.#state.sessions.store;
  }
  set sessionStore(store: ContextSessionStore | null) {
    if (
      store !== null &&
      (typeof store.take !== "function" || typeof store.put !== "function")
    )
      throw new TypeError("sessionStore: one with take() and put() is wanted");
    this.#state.sessions.store = store;
  }

  /**
   * Not in Python. The keys that seal a server's tickets: share them among the
   * processes of one service.
   */
  get ticketKeys(): TicketKeys {
    return this.#state.sessions.tickets;
  }
  set ticketKeys(keys: TicketKeys) {
    this.#state.sessions.tickets = keys;
  }

  /**
   * Python: `load_dh_params`. The field for DHE suites of TLS 1.2 on a server,
   * with clients that name no group of RFC 7919; without it that is ffdhe2048.
   * Of no effect on a client.
   *
   * @param source the block DH PARAMETERS or X9.42 DH PARAMETERS in PEM, its DER, or the path of a file
   * @throws SSLError NO_START_LINE, DECODE_ERROR, DH_KEY_TOO_SMALL below 2048 bits
   */
  loadDhParams(source: Encoded | { readonly dhFile: string }): void {
    const state = this.#state;
    const content = isFile(source)
      ? readFile(state.platform, source.dhFile)
      : source;
    state.dhParameters = dhParametersOf(content);
  }

  /** Python: `session_stats`. Counts since the context was made. */
  sessionStats(): SessionStats {
    return this.#state.sessions.stats;
  }

  /**
   * Python 3.13: `set_psk_client_callback`, RFC 8446 2.2 and RFC 4279. Called
   * when a key may be offered; null: none is.
   *
   * @throws TypeError for what is no function
   * @throws RangeError on a context for servers
   */
  setPskClientCallback(callback: PskClientCallback | null): void {
    if (this.protocol === Protocol.PROTOCOL_TLS_SERVER)
      throw new RangeError(
        "Cannot add PSK client callback to a PROTOCOL_TLS_SERVER context",
      );
    this.#state.pskClient = callable("setPskClientCallback", callback);
  }

  /**
   * Python 3.13: `set_psk_server_callback`. Called for each identity that a
   * client names; null: there are no keys.
   *
   * @param identityHint what a client of TLS 1.2 is told to choose by
   * @throws TypeError for what is no function
   * @throws RangeError on a context for clients
   */
  setPskServerCallback(
    callback: PskServerCallback | null,
    identityHint: string | null = null,
  ): void {
    this.#requireServer("setPskServerCallback");
    this.#state.pskServer = callable("setPskServerCallback", callback);
    this.#state.pskIdentityHint = identityHint;
  }

  #requireServer(what: string): void {
    if (this.protocol === Protocol.PROTOCOL_TLS_CLIENT)
      throw new RangeError(`${what} cannot be set on TLS_CLIENT context`);
  }
}

function isFile(
  source: Encoded | { readonly dhFile: string },
): source is { readonly dhFile: string } {
  return typeof source === "object" && "dhFile" in source;
}

function callable<T>(what: string, callback: T): T {
  if (callback !== null && typeof callback !== "function")
    throw new TypeError(`${what}: not a callable object`);
  return callback;
}
