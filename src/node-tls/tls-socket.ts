import { addAbortSignal, type Duplex } from "node:stream";
import { isIP } from "node:net";
import { nextTick, stderr } from "node:process";
import { Buffer } from "node:buffer";
import { isByteArray } from "../bytes.ts";
import type { ContextChanges } from "../ssl/context/options.ts";
import type { SSLSession } from "../ssl/context/session.ts";
import { SSLCertVerificationError, SSLError } from "../ssl/errors/errors.ts";
import type { Connection } from "../ssl/connection/connection.ts";
import { connectionOf } from "../ssl/connection/wrapping.ts";
import { alpnNames } from "./context/alpn-option.ts";
import { AnsweringSocket } from "./answering-socket.ts";
import {
  requireBoolean,
  requireFunction,
  requireObject,
  requireText,
  requireWhole,
} from "./base/checks.ts";
import { connectionContext, verifierOf } from "./context/connection-context.ts";
import type { ContextFacts } from "./context/context-settings.ts";
import { nodeError } from "./base/errors.ts";
import { OnRead } from "./on-read.ts";
import { type IdentityCheck, PeerJudge } from "./peer/peer-judge.ts";
import { ProgramCalls } from "./program-calls.ts";
import { contextFacts, isOurContext } from "./context/secure-context.ts";
import { inUse } from "./in-use.ts";
import { serverContext } from "./server-callbacks.ts";
import { HeaderBlocks } from "./socket/header-blocks.ts";
import { readyForHttp2 } from "./socket/http2-wrap.ts";
import { asciiHost } from "./peer/identity.ts";
import { sessionOf, sessionState } from "./peer/session-state.ts";
import { requireCallbacks, type TLSSocketOptions } from "./socket-options.ts";
import { tlsError } from "./base/tls-errors.ts";
import { NO_PEER_CERTIFICATE } from "./peer/verify-codes.ts";

/** The server that `connect()` expects, and who checks its name. */
export interface Expectation {
  readonly hostname: string;
  readonly checkServerIdentity: IdentityCheck | undefined;
  /** Members of the error of a connection that the server cut off. */
  readonly place: Readonly<Record<string, unknown>>;
}

/** Options that Node's own sockets take. */
function picked(options: TLSSocketOptions) {
  const { highWaterMark, noDelay, keepAlive, keepAliveInitialDelay } = options;
  return {
    ...(highWaterMark !== undefined && { highWaterMark }),
    ...(noDelay !== undefined && { noDelay }),
    ...(keepAlive !== undefined && { keepAlive }),
    ...(keepAliveInitialDelay !== undefined && { keepAliveInitialDelay }),
  };
}

/**
 * TLS over a socket or any duplex stream, for a client or a server. Node's
 * `tls.TLSSocket`; {@link connect} and {@link Server} make them.
 *
 * A client that is made without {@link connect} knows no name to verify, unless
 * `setServername()` or `servername` says one: its `authorized` stays false.
 *
 * @example
 * ```ts
 * import { Duplex } from "node:stream";
 * import { TLSSocket } from "puretls/node-tls";
 *
 * const socket = new TLSSocket(new Duplex({ read() {}, write() {} }), {});
 * if (!socket.encrypted || socket.authorized) throw new Error();
 * socket.destroy();
 * ```
 */
export class TLSSocket extends AnsweringSocket {
  /** The class's name, whatever a bundler calls it beside Node's class. */
  static override get name(): string {
    return "TLSSocket";
  }

