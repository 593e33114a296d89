/**
 * One connection behind an SSLObject or an SSLSocket: the engine, the data that
 * was decrypted and not yet read, and the answers to the engine's needs.
 */
import { NO_BYTES } from "../bytes.ts";
import { TlsEngine } from "../engine/tls-engine.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { EchClient, EchServer } from "../handshake/ech.ts";
import type { ConnectionInfo } from "../handshake/io.ts";
import type { Answer } from "../handshake/needs.ts";
import type { CipherSuiteName } from "../handshake/cipher-suites.ts";
import { answerNeed } from "./answers.ts";
import { VerifyMode } from "./constants.ts";
import { ContextSettings, type SniConnection } from "./context-settings.ts";
import { contextState } from "./protocol-settings.ts";
import { type SSLError, stateError } from "./errors.ts";
import { sslErrorOf } from "./reasons.ts";
import { engineSession, SSLSession } from "./session.ts";

/** RFC 5246 7.4.1.2. */
const SESSION_ID_LENGTH = 32;

export interface ConnectionOptions {
  readonly context: ContextSettings;
  readonly serverSide: boolean;
  /** As it was checked; null: none. */
  readonly serverHostname: string | null;
  /** On a client: to go on from. */
  readonly session?: SSLSession | null;
  /** On a client: in place of the context's. */
  readonly encryptedClientHello?: EchClient | null;
}

export class Connection {
  readonly serverSide: boolean;
  readonly serverHostname: string | null;
  /** What a callback is given for this connection. */
  owner: SniConnection | undefined;
  /** What ended the connection. */
  failure: SSLError | undefined;
  /** A callback's promise that the connection waits for. */
  waiting: Promise<void> | undefined;
  /** The peer said close_notify, or may end without (see the options). */
  peerClosed = false;
  /** This side said close_notify. */
  closeSent = false;
  /** On a server: the keys that its hello was opened with. */
  encryptedClientHello: EchServer | undefined;
  #session: SSLSession | null = null;
  readonly #ech: EchClient | undefined;
  #context: ContextSettings;
  #engine: TlsEngine | undefined;
  #suites: readonly CipherSuiteName[] = [];
  #info: ConnectionInfo | undefined;
  #data: Uint8Array[] = [];
  #pending = 0;
  readonly #earlyData: Uint8Array[] = [];

  constructor(options: ConnectionOptions) {
    this.#context = options.context;
    this.serverSide = options.serverSide;
    this.serverHostname = options.serverHostname;
    this.#ech = options.encryptedClientHello ?? undefined;
    const { session = null } = options;
    if (session !== null) this.session = session;
  }

