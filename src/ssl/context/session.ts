import { type Bytes, type BytesLike, equal, NO_BYTES } from "../../bytes.ts";
import type { Session } from "../../handshake/sessions/session.ts";
import {
  sessionFromBytes,
  sessionToBytes,
} from "../../handshake/sessions/session-bytes.ts";
import { stateError } from "../errors/errors.ts";
import { refusePythonNames } from "../names/arguments.ts";
import { isContext, type SSLContext } from "./context-type.ts";

const MAKING = Symbol("SSLSession");

/** Seconds, where a server said nothing of it. */
const DEFAULT_TIMEOUT = 7200;

interface Facts {
  /** Undefined where there is nothing to go on from. */
  readonly session: Session | undefined;
  readonly context: SSLContext;
  readonly id: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/**
 * Python: `ssl.SSLSession`. What a later connection of the same context can go
 * on from: a session of TLS 1.2, or a ticket of TLS 1.3 (RFC 9846 4.7.1), which
 * comes after the handshake.
 *
 * @example
 * ```ts
 * import { SSLContext, type SSLSession, type Transport } from "puretls";
 *
 * const context = new SSLContext();
 * const sessions: SSLSession[] = [];
 * context.onSession = (session) => sessions.push(session);
 *
 * // Resumes the newest session, where there is one.
 * function wrap(transport: Transport) {
 *   const session = sessions.at(-1);
 *   return context.wrapSocket(transport, {
 *     serverHostname: "a.example",
 *     ...(session && { session }),
 *   });
 * }
 * ```
 */
export class SSLSession {
  #sessionFacts: Facts;

  private constructor(token: symbol, facts: Facts) {
    if (token !== MAKING)
      throw new TypeError("SSLSession does not have a public constructor");
    this.#sessionFacts = facts;
  }

  /** Of a session that came. */
  static of(session: Session, context: SSLContext): SSLSession {
    const { provider } = context;
    const isOf12 = session.version === "TLSv1.2";
    const id =
      isOf12 && session.sessionId.length > 0
        ? session.sessionId
        : provider.hashes["SHA-256"].hash(session.ticket);
    const { createdAt: time } = session;
    return new SSLSession(MAKING, { session, context, id, time });
  }

  /** Leaves nothing to resume: the connection of the session has failed. */
  static forget(session: SSLSession): void {
    session.#sessionFacts = { ...session.#sessionFacts, session: undefined };
  }

  /** Of a connection that nothing can go on from, or not yet. */
  static withoutTicket(context: SSLContext, id: Bytes = NO_BYTES): SSLSession {
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
  static deserialize(bytes: BytesLike, context: SSLContext): SSLSession {
    if (!isContext(context))
      throw new TypeError("SSLSession.deserialize: a context is wanted");
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

  /** Tells whether a value is a session of this library. */
  static is(value: unknown): value is SSLSession {
    return (
      typeof value === "object" && value !== null && #sessionFacts in value
    );
  }

  /** Tells whether the session came to that context. */
  static isOf(session: SSLSession, context: SSLContext): boolean {
    return session.#sessionFacts.context === context;
  }

  /** Returns what the engine resumes; undefined where there is nothing (yet). */
  static stateOf(session: SSLSession): Session | undefined {
    return session.#sessionFacts.session;
  }

  /**
   * Python: `id`, a copy. Of TLS 1.3 the SHA-256 of the ticket, as OpenSSL has
   * it; empty on a client before one came.
   */
  get id(): Bytes {
    return this.#sessionFacts.id.slice();
  }

  /** Seconds since the epoch, when it began. Python: `time`. */
  get time(): number {
    return Math.floor(this.#sessionFacts.time / 1000);
  }

  /** Seconds for which it is good. Python: `timeout`. */
  get timeout(): number {
    return this.#sessionFacts.session?.lifetimeSeconds ?? DEFAULT_TIMEOUT;
  }

  /** Seconds, 0 without a ticket. Python: `ticket_lifetime_hint`. */
  get ticketLifetimeHint(): number {
    return this.hasTicket ? this.timeout : 0;
  }

  /** Python: `has_ticket`. */
  get hasTicket(): boolean {
    return (this.#sessionFacts.session?.ticket.length ?? 0) > 0;
  }

  /** Python: `==`. Whether both are the same session. */
  equals(other: SSLSession): boolean {
    const [own, others] = [this.#sessionFacts, other.#sessionFacts];
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
  serialize(): Bytes {
    const { session } = this.#sessionFacts;
    if (session === undefined)
      throw stateError(
        "ERR_SSL_NO_TICKET",
        "this session has no ticket (yet): nothing can go on from it",
      );
    return sessionToBytes(session);
  }
}

/**
 * Returns the session that a client's engine resumes.
 *
 * @throws TypeError for what is no session
 * @throws RangeError for another context's
 */
export function engineSession(
  session: SSLSession,
  context: SSLContext,
): Session | undefined {
  if (!SSLSession.is(session))
    throw new TypeError("Value is not a SSLSession.");
  if (!SSLSession.isOf(session, context))
    throw new RangeError("Session refers to a different SSLContext.");
  return SSLSession.stateOf(session);
}

refusePythonNames(SSLSession);
