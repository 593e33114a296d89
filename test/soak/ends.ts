/** One interface to every implementation that can be an end of a connection. */
import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import {
  MemoryBIO,
  type SSLContext,
  type SSLObject,
  type SSLSocket,
  SSLTimeoutError,
  SSLWantAsyncError,
  SSLWantReadError,
  type Transport,
  toWebStreams,
  type WrapBioOptions,
} from "../../src/index.ts";
import { toNodeDuplex } from "../../src/net/node.ts";

export interface End {
  /** The next bytes, or null when the peer has ended. */
  receive(): Promise<Uint8Array | null>;
  send(bytes: Uint8Array): Promise<void>;
  /** Sends close_notify and ends this direction; receiving continues. */
  finish(): Promise<void>;
  /** Lets go of the connection, both directions of which have ended. */
  close(): Promise<void>;
  /** Ends it at once. */
  destroy(): void;
  /** Changes keys, where the implementation can. */
  readonly keyUpdate?: (() => Promise<void>) | undefined;
  /** Asks for a new handshake, where the implementation would (TLS 1.2). */
  readonly renegotiate?: (() => void) | undefined;
  /**
   * Tells whether data is lost that is under way when this side sends
   * close_notify: Node calls SSL_shutdown() twice, and the second call waits
   * for the peer's.
   */
  readonly losesAfterFinish?: boolean;
  /**
   * Tells whether the transport ended without close_notify; undefined: unknown.
   */
  readonly truncated: boolean | undefined;
  /** The connection's puretls object; undefined for node:tls. */
  readonly secure: SSLSocket | SSLObject | undefined;
}

/** An SSLSocket as it is. */
export function socketEnd(socket: SSLSocket, timeout: number): End {
  socket.setTimeout(timeout);
  return {
    receive: async () => {
      const bytes = await socket.recv();
      return bytes.length === 0 ? null : bytes;
    },
    send: (bytes) => socket.sendAll(bytes),
    finish: () => socket.shutdown("write"),
    close: () => socket.close(),
    destroy: () => {
      socket.destroy();
    },
    keyUpdate: () => socket.keyUpdate({ requestPeer: true }),
    get truncated() {
      return socket.truncated;
    },
    secure: socket,
  };
}

/** An SSLSocket as a Duplex of Node. */
export function duplexEnd(socket: SSLSocket, timeout: number): End {
  socket.setTimeout(timeout);
  return {
    ...streamEnd(toNodeDuplex(socket, { allowHalfOpen: true }), timeout),
    keyUpdate: () => socket.keyUpdate(),
    get truncated() {
      return socket.truncated;
    },
    secure: socket,
  };
}

/** An SSLSocket as WHATWG streams. */
export function webEnd(socket: SSLSocket, timeout: number): End {
  socket.setTimeout(timeout);
  const { readable, writable } = toWebStreams(socket);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  // Those who read and write are told.
  reader.closed.catch(() => undefined);
  writer.closed.catch(() => undefined);
  writer.ready.catch(() => undefined);
  return {
    receive: async () => {
      const { done, value } = await reader.read();
      return done ? null : value;
    },
    send: (bytes) => writer.write(bytes),
    finish: () => writer.close(),
    close: () => socket.close(),
    destroy: () => {
      socket.destroy();
    },
    keyUpdate: () => socket.keyUpdate(),
    get truncated() {
      return socket.truncated;
    },
    secure: socket,
  };
}

/** A TLSSocket of Node, which does not tell a truncation from an end. */
export function nodeEnd(socket: TLSSocket, timeout: number): End {
  return {
    ...streamEnd(socket, timeout),
    renegotiate: () => {
      // What comes of it shows where the connection is read.
      socket.renegotiate({}, () => undefined);
    },
    losesAfterFinish: true,
    truncated: undefined,
    secure: undefined,
  };
}

type StreamEnd = Omit<End, "truncated" | "secure">;

