/** Faults of sources that no runtime makes at will, and wrong use, by doubles. */
import { describe, expect, it } from "vitest";
import { connect as connectBun } from "../../src/adapters/bun/index.ts";
import {
  type BunSocket,
  handlersFor,
} from "../../src/adapters/bun/transport.ts";
import {
  connect as connectDeno,
  type DenoConn,
  listen,
} from "../../src/adapters/deno/index.ts";
import { ListenerOfDeno } from "../../src/adapters/deno/listener.ts";
import {
  fromMessagePort,
  fromWebSocket,
  fromWebSocketStream,
  type WebSocketEvent,
  type WebSocketLike,
} from "../../src/adapters/web/index.ts";
import { connect, serve } from "../../src/adapters/workers/index.ts";
import type { Transport } from "../../src/net/transport.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const turn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(resolve));

describe("another runtime than the entry is for", () => {
  it("is named, with the entry to take", async () => {
    const to = { hostname: "a.test", port: 443 };
    await expect(connectDeno({ ...to, ca: "" })).rejects.toThrow(
      /puretls\/deno: this runtime has no Deno; puretls\/node/,
    );
    await expect(listen({ port: 0 })).rejects.toThrow(/has no Deno/);
    await expect(connectBun(to)).rejects.toThrow(/puretls\/bun: .* no Bun/);
    const noFunction = Reflect.apply(connect, undefined, [to, {}]);
    await expect(noFunction).rejects.toThrow(/connect of cloudflare:sockets/);
    const options = { cert: "a", servername: "a" };
    expect(() => serve(options, () => undefined)).toThrow(/servername/);
  });
});

/** A WebSocket whose events the test sends. */
class FakeWebSocket implements WebSocketLike {
  binaryType = "blob";
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];
  closedWith: number | undefined;
  readonly #listeners = new Map<string, (event: WebSocketEvent) => void>();

  send(data: Uint8Array): void {
    this.sent.push(data);
  }
  close(code = 1005): void {
    this.closedWith = code;
    this.readyState = 2;
  }
  addEventListener(
    type: string,
    listener: (event: WebSocketEvent) => void,
  ): void {
    this.#listeners.set(type, listener);
  }
  tell(type: string, event: Omit<WebSocketEvent, "type"> = {}): void {
    if (type === "close") this.readyState = 3;
    this.#listeners.get(type)?.({ type, ...event });
  }
}

describe("a WebSocket", () => {
  it("is read as buffers; text fails the connection", async () => {
    const socket = new FakeWebSocket();
    const transport = fromWebSocket(socket);
    expect(socket.binaryType).toBe("arraybuffer");
    socket.tell("message", { data: bytes(1, 2).buffer });
    expect(await transport.read()).toEqual(bytes(1, 2));
    socket.tell("message", { data: "text" });
    await expect(transport.read()).rejects.toThrow(/must be bytes .*string/);
    expect(socket.closedWith).toBe(1005);
  });

  it("ends at an empty message, and ends so", async () => {
    const socket = new FakeWebSocket();
    const transport = fromWebSocket(socket);
    socket.tell("message", { data: new ArrayBuffer(0) });
    expect(await transport.read()).toBeNull();
    await transport.write(bytes());
    expect(socket.sent).toEqual([]);
    await transport.write(bytes(1));
    await transport.closeWrite();
    await transport.closeWrite();
    expect(socket.sent).toEqual([bytes(1), bytes()]);
    await expect(transport.write(bytes(1))).rejects.toThrow(/closed/);
  });

  it("fails by name where messages cannot be stopped and nobody reads", async () => {
    const socket = new FakeWebSocket();
    const transport = fromWebSocket(socket, { maxBuffered: 3 });
    socket.tell("message", { data: bytes(1, 2).buffer });
    socket.tell("message", { data: bytes(3, 4).buffer });
    expect(await transport.read()).toHaveLength(4);
    await expect(transport.read()).rejects.toThrow(/maxBuffered \(3 bytes\)/);
    expect(() => fromWebSocket(socket, { maxBuffered: 0 })).toThrow(
      /maxBuffered: 0; /,
    );
  });

  it("says the code that a gateway closed it with", async () => {
    const socket = new FakeWebSocket();
    const transport = fromWebSocket(socket);
    socket.tell("close", { code: 4403 });
    await expect(transport.read()).rejects.toThrow(/the code 4403/);
    await expect(transport.write(bytes(1))).rejects.toThrow(/4403/);
    const gone = new FakeWebSocket();
    const other = fromWebSocket(gone);
    gone.tell("close", { code: 1006 });
    await expect(other.read()).rejects.toThrow(/cannot be reached/);
  });

  it("waits to open, and while more than 256 KiB wait to be sent", async () => {
    const socket = new FakeWebSocket();
    socket.readyState = 0;
    const transport = fromWebSocket(socket);
    const writing = transport.write(new Uint8Array(1 << 19));
    await turn();
    expect(socket.sent).toEqual([]);
    socket.readyState = 1;
    socket.bufferedAmount = 1 << 19;
    socket.tell("open");
    let isDone = false;
    void writing.then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([socket.sent.length, isDone]).toEqual([1, false]);
    expect(transport.unsent).toBe(1 << 19);
    socket.bufferedAmount = 0;
    await writing;
  });

  it("a WebSocketStream that ends with an error code is no end", async () => {
    const opened = (closeCode: number): Promise<Transport> =>
      fromWebSocketStream({
        url: "wss://gateway.test",
        opened: Promise.resolve({
          readable: new ReadableStream<Uint8Array>({
            start: (controller) => controller.close(),
          }),
          writable: new WritableStream<Uint8Array>(),
        }),
        closed: Promise.resolve({ closeCode }),
        close: () => undefined,
      });
    expect(await (await opened(1000)).read()).toBeNull();
    await expect((await opened(4502)).read()).rejects.toThrow(/4502/);
  });
});

