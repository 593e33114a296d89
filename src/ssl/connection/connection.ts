/**
 * One connection behind an SSLObject or an SSLSocket: the engine, the data that
 * was decrypted and not yet read, and the answers to the engine's needs.
 */
import { type Bytes, NO_BYTES, unshared } from "../../bytes.ts";
import { TlsEngine } from "../../engine/tls-engine.ts";
import { TlsError } from "../../errors.ts";
import type { EchClient } from "../../handshake/config/ech-interfaces.ts";
import type { ConnectionInfo } from "../../handshake/machine/io.ts";
import type { CipherSuiteName } from "../../handshake/registries/cipher-suites.ts";
import {
  answerNeed,
  type Choice,
  choiceOf,
  resume,
  type RulesInForce,
} from "./answers.ts";
import { contextState } from "../context/context-state.ts";
import { isContext, type SSLContext } from "../context/context-type.ts";
import { ignoresUnexpectedEof } from "../context/engine-configs.ts";
import type { SniConnection } from "../context/settings.ts";
import {
  type ConnectionOptions,
  type PostHandshakeAuthOutcome,
  requireHostname,
  requireMayAsk,
  outcomeOf,
  requireRole,
  withoutTrailingDot,
} from "./fitting.ts";
import { callListener } from "../../promises.ts";
import type { SSLError } from "../errors/errors.ts";
import { sslErrorOf } from "../errors/reasons.ts";
import {
  earlyDataIsLate,
  exportsNothing,
  handshakeNotDone,
  inPythonsWords,
  hasNoKeyUpdate,
  isShutDown,
  refusedRequest,
} from "../errors/state-errors.ts";
import type { Timers } from "../platform/timers.ts";
import type { PendingPuts } from "../context/server-sessions.ts";
import { engineSession, SSLSession } from "../context/session.ts";
import { MessageWatch } from "./message-watch.ts";
import { Fifo } from "../../queues.ts";

/** RFC 5246 7.4.1.2. */
const SESSION_ID_LENGTH = 32;

export class Connection {
  readonly serverSide: boolean;
  readonly serverHostname: string | null;
  readonly timers: Timers;
  /** The context and the settings that it had when it became this one's. */
  choice: Choice;
  /** The connection as callbacks get it. */
  owner: SniConnection | undefined;
  /** The error that ended the connection. */
  failure: SSLError | undefined;
  /** A callback's promise that the connection waits for. */
  waiting: Promise<void> | undefined;
  /** The peer said close_notify, or may end without (see the options). */
  peerClosed = false;
  /** This side said close_notify. */
  closeSent = false;
  /**
   * The rules in force, once the engine is made. Another `context` is in force
   * from the choice by SNI on; set later it changes nothing.
   */
  rules: RulesInForce | undefined;
  #session: SSLSession | null = null;
  #offered: SSLSession | null = null;
  readonly messages = new MessageWatch(this);
  readonly #lateErrors: unknown[] = [];
  readonly #sentName: string | undefined;
  /** Sessions that came on this connection. */
  readonly #sessions: SSLSession[] = [];
  readonly #ech: EchClient | undefined;
  #engine: TlsEngine | undefined;
  #info: ConnectionInfo | undefined;
  #data = new Fifo<Bytes>();
  #pending = 0;
  readonly #earlyData = new Fifo<Bytes>();
  readonly #puts: PendingPuts = new Map();

  constructor(options: ConnectionOptions) {
    this.choice = choiceOf(options.context);
    this.serverSide = options.serverSide;
    this.serverHostname = options.serverHostname;
    this.#sentName = withoutTrailingDot(options.serverHostname);
    this.timers = options.timers ?? {};
    this.#ech = options.encryptedClientHello ?? undefined;
    if (options.session) this.session = options.session;
  }

