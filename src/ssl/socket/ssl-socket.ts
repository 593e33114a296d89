import {
  type Bytes,
  type BytesLike,
  NO_BYTES,
  viewBytes,
} from "../../bytes.ts";
import type { Connection } from "../connection/connection.ts";
import {
  checkTimeout,
  type Course,
  isExpiry,
  limitsOf,
  withDeadline,
} from "./deadline.ts";
import { SSLEOFError, type SSLError, stateError } from "../errors/errors.ts";
import { byteCount, found, refusePythonNames } from "../names/arguments.ts";
import { LateTransport } from "./late-transport.ts";
import { SocketPump } from "./socket-pump.ts";
import { StreamSocket } from "./stream-socket.ts";
import {
  closedError,
  dataIsUnread,
  inHandshake,
  isClosedError,
  isShutDown,
  unwrappedError,
} from "../errors/state-errors.ts";
import type { CallOptions, SocketOptions, Transport } from "./transport.ts";

declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** Most bytes that `send()` protects at once: larger data goes in pieces. */
const SEND_SIZE = 64 * 1024;

/**
 * TLS over a {@link Transport}, with promises. It is read when somebody wants data,
 * so that a slow reader slows the peer down. Python: `ssl.SSLSocket`.
 *
 * Calls of one kind are served in the order in which they were made; reading and
 * writing do not wait for each other. A call that gave up has lost nothing.
 *
 * @example
 * ```ts
 * import { memoryPair, SSLContext } from "puretls";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 *
 * const made = createSelfSigned({ provider: noble, hosts: ["a.test"] });
 * const server = new SSLContext({ protocol: "tlsServer" });
 * server.loadCertChain({ cert: made.pem, key: made.key.toPem() });
 * const client = new SSLContext();
 * client.loadVerifyLocations({ ca: made.pem });
 *
 * const [near, far] = memoryPair();
 * const there = server.wrapSocket(far, { serverSide: true });
 * const here = client.wrapSocket(near, { serverHostname: "a.test" });
 * await here.sendAll(Uint8Array.of(1, 2, 3));
 * const bytes = await there.recv();
 * if (bytes.length !== 3 || here.version() !== "TLSv1.3") throw new Error();
 * await Promise.all([here.close(), there.close()]);
 * ```
 */
export class SSLSocket extends StreamSocket {
  readonly #connection: Connection;
  readonly #transport: Transport;
  readonly #pump: SocketPump;
  readonly #suppressRaggedEofs: boolean;
  readonly #handshakeOnConnect: boolean;
  #timeout: number | null = null;
  #ready: Promise<void> | undefined;
  /** The error by which calls are refused from now on. */
  #ended: unknown;
  #closing: Promise<void> | undefined;
  #readShut = false;
  #truncated = false;

  /** Made by `SSLContext.wrapSocket()`. @throws TypeError when called directly */
  constructor(
    connection: Connection,
    transport: Transport,
    options: SocketOptions,
  ) {
    super(connection, transport);
    this.#connection = connection;
    this.#transport = transport;
    this.#pump = new SocketPump(connection, transport);
    this.#suppressRaggedEofs = options.suppressRaggedEofs;
    this.#handshakeOnConnect = options.doHandshakeOnConnect;
    if (new.target === SSLSocket) Object.preventExtensions(this);
    if (!options.doHandshakeOnConnect || transport instanceof LateTransport)
      return;
    this.#ready = this.doHandshake(options.handshake);
    this.#ready.catch(() => undefined);
  }

  /** The handshake's promise; begins it if nobody has. */
  get ready(): Promise<void> {
    return (this.#ready ??= this.doHandshake());
  }

  /** True when the transport has ended without the peer's close_notify. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /**
   * Python: `connect`. Of a transport that is made later: makes it, and the
   * handshake too unless `doHandshakeOnConnect` is off.
   *
   * @throws RangeError on a server, and when it is connected already
   * @throws what making the transport and the handshake throw
   */
  async connect(options: CallOptions = {}): Promise<void> {
    if (this.serverSide)
      throw new RangeError("can't connect in server-side mode");
    const transport = this.#transport;
    if (!(transport instanceof LateTransport))
      throw new RangeError("attempt to connect already-connected SSLSocket!");
    await this.#call("connect", options, async () => {
      await transport.connect();
      if (this.#handshakeOnConnect) await this.doHandshake();
    });
  }

  /** Milliseconds that each call may take, null for any. Python: `gettimeout`. */
  get timeout(): number | null {
    return this.#timeout;
  }

  /**
   * Bounds each call that follows, as a whole; null: not at all. Python:
   * `settimeout`, in seconds.
   *
   * @throws RangeError for what is no number above 0
   */
  setTimeout(milliseconds: number | null): void {
    this.#timeout = checkTimeout(milliseconds);
  }

  /**
   * Python: `do_handshake`. Harmless to repeat.
   *
   * @throws SSLError when it fails; the alert for the peer is on its way
   */
  doHandshake(options: CallOptions = {}): Promise<void> {
    return this.#call("doHandshake", options, (course) => this.#shake(course));
  }

