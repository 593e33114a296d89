import { type Bytes, type BytesLike, viewBytes } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import { isFresh, type Session } from "../../handshake/sessions/session.ts";
import { Reader } from "../../wire/reader.ts";
import { Writer } from "../../wire/writer.ts";
import { Protocol } from "../constants.ts";
import { whole } from "../context/checks.ts";
import { isContext, type SSLContext } from "../context/context-type.ts";
import { engineSession, SSLSession } from "../context/session.ts";
import { found, type Names, requireNames } from "../names/arguments.ts";
import { serverHostnameOf } from "../names/hostname.ts";
import { withoutTrailingDot } from "./fitting.ts";

/** The first byte of a serialized cache; another form gets another number. */
const FORM = 1;

/** Limits of a {@link ClientSessionCache}. */
export interface ClientSessionCacheOptions {
  /**
   * Names of servers, 1 to 1,000,000: the one that was not used for the longest
   * time is dropped with its sessions. Default: 100.
   */
  readonly maxNames?: number;
  /**
   * Sessions of one name, 1 to 1000: the oldest is dropped. As many connections
   * can resume at the same time. Default: 4.
   */
  readonly maxSessionsPerName?: number;
}

const OPTIONS: Names<ClientSessionCacheOptions> = {
  maxNames: true,
  maxSessionsPerName: true,
};

/**
 * Keeps the sessions of a client's context by the name of their server, and
 * returns one for each new connection. A ticket of TLS 1.3 is returned once, so
 * that nobody who watches can link two connections by it (RFC 9846 C.4); a
 * session of TLS 1.2 stays until another one takes its place. A session is
 * dropped when its lifetime is over and when an alert ended its connection (RFC
 * 9846 6.2), and is not returned while the context does not offer the protocol
 * that ALPN had chosen for it.
 *
 * Sessions do not leave their context: another context has a cache of its own.
 * Each resumption verifies the server again by what the context trusts then.
 * Tickets of TLS 1.3 come while data is read.
 *
 * @example
 * ```ts
 * import { ClientSessionCache } from "puretls";
 * import { connect, createDefaultContext, serve } from "puretls/node";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 *
 * const host = "127.0.0.1";
 * const made = createSelfSigned({ provider: noble, hosts: [host] });
 * const server = await serve({ cert: made.pem, key: made.key.toPem() });
 *
 * const context = createDefaultContext({ ca: made.pem });
 * const sessions = new ClientSessionCache(context);
 *
 * const resumed: boolean[] = [];
 * for (let i = 0; i < 2; i++) {
 *   const session = sessions.take(host);
 *   const [client, { socket }] = await Promise.all([
 *     connect({ context, host, port: server.port, session }),
 *     server.accept(),
 *   ]);
 *   await socket.sendAll(Uint8Array.of(1));
 *   await client.recv();
 *   resumed.push(client.sessionReused);
 *   await Promise.all([client.close(), socket.close()]);
 * }
 * if (resumed.join() !== "false,true") throw new Error(resumed.join());
 * await server.close();
 * ```
 */
export class ClientSessionCache {
  readonly #context: SSLContext;
  readonly #maxNames: number;
  readonly #maxSessions: number;
  /** By name, the one used last at the end; of each name the newest at the end. */
  readonly #names = new Map<string, readonly SSLSession[]>();

