/** Attacks through real TCP, in both roles: what the tests in memory cannot see. */
import { once } from "node:events";
import {
  type AddressInfo,
  connect as tcpConnect,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { getActiveResourcesInfo } from "node:process";
import { describe, expect, it } from "vitest";
import { concat } from "../../src/bytes.ts";
import { node } from "../../src/crypto/node.ts";
import { TlsEngine } from "../../src/engine/index.ts";
import { SSLError, SSLTimeoutError, type SSLSocket } from "../../src/index.ts";
import { connect, serve } from "../../src/net/node.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";
import { clientContext, rejection, serverContext } from "../ssl/support.ts";

const host = "127.0.0.1";
const server = serverContext({ provider: node });
const client = clientContext({ provider: node });
/** A ClientHello, and a server's flight that answers another one. */
const HELLO = TlsEngine.client(testClientConfig(), "localhost").takeOutput();
const FLIGHT = (() => {
  const engine = TlsEngine.server(testServerConfig());
  engine.receive(HELLO);
  return engine.takeOutput();
})();

/** Errors by which a handshake ends. */
function isDeclared(error: unknown): boolean {
  return error instanceof SSLError || error instanceof SSLTimeoutError;
}

/** Sockets and timers of this process, by kind. */
function handles(): string {
  const kinds = getActiveResourcesInfo().filter((kind) =>
    /TCP|Timeout/.test(kind),
  );
  return kinds.sort().join();
}

/** Waits until nothing is left but what was there before. */
async function settled(before: string): Promise<void> {
  await expect.poll(handles, { timeout: 20_000 }).toBe(before);
}

async function raw(port: number): Promise<Socket> {
  const socket = tcpConnect({ port, host, noDelay: true, allowHalfOpen: true });
  socket.on("error", () => undefined).resume();
  await once(socket, "connect");
  return socket;
}

/** Sends bytes one at a time, as segments of their own. */
async function drip(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * The bytes that a hostile end sends, and whether it then waits, half-closes or
 * resets.
 */
const ATTACKS = {
  silence: { sends: "nothing", then: "waits" },
  "half a message": { sends: "half", then: "waits" },
  "half a message, byte by byte": { sends: "half in bytes", then: "waits" },
  "an end at once": { sends: "nothing", then: "half-closes" },
  "an end within a message": { sends: "half", then: "half-closes" },
  "an end behind a message": { sends: "whole", then: "half-closes" },
  "a reset within a message": { sends: "half", then: "resets" },
  "a reset behind a message": { sends: "whole", then: "resets" },
  "what is no TLS": { sends: "text", then: "waits" },
} as const;

async function attack(
  socket: Socket,
  { sends, then }: (typeof ATTACKS)[keyof typeof ATTACKS],
  whole: Uint8Array,
): Promise<void> {
  const half = whole.subarray(0, whole.length >> 1);
  if (sends === "text") socket.write("SSH-2.0-OpenSSH_9.9\r\n");
  if (sends === "whole") socket.write(whole);
  if (sends === "half") socket.write(half);
  if (sends === "half in bytes") await drip(socket, half);
  if (then === "half-closes") socket.end();
  // Behind what was sent: a reset at once would overtake it.
  if (then === "resets") {
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.resetAndDestroy();
  }
}

const TABLE = Object.entries(ATTACKS).map(([name, row]) => ({ name, row }));

describe("a server among clients that attack", () => {
  it.each(TABLE)("$name", async ({ row }) => {
    const before = handles();
    const told: unknown[] = [];
    const many = 24;
    {
      await using listening = await serve({
        port: 0,
        context: server,
        firstByteTimeout: 1000,
        handshakeTimeout: 1500,
        onHandshakeError: (error) => told.push(error),
      });
      const { port } = listening;
      const hostile = await Promise.all(
        Array.from({ length: many }, async () => {
          const socket = await raw(port);
          // The server ends it; this side says nothing more.
          const ended = new Promise((resolve) =>
            socket.once("close", resolve).once("end", resolve),
          );
          await attack(socket, row, HELLO);
          await ended;
          socket.destroy();
        }).concat(honest(port, listening.accept())),
      );
      expect(hostile).toHaveLength(many + 1);
      await expect.poll(() => told.length, { timeout: 10_000 }).toBe(many);
    }
    for (const error of told) expect(isDeclared(error)).toBe(true);
    await settled(before);
  });
});

async function honest(
  port: number,
  accepting: Promise<{ readonly socket: SSLSocket }>,
): Promise<void> {
  const serverHostname = "localhost";
  const [one, { socket }] = await Promise.all([
    connect({ host, port, context: client, serverHostname }),
    accepting,
  ]);
  await one.sendAll(Uint8Array.of(7));
  expect(await socket.recv()).toEqual(Uint8Array.of(7));
  await Promise.all([one.close(), socket.close()]);
}

describe("a client of a server that attacks", () => {
  it.each(TABLE)("$name", async ({ row }) => {
    const before = handles();
    const { port, server: hostile } = await listening((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => void attack(socket, row, FLIGHT));
      socket.on("end", () => socket.end());
    });
    const error = await rejection(
      connect({ host, port, context: client, timeout: 500 }),
    );
    expect(isDeclared(error)).toBe(true);
    hostile.close();
    await settled(before);
  });
});

it.each(["TLSv1.2", "TLSv1.3"] as const)(
  "a whole connection of %s comes through in segments of one byte",
  async (maximumVersion) => {
    const before = handles();
    {
      await using listening_ = await serve({ port: 0, context: server });
      const { port, server: relay } = await listening((near) => {
        const far = tcpConnect({
          port: listening_.port,
          host,
          noDelay: true,
          allowHalfOpen: true,
        });
        forward(near, far);
        forward(far, near);
      });
      const context = clientContext({ provider: node, maximumVersion });
      const [one, { socket }] = await Promise.all([
        connect({ host, port, context, serverHostname: "localhost" }),
        listening_.accept(),
      ]);
      const data = new Uint8Array(500).map((_, i) => i);
      await Promise.all([one.sendAll(data), socket.sendAll(data)]);
      expect(await all(one, 500)).toEqual(data);
      expect(await all(socket, 500)).toEqual(data);
      await Promise.all([one.unwrap(), socket.unwrap()]).then((transports) =>
        Promise.all(transports.map((transport) => transport.close())),
      );
      relay.close();
    }
    await settled(before);
  },
);

async function all(socket: SSLSocket, length: number): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array();
  while (bytes.length < length) bytes = concat(bytes, await socket.recv());
  return bytes;
}

/** Carries bytes on, each in a segment of its own. */
function forward(from: Socket, to: Socket): void {
  from.on("error", () => to.destroy());
  let last: Promise<void> = Promise.resolve();
  from.on("data", (bytes: Uint8Array) => {
    last = last.then(() => drip(to, bytes));
  });
  from.on("end", () => void last.then(() => to.end()));
}

async function listening(
  take: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly server: Server }> {
  const made = createServer({ allowHalfOpen: true, noDelay: true }, take);
  made.listen(0, host);
  await once(made, "listening");
  return { port: (made.address() as AddressInfo).port, server: made };
}
