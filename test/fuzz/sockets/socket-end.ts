/** An end that is an SSLSocket, perhaps one that an SSLServer accepts. */
import type {
  SSLContext,
  SSLServer,
  SSLSession,
  SSLSocket,
} from "../../../src/index.ts";
import { NO_BYTES } from "../../../src/bytes.ts";
import type { CallOptions } from "../../../src/ssl/socket/transport.ts";
import { attempt, End, type Options } from "./end.ts";
import type { CallName } from "./program.ts";
import { type Endpoint, Planned } from "./transport.ts";

/** Piece of a file that is sent. */
const PIECE = 5000;
/** KeyUpdates that a program makes at once. */
const MANY = 40;

export class SocketEnd extends End {
  connection: SSLSocket | undefined;
  readonly #server: SSLServer | undefined;
  readonly #session: SSLSession | null;
  readonly #other: SSLContext;

  constructor(
    endpoint: Endpoint,
    made: SSLSocket | SSLServer,
    session: SSLSession | null,
    other: SSLContext,
  ) {
    super(endpoint);
    this.#session = session;
    this.#other = other;
    this.connection = "accept" in made ? undefined : made;
    this.#server = "accept" in made ? made : undefined;
  }

  call(name: CallName, options: Options): Promise<unknown> | undefined {
    const server = this.#server;
    if (name === "accept" || name === "closeServer")
      return server === undefined
        ? undefined
        : attempt(() =>
            name === "accept" ? this.#accept(server) : server.close(),
          );
    const socket = this.connection;
    if (socket === undefined || name === "settle") return undefined;
    return attempt(() => this.#call(socket, name, options));
  }

  poll(): boolean {
    return false;
  }

  async drain(): Promise<void> {
    if (this.#server !== undefined && this.connection === undefined)
      await this.#accept(this.#server);
    const { connection } = this;
    if (connection === undefined) return;
    const data = connection[Symbol.asyncIterator]();
    while ((await this.#next(data)) > 0);
  }

  async finish(): Promise<void> {
    await this.connection?.shutdown("write");
  }

  async close(): Promise<void> {
    await this.connection?.close();
    await this.#server?.close();
  }

  async destroy(): Promise<void> {
    this.connection?.destroy();
    await this.#server?.close();
  }

  async #accept(server: SSLServer): Promise<void> {
    const { socket } = await server.accept();
    // A silent client gets no further than the handshake.
    this.connection ??= socket;
  }

  #call(
    socket: SSLSocket,
    name: CallName,
    { size, ...options }: Options,
  ): unknown {
    switch (name) {
      case "recv":
        return this.reading(socket.recv(1 + size, options));
      case "recvInto": {
        const buffer = new Uint8Array(size);
        return this.reading(
          socket
            .recvInto(buffer, undefined, options)
            .then((length) => buffer.subarray(0, length)),
        );
      }
      case "iterate":
        return this.#iterate(socket);
      case "send":
      case "sendMuch":
        return this.#send(socket, name, size, options);
      case "sendFile":
        return this.#sendFile(socket, size, options);
      case "doHandshake":
        return socket.doHandshake(options);
      case "ready":
        return socket.ready;
      case "keyUpdate":
        return socket.keyUpdate(options);
      case "keyUpdateBoth":
        return socket.keyUpdate({ ...options, requestPeer: true });
      case "keyUpdates":
        return Promise.all(
          Array.from({ length: MANY }, () =>
            socket.keyUpdate({ ...options, requestPeer: true }),
          ),
        );
      case "shutdownRead":
        return socket.shutdown("read", options);
      case "shutdownWrite":
        return socket.shutdown("write", options);
      case "shutdownBoth":
        return socket.shutdown("both", options);
      case "unwrap":
        return socket.unwrap(options).then(() => {
          this.detached = true;
        });
      case "close":
        return socket.close(options);
      case "destroy":
        socket.destroy();
        return undefined;
      case "detach":
        socket.detach();
        this.detached = true;
        return undefined;
      case "sendEarlyData":
        return this.#sendEarly(socket, size, options);
      case "readEarlyData":
        this.takeEarly();
        return undefined;
      case "verifyClient":
        socket.verifyClientPostHandshake();
        return undefined;
      case "look":
        this.look();
        return undefined;
      case "setSession":
        if (this.#session !== null) socket.session = this.#session;
        return undefined;
      case "setContext":
        socket.context = this.#other;
        return undefined;
      case "setTimeout":
        socket.setTimeout(size === 0 ? null : size);
        return undefined;
      case "accept":
      case "closeServer":
      case "settle":
        return undefined;
    }
  }

  async #iterate(socket: SSLSocket): Promise<void> {
    const data = socket[Symbol.asyncIterator]();
    await this.#next(data);
    await data.return();
  }

  #next(data: AsyncGenerator<Uint8Array, void>): Promise<number> {
    return this.reading(data.next().then(({ value }) => value ?? NO_BYTES));
  }

  async #send(
    socket: SSLSocket,
    name: "send" | "sendMuch",
    size: number,
    options: CallOptions,
  ): Promise<void> {
    const call = this.sent.next(size);
    if (name === "send") call.taken = await socket.send(call.data, options);
    else {
      await socket.sendAll(call.data, options);
      call.taken = call.data.length;
    }
  }

  async #sendFile(
    socket: SSLSocket,
    size: number,
    options: CallOptions,
  ): Promise<void> {
    // Calls of others may come between two pieces.
    const { sent } = this;
    const pieces = function* (): Generator<Uint8Array> {
      for (let left = size; left > 0; left -= PIECE) {
        const call = sent.next(Math.min(PIECE, left));
        yield call.data;
        call.taken = call.data.length;
      }
      if (size % 5 === 0) throw new Planned("source");
    };
    await socket.sendFile(pieces(), options);
  }

  async #sendEarly(
    socket: SSLSocket,
    size: number,
    options: CallOptions,
  ): Promise<void> {
    const call = this.early.next(size % 3000);
    call.taken = await socket.sendEarlyData(call.data, options);
  }
}
