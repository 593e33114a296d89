/** Message ports, to a worker, a frame or another page, as transports. */
import { isArrayBuffer, viewBytes } from "../../bytes.ts";
import { HIGH_WATER_MARK, Incoming } from "../../net/incoming.ts";
import { kindOf } from "../../options.ts";
import {
  oneAtATime,
  type Transport,
  transportClosed,
} from "../../net/transport.ts";

/** The part of a `MessagePort` that a transport needs. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(
    type: "message" | "messageerror" | "close",
    listener: (event: {
      readonly type: string;
      readonly data?: unknown;
    }) => void,
  ): void;
  start(): void;
  close(): void;
}

/**
 * A message port as a transport, which it belongs to from then on; the other end of
 * the channel is one, too. Its messages are bytes, the number of bytes that were
 * read (so that a writer waits for its reader), null at the end of a direction, and
 * false when an end goes away.
 *
 * @example
 * ```ts
 * import { fromMessagePort } from "puretls/web";
 *
 * const { port1, port2 } = new MessageChannel();
 * const [near, far] = [fromMessagePort(port1), fromMessagePort(port2)];
 * await near.write(Uint8Array.of(1));
 * if ((await far.read())?.[0] !== 1) throw new Error();
 * await Promise.all([near.close(), far.close()]);
 * ```
 */
export function fromMessagePort(port: MessagePortLike): Transport {
  return new PortTransport(port);
}

class PortTransport implements Transport {
  readonly #port: MessagePortLike;
  readonly #incoming = new Incoming({
    pause: () => undefined,
    resume: () => undefined,
  });
  #isWriting = false;
  #isShut = false;
  #isClosed = false;
  /** Bytes that were written and that nobody has read there. */
  #unsent = 0;
  /** Bytes that came, and that the other end does not know to be read. */
  #owed = 0;
  #writer: () => void = () => undefined;

  constructor(port: MessagePortLike) {
    this.#port = port;
    port.addEventListener("message", ({ data }) => {
      this.#onMessage(data);
    });
    port.addEventListener("messageerror", () => {
      this.abort(new TypeError("a message of the port could not be read"));
    });
    // Not every runtime tells; the other end says false when it goes.
    port.addEventListener("close", () => {
      this.#lost(transportClosed());
    });
    port.start();
  }

  get buffered(): number {
    return this.#incoming.buffered;
  }

  get bytesRead(): number {
    return this.#incoming.bytesRead;
  }

  get unsent(): number {
    return this.#unsent;
  }

  async read(): Promise<Uint8Array | null> {
    const bytes = await this.#incoming.read();
    // Less than was read where bytes were put back: it has had its answer for them.
    const read = this.#owed - this.#incoming.buffered;
    if (read > 0 && !this.#isClosed) this.#post(read);
    if (read > 0) this.#owed -= read;
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    oneAtATime("write", this.#isWriting);
    this.#throwFailure();
    if (this.#isShut) throw transportClosed();
    if (bytes.length === 0) return;
    this.#isWriting = true;
    try {
      this.#unsent += bytes.length;
      // A copy: the buffer moves to the other end, and may hold more than this.
      const copy = new Uint8Array(bytes);
      this.#post(copy, [copy.buffer]);
      while (this.#unsent > HIGH_WATER_MARK) {
        await new Promise<void>((resolve) => (this.#writer = resolve));
        this.#throwFailure();
      }
    } finally {
      this.#isWriting = false;
    }
  }

  closeWrite(): Promise<void> {
    if (!this.#isShut && !this.#isClosed) this.#post(null);
    this.#isShut = true;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.closeWrite();
    this.#incoming.discard();
    this.#leave(transportClosed());
  }

  abort(error: unknown = transportClosed()): void {
    this.#leave(error);
  }

  unread(bytes: Uint8Array): void {
    this.#incoming.unread(bytes);
  }

  #post(message: unknown, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #onMessage(data: unknown): void {
    if (data === null) this.#incoming.end();
    else if (data === false) {
      this.#lost(transportClosed());
      // The other end may keep its own open.
      this.#port.close();
    } else if (typeof data === "number") this.#onRead(data);
    else if (isArrayBuffer(data) || ArrayBuffer.isView(data))
      this.#onBytes(viewBytes(data));
    else this.#refuse(`is ${kindOf(data)}`);
  }

  /** The other end has read so many bytes: no fewer than none, nor more than sent. */
  #onRead(count: number): void {
    if (!(Number.isInteger(count) && count > 0 && count <= this.#unsent)) {
      this.#refuse("counts bytes that were not sent");
      return;
    }
    this.#unsent -= count;
    this.#writer();
  }

  #onBytes(bytes: Uint8Array): void {
    // Messages cannot be stopped, so an end that does not wait would fill the memory.
    if (this.#owed > HIGH_WATER_MARK) {
      this.#refuse("came while those before it wait to be read");
      return;
    }
    if (bytes.length === 0 || this.#incoming.ended) return;
    this.#owed += bytes.length;
    this.#incoming.give(bytes);
  }

  #refuse(what: string): void {
    this.abort(
      new TypeError(
        `a message of the port ${what}: the other end must be a transport of fromMessagePort(), too`,
      ),
    );
  }

  #lost(error: unknown): void {
    this.#incoming.fail(error);
    this.#isClosed = true;
    this.#writer();
  }

  #leave(error: unknown): void {
    if (!this.#isClosed) {
      this.#post(false);
      this.#port.close();
    }
    this.#lost(error);
  }

  #throwFailure(): void {
    const { failure } = this.#incoming;
    if (failure !== undefined) throw failure.error;
  }
}