  /** The session to resume later; before the handshake, the one resumed here. */
  get session(): SSLSession | null {
    return this.#session;
  }
  /**
   * @throws TypeError for what is no session
   * @throws RangeError for another context's, on a server and once a ClientHello
   *   was made
   */
  set session(session: SSLSession) {
    engineSession(session, this.context);
    if (this.serverSide)
      throw new RangeError("Cannot set session for server-side SSLSocket.");
    if (this.#engine !== undefined)
      throw new RangeError("Cannot set session after handshake.");
    this.#session = session;
  }

  get context(): SSLContext {
    return this.choice.context;
  }
  /** The same one once more has the settings that it had: as in OpenSSL. */
  set context(context: SSLContext) {
    if (!isContext(context))
      throw new TypeError("The value must be a SSLContext");
    const choice = context === this.context ? this.choice : choiceOf(context);
    requireRole(context, this);
    if (!this.serverSide && this.#engine === undefined) {
      requireHostname(choice.settings, this);
      if (this.#session !== null) engineSession(this.#session, context);
    }
    this.choice = choice;
  }

  /** The negotiated parameters; undefined before the handshake is done. */
  get info(): ConnectionInfo | undefined {
    return this.#info;
  }

  get handshakeDone(): boolean {
    return this.#info !== undefined;
  }

  /** The suites that this side offers or takes, best first. */
  get suites(): readonly CipherSuiteName[] {
    return this.rules?.config.cipherSuites ?? [];
  }

  /** Decrypted bytes that wait to be read. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * The engine, made when it is first wanted: a client has its ClientHello
   * ready then.
   *
   * @throws SSLError NO_PROTOCOLS_AVAILABLE
   */
  start(): TlsEngine {
    if (this.#engine !== undefined) return this.#engine;
    if (this.failure !== undefined) throw this.failure;
    const { context, settings } = this.choice;
    const state = contextState(context);
    state.sessions.count(this.serverSide ? "accept" : "connect");
    if (this.serverSide) {
      const config = state.serverConfig(settings);
      this.rules = { context, settings, config };
      this.#engine = TlsEngine.server(config, this.messages.observer);
    } else {
      const session = (this.#offered = this.#session);
      const config = state.clientConfig(settings, {
        session: session === null ? undefined : engineSession(session, context),
        encryptedClientHello: this.#ech,
      });
      this.rules = { context, settings, config };
      try {
        const { observer } = this.messages;
        this.#engine = TlsEngine.client(config, this.#sentName, observer);
      } catch (error) {
        if (!(error instanceof TlsError)) throw error;
        throw (this.failure = sslErrorOf(error, this.#sentName));
      }
      // A key may be wanted before there is a ClientHello.
      this.#takeEvents(this.#engine);
    }
    return this.#engine;
  }

  /** The context whose rules are in force, and its settings. */
  get #inForce(): Choice {
    return this.rules ?? this.choice;
  }

  get engine(): TlsEngine | undefined {
    return this.#engine;
  }

  /** Takes ciphertext; what it says shows in the properties. */
  receive(ciphertext: Uint8Array): void {
    const engine = this.start();
    engine.receive(ciphertext);
    this.#takeEvents(engine);
  }

  /** The transport has ended. */
  receiveEof(): void {
    const engine = this.start();
    if (this.#info && ignoresUnexpectedEof(this.#inForce.settings)) {
      this.peerClosed = true;
      return;
    }
    engine.receiveEof();
    this.#takeEvents(engine);
  }

  /** Up to that many bytes of the first record that waits. */
  takeData(most: number): Bytes {
    const first = this.#data.peek();
    if (first === undefined || most <= 0) return NO_BYTES;
    if (first.length <= most) {
      this.#data.shift();
      this.#pending -= first.length;
      return first;
    }
    this.#data.replaceFirst(first.subarray(most));
    this.#pending -= most;
    return first.slice(0, most);
  }

  /**
   * As the engine: into that room where it can be.
   *
   * @throws what the engine throws in the wrong state
   */
  write(plaintext: Uint8Array, room?: Uint8Array): void {
    const engine = this.start();
    engine.write(plaintext, room);
    this.#takeEvents(engine);
  }

  /**
   * Sends early data, as much as the session allows; answers how much.
   *
   * @throws SSLError once the handshake is done
   */
  writeEarlyData(plaintext: Uint8Array): number {
    if (this.#info !== undefined) throw earlyDataIsLate();
    const engine = this.start();
    const part = plaintext.subarray(0, engine.earlyDataLeft);
    if (part.length > 0) engine.writeEarlyData(part);
    return part.length;
  }

  /** On a server: early data that came; undefined when there is none. */
  takeEarlyData(): Bytes | undefined {
    return this.#earlyData.shift();
  }

  /** The outcome of the last {@link requestCertificate}, or null. */
  postHandshakeAuthOutcome: PostHandshakeAuthOutcome | null = null;

  /**
   * Asks a client for its certificate, RFC 9846 4.7.2.
   *
   * @throws SSLError where that may not be asked for
   */
  requestCertificate(): void {
    requireMayAsk(this);
    this.#requireOpen();
    const engine = this.start();
    if (this.postHandshakeAuthOutcome === "requested")
      throw refusedRequest("REQUEST_PENDING");
    // RFC 9846 4.4.2: none beside an external PSK, of this connection or of the
    // one that its session began with.
    inPythonsWords(
      () => {
        engine.requestCertificate();
      },
      () => refusedRequest("INVALID_CONFIG"),
    );
    this.postHandshakeAuthOutcome = "requested";
    this.#takeEvents(engine);
  }

  /** Says close_notify. */
  close(): void {
    this.closeSent = true;
    this.#engine?.close();
  }

  /** Forgets, without a close_notify, secrets and a server's stored sessions. */
  abandon(): void {
    const engine = this.closeSent ? undefined : this.#engine;
    engine?.abandon(); // A client's session stays good, as in Python.
    if (engine !== undefined) this.#drain(engine);
    this.#lateErrors.length = 0; // No later call could throw them.
  }

  /** Returns bytes for the peer; always send them. */
  takeOutput(): Bytes {
    return this.#engine?.takeOutput() ?? NO_BYTES;
  }

  /** Returns bytes behind the peer's close_notify. */
  takeTrailing(): Bytes {
    return this.#engine?.takeTrailing() ?? NO_BYTES;
  }

  /** Ends TLS: nothing is known of it from now on. */
  detach(): void {
    this.abandon();
    this.#info = undefined;
    this.#data = new Fifo();
    this.#pending = 0;
  }

  /**
   * @throws SSLError before the handshake is done, and what ended the connection
   * @throws RangeError for a label of TLS's own and a context that is too long
   */
  exportKeyingMaterial(
    label: string,
    length: number,
    context?: Uint8Array,
  ): Bytes {
    if (this.#engine === undefined || this.#info === undefined)
      throw handshakeNotDone();
    if (this.#info.extendedMainSecret === false) throw exportsNothing();
    if (this.failure !== undefined) throw this.failure;
    const engine = this.#engine;
    return inPythonsWords(
      () => engine.exportKeyingMaterial(label, length, context),
      (error) => new RangeError(error.message, { cause: error }),
    );
  }

  /**
   * @throws SSLError before the handshake is done, after {@link close} or a
   *   failure, and WRONG_SSL_VERSION in TLS 1.2
   */
  updateKeys(askPeer: boolean): void {
    if (this.#engine === undefined || this.#info === undefined)
      throw handshakeNotDone();
    if (this.#info.version === "TLSv1.2") throw hasNoKeyUpdate();
    this.#requireOpen();
    this.#engine.updateKeys(askPeer);
    this.#takeEvents(this.#engine);
  }

  /** @throws SSLError where nothing more may be sent */
  #requireOpen(): void {
    if (this.closeSent) throw isShutDown();
    if (this.failure !== undefined) throw this.failure;
  }

  /** @throws when all are taken, what a listener threw, or rejected with since */
  #takeEvents(engine: TlsEngine): void {
    this.#drain(engine);
    if (this.#lateErrors.length > 0) throw this.#lateErrors.shift();
  }

  #drain(engine: TlsEngine): void {
    for (;;) {
      const event = engine.nextEvent();
      if (event === undefined) return;
      switch (event.type) {
        case "early_data":
          this.#earlyData.push(event.bytes);
          break;
        case "data":
          this.#data.push(event.bytes);
          this.#pending += event.bytes.length;
          break;
        case "need":
          this.#answer(engine);
          break;
        case "handshake_done":
          this.#onDone(event.info);
          break;
        case "peer_authenticated":
          this.#info = event.info;
          this.postHandshakeAuthOutcome = outcomeOf(event.info);
          break;
        case "session": {
          const { context, settings } = this.#inForce;
          const session = SSLSession.of(event.session, context);
          this.#sessions.push((this.#session = session));
          callListener(
            () => this.owner && settings.onSession?.(session, this.owner),
            (error) => this.#lateErrors.push(error),
          );
          break;
        }
        case "store_session":
          this.#store.put(event.id, event.session);
          break;
        case "forget_session":
          this.#store.forget(event.id);
          break;
        case "session_ended":
          if (this.#offered !== null) SSLSession.forget(this.#offered);
          break;
        case "peer_closed":
          this.peerClosed = true;
          break;
        case "failed":
          this.failure = sslErrorOf(event.error, this.#sentName);
          // RFC 9846 6.2: sessions of a connection that an alert ended.
          if (event.error.alert !== undefined)
            for (const session of this.#sessions) SSLSession.forget(session);
          break;
      }
    }
  }

  /** The session store of the rules in force. */
  get #store() {
    const { context, settings } = this.#inForce;
    return contextState(context).sessions.with(settings, this.#puts);
  }

  #onDone(info: ConnectionInfo): void {
    this.#info = info;
    const { context } = this.#inForce;
    const { sessions } = contextState(context);
    sessions.count(this.serverSide ? "acceptGood" : "connectGood");
    if (info.resumed) sessions.count("hits");
    // As OpenSSL: a client of TLS 1.3 has no id before a ticket came.
    const id = this.serverSide
      ? unshared(context.provider.random(SESSION_ID_LENGTH))
      : NO_BYTES;
    if (this.serverSide || this.#session === null)
      this.#session = SSLSession.withoutTicket(context, id);
  }

  #answer(engine: TlsEngine): void {
    const { need } = engine;
    if (need === undefined) return;
    const answer = answerNeed(need, this);
    if (!(answer instanceof Promise)) {
      resume(engine, answer);
      return;
    }
    this.waiting = answer.then((late) => {
      this.waiting = undefined;
      resume(engine, late);
      this.#takeEvents(engine);
    });
    // A call that waits for it is told of what a callback throws.
    this.waiting.catch(() => undefined);
  }
}
