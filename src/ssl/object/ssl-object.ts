import {
  type Bytes,
  type BytesLike,
  NO_BYTES,
  viewBytes,
} from "../../bytes.ts";
import type { Connection } from "../connection/connection.ts";
import {
  bufferCount,
  byteCount,
  found,
  refusePythonNames,
  requireNames,
} from "../names/arguments.ts";
import {
  type SSLError,
  SSLWantAsyncError,
  SSLWantReadError,
  SSLWantWriteError,
  SSLZeroReturnError,
} from "../errors/errors.ts";
import { MemoryBIO } from "./memory-bio.ts";
import { RecordFeeder } from "./record-feeder.ts";
import { SSLConnection } from "../connection/ssl-connection.ts";
import {
  dataIsUnread,
  inHandshake,
  isShutDown,
} from "../errors/state-errors.ts";

/** The reason for which a call cannot be done yet. */
export type WantStatus = "wantRead" | "wantWrite" | "wantAsync";

/** Result of {@link SSLObject.tryRead}. */
export type ReadResult =
  | { readonly status: "data"; readonly bytes: Bytes }
  /** The peer has said close_notify. */
  | { readonly status: "end" }
  | { readonly status: WantStatus };

const WANTS = {
  wantRead: new SSLWantReadError(),
  wantWrite: new SSLWantWriteError(),
  wantAsync: new SSLWantAsyncError(),
} as const satisfies Record<WantStatus, SSLError>;

/**
 * Python: `ssl.SSLObject`. TLS over two memory BIOs, without a socket and
 * without a promise: send what stands in the outgoing BIO after each call,
 * failed ones too, and put what the peer sent into the incoming one. A call
 * that wants more throws {@link SSLWantReadError} and is made again later.
 *
 * Where a callback of the context has answered with a promise, a call throws
 * {@link SSLWantAsyncError}: `await` {@link settle} and make it again.
 *
 * @example
 * ```ts
 * import { MemoryBIO, SSLContext, SSLWantReadError } from "puretls";
 *
 * const incoming = new MemoryBIO();
 * const outgoing = new MemoryBIO();
 * const client = new SSLContext().wrapBio(incoming, outgoing, {
 *   serverHostname: "example.org",
 * });
 * try {
 *   client.doHandshake();
 * } catch (error) {
 *   if (!(error instanceof SSLWantReadError)) throw error;
 * }
 * const clientHello = outgoing.read(); // goes to the server
 * if (clientHello[0] !== 22) throw new Error();
 * ```
 */
export class SSLObject extends SSLConnection {
  readonly #connection: Connection;
  readonly #incoming: MemoryBIO;
  readonly #outgoing: MemoryBIO;
  readonly #highWaterMark: number;
  readonly #feeder = new RecordFeeder();

  /**
   * Made by `SSLContext.wrapBio()`.
   *
   * @param highWaterMark bytes that the outgoing BIO is to hold at most
   * @throws TypeError when called directly
   */
  constructor(
    connection: Connection,
    incoming: MemoryBIO,
    outgoing: MemoryBIO,
    highWaterMark: number,
  ) {
    super(connection);
    this.#connection = connection;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#highWaterMark = highWaterMark;
    if (new.target === SSLObject) Object.preventExtensions(this);
  }

  /** True when the outgoing BIO holds something to send. */
  get needsFlush(): boolean {
    return this.#outgoing.pending > 0;
  }

  /**
   * Python: `do_handshake`. Harmless to repeat.
   *
   * @throws SSLWantReadError, SSLWantAsyncError to be called again
   * @throws SSLError when the handshake fails; the alert for the peer is in the
   *   outgoing BIO
   */
  doHandshake(): void {
    demand(this.tryHandshake());
  }

  /** As {@link doHandshake}, but says what it wants instead of throwing that. */
  tryHandshake(): "done" | WantStatus {
    while (!this.#connection.handshakeDone) {
      const want = this.#step();
      if (want !== undefined) return want;
    }
    return "done";
  }

