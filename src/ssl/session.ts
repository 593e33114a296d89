import { equal } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Session } from "../handshake/session.ts";

const MAKING = Symbol("SSLSession");

/**
 * Python: `ssl.SSLSession`. What a TLS 1.3 server's ticket (RFC 8446 4.6.1)
 * gave to a client.
 */
export class SSLSession {
  readonly #session: Session;
  readonly #id: Uint8Array;

  private constructor(token: symbol, session: Session, id: Uint8Array) {
    if (token !== MAKING)
      throw new TypeError("SSLSession does not have a public constructor");
    this.#session = session;
    this.#id = id;
  }

  /** Of a ticket that came. */
  static of(session: Session, provider: CryptoProvider): SSLSession {
    const id = provider.hashes["SHA-256"].hash(session.ticket);
    return new SSLSession(MAKING, session, id);
  }

  /** Python: `id`. The SHA-256 of the ticket, as OpenSSL has it; a copy. */
  get id(): Uint8Array {
    return this.#id.slice();
  }

  /** Python: `time`. When it came, in seconds since the epoch. */
  get time(): number {
    return Math.floor(this.#session.createdAt / 1000);
  }

  /** Python: `timeout`. How many seconds it is good for. */
  get timeout(): number {
    return this.#session.lifetime;
  }

  /** Python: `ticket_lifetime_hint`, in seconds. */
  get ticketLifetimeHint(): number {
    return this.#session.lifetime;
  }

  /** Python: `has_ticket`. */
  get hasTicket(): boolean {
    return true;
  }

  /** Whether both are of the same ticket. */
  equals(other: SSLSession): boolean {
    return equal(this.#id, other.#id);
  }
}