describe("a message port", () => {
  it("holds a writer back until its reader has read", async () => {
    const { port1, port2 } = new MessageChannel();
    const [near, far] = [fromMessagePort(port1), fromMessagePort(port2)];
    let isDone = false;
    const writing = near.write(new Uint8Array(1 << 19)).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([isDone, near.unsent]).toEqual([false, 1 << 19]);
    expect(await far.read()).toHaveLength(1 << 19);
    await writing;
    await near.close();
    expect(await far.read()).toBeNull();
    await turn();
    await expect(far.write(bytes(1))).rejects.toThrow(/closed/);
    await far.close();
  });

  it("an end that is given up is no end for the other", async () => {
    const { port1, port2 } = new MessageChannel();
    const [near, far] = [fromMessagePort(port1), fromMessagePort(port2)];
    near.abort();
    await expect(far.read()).rejects.toThrow(/closed/);
    const other = new MessageChannel();
    const transport = fromMessagePort(other.port1);
    other.port2.postMessage("text");
    await expect(transport.read()).rejects.toThrow(/fromMessagePort\(\), too/);
    other.port2.close();
  });
});

describe("a socket of Bun", () => {
  function opened(takes: number) {
    const written: number[] = [];
    const calls: string[] = [];
    const socket: BunSocket = {
      write: (part) => {
        const taken = takes < 0 ? takes : Math.min(takes, part.length);
        written.push(...part.subarray(0, Math.max(0, taken)));
        return taken;
      },
      shutdown: () => calls.push("shutdown"),
      end: () => calls.push("end"),
      terminate: () => calls.push("terminate"),
      pause: () => calls.push("pause"),
      resume: () => calls.push("resume"),
      setNoDelay: () => undefined,
      setKeepAlive: () => undefined,
    };
    const transports: Transport[] = [];
    const handlers = handlersFor((transport) => transports.push(transport));
    handlers.open(socket);
    const [transport] = transports;
    if (transport === undefined) throw new Error("no transport");
    return { transport, handlers, socket, written, calls };
  }

  it("takes a part of what is written, and the rest when it drains", async () => {
    const { transport, handlers, socket, written } = opened(3);
    const writing = transport.write(bytes(1, 2, 3, 4, 5, 6, 7));
    expect(transport.unsent).toBe(4);
    await expect(transport.write(bytes(8))).rejects.toThrow(/under way/);
    handlers.drain(socket);
    expect(transport.unsent).toBe(1);
    handlers.drain(socket);
    await writing;
    expect(written).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("that has closed takes nothing, and what waited rejects", async () => {
    const { transport } = opened(-1);
    await expect(transport.write(bytes(1))).rejects.toThrow(/closed/);
    const other = opened(1);
    const writing = other.transport.write(bytes(1, 2));
    other.handlers.close(other.socket, new Error("gone"));
    await expect(writing).rejects.toThrow("gone");
    await expect(other.transport.read()).rejects.toThrow("gone");
  });

  it("is stopped at 256 KiB that nobody reads", async () => {
    const { transport, handlers, socket, calls } = opened(1);
    handlers.data(socket, new Uint8Array(1 << 18));
    expect(calls).toEqual(["pause"]);
    expect(await transport.read()).toHaveLength(1 << 18);
    expect(calls).toEqual(["pause", "resume"]);
  });
});

describe("a listener of Deno", () => {
  it("goes on after errors of one connection, and ends with its own", async () => {
    const failures = ["EMFILE", "ECONNABORTED", "EBADF"];
    const listener = new ListenerOfDeno({
      accept: (): Promise<DenoConn> => {
        const code = failures.shift() ?? "";
        return Promise.reject(Object.assign(new Error(code), { code }));
      },
      close: () => undefined,
      addr: { transport: "tcp", hostname: "127.0.0.1", port: 4 },
    });
    await expect(listener.accept()).rejects.toThrow("EBADF");
    expect(listener.address).toEqual({
      address: "127.0.0.1",
      port: 4,
      family: "IPv4",
    });
    await listener.close();
    expect(await listener.accept()).toBeNull();
  });
});