  /**
   * Python: `recv`. At least one byte and at most that many; none at the end
   * of the data. The array is the caller's.
   *
   * @throws RangeError for a negative number and a fraction
   * @throws SSLEOFError for a truncation, where that is not suppressed
   * @throws SSLError for what ended the connection, and after {@link close}
   */
  recv(maxBytes = SEND_SIZE, options?: CallOptions): Promise<Bytes> {
    byteCount("recv", maxBytes);
    const ready = options === undefined ? this.#atHand(maxBytes) : undefined;
    if (ready !== undefined) return Promise.resolve(ready);
    return this.#call("recv", options, (course) =>
      this.#pump.readInTurn(() => this.#recv(maxBytes, course)),
    );
  }

  /**
   * Python: `send`. Protects and sends up to 64 KiB of the data, and answers
   * how much. Resolves when the transport may be given more.
   *
   * @throws SSLError PROTOCOL_IS_SHUTDOWN after this side's close_notify
   * @throws SSLSyscallError when the transport failed
   */
  send(data: BytesLike, options: CallOptions = {}): Promise<number> {
    const bytes = viewBytes(data, "send: data").subarray(0, SEND_SIZE);
    return this.#call("send", options, (course) =>
      this.#pump.writeInTurn(() => this.#send(bytes, course)),
    );
  }

  /**
   * Python: `sendall`. All of the data, which must not change before this has
   * resolved; otherwise as {@link send}.
   */
  sendAll(data: BytesLike, options: CallOptions = {}): Promise<void> {
    const bytes = viewBytes(data, "sendAll: data");
    return this.#call("sendAll", options, (course) =>
      this.#pump.writeInTurn(async () => {
        let at = 0;
        do {
          const part = bytes.subarray(at, at + SEND_SIZE);
          at += await this.#send(part, course);
        } while (at < bytes.length && !course.expired());
      }),
    );
  }

  /**
   * Not in Python: RFC 9846 2.3. On a client with a {@link session} and without
   * `doHandshakeOnConnect`: sends early data (0-RTT), as much as the session
   * allows, and answers how much. Anyone who records it can send it again.
   *
   * @throws SSLError ERR_SSL_EARLY_DATA once the handshake is done
   */
  sendEarlyData(data: BytesLike, options: CallOptions = {}): Promise<number> {
    const bytes = viewBytes(data, "sendEarlyData: data");
    return this.#call("sendEarlyData", options, async () => {
      this.#requireOpen();
      const taken = this.#connection.writeEarlyData(bytes);
      await this.#pump.flush();
      return taken;
    });
  }

  /**
   * Python: `verify_client_post_handshake`, RFC 9846 4.7.2. Asks the client for
   * its certificate; the answer is taken in while data is read.
   *
   * @throws SSLError NOT_SERVER on a client, WRONG_SSL_VERSION before TLS 1.3,
   *   EXTENSION_NOT_RECEIVED where the client does not offer it
   */
  verifyClientPostHandshake(): void {
    this.#requireOpen();
    this.#connection.requestCertificate();
    this.#pump.flush().catch(() => undefined);
  }

  /**
   * Python: `unwrap`. Says close_notify, waits for the peer's, and gives the
   * transport back to go on in plain; bytes that followed the peer's
   * close_notify are the first to be read there.
   *
   * @throws SSLError SHUTDOWN_WHILE_IN_INIT before the handshake is done,
   *   APPLICATION_DATA_AFTER_CLOSE_NOTIFY while data is unread
   */
  unwrap(options: CallOptions = {}): Promise<Transport> {
    return this.#call("unwrap", options, async (course) => {
      this.#requireOpen();
      const connection = this.#connection;
      if (!connection.handshakeDone) throw inHandshake();
      // At once: a receiver that waits may wait for the answer to this.
      connection.close();
      this.#pump.flush().catch(() => undefined);
      return this.#pump.readInTurn(() => this.#unwrap(course));
    });
  }

  /**
   * Python: `shutdown`. "write": close_notify and the end of what this side
   * sends; reading goes on (RFC 9846 6.1). "read": data that comes is no more
   * read. "both": both.
   */
  shutdown(
    how: "read" | "write" | "both",
    options: CallOptions = {},
  ): Promise<void> {
    return this.#call("shutdown", options, async () => {
      if (how !== "read" && how !== "write" && how !== "both")
        throw new RangeError(
          `shutdown: ${found(how)}; allowed are "read", "write" and "both"`,
        );
      this.#requireOpen();
      if (how !== "write") {
        this.#readShut = true;
        this.#pump.wakeReaders();
      }
      if (how === "read") return;
      await this.#pump.writeInTurn(async () => {
        this.#connection.close();
        await this.#pump.flush();
        await this.#transport.closeWrite();
      });
    });
  }

  // [9846-6.1-06]
  /**
   * Sends what `send()` and `sendAll()` have taken, then close_notify, and closes
   * the transport; resolves when the transport has all of it, whatever the peer
   * says. Calls under way reject at once; a later close has this one's outcome. A
   * peer that does not read keeps it waiting: give a timeout, which aborts, or call
   * {@link destroy}.
   *
   * @throws the transport's error when it fails while data still waits in it
   */
  close(options: CallOptions = {}): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#end(closedError());
    const waits = (this.#transport.unsent ?? 0) > 0;
    this.#connection.close();
    // Data whose call has resolved is the transport's already.
    const flushed = this.#pump.flush().catch(() => undefined);
    this.#closing = this.#call("close", options, async () => {
      await flushed;
      await this.#transport.close();
    }).catch((error: unknown) => {
      this.#transport.abort(error);
      if (waits || isExpiry(error, options)) throw error;
    });
    this.#closing.catch(() => undefined);
    return this.#closing;
  }

  /** Python: `close`. Ends the transport at once, without a close_notify. */
  destroy(error?: unknown): void {
    this.#end(error ?? closedError());
    this.#closing ??= Promise.resolve();
    this.#connection.abandon();
    this.#transport.abort(error);
  }

  /** Python: `detach`. The transport as it is. @throws SSLError during a read */
  detach(): Transport {
    this.#requireOpen();
    if (this.#pump.isReading)
      throw stateError("ERR_SSL_BUSY", "detach: a read is under way");
    this.#end(unwrappedError());
    this.#connection.detach();
    return this.#transport;
  }

  /** Not in Python: RFC 9846 4.7.3. Changes keys, the peer's too if asked. */
  keyUpdate(
    options: CallOptions & { readonly requestPeer?: boolean } = {},
  ): Promise<void> {
    const { requestPeer = false, ...call } = options;
    return this.#call("keyUpdate", call, async () => {
      this.#requireOpen();
      this.#connection.updateKeys(requestPeer);
      await this.#pump.flush();
    });
  }

  /** Data until the peer's close_notify, or until this side's {@link close}. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Bytes, void, undefined> {
    for (;;) {
      let bytes: Bytes;
      try {
        bytes = this.#atHand(SEND_SIZE) ?? (await this.recv());
      } catch (error) {
        if (isClosedError(error) && error === this.#ended) return;
        throw error;
      }
      if (bytes.length === 0) return;
      yield bytes;
    }
  }

  /** `await using`: as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shake(course: Course): Promise<void> {
    this.#requireOpen();
    await this.#pump.shake(course.expired);
    this.#requireOpen();
  }

  async #recv(most: number, course: Course): Promise<Bytes> {
    const connection = this.#connection;
    if (most <= 0) return NO_BYTES;
    if (!connection.handshakeDone) await this.#shake(course);
    for (;;) {
      this.#requireOpen();
      if (this.#readShut || course.expired()) return NO_BYTES;
      if (connection.pending > 0 && course.commit())
        return connection.takeData(most);
      if (connection.peerClosed) return NO_BYTES;
      if (connection.failure !== undefined)
        return this.#endOfData(connection.failure);
      await this.#pump.more();
    }
  }

  #endOfData(failure: SSLError): Bytes {
    if (!(failure instanceof SSLEOFError)) throw failure;
    this.#truncated = true;
    if (this.#suppressRaggedEofs) return NO_BYTES;
    throw failure;
  }

  async #send(bytes: Uint8Array, course: Course): Promise<number> {
    const connection = this.#connection;
    this.#requireOpen();
    if (connection.closeSent) throw isShutDown();
    if (!connection.handshakeDone) await this.#shake(course);
    if (course.expired()) return 0;
    this.#requireOpen();
    if (connection.closeSent) throw isShutDown();
    if (connection.failure !== undefined) throw connection.failure;
    if (bytes.length === 0) return 0;
    await this.#pump.send(bytes);
    return bytes.length;
  }

  async #unwrap(course: Course): Promise<Transport> {
    this.#requireOpen();
    const connection = this.#connection;
    while (!connection.peerClosed || connection.pending > 0) {
      if (connection.pending > 0) throw dataIsUnread();
      if (connection.failure !== undefined) throw connection.failure;
      if (course.expired()) return this.#transport;
      await this.#pump.more();
      this.#requireOpen();
    }
    await this.#pump.flush();
    if (!course.commit()) return this.#transport;
    this.#end(unwrappedError());
    const trailing = connection.takeTrailing();
    connection.detach();
    this.#transport.unread(trailing);
    return this.#transport;
  }

  #call<T>(
    what: string,
    options: CallOptions | undefined,
    call: (course: Course) => Promise<T>,
  ): Promise<T> {
    const limits = limitsOf(what, options, this.#timeout);
    return withDeadline(what, this.#transport, limits, call);
  }

  /** Data that is there, where no other call has its turn. */
  #atHand(most: number): Bytes | undefined {
    const connection = this.#connection;
    const isHere = connection.pending > 0 && connection.handshakeDone;
    if (!isHere || most <= 0 || this.#pump.hasReaders) return undefined;
    if (this.#readShut || this.#ended !== undefined) return undefined;
    return connection.takeData(most);
  }

  #end(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#pump.interrupt(error);
  }

  #requireOpen(): void {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#transport instanceof LateTransport)
      this.#transport.requireConnected();
  }
}

refusePythonNames(SSLSocket);
