/** Ways that Node itself can go: streams, ports, and a WebSocket to the gateway. */
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { connectOver as overDuplex } from "../../../src/adapters/duplex/index.ts";
import {
  connectOver,
  connectWebSocket,
  fromMessagePort,
} from "../../../src/adapters/web/index.ts";
import { connect, fromNodeSocket } from "../../../src/net/node.ts";
import type { Transport } from "../../../src/net/transport.ts";
import { describePeers, describeProgram } from "../support/scenarios/peers.ts";
import { expectActs, type Ways } from "./expected.ts";
import { findWebSocket, startGateway, WS } from "./gateway.ts";
import { type Dial, play } from "./programs/acts.ts";
import { opensslEcho, useStage } from "./stage.ts";

const stage = useStage();

const tcp = (port: number): Socket =>
  connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });

/**
 * The two directions of a socket as streams. Those of `Duplex.toWeb()` do not end
 * before both directions have: a half-close waits for ever.
 */
function streamsOf(socket: Socket) {
  const transport = fromNodeSocket(socket);
  return {
    readable: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const bytes = await transport.read();
          if (bytes === null) controller.close();
          else controller.enqueue(bytes);
        },
        cancel: () => {
          if (socket.writableFinished) socket.destroy();
        },
      },
      { highWaterMark: 0 },
    ),
    writable: new WritableStream<Uint8Array>({
      write: (bytes) => transport.write(bytes),
      close: () => transport.closeWrite(),
      abort: (reason: unknown) => transport.abort(reason),
    }),
  };
}

/** Carries bytes on until both ends have ended, as a worker for a page does. */
async function carry(from: Transport, to: Transport): Promise<void> {
  try {
    for (;;) {
      const bytes = await from.read();
      if (bytes === null) break;
      await to.write(bytes);
    }
    await to.closeWrite();
  } catch (error) {
    from.abort(error);
    to.abort(error);
  }
}

/** A port whose other end is carried to a server over TCP. */
function portTo(port: number): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const here = fromMessagePort(port2);
  const there = fromNodeSocket(tcp(port));
  void Promise.all([carry(here, there), carry(there, here)])
    .then(() => Promise.all([here.close(), there.close()]))
    // An end that failed is known at the other end.
    .catch(() => undefined);
  return port1;
}

type Way = readonly [title: string, dial: Dial, ways: Ways];

const WAYS: readonly Way[] = [
  [
    "connect() of puretls/node",
    (port, options) => connect({ host: "127.0.0.1", port, ...options }),
    { refused: /ECONNREFUSED/ },
  ],
  [
    "a duplex stream",
    (port, options) => overDuplex(tcp(port), options),
    { refused: /ECONNREFUSED|transport failed/ },
  ],
  [
    "a pair of streams",
    (port, options) => connectOver(streamsOf(tcp(port)), options),
    { refused: /ECONNREFUSED|transport failed/ },
  ],
  [
    "a TCPSocket of Direct Sockets",
    (port, options) => {
      const socket = tcp(port);
      const opened = new Promise<ReturnType<typeof streamsOf>>(
        (resolve, reject) => {
          socket.once("connect", () => resolve(streamsOf(socket)));
          socket.once("error", reject);
        },
      );
      const close = async (): Promise<void> => {
        await opened;
        socket.destroy();
      };
      return connectOver({ opened, close }, options);
    },
    { refused: /ECONNREFUSED/ },
  ],
  [
    "a message port",
    (port, options) => connectOver(portTo(port), options),
    { refused: /transport/ },
  ],
];

describePeers(["openssl"], () => {
  it.each(WAYS)("TLS over %s", async (_title, dial, ways) => {
    const { settings: some, certificates } = stage();
    const settings = { ...some, openssl: await opensslEcho(certificates) };
    const told = await play(dial, settings, () => undefined);
    expectActs(told, stage(), ways);
  });
});

describeProgram("ws", "a WebSocket of the package ws", WS, () => {
  it("carries, refuses, ends and waits as Node's adapter does", async () => {
    const { WebSocket } = await findWebSocket();
    const { settings: some, certificates } = stage();
    const settings = { ...some, openssl: await opensslEcho(certificates) };
    const gateway = await startGateway(settings);
    const told = await play(
      (port, options) =>
        connectWebSocket(gateway(port), { WebSocket, ...options }),
      settings,
      () => undefined,
    );
    expectActs(told, stage(), { refused: /4502|transport failed/ });
  });

  it("shows the gateway ciphertext alone", async () => {
    const { WebSocket } = await findWebSocket();
    const { settings } = stage();
    const seen: Buffer[] = [];
    const tap = createServer((here) => {
      const there = tcp(settings.stage);
      for (const [from, to] of [
        [here, there],
        [there, here],
      ] as const)
        from.on("data", (bytes) => seen.push(bytes)).pipe(to);
    });
    await new Promise<void>((resolve) => {
      tap.listen(0, "127.0.0.1", resolve);
    });
    const address = tap.address();
    const refused = typeof address === "object" ? (address?.port ?? 0) : 0;
    const gateway = await startGateway({ ...settings, refused });
    const socket = await connectWebSocket(gateway(refused), {
      WebSocket,
      ca: settings.ca,
      serverHostname: "localhost",
    });
    await socket.sendAll(Buffer.from("secret of the page\nanswer"));
    await socket.close();
    await new Promise((resolve) => tap.close(resolve));
    const wire = Buffer.concat(seen).toString("latin1");
    expect(wire.length).toBeGreaterThan(1000);
    expect(wire).not.toContain("secret");
  });

  it("a path that is no text ends its connection, and not the gateway", async () => {
    const { WebSocket } = await findWebSocket();
    const gateway = await startGateway(stage().settings);
    const url = new URL("/%", gateway(1)).href;
    const codeOf = () =>
      new Promise((resolve) => {
        new WebSocket(url).addEventListener("close", ({ code }) => {
          resolve(code);
        });
      });
    expect(await codeOf()).toBe(4403);
    expect(await codeOf()).toBe(4403);
  });
});

it("what carries no bytes is refused by name", async () => {
  const { ca } = stage().settings;
  const rejected = connectOver({} as Transport, { ca, serverHostname: "a" });
  await expect(rejected).rejects.toThrow(/WebSocket.*MessagePort/);
});