  /**
   * Sets the context's `onSession`; a listener that it has already is called
   * after the cache.
   *
   * @throws TypeError for what is no context, and options that do not exist
   * @throws RangeError for a context of servers alone, and limits out of range
   */
  constructor(context: SSLContext, options: ClientSessionCacheOptions = {}) {
    if (!isContext(context))
      throw new TypeError(
        `ClientSessionCache: ${found(context)}; an SSLContext is allowed`,
      );
    if (context.protocol === Protocol.PROTOCOL_TLS_SERVER)
      throw new RangeError(
        "ClientSessionCache: a context of servers; one of clients is allowed",
      );
    requireNames("ClientSessionCache", options, OPTIONS);
    const { maxNames = 100, maxSessionsPerName = 4 } = options;
    this.#context = context;
    this.#maxNames = whole("maxNames", maxNames, [1, 1_000_000], "names");
    this.#maxSessions = whole(
      "maxSessionsPerName",
      maxSessionsPerName,
      [1, 1000],
      "sessions",
    );
    const listener = context.onSession;
    context.onSession = (session, connection) => {
      // A context that was extended has the listener too.
      if (SSLSession.isOf(session, context)) this.#keep(session);
      return listener?.(session, connection);
    };
  }

  /** Number of sessions; those that are over are counted until they are met. */
  get size(): number {
    let size = 0;
    for (const sessions of this.#names.values()) size += sessions.length;
    return size;
  }

  /**
   * Returns the newest session that a connection to that server may offer, for
   * `session` of `connect()` or `wrapSocket()`; null where there is none. A
   * ticket of TLS 1.3 is no longer in the cache then, even if the connection
   * does not come about.
   *
   * @param serverHostname as the connection gets it: a name or an IP literal
   * @throws TypeError, RangeError for what is no name of a server
   */
  take(serverHostname: string): SSLSession | null {
    const name = withoutTrailingDot(serverHostnameOf(serverHostname));
    if (name === undefined) return null;
    const usable = this.#usable(name);
    const protocols = this.#context.alpnProtocols;
    const taken = [...usable].reverse().find((session) => {
      const protocol = this.#stateOf(session)?.alpnProtocol;
      return protocol === undefined || protocols.includes(protocol);
    });
    // [9846-C.4-01]
    const isTicket = taken && this.#stateOf(taken)?.version === "TLSv1.3";
    this.#put(
      name,
      isTicket === true ? usable.filter((other) => other !== taken) : usable,
    );
    return taken ?? null;
  }

  /**
   * Forgets all sessions: where the client is to be somebody else from now on,
   * as with another certificate of its own or in another network.
   */
  clear(): void {
    this.#names.clear();
  }

  /**
   * Returns the sessions as bytes, the caller's. They hold keys: keep them as
   * you keep a private key.
   */
  serialize(): Bytes {
    const writer = new Writer(1024).u8(FORM);
    for (const name of this.#names.keys())
      for (const session of this.#usable(name))
        writer.opaque24(session.serialize());
    return writer.finish();
  }

  /**
   * Adds the sessions that {@link serialize} wrote, as far as they are not over
   * and the limits allow. The context must have the settings of the one that
   * they came to: its certificate, its trust and its protocols. Restore bytes in
   * one process and once, or tickets are offered twice. Whoever can write these
   * bytes can take a server's place.
   *
   * @throws TypeError for what are no bytes
   * @throws RangeError for other bytes; nothing is added then
   */
  restore(bytes: BytesLike): void {
    const view = viewBytes(bytes).slice();
    const sessions: SSLSession[] = [];
    try {
      Reader.all(view, "cache", (reader) => {
        if (reader.u8() !== FORM)
          throw new RangeError("this form is not known");
        while (reader.left > 0)
          sessions.push(
            SSLSession.deserialize(reader.opaque24(), this.#context),
          );
      });
    } catch (cause) {
      if (!(cause instanceof TlsError || cause instanceof RangeError))
        throw cause;
      throw new RangeError(
        "ClientSessionCache.restore: these bytes are no sessions",
        { cause },
      );
    }
    for (const session of sessions) this.#keep(session);
  }

  #keep(session: SSLSession): void {
    const state = this.#stateOf(session);
    if (state?.serverName === undefined) return;
    const others = this.#usable(state.serverName).filter(
      (other) =>
        !other.equals(session) && !isReplaced(this.#stateOf(other), state),
    );
    this.#put(state.serverName, [...others, session].slice(-this.#maxSessions));
    for (const name of this.#names.keys()) {
      if (this.#names.size <= this.#maxNames) return;
      this.#names.delete(name);
    }
  }

  /** Makes it the name that was used last. */
  #put(name: string, sessions: readonly SSLSession[]): void {
    this.#names.delete(name);
    if (sessions.length > 0) this.#names.set(name, sessions);
  }

  #usable(name: string): readonly SSLSession[] {
    const sessions = this.#names.get(name) ?? [];
    return sessions.filter((one) => this.#stateOf(one) !== undefined);
  }

  /** Undefined where the session is over. */
  #stateOf(session: SSLSession): Session | undefined {
    const state = engineSession(session, this.#context);
    const now = this.#context.provider.now();
    return state && isFresh(state, now) ? state : undefined;
  }
}

/** A session of TLS 1.2 may be offered again and again: one is enough. */
function isReplaced(old: Session | undefined, young: Session): boolean {
  return (
    old?.version === "TLSv1.2" &&
    young.version === "TLSv1.2" &&
    old.alpnProtocol === young.alpnProtocol
  );
}
