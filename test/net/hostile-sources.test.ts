/** The other end of a port or a WebSocket, where it keeps to no rule. */
import { describe, expect, it } from "vitest";
import {
  fromMessagePort,
  fromWebSocket,
  fromWebSocketStream,
  type WebSocketEvent,
  type WebSocketLike,
} from "../../src/adapters/web/index.ts";
import { bytes, rejection } from "../ssl/support.ts";

const MEBIBYTE = 1024 * 1024;

/** A transport over a port, and the port at the other end. */
function portPair() {
  const { port1, port2 } = new MessageChannel();
  const closed = new Promise<void>((resolve) => {
    port2.addEventListener("close", () => {
      resolve();
    });
  });
  // One that keeps its messages waiting is not told of the end.
  port2.start();
  return { near: fromMessagePort(port1), far: port2, closed };
}

const delivered = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("the other end of a message port", () => {
  it("fills no memory, if it does not wait for the reader", async () => {
    const { near, far, closed } = portPair();
    for (let i = 0; i < 10; i++) far.postMessage(new Uint8Array(MEBIBYTE));
    await closed;
    expect(near.buffered).toBeLessThanOrEqual(MEBIBYTE);
    await near.read();
    expect(await rejection(near.read())).toMatchObject({ name: "TypeError" });
  });

  it.each([null, false])("is over once it has said %s", async (end) => {
    const { near, far } = portPair();
    far.postMessage(bytes(1));
    far.postMessage(end);
    for (let i = 0; i < 4; i++) far.postMessage(bytes(2));
    await delivered();
    expect(await near.read()).toEqual(bytes(1));
    if (end === null) expect(await near.read()).toBeNull();
    else await rejection(near.read());
    near.abort();
  });

  it("has its port closed, if it says that it goes and stays", async () => {
    const { near, far, closed } = portPair();
    far.postMessage(false);
    await closed;
    await near.close();
  });

  it.each([NaN, Infinity, -Infinity, -1, 0, 0.5, 4])(
    "is refused when it has read %s of 3 bytes",
    async (count) => {
      const { near, far } = portPair();
      await near.write(bytes(1, 2, 3));
      far.postMessage(count);
      const error = await rejection(near.read());
      expect(error).toMatchObject({ name: "TypeError" });
      expect(near.unsent).toBe(3);
    },
  );

  it("has its answer once for bytes that were put back", async () => {
    const { port1, port2 } = new MessageChannel();
    const [near, far] = [fromMessagePort(port1), fromMessagePort(port2)];
    await near.write(bytes(1, 2, 3));
    const came = (await far.read()) ?? bytes();
    far.unread(came.subarray(1));
    await near.write(bytes(4));
    await delivered();
    expect(await far.read()).toEqual(bytes(2, 3, 4));
    await delivered();
    expect(near.unsent).toBe(0);
    await Promise.all([near.close(), far.close()]);
  });

  it("makes no end of a failure by a message after it", async () => {
    const { near, far } = portPair();
    far.postMessage("text");
    far.postMessage(null);
    await delivered();
    expect(await rejection(near.read())).toMatchObject({ name: "TypeError" });
  });
});

/** A WebSocket that says what a test has it say. */
class PlayedSocket implements WebSocketLike {
  binaryType = "";
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  readonly #listeners = new Map<string, (event: WebSocketEvent) => void>();

  addEventListener(type: string, listener: (event: WebSocketEvent) => void) {
    this.#listeners.set(type, listener);
  }

  emit(type: string, event: Omit<WebSocketEvent, "type">): void {
    this.#listeners.get(type)?.({ type, ...event });
  }

  send(): void {
    // Nobody is there.
  }

  close(): void {
    // The end comes later, as an event.
  }
}

describe("a gateway behind a WebSocket", () => {
  it("hides no bytes that were too many behind a normal close", async () => {
    const socket = new PlayedSocket();
    const transport = fromWebSocket(socket, { maxBuffered: 4 });
    socket.emit("message", { data: bytes(1, 2, 3).buffer });
    socket.emit("message", { data: bytes(4, 5, 6).buffer });
    socket.emit("message", { data: bytes(7, 8, 9).buffer });
    socket.emit("close", { code: 1005 });
    expect(transport.buffered).toBe(6);
    await transport.read();
    expect(await rejection(transport.read())).toMatchObject({
      name: "RangeError",
    });
  });

  it("leaves no rejection to nobody, when it fails after its end", async () => {
    const { readable, writable } = new TransformStream<Uint8Array>();
    const lost: unknown[] = [];
    const note = (reason: unknown): void => void lost.push(reason);
    process.on("unhandledRejection", note);
    const transport = await fromWebSocketStream({
      url: "wss://gateway.example/",
      opened: Promise.resolve({ readable, writable }),
      closed: Promise.reject(new Error("1006")),
      close: () => undefined,
    });
    await delivered();
    process.off("unhandledRejection", note);
    expect(lost).toEqual([]);
    transport.abort();
  });
});
