import { type BytesLike, equal, NO_BYTES } from "../bytes.ts";
import type { Session } from "../handshake/session.ts";
import {
  sessionFromBytes,
  sessionToBytes,
} from "../handshake/session-bytes.ts";
import { stateError } from "./errors.ts";
import { contextState, type ProtocolSettings } from "./protocol-settings.ts";

const MAKING = Symbol("SSLSession");

/** Seconds, where a server said nothing of it. */
const DEFAULT_TIMEOUT = 7200;

interface Facts {
  /** Undefined where there is nothing to go on from. */
  readonly session: Session | undefined;
  readonly context: ProtocolSettings;
  readonly id: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

let factsOf: (session: SSLSession) => Facts;

/**
 * Python: `ssl.SSLSession`. What a later connection of the same context can go
 * on from: a session of TLS 1.2, or a ticket of TLS 1.3 (RFC 8446 4.6.1), which
 * comes after the handshake.
 */
export class SSLSession {
  readonly #facts: Facts;

  static {
    factsOf = (session) => session.#facts;
  }

  private constructor(token: symbol, facts: Facts) {
    if (token !== MAKING)
      throw new TypeError("SSLSession does not have a public constructor");
    this.#facts = facts;
  }

  /** Of a session that came. */
  static of(session: Session, context: ProtocolSettings): SSLSession {
    const { provider } = context;
    const isOf12 = session.version === "TLSv1.2";
    const id =
      isOf12 && session.sessionId.length > 0
        ? session.sessionId
        : provider.hashes["SHA-256"].hash(session.ticket);
    const { createdAt: time } = session;
    return new SSLSession(MAKING, { session, context, id, time });
  }

  /** Of a connection that nothing can go on from, or not yet. */
  static withoutTicket(context: ProtocolSettings, id = NO_BYTES): SSLSession {
    const time = context.provider.now();
    return new SSLSession(MAKING, { session: undefined, context, id, time });
  }

  /**
   * Not in Python: reads what {@link serialize} wrote, for connections of that
   * context. Whoever can write these bytes can take the server's place.
   *
   * @throws TypeError for what are no bytes and no context
   * @throws RangeError for bytes that are no session
   */
  static deserialize(bytes: BytesLike, context: ProtocolSettings): SSLSession {
    if (typeof context !== "object" || context === null)
      throw new TypeError("SSLSession.deserialize: a context is wanted");
    contextState(context);
    let session: Session;
    try {
      session = sessionFromBytes(bytes);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      throw new RangeError(
        "SSLSession.deserialize: these bytes are no session",
        {
          cause: error,
        },
      );
    }
    return SSLSession.of(session, context);
  }

  /** Whether a value is a session of this library. */
  static is(value: unknown): value is SSLSession {
    return typeof value === "object" && value !== null && #facts in value;
  }

  /**
   * Python: `id`, a copy. Of TLS 1.3 the SHA-256 of the ticket, as OpenSSL has
   * it; empty on a client before one came.
   */
  get id(): Uint8Array {
    return this.#facts.id.slice();
  }

  /** Python: `time`. When it began, in seconds since the epoch. */
  get time(): number {
    return Math.floor(this.#facts.time / 1000);
  }

  /** Python: `timeout`. How many seconds it is good for. */
  get timeout(): number {
    return this.#facts.session?.lifetime ?? DEFAULT_TIMEOUT;
  }

  /** Python: `ticket_lifetime_hint`, in seconds; 0 without a ticket. */
  get ticketLifetimeHint(): number {
    return this.hasTicket ? this.timeout : 0;
  }

  /** Python: `has_ticket`. */
  get hasTicket(): boolean {
    return (this.#facts.session?.ticket.length ?? 0) > 0;
  }

  /** Python: `==`. Whether both are the same session. */
  equals(other: SSLSession): boolean {
    const [own, others] = [this.#facts, factsOf(other)];
    return own.session === undefined || others.session === undefined
      ? own === others
      : equal(own.id, others.id);
  }

  /**
   * Not in Python: the session as bytes, the caller's. They hold its key: keep
   * them as you keep a private key.
   *
   * @throws SSLError ERR_SSL_NO_TICKET where there is nothing to go on from
   */
  serialize(): Uint8Array {
    const { session } = this.#facts;
    if (session === undefined)
      throw stateError(
        "ERR_SSL_NO_TICKET",
        "this session has no ticket (yet): nothing can go on from it",
      );
    return sessionToBytes(session);
  }
}

/**
 * What a client's engine goes on from.
 *
 * @throws TypeError for what is no session
 * @throws RangeError for another context's
 */
export function engineSession(
  session: SSLSession,
  context: ProtocolSettings,
): Session | undefined {
  if (!SSLSession.is(session))
    throw new TypeError("session: an SSLSession is wanted");
  const facts = factsOf(session);
  if (facts.context !== context)
    throw new RangeError("session: it refers to a different SSLContext");
  return facts.session;
}