function streamEnd(stream: Duplex, timeout: number): StreamEnd {
  let failure: { readonly error: unknown } | undefined;
  stream.on("error", (error) => (failure ??= { error }));
  const chunks = stream.iterator({ destroyOnReturn: false });
  /** A stream that was destroyed may settle nothing more. */
  const bounded = <T>(what: string, call: Promise<T>): Promise<T> =>
    inTime(what, timeout, call, stream);
  return {
    receive: () =>
      bounded("receive", chunks.next()).then(({ done, value }) => {
        if (failure !== undefined) throw failure.error;
        return done === true ? null : (value as Uint8Array);
      }),
    send: (bytes) =>
      bounded(
        "send",
        new Promise<void>((resolve, reject) => {
          stream.write(bytes, (error) => {
            if (error) reject(error);
            else resolve();
          });
        }),
      ),
    finish: () =>
      bounded(
        "finish",
        new Promise<void>((resolve, reject) => {
          stream.end((error?: Error | null) => {
            if (error) reject(error);
            else resolve();
          });
        }),
      ),
    close: async () => {
      stream.destroy();
      if (!stream.closed) await bounded("close", once(stream, "close"));
    },
    destroy: () => {
      stream.destroy();
    },
  };
}

async function inTime<T>(
  what: string,
  timeout: number,
  call: Promise<T>,
  stream: Duplex,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onClose: () => void = () => undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new SSLTimeoutError(what, timeout));
    }, timeout);
    onClose = () => {
      // After the callbacks that the stream itself owes.
      setTimeout(() => {
        reject(stream.errored ?? new Error(`${what}: the stream has closed`));
      }, 100);
    };
    if (stream.closed) onClose();
    else stream.once("close", onClose);
  });
  over.catch(() => undefined);
  try {
    return await Promise.race([call, over]);
  } finally {
    clearTimeout(timer);
    stream.off("close", onClose);
  }
}

/** An SSLObject and its BIOs, driven by both directions at once. */
export class ObjectEnd implements End {
  readonly secure: SSLObject;
  truncated = false;
  readonly #incoming = new MemoryBIO();
  readonly #outgoing = new MemoryBIO();
  readonly #transport: Transport;
  readonly #timeout: number;
  #reading: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    context: SSLContext,
    transport: Transport,
    timeout: number,
    options: WrapBioOptions,
  ) {
    this.#transport = transport;
    this.#timeout = timeout;
    this.secure = context.wrapBio(this.#incoming, this.#outgoing, options);
  }

  handshake(): Promise<void> {
    return this.#until("handshake", () => {
      this.secure.doHandshake();
    });
  }

  receive(): Promise<Uint8Array | null> {
    return this.#until("receive", () => {
      const result = this.secure.tryRead(65_536);
      if (result.status === "data") return result.bytes;
      if (result.status === "end") return null;
      throw result.status === "wantAsync"
        ? new SSLWantAsyncError()
        : new SSLWantReadError();
    });
  }

  send(bytes: Uint8Array): Promise<void> {
    return this.#until("send", () => {
      this.secure.write(bytes);
    });
  }

  async finish(): Promise<void> {
    try {
      this.secure.tryUnwrap();
    } catch (error) {
      // Data that waits is read by the next receive().
      const { reason } = error as { readonly reason?: unknown };
      if (reason !== "APPLICATION_DATA_AFTER_CLOSE_NOTIFY") throw error;
    }
    await this.#flush();
    await this.#transport.closeWrite();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  destroy(): void {
    this.#transport.abort();
  }

  keyUpdate = async (): Promise<void> => {
    this.secure.keyUpdate({ requestPeer: true });
    await this.#flush();
  };

  /** Makes a call again until it wants nothing. */
  async #until<T>(what: string, call: () => T): Promise<T> {
    const end = Date.now() + this.#timeout;
    for (;;) {
      try {
        const result = call();
        await this.#flush();
        return result;
      } catch (error) {
        await this.#flush();
        if (error instanceof SSLWantAsyncError) await this.secure.settle();
        else if (!(error instanceof SSLWantReadError)) throw error;
      }
      await this.#more(what, Math.max(1, end - Date.now()));
    }
  }

  async #more(what: string, time: number): Promise<void> {
    this.#reading ??= this.#transport
      .read()
      .then((bytes) => {
        if (bytes === null) this.#incoming.writeEof();
        else this.#incoming.write(bytes);
      })
      .finally(() => (this.#reading = undefined));
    this.#reading.catch(() => undefined);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new SSLTimeoutError(what, this.#timeout));
      }, time);
    });
    await Promise.race([this.#reading, late]).finally(() => {
      clearTimeout(timer);
    });
  }

  #flush(): Promise<void> {
    const bytes = this.#outgoing.read();
    if (bytes.length > 0)
      this.#writing = this.#writing.then(() => this.#transport.write(bytes));
    this.#writing.catch(() => undefined);
    return this.#writing;
  }
}