  /** True once the peer's certificate and, on a client, its name are verified. */
  authorized = false;
  /** Code of the reason for which it is not authorized; null where it is. */
  authorizationError: string | Error | null = null;
  /** The protocol that ALPN agreed on; false without one, null before. */
  alpnProtocol: string | false | null = null;
  /** The name in SNI; false without one, null before the handshake. */
  servername: string | false | null = null;
  /** True until `secureConnect`, or the server's `secureConnection`. */
  secureConnecting = true;
  readonly server: TLSSocketOptions["server"];
  readonly #options: TLSSocketOptions;
  readonly #contextFacts: ContextFacts;
  /** As in Node: an error of a callback ends the socket at once, without an alert. */
  readonly #calls = new ProgramCalls((error) => {
    this.destroy(error);
  });
  #expectation: Expectation | undefined;
  #judge: PeerJudge | undefined;
  #servername: string | undefined;
  #session: unknown;
  /** Sessions that came before the server was verified. */
  #pendingSessions: SSLSession[] = [];
  #keyCert: ContextFacts | undefined;
  #released = false;
  readonly #onRead: OnRead | undefined;
  #handshakeTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #onEarlyError = (error: unknown): void => {
    this.emit("_tlsError", error);
  };

  /**
   * @param socket below; undefined: `connect()` of this socket makes one
   * @throws what `createSecureContext()` throws, and TypeError ERR_INVALID_ARG_TYPE
   */
  constructor(socket?: Duplex, options: TLSSocketOptions = {}) {
    const given = { ...options };
    if (given.enableTrace !== undefined && given.enableTrace !== null)
      requireBoolean("options.enableTrace", given.enableTrace);
    super({
      allowHalfOpen: socket?.allowHalfOpen ?? given.allowHalfOpen ?? false,
      isServer: given.isServer === true,
      ...picked(given),
    });
    requireCallbacks(given);
    alpnNames(given.ALPNProtocols);
    this.#options = given;
    this.server = given.server;
    this.#session = given.session;
    const servername: unknown = Reflect.get(given, "servername");
    if (typeof servername === "string" && servername !== "" && !this.isServer)
      this.#servername = servername;
    this.#contextFacts = contextFacts(
      given.secureContext ?? inUse.createSecureContext(given),
    );
    const { onread } = given;
    if (onread && !socket) this.#onRead = new OnRead(onread);
    this.on("error", this.#onEarlyError);
    const { handshakeTimeout = 0 } = given;
    if (handshakeTimeout > 0)
      this.#handshakeTimer = setTimeout(() => {
        this.destroy(
          nodeError(
            "ERR_TLS_HANDSHAKE_TIMEOUT",
            `TLS handshake timeout: it was not done in ${String(handshakeTimeout)} ms (handshakeTimeout)`,
          ),
        );
      }, handshakeTimeout);
    this.once("close", () => {
      clearTimeout(this.#handshakeTimer);
    });
    if (given.pauseOnConnect) this.pause();
    if (socket !== undefined && socket !== null) this.attach(socket);
    // Not the base class's option: it would act before this class is whole.
    const { signal } = given;
    if (signal !== undefined) addAbortSignal(signal, this);
  }

  /** Node's own: does nothing, since there is no SSL of OpenSSL to free. */
  _destroySSL(): void {
    return undefined;
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    return this.#onRead !== undefined && isByteArray(chunk)
      ? this.#onRead.take(chunk)
      : super.push(chunk, encoding);
  }

  override resume(): this {
    super.resume();
    if (this.#onRead?.resume() === true) this._read();
    return this;
  }

  override destroy(error?: Error): this {
    return super.destroy(error && this.#withPlace(error));
  }

  /** Names the server in the error of a connection that it cut off. */
  #withPlace(error: Error): Error {
    const place = this.#expectation?.place;
    if (place !== undefined && Reflect.get(error, "code") === "ECONNRESET")
      if (!Reflect.has(error, "syscall")) Object.assign(error, place);
    return error;
  }

  /** Node's own: from now on an error without a listener is thrown. */
  _releaseControl(): boolean {
    if (this.#released) return false;
    this.#released = true;
    this.off("error", this.#onEarlyError);
    return true;
  }

  /** Expects that server, for `connect()`: the handshake fails for any other. */
  _expect(expectation: Expectation): void {
    this.#expectation = expectation;
  }

  protected override openConnection(): Connection {
    const rejectUnauthorized = this.#options.rejectUnauthorized !== false;
    const hostname = this.#expectation?.hostname ?? this.#servername;
    const judge = new PeerJudge({
      verifier: verifierOf(this.#contextFacts),
      rejectUnauthorized,
      ...(!this.isServer && {
        hostname,
        checkServerIdentity: this.#expectation?.checkServerIdentity,
      }),
    });
    this.#judge = judge;
    const connection = this.isServer
      ? this.#openServer(judge)
      : this.#openClient(judge, hostname);
    if (this.#options.enableTrace) this.#trace(connection);
    else this.watchFinished(connection);
    return connection;
  }

  #openServer(judge: PeerJudge): Connection {
    const context = serverContext({
      socket: this,
      options: this.#options,
      facts: this.#contextFacts,
      judge,
      calls: this.#calls,
      keyLog: this.#keyLog(),
      keyCert: () => this.#keyCert,
      onName: (name) => {
        this.servername = name ?? false;
      },
    });
    return connectionOf(context, { serverSide: true });
  }

  #openClient(judge: PeerJudge, hostname = ""): Connection {
    const { pskCallback, requestOCSP } = this.#options;
    const changes: ContextChanges = {
      verifyMode: "required",
      verifier: judge,
      alpnProtocols: alpnNames(this.#options.ALPNProtocols),
      ocspStapling: requestOCSP ? "request" : "off",
      keyLog: this.#keyLog(),
      onSession: (session) => {
        this.#onSession(session);
      },
      ...(pskCallback && {
        pskClientCallback: (hint: string | null) =>
          this.#calls.clientKey(pskCallback, this, hint),
      }),
    };
    const context = connectionContext(this.#contextFacts, changes);
    this.#keyCert?.presentIn(context);
    const name = this.#servername;
    return connectionOf(context, {
      serverSide: false,
      serverHostname:
        name === undefined || isIP(name) !== 0 ? null : asciiHost(name),
      session: sessionOf(this.#session, hostname, context) ?? null,
    });
  }

  protected override turnLength(bytes: Uint8Array): number {
    return this.#blocks?.next(bytes) ?? bytes.length;
  }
  #blocks: HeaderBlocks | undefined;

  protected override onSecure(): void {
    const { connection } = this;
    const info = connection?.info;
    if (connection === undefined || info === undefined) return;
    if (!this.#options.enableTrace) connection.messages.callback = null;
    clearTimeout(this.#handshakeTimer);
    this.alpnProtocol = info.alpnProtocol ?? false;
    if (this.alpnProtocol === "h2") {
      readyForHttp2();
      this.#blocks = new HeaderBlocks(this.isServer);
      this.cutsTurns = true;
      // Node asks its wrap of this socket for that, which has no such call.
      this.setNoDelay();
    }
    this.servername ??= info.serverName ?? false;
    if (!this.isServer && this.#options.requestOCSP) {
      const response = info.peer?.stapled.ocspResponse;
      this.emit("OCSPResponse", response ? Buffer.from(response) : null);
    }
    if (!this.destroyed) this.emit("secure");
  }

  /**
   * Decides about the peer, once the handshake is done: sets `authorized`, or the
   * reason. Returns that. For `connect()` and servers.
   */
  _authorize(): Error | undefined {
    const info = this.connection?.info;
    const judge = this.#judge;
    if (info === undefined || judge === undefined)
      return nodeError("ERR_TLS_INVALID_STATE", "the handshake is not done");
    if (this.isServer && !this.#options.requestCert) return undefined;
    const isAccepted =
      info.peer !== undefined
        ? judge.hasAccepted(info.peer)
        : !this.isServer &&
          info.pskIdentity !== undefined &&
          judge.acceptsKeyAlone();
    this.authorized = isAccepted;
    if (isAccepted) return undefined;
    const error =
      judge.error ??
      nodeError(NO_PEER_CERTIFICATE, "the peer showed no certificate");
    const code: unknown = Reflect.get(error, "code");
    this.authorizationError = typeof code === "string" ? code : error.message;
    return error;
  }

  /** Emits the sessions that came before the server was verified. */
  _releaseSessions(): void {
    for (const session of this.#pendingSessions.splice(0))
      this.emit("session", sessionState(session, this.#identity));
  }

  #onSession(session: SSLSession): void {
    if (!session.hasTicket && session.id.length === 0) return;
    if (this.secureConnecting) this.#pendingSessions.push(session);
    else this.emit("session", sessionState(session, this.#identity));
  }

  get #identity(): string {
    return this.#expectation?.hostname ?? this.#servername ?? "";
  }

  #keyLog(): ((line: string) => void) | null {
    if (this.listenerCount("keylog") === 0) return null;
    return (line) => this.emit("keylog", Buffer.from(`${line}\n`));
  }

  #trace(connection: Connection): void {
    const side = this.isServer ? "server" : "client";
    connection.messages.callback = (_connection, message) => {
      const { direction, contentType, messageType, bytes } = message;
      const verb = direction === "write" ? "Sent" : "Received";
      stderr.write(
        `${side}: ${verb} content type ${String(contentType)}, message ${String(messageType)}, ${String(bytes.length)} bytes\n`,
      );
    };
  }

  protected override nodeError(error: unknown): Error {
    const { error: own } = this.#calls;
    if (own !== undefined) return own;
    if (error instanceof SSLCertVerificationError)
      return this.#judge?.error ?? tlsError(error);
    return error instanceof SSLError && error.library === "SSL"
      ? tlsError(error)
      : super.nodeError(error);
  }

  protected override peerChain(): readonly Uint8Array[] {
    const info = this.connection?.info;
    if (info?.peer === undefined) return [];
    return this.#judge?.chain ?? info.peer.received.map(({ der }) => der);
  }

  /**
   * The session to resume, bytes for `setSession()` and the option `session` of
   * connections to the same server; undefined before the handshake is done. They hold
   * its key: keep them as you keep a private key.
   */
  getSession(): Buffer | undefined {
    const session = this.ownSession;
    if (this.destroyed || !this.isSecure) return undefined;
    if (session === undefined) return sessionState(undefined, this.#identity);
    const isUsable = session.hasTicket || session.id.length > 0;
    return sessionState(isUsable ? session : undefined, this.#identity);
  }

  /** Sets the session to resume, on a client before its handshake. */
  setSession(session: string | Buffer): void {
    this.#session = session;
  }

  /**
   * Sets the name in SNI, on a client before its handshake.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, Error ERR_TLS_SNI_FROM_SERVER
   */
  setServername(name: string): void {
    requireText("name", name);
    if (this.isServer)
      throw nodeError(
        "ERR_TLS_SNI_FROM_SERVER",
        "setServername: cannot issue SNI from a TLS server-side socket; clients send it",
      );
    this.#servername = name;
  }

  /**
   * Sets the certificate and key to present, in a callback before they are.
   *
   * @throws what `createSecureContext()` throws
   */
  setKeyCert(context: object): void {
    this.#keyCert = contextFacts(
      isOurContext(context) ? context : inUse.createSecureContext(context),
    );
  }

  /**
   * Sets the most bytes of a record that this side sends.
   *
   * @returns false for a size that is not from 512 to 16384
   * @throws TypeError ERR_INVALID_ARG_TYPE for what is no number
   */
  setMaxSendFragment(size: number): boolean {
    requireWhole("size", size);
    if (size < 512 || size > 16_384) return false;
    this.maxFragment = size;
    return true;
  }

  /** Does nothing: puretls refuses each renegotiation (RFC 9325 3.5). */
  disableRenegotiation(): void {
    return undefined;
  }

  /**
   * Refuses: there is no renegotiation. The callback gets the error.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE for arguments of another kind
   */
  renegotiate(
    options: object,
    callback?: (error: Error | null) => void,
  ): undefined | false {
    requireObject("options", options);
    if (callback !== undefined) requireFunction("callback", callback);
    if (this.destroyed) return undefined;
    const isOf13 = this.getProtocol() === "TLSv1.3";
    const error = nodeError(
      isOf13 ? "ERR_SSL_WRONG_SSL_VERSION" : "ERR_TLS_RENEGOTIATION_DISABLED",
      "renegotiate: puretls does not renegotiate; make another connection",
    );
    if (callback !== undefined) nextTick(callback, error);
    return false;
  }

  /** Writes each message of the handshake to stderr: the option `enableTrace`. */
  enableTrace(): void {
    if (this.connection !== undefined) this.#trace(this.connection);
  }
}
