/** Moves the bytes of one connection over its transport, in order. */
import type { Connection } from "../connection/connection.ts";
import { SSLSyscallError } from "../errors/errors.ts";
import { isShutDown } from "../errors/state-errors.ts";
import { readLent, type Transport } from "./transport.ts";

/**
 * Most bytes that a peer can make this side send while nobody sends (answers to
 * KeyUpdates) and the peer does not read: beyond them it is not read from
 * either.
 */
const MAX_UNASKED = 64 * 1024;

/** Less data has memory of its own as quickly. */
const WORTH_A_ROOM = 4 * 1024;
/** For the records of 64 KiB. */
const ROOM = 66 * 1024;
/** Rooms that are kept while nobody sends. */
const MAX_IDLE_ROOMS = 4;
const idleRooms: Uint8Array[] = [];

/** Wakes a call that waits for data which it will not get. */
const READ_IS_SHUT: Error = new Error("reading is shut down");

export class SocketPump {
  readonly #connection: Connection;
  readonly #transport: Transport;
  /** The transport's `read()` under way: it outlives a call that gave up. */
  #reading: Promise<void> | undefined;
  /** Ends the calls that wait for the transport to read, or to write. */
  readonly #readers = new Set<(error: unknown) => void>();
  readonly #writers = new Set<(error: unknown) => void>();
  #unsent = 0;
  /** Of the unsent bytes those that no call of this side asked for. */
  #unasked = 0;
  #writing: Promise<void> = Promise.resolve();
  #writeError: SSLSyscallError | undefined;
  readonly #reads = new Turns();
  readonly #writes = new Turns();

  constructor(connection: Connection, transport: Transport) {
    this.#connection = connection;
    this.#transport = transport;
  }

  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  /** True when a call that reads is under way: others wait for it. */
  get hasReaders(): boolean {
    return this.#reads.isTaken;
  }

  /** Calls that read, one after another as they came. */
  readInTurn<T>(call: () => Promise<T>): Promise<T> {
    return this.#reads.take(call);
  }

  /** Calls that write, one after another as they came. */
  writeInTurn<T>(call: () => Promise<T>): Promise<T> {
    return this.#writes.take(call);
  }

  /**
   * Takes in what the transport has next, or returns because reading was shut
   * down. Any number of calls may wait for it: a handshake that a sender needs
   * goes on while a receiver waits for data.
   */
  async more(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    await this.#unlessWoken(this.#reading);
  }

  /** Waits for a step, or less long where reading was shut down. */
  async #unlessWoken(step: Promise<void>): Promise<void> {
    try {
      await interruptible(step, this.#readers);
    } catch (error) {
      if (error !== READ_IS_SHUT) throw error;
    }
  }

  /**
   * Makes the handshake, unless it is done or the call has expired.
   *
   * @throws what ended the connection
   */
  async shake(expired: () => boolean): Promise<void> {
    const connection = this.#connection;
    connection.start();
    // A callback may never answer: close() ends the calls that wait for it.
    while (connection.waiting !== undefined)
      await this.#unlessWoken(connection.waiting);
    this.flush().catch(() => undefined);
    while (!connection.handshakeDone) {
      if (connection.failure !== undefined) throw connection.failure;
      // A side that has said close_notify has given the handshake up.
      if (connection.closeSent) throw isShutDown();
      if (expired()) return;
      await this.more();
    }
  }

