/** Moves the bytes of one connection over its transport, in order. */
import type { Connection } from "./connection.ts";
import { SSLSyscallError } from "./errors.ts";
import { readLent, type Transport } from "./transport.ts";

/**
 * What a peer can make this side say while nobody sends (answers to KeyUpdates)
 * and does not read itself: from there on it is not read from either.
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
export const READ_IS_SHUT: Error = new Error("reading is shut down");

export class SocketPump {
  readonly #connection: Connection;
  readonly #transport: Transport;
  /** The transport's `read()` under way: it outlives a call that gave up. */
  #reading: Promise<void> | undefined;
  /** Who waits for it: only the call whose turn it is. */
  #interrupt: ((error: unknown) => void) | undefined;
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

  /** Whether a call that reads is under way: others wait for their turn. */
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

  /** Takes in what the transport has next. For the call whose turn it is. */
  async more(): Promise<void> {
    const reading = (this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    }));
    await new Promise<void>((resolve, reject) => {
      this.#interrupt = reject;
      reading.then(resolve, reject);
    });
  }

  /** Ends the call that waits in {@link more}. */
  interrupt(error: unknown): void {
    this.#interrupt?.(error);
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
      await this.flush();
      return;
    }
    const room = idleRooms.pop() ?? new Uint8Array(ROOM);
    connection.write(data, room);
    await this.#enqueue(connection.takeOutput(), true);
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