  /**
   * Python: `read(len=1024)`. Data of one record, at most that many bytes;
   * none when the peer has said close_notify. The array is the caller's.
   *
   * @throws RangeError for a negative number and a fraction
   * @throws SSLWantReadError, SSLWantAsyncError to be called again
   * @throws SSLZeroReturnError when both sides have said close_notify
   * @throws SSLEOFError when the transport ended without close_notify
   */
  read(maxBytes?: number): Bytes;
  read(maxBytes: number, buffer: BytesLike): number;
  read(maxBytes = 1024, buffer?: BytesLike): Bytes | number {
    if (buffer !== undefined) return this.readInto(buffer, maxBytes);
    const result = this.tryRead(maxBytes);
    if (result.status === "data") return result.bytes;
    if (result.status !== "end") throw WANTS[result.status];
    if (this.#connection.closeSent) throw new SSLZeroReturnError();
    return NO_BYTES;
  }

  /** As {@link read}, but says what it wants instead of throwing that. */
  tryRead(maxBytes = 1024): ReadResult {
    const connection = this.#connection;
    if (byteCount("read", maxBytes) === 0)
      return { status: "data", bytes: NO_BYTES };
    for (;;) {
      if (connection.pending > 0)
        return { status: "data", bytes: connection.takeData(maxBytes) };
      if (connection.peerClosed) return { status: "end" };
      const want = this.#step();
      if (want !== undefined) return { status: want };
    }
  }

  /**
   * Python: `read(len, buffer)`. Fills the buffer's beginning and answers how
   * many bytes those are; otherwise as {@link read}. A number below 1 is as none:
   * as many as there is room for.
   */
  readInto(buffer: BytesLike, maxBytes?: number): number {
    const target = viewBytes(buffer, "readInto: buffer");
    const bytes = this.read(bufferCount("readInto", target, maxBytes));
    target.set(bytes);
    return bytes.length;
  }

  /**
   * Python: `write(buf)`. Protects the bytes and answers how many: all of them,
   * unless a `highWaterMark` bounds the outgoing BIO.
   *
   * @throws SSLWantReadError while the handshake is not done
   * @throws SSLWantWriteError when the outgoing BIO is full
   * @throws SSLError PROTOCOL_IS_SHUTDOWN after {@link unwrap}
   */
  write(data: BytesLike): number {
    const bytes = viewBytes(data, "write: data");
    const connection = this.#connection;
    if (connection.closeSent) throw isShutDown();
    if (connection.failure !== undefined) throw connection.failure;
    demand(this.tryHandshake());
    if (bytes.length === 0) return 0;
    const room = this.#highWaterMark - this.#outgoing.pending;
    if (room <= 0) throw WANTS.wantWrite;
    const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
    connection.write(part);
    this.#flush();
    return part.length;
  }

  /**
   * Not in Python: RFC 9846 2.3. On a client with a {@link session}, before the
   * handshake is done: sends early data (0-RTT), as much as the session allows,
   * and answers how much. Anyone who records it can send it again.
   *
   * @throws SSLError ERR_SSL_EARLY_DATA once the handshake is done
   */
  writeEarlyData(data: BytesLike): number {
    const bytes = viewBytes(data, "writeEarlyData: data");
    const taken = this.#connection.writeEarlyData(bytes);
    this.#flush();
    return taken;
  }

  /**
   * Python: `verify_client_post_handshake`, RFC 9846 4.7.2. Asks the client for
   * its certificate: the request is in the outgoing BIO, the answer is taken in
   * by the next {@link read}s.
   *
   * @throws SSLError NOT_SERVER on a client, WRONG_SSL_VERSION before TLS 1.3,
   *   EXTENSION_NOT_RECEIVED where the client does not offer it
   */
  verifyClientPostHandshake(): void {
    this.#connection.requestCertificate();
    this.#flush();
  }

  /**
   * Python: `unwrap`. Says close_notify and waits for the peer's. What stands
   * behind that in the incoming BIO is not TLS any more.
   *
   * @throws SSLWantReadError until the peer's close_notify is there
   * @throws SSLError SHUTDOWN_WHILE_IN_INIT before the handshake is done,
   *   APPLICATION_DATA_AFTER_CLOSE_NOTIFY while data is unread: read it first
   */
  unwrap(): void {
    demand(this.tryUnwrap());
  }

  /** As {@link unwrap}, but says what it wants instead of throwing that. */
  tryUnwrap(): "done" | WantStatus {
    const connection = this.#connection;
    if (!connection.handshakeDone) throw inHandshake();
    connection.close();
    this.#flush();
    for (;;) {
      if (connection.pending > 0) throw dataIsUnread();
      if (connection.peerClosed) return "done";
      const want = this.#step();
      if (want !== undefined) return want;
    }
  }

  /**
   * Not in Python: RFC 9846 4.7.3. Changes this side's keys, and the peer's
   * too when that is asked for.
   */
  keyUpdate(options: { readonly requestPeer?: boolean } = {}): void {
    requireNames("keyUpdate", options, { requestPeer: true });
    this.#connection.updateKeys(options.requestPeer ?? false);
    this.#flush();
  }

  /** Waits for the promise that a callback has answered with, if there is one. */
  async settle(): Promise<void> {
    while (this.#connection.waiting !== undefined)
      await this.#connection.waiting;
    this.#flush();
  }

  /**
   * Takes in some more of what the peer sent; says what it wants if it cannot.
   *
   * @throws what ended the connection
   */
  #step(): WantStatus | undefined {
    const connection = this.#connection;
    connection.start();
    this.#flush();
    if (connection.failure !== undefined) throw connection.failure;
    if (connection.waiting !== undefined) return "wantAsync";
    const bytes = this.#feeder.take(this.#incoming);
    if (bytes.length > 0) connection.receive(bytes);
    else if (this.#incoming.eof) connection.receiveEof();
    else return "wantRead";
    this.#flush();
    return undefined;
  }

  #flush(): void {
    this.#outgoing.put(this.#connection.takeOutput());
  }
}

function demand(status: "done" | WantStatus): void {
  if (status !== "done") throw WANTS[status];
}

/**
 * The most bytes that the outgoing BIO is to hold.
 *
 * @throws TypeError for what are no BIOs
 * @throws RangeError for another number than one above 0
 */
export function requireBios(
  incoming: MemoryBIO,
  outgoing: MemoryBIO,
  { highWaterMark = Infinity }: { readonly highWaterMark?: number },
): number {
  if (!(incoming instanceof MemoryBIO && outgoing instanceof MemoryBIO))
    throw new TypeError("wrapBio: two MemoryBIOs are wanted");
  if (highWaterMark > 0) return highWaterMark;
  throw new RangeError(
    `highWaterMark: ${found(highWaterMark)}; a number above 0 is allowed`,
  );
}

refusePythonNames(SSLObject);
