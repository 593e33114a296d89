import { type Bytes, type BytesLike, concat, viewBytes } from "../../bytes.ts";
import type { Connection } from "../connection/connection.ts";
import { type SSLError, stateError } from "../errors/errors.ts";
import { bufferCount, refusePythonNames } from "../names/arguments.ts";
import { SSLConnection } from "../connection/ssl-connection.ts";
import type { CallOptions, Transport, TransportAddress } from "./transport.ts";

/** Sources of {@link StreamSocket.sendFile}: a Blob, a stream, chunks. */
export type FileSource =
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | { stream(): AsyncIterable<Uint8Array> | ByteReaderSource }
  | ByteReaderSource;

/** A ReadableStream, as far as it is needed here. */
export interface ByteReaderSource {
  getReader(): {
    read(): Promise<
      | { readonly done: false; readonly value: Uint8Array }
      | { readonly done: true; readonly value?: unknown }
    >;
    cancel(reason?: unknown): Promise<unknown>;
  };
}

export interface SendFileOptions extends CallOptions {
  /** Bytes of the source to pass over. Default 0. */
  readonly offset?: number;
  /** The most bytes to send. Default: all that follow. */
  readonly count?: number | null;
}

const TRANSPORTS = new WeakMap<StreamSocket, Transport>();

/** Returns the transport below a socket, for adapters: not to read or write. */
export function transportOf(socket: StreamSocket): Transport {
  const transport = TRANSPORTS.get(socket);
  if (transport !== undefined) return transport;
  throw new TypeError("socket: an SSLSocket is wanted");
}

/**
 * The methods of a file that an SSLSocket has, besides receiving and sending.
 * See {@link SSLSocket} for an example.
 */
export abstract class StreamSocket extends SSLConnection {
  readonly #transport: Transport;

  protected constructor(connection: Connection, transport: Transport) {
    super(connection);
    this.#transport = transport;
    TRANSPORTS.set(this, transport);
  }

  /** Python: `getsockname()`, where the transport knows. */
  get localAddress(): TransportAddress | undefined {
    return this.#transport.localAddress;
  }

  /** Python: `getpeername()`, where the transport knows. */
  get remoteAddress(): TransportAddress | undefined {
    return this.#transport.remoteAddress;
  }

  /**
   * Python: `setsockopt(TCP_NODELAY)`, where the transport has it.
   *
   * @throws SSLError ERR_UNSUPPORTED_PLATFORM where it has not
   */
  setNoDelay(noDelay = true): void {
    const { setNoDelay } = this.#transport;
    if (setNoDelay === undefined) throw noSocketOption();
    setNoDelay(noDelay);
  }

  /**
   * Python: `setsockopt(SO_KEEPALIVE)`, where the transport has it.
   *
   * @param initialDelay milliseconds of silence before the first probe
   * @throws SSLError ERR_UNSUPPORTED_PLATFORM where it has not
   */
  setKeepAlive(keepAlive = true, initialDelay = 0): void {
    const { setKeepAlive } = this.#transport;
    if (setKeepAlive === undefined) throw noSocketOption();
    setKeepAlive(keepAlive, initialDelay);
  }

  abstract recv(maxBytes?: number, options?: CallOptions): Promise<Bytes>;
  abstract send(data: BytesLike, options?: CallOptions): Promise<number>;
  abstract sendAll(data: BytesLike, options?: CallOptions): Promise<void>;
  abstract [Symbol.asyncIterator](): AsyncGenerator<
    Uint8Array,
    void,
    undefined
  >;

  /**
   * Python: `recv_into`. Fills the buffer's beginning and answers how many
   * bytes those are; otherwise as {@link recv}. A number below 1 is as none: as
   * many as there is room for.
   */
  async recvInto(
    buffer: BytesLike,
    maxBytes?: number,
    options: CallOptions = {},
  ): Promise<number> {
    const target = viewBytes(buffer, "recvInto: buffer");
    const room = bufferCount("recvInto", target, maxBytes);
    if (room === 0) return 0;
    const bytes = await this.recv(room, options);
    target.set(bytes);
    return bytes.length;
  }

  /**
   * Python: `read(len=1024)`.
   *
   * @deprecated As in Python: it is {@link recv}.
   */
  read(maxBytes = 1024, options: CallOptions = {}): Promise<Bytes> {
    return this.recv(maxBytes, options);
  }

  /**
   * Python: `write`.
   *
   * @deprecated As in Python: it is {@link send}.
   */
  write(data: BytesLike, options: CallOptions = {}): Promise<number> {
    return this.send(data, options);
  }

  /**
   * Python: the lines of `makefile("rb")`. Each ends with its newline (10),
   * but for the last one where the data does not.
   */
  async *lines(): AsyncGenerator<Bytes, void, undefined> {
    let parts: Uint8Array[] = [];
    for await (let bytes of this) {
      for (;;) {
        const end = bytes.indexOf(NEWLINE) + 1;
        if (end === 0) break;
        yield concat(...parts, bytes.subarray(0, end));
        parts = [];
        bytes = bytes.subarray(end);
      }
      if (bytes.length > 0) parts.push(bytes);
    }
    if (parts.length > 0) yield concat(...parts);
  }

  /**
   * Python: `sendfile`. Sends what a source gives, piece by piece, and answers
   * how many bytes those were. Timeouts are for each piece. What other calls send
   * meanwhile may come between two pieces, and before what the source gives later.
   *
   * @throws RangeError for an offset or a count that is none, TypeError for
   *   what is no source, and what {@link sendAll} throws
   */
  async sendFile(
    source: FileSource,
    options: SendFileOptions = {},
  ): Promise<number> {
    const { offset = 0, count, ...call } = options;
    let skip = amount("offset", offset);
    let left = amount("count", count ?? Number.MAX_SAFE_INTEGER);
    let sent = 0;
    const take = async (chunk: Uint8Array): Promise<boolean> => {
      const bytes = viewBytes(chunk, "sendFile: a chunk").subarray(skip);
      skip = Math.max(0, skip - chunk.length);
      const part = bytes.subarray(0, left);
      if (part.length > 0) await this.sendAll(part, call);
      sent += part.length;
      left -= part.length;
      return left > 0;
    };
    const chunks = chunksOf(source);
    // A chunk that is there is sent before what is sent after this call.
    if (Symbol.asyncIterator in chunks) {
      for await (const chunk of chunks) if (!(await take(chunk))) break;
    } else for (const chunk of chunks) if (!(await take(chunk))) break;
    return sent;
  }
}

refusePythonNames(StreamSocket, {
  getsockname: "localAddress",
  getpeername: "remoteAddress",
  setsockopt: "setNoDelay() or setKeepAlive()",
  makefile: "lines(), toWebStreams() or toNodeDuplex()",
  setblocking: "setTimeout()",
  gettimeout: "timeout",
});

const NEWLINE = 10;

function noSocketOption(): SSLError {
  return stateError(
    "ERR_UNSUPPORTED_PLATFORM",
    "this transport has no such option",
  );
}

function amount(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`sendFile: ${what}: a number from 0 is wanted`);
  return value;
}

function chunksOf(
  source: FileSource,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof source === "object" && source !== null) {
    if ("stream" in source) return chunksOf(source.stream());
    if (Symbol.asyncIterator in source || Symbol.iterator in source)
      return source;
    if ("getReader" in source) return readerChunks(source);
  }
  throw new TypeError("sendFile: a Blob, a stream or an iterable is wanted");
}

/** For streams that cannot be iterated yet. */
async function* readerChunks(
  source: ByteReaderSource,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = source.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel();
  }
}