  /** Rejects the calls that wait in {@link more} or for the transport to write. */
  interrupt(error: unknown): void {
    for (const reject of [...this.#readers, ...this.#writers]) reject(error);
  }

  /** Wakes the calls that wait in {@link more}: they look at what there is. */
  wakeReaders(): void {
    for (const reject of this.#readers) reject(READ_IS_SHUT);
  }

  /**
   * Sends what the connection has to say. Resolves when more may be said.
   *
   * @throws SSLSyscallError when the transport does not take it
   */
  flush(): Promise<void> {
    return this.#enqueue(this.#connection.takeOutput());
  }

  /**
   * Protects data and sends it; otherwise as {@link flush}. The ciphertext of
   * all connections goes through a few rooms: memory for each write would take
   * longer to come by than to fill.
   *
   * @throws what the connection throws in the wrong state
   */
  async send(data: Uint8Array): Promise<void> {
    const connection = this.#connection;
    if (data.length < WORTH_A_ROOM || this.#transport.writeLent === undefined) {
      connection.write(data);
      await interruptible(this.flush(), this.#writers);
      return;
    }
    const room = idleRooms.pop() ?? new Uint8Array(ROOM);
    connection.write(data, room);
    // A call that is interrupted leaves its buffer to the transport.
    const sent = this.#enqueue(connection.takeOutput(), true);
    await interruptible(sent, this.#writers);
    if (idleRooms.length < MAX_IDLE_ROOMS) idleRooms.push(room);
  }

  #enqueue(bytes: Uint8Array, isLent = false): Promise<void> {
    if (this.#writeError !== undefined) return Promise.reject(this.#writeError);
    if (bytes.length === 0) return this.#writing;
    const isIdle = this.#unsent === 0;
    this.#unsent += bytes.length;
    // At once where possible: an alert shall be on its way when its error is.
    const written = isIdle
      ? this.#write(bytes, isLent)
      : this.#writing.then(() => this.#write(bytes, isLent));
    this.#writing = written;
    written.catch(() => undefined);
    return written;
  }

  async #write(bytes: Uint8Array, isLent: boolean): Promise<void> {
    const { length } = bytes;
    const transport = this.#transport;
    try {
      if (isLent && transport.writeLent !== undefined)
        await transport.writeLent(bytes);
      else await transport.write(bytes);
    } catch (error) {
      this.#writeError = new SSLSyscallError("the transport failed", error);
      throw this.#writeError;
    } finally {
      this.#unsent -= length;
    }
  }

  async #readOnce(): Promise<void> {
    if (this.#unasked > MAX_UNASKED) await this.#writing;
    const connection = this.#connection;
    // What a callback of the context threw while bytes were taken in.
    let thrown: { readonly error: unknown } | undefined;
    const take = (bytes: Uint8Array): void => {
      try {
        connection.receive(bytes);
      } catch (error) {
        thrown = { error };
      }
    };
    let isThere: boolean;
    try {
      isThere = await readLent(this.#transport, take);
    } catch (error) {
      throw new SSLSyscallError("the transport failed", error);
    }
    if (thrown !== undefined) throw thrown.error;
    if (!isThere) connection.receiveEof();
    this.#say();
    while (connection.waiting !== undefined) {
      await connection.waiting;
      this.#say();
    }
  }

  /** Reading does not wait for writing: both sides could wait for ever. */
  #say(): void {
    const bytes = this.#connection.takeOutput();
    this.#unasked += bytes.length;
    this.#enqueue(bytes)
      .catch(() => undefined)
      .finally(() => {
        this.#unasked -= bytes.length;
      });
  }
}

/** Calls one after another; the first of them begins at once. */
class Turns {
  #last: Promise<void> | undefined;

  get isTaken(): boolean {
    return this.#last !== undefined;
  }

  async take<T>(call: () => Promise<T>): Promise<T> {
    const before = this.#last;
    let done: () => void = () => undefined;
    const own = new Promise<void>((resolve) => (done = resolve));
    this.#last = own;
    if (before !== undefined) await before;
    try {
      return await call();
    } finally {
      if (this.#last === own) this.#last = undefined;
      done();
    }
  }
}

/** Waits for a step, or until a function of that set is called. */
function interruptible(
  step: Promise<void>,
  waiting: Set<(error: unknown) => void>,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    waiting.add(reject);
    step.then(
      () => {
        waiting.delete(reject);
        resolve();
      },
      (error: unknown) => {
        waiting.delete(reject);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