  /** What a later connection can go on from; before the handshake, what this one does. */
  get session(): SSLSession | null {
    return this.#session;
  }
  /**
   * @throws TypeError for what is no session
   * @throws RangeError for another context's, on a server and once a ClientHello
   *   was made
   */
  set session(session: SSLSession) {
    engineSession(session, this.#context);
    if (this.serverSide)
      throw new RangeError("Cannot set session for server-side SSLSocket.");
    if (this.started)
      throw new RangeError("Cannot set session after handshake.");
    this.#session = session;
  }

  get context(): ContextSettings {
    return this.#context;
  }
  set context(context: ContextSettings) {
    if (!ContextSettings.is(context))
      throw new TypeError("context: an SSLContext is wanted");
    this.#context = context;
  }

  /** What was agreed; undefined before the handshake is done. */
  get info(): ConnectionInfo | undefined {
    return this.#info;
  }

  get handshakeDone(): boolean {
    return this.#info !== undefined;
  }

  /** The suites that this side offers or takes, best first. */
  get suites(): readonly CipherSuiteName[] {
    return this.#suites;
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
    const state = contextState(this.#context);
    state.sessions.count(this.serverSide ? "accept" : "connect");
    if (this.serverSide) {
      const config = state.serverConfig();
      this.#suites = config.cipherSuites;
      this.encryptedClientHello = config.encryptedClientHello;
      this.#engine = TlsEngine.server(config);
    } else {
      const session = this.#session;
      const config = state.clientConfig(
        session === null ? undefined : engineSession(session, this.#context),
        this.#ech,
      );
      this.#suites = config.cipherSuites;
      this.#engine = TlsEngine.client(config, this.#sentName());
      // A key may be wanted before there is a ClientHello.
      this.#takeEvents(this.#engine);
    }
    return this.#engine;
  }

  get started(): boolean {
    return this.#engine !== undefined;
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
    if (this.#info && contextState(this.#context).ignoresUnexpectedEof) {
      this.peerClosed = true;
      return;
    }
    engine.receiveEof();
    this.#takeEvents(engine);
  }

  /** Up to that many bytes of the first record that waits. */
  takeData(most: number): Uint8Array {
    const [first] = this.#data;
    if (first === undefined || most <= 0) return NO_BYTES;
    if (first.length <= most) {
      this.#data.shift();
      this.#pending -= first.length;
      return first;
    }
    this.#data[0] = first.subarray(most);
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
    if (this.#info !== undefined)
      throw stateError(
        "ERR_SSL_EARLY_DATA",
        "early data goes out before the handshake is done",
      );
    const engine = this.start();
    const part = plaintext.subarray(0, engine.earlyDataLeft);
    if (part.length > 0) engine.writeEarlyData(part);
    return part.length;
  }

  /** On a server: early data that came; undefined when there is none. */
  takeEarlyData(): Uint8Array | undefined {
    return this.#earlyData.shift();
  }

  /** How often the peer has answered {@link requestCertificate}. */
  certificateAnswers = 0;

  /**
   * Asks a client for its certificate, RFC 8446 4.6.2.
   *
   * @throws SSLError where that may not be asked for
   */
  requestCertificate(): void {
    const info = this.#info;
    const engine = this.#engine;
    if (!this.serverSide) throw refusedRequest("NOT_SERVER");
    if (engine === undefined || info?.version !== "TLSv1.3")
      throw refusedRequest("WRONG_SSL_VERSION");
    if (info.clientHello?.extensions.post_handshake_auth === undefined)
      throw refusedRequest("EXTENSION_NOT_RECEIVED");
    if (contextState(this.#context).verifyMode === VerifyMode.CERT_NONE)
      throw refusedRequest("INVALID_CONFIG");
    engine.requestCertificate();
    this.#takeEvents(engine);
  }

  /** Says close_notify. */
  close(): void {
    this.closeSent = true;
    this.#engine?.close();
  }

  /** What is to be sent; always send it. */
  takeOutput(): Uint8Array {
    return this.#engine?.takeOutput() ?? NO_BYTES;
  }

  /** What came behind the peer's close_notify. */
  takeTrailing(): Uint8Array {
    return this.#engine?.takeTrailing() ?? NO_BYTES;
  }

  /** There is no TLS any more: nothing is known of it from now on. */
  detach(): void {
    this.#info = undefined;
    this.#data = [];
    this.#pending = 0;
  }

  /** @throws SSLError before the handshake is done */
  exportKeyingMaterial(
    label: string,
    context: Uint8Array | undefined,
    length: number,
  ): Uint8Array {
    if (this.#engine === undefined || this.#info === undefined)
      throw handshakeNotDone();
    return this.#engine.exportKeyingMaterial(label, context, length);
  }

  /** @throws SSLError before the handshake is done */
  updateKeys(askPeer: boolean): void {
    if (this.#engine === undefined || this.#info === undefined)
      throw handshakeNotDone();
    this.#engine.updateKeys(askPeer);
    this.#takeEvents(this.#engine);
  }

  #takeEvents(engine: TlsEngine): void {
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
          this.certificateAnswers++;
          break;
        case "session":
          this.#session = SSLSession.of(event.session, this.#context);
          if (this.owner !== undefined)
            this.#context.onSession?.(this.#session, this.owner);
          break;
        case "store_session":
          contextState(this.#context).sessions.put(event.id, event.session);
          break;
        case "peer_closed":
          this.peerClosed = true;
          break;
        case "failed":
          this.failure = sslErrorOf(event.error, this.#sentName());
          break;
        case "key_update":
          break;
      }
    }
  }

  #onDone(info: ConnectionInfo): void {
    this.#info = info;
    const { sessions } = contextState(this.#context);
    sessions.count(this.serverSide ? "acceptGood" : "connectGood");
    if (info.resumed) sessions.count("hits");
    // As OpenSSL: a client of TLS 1.3 has no id before a ticket came.
    const id = this.serverSide
      ? this.#context.provider.random(SESSION_ID_LENGTH)
      : NO_BYTES;
    if (this.serverSide || this.#session === null)
      this.#session = SSLSession.withoutTicket(this.#context, id);
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
  }

  /** RFC 6066 3: "without a trailing dot". */
  #sentName(): string | undefined {
    const name = this.serverHostname ?? undefined;
    return name?.endsWith(".") ? name.slice(0, -1) : name;
  }
}

function refusedRequest(reason: string): SSLError {
  return stateError(
    `ERR_SSL_${reason}`,
    "a certificate cannot be asked for here after the handshake",
    reason,
  );
}

/** An answer that does not fit, as from a verifier in JavaScript, is a no. */
function resume(engine: TlsEngine, answer: Answer): void {
  try {
    engine.resume(answer);
  } catch (error) {
    const fault = new TlsError(reason.wrong_answer, { cause: error });
    engine.resume({ type: "refused", error: fault });
  }
}

/** Python's ValueError of `getpeercert()`. */
export function handshakeNotDone(): SSLError {
  return stateError("ERR_HANDSHAKE_NOT_DONE", "handshake not done yet");
}
