/** An end that is an SSLObject, and the program that moves its bytes. */
import {
  type MemoryBIO,
  type SSLContext,
  type SSLObject,
  type SSLSession,
  SSLWantAsyncError,
  SSLWantReadError,
  SSLWantWriteError,
} from "../../../src/index.ts";
import { attempt, End, type Options } from "./end.ts";
import type { CallName } from "./program.ts";
import type { Endpoint } from "./transport.ts";

export class ObjectEnd extends End {
  readonly connection: SSLObject;
  readonly #incoming: MemoryBIO;
  readonly #outgoing: MemoryBIO;
  readonly #session: SSLSession | null;
  readonly #other: SSLContext;
  #writing = false;
  #ended = false;
  #drained: (() => void) | undefined;
  #draining: Promise<void> | undefined;
  #forget: () => void = () => undefined;
  readonly #destroyed = new Promise<void>((resolve) => {
    this.#forget = resolve;
  });

  constructor(
    endpoint: Endpoint,
    made: {
      readonly object: SSLObject;
      readonly incoming: MemoryBIO;
      readonly outgoing: MemoryBIO;
    },
    session: SSLSession | null,
    other: SSLContext,
  ) {
    super(endpoint);
    this.connection = made.object;
    this.#incoming = made.incoming;
    this.#outgoing = made.outgoing;
    this.#session = session;
    this.#other = other;
  }

  call(name: CallName, options: Options): Promise<unknown> | undefined {
    const made = attempt(() => this.#unlessWanting(name, options));
    this.poll();
    return made;
  }

  poll(): boolean {
    let moved = this.#flush();
    for (;;) {
      const bytes = this.#ended ? undefined : this.endpoint.poll();
      if (bytes === undefined) break;
      if (bytes === null) {
        this.#ended = true;
        this.#incoming.writeEof();
      } else this.#incoming.write(bytes);
      moved = true;
    }
    if (this.#draining !== undefined) this.#readAll();
    return this.#flush() || moved;
  }

  drain(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      this.#drained = resolve;
    });
    this.poll();
    return this.#draining;
  }

  finish(): Promise<unknown> {
    return attempt(() => {
      this.connection.tryUnwrap();
      this.poll();
    });
  }

  close(): Promise<unknown> {
    return this.finish().finally(() => this.destroy());
  }

  destroy(): Promise<void> {
    this.#drained?.();
    this.#forget();
    this.endpoint.abort();
    return Promise.resolve();
  }

  #flush(): boolean {
    const { endpoint } = this;
    if (this.#writing || this.#outgoing.pending === 0) return false;
    this.#writing = true;
    const bytes = this.#outgoing.read();
    const sent = (): void => {
      this.#writing = false;
      this.poll();
    };
    endpoint.write(bytes).then(sent, () => undefined);
    return true;
  }

  /** Reads until more bytes are wanted, or the end has come. */
  #readAll(): void {
    try {
      if (this.connection.tryHandshake() !== "done") return;
      for (;;) {
        const result = this.connection.tryRead();
        if (result.status === "data") this.keep(result.bytes);
        else if (result.status === "wantAsync") {
          this.connection.settle().then(
            () => this.poll(),
            () => this.#drained?.(),
          );
          return;
        } else if (result.status === "end") break;
        else return;
      }
    } catch {
      // Whoever drains wants the data alone.
    }
    this.#drained?.();
  }

  /** A call that wants more is made again by programs, here at their leisure. */
  #unlessWanting(name: CallName, options: Options): unknown {
    try {
      return this.#call(name, options);
    } catch (error) {
      if (WANTS.some((type) => error instanceof type)) return "wants";
      throw error;
    }
  }

  #call(name: CallName, { size }: Options): unknown {
    const object = this.connection;
    switch (name) {
      case "recv":
        return this.keep(object.read(1 + size));
      case "recvInto": {
        const buffer = new Uint8Array(size);
        return this.keep(buffer.subarray(0, object.readInto(buffer)));
      }
      case "send":
      case "sendMuch": {
        const call = this.sent.next(size);
        call.taken = 0;
        call.taken = object.write(call.data);
        return undefined;
      }
      case "doHandshake":
        object.doHandshake();
        return undefined;
      case "ready":
        return object.tryHandshake();
      case "keyUpdate":
        object.keyUpdate();
        return undefined;
      case "keyUpdateBoth":
        object.keyUpdate({ requestPeer: true });
        return undefined;
      case "unwrap":
        object.unwrap();
        return undefined;
      case "sendEarlyData": {
        const call = this.early.next(size % 3000);
        call.taken = object.writeEarlyData(call.data);
        return undefined;
      }
      case "readEarlyData":
        this.takeEarly();
        return undefined;
      case "verifyClient":
        object.verifyClientPostHandshake();
        return undefined;
      case "look":
        this.look();
        return undefined;
      case "setSession":
        if (this.#session !== null) object.session = this.#session;
        return undefined;
      case "setContext":
        object.context = this.#other;
        return undefined;
      case "settle":
        // An SSLObject has no end of its own: a program forgets it, and its call.
        return Promise.race([object.settle(), this.#destroyed]);
      default:
        return undefined;
    }
  }
}

const WANTS = [SSLWantReadError, SSLWantWriteError, SSLWantAsyncError];
