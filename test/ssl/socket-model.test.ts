/**
 * Calls of every kind on both ends at once, in every order: each promise
 * settles, data arrives in order and unchanged, and nothing is left unhandled.
 */
import { once } from "node:events";
import {
  createServer,
  connect as tcpConnect,
  type AddressInfo,
} from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node } from "../../src/crypto/node.ts";
import {
  memoryPair,
  SSLError,
  type SSLSocket,
  SSLTimeoutError,
  type Transport,
} from "../../src/index.ts";
import { fromNodeSocket } from "../../src/net/node.ts";
import { clientContext, serverContext } from "./support.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
type Version = (typeof VERSIONS)[number];

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => {
  unhandled.push(error);
};
beforeAll(() => process.on("unhandledRejection", onUnhandled));
afterAll(() => {
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
});

function sockets(
  version: Version,
  [near, far]: readonly [Transport, Transport],
): { client: SSLSocket; server: SSLSocket } {
  const versions = { minimumVersion: version, maximumVersion: version };
  const context = clientContext({ provider: node, ...versions });
  const other = serverContext({ provider: node, ...versions });
  return {
    client: context.wrapSocket(near, {
      serverHostname: "localhost",
      doHandshakeOnConnect: false,
    }),
    server: other.wrapSocket(far, {
      serverSide: true,
      doHandshakeOnConnect: false,
    }),
  };
}

/** Rejects where a promise does not settle: a deadlock. */
async function settled<T>(what: string, promise: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} does not settle`));
    }, 10_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function tcpPair(): Promise<[Transport, Transport]> {
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const accepted = once(listener, "connection");
  const socket = tcpConnect((listener.address() as AddressInfo).port);
  const [[peer]] = (await Promise.all([accepted, once(socket, "connect")])) as [
    [typeof socket],
    unknown,
  ];
  listener.close();
  return [fromNodeSocket(socket), fromNodeSocket(peer)];
}

describe.each(VERSIONS)("%s", (version) => {
  it.each(["memory", "tcp"])(
    "both ends receive first and send then, over %s",
    async (over) => {
      const pair = over === "memory" ? memoryPair() : await tcpPair();
      const { client, server } = sockets(version, pair);
      const received = [client.recv(), server.recv()];
      const sent = [
        client.sendAll(Uint8Array.of(1)),
        server.sendAll(Uint8Array.of(2)),
      ];
      await settled("sendAll", Promise.all(sent));
      expect(await settled("recv", Promise.all(received))).toEqual([
        Uint8Array.of(2),
        Uint8Array.of(1),
      ]);
      await settled("close", Promise.all([client.close(), server.close()]));
    },
  );

  it("a receiver that waits does not hold up unwrap", async () => {
    const { client, server } = sockets(version, memoryPair());
    await Promise.all([client.doHandshake(), server.doHandshake()]);
    const waiting = client.recv();
    const unwrapped = [client.unwrap(), server.unwrap()];
    expect(await settled("recv", waiting)).toHaveLength(0);
    await settled("unwrap", Promise.all(unwrapped));
  });

  const call = fc.constantFrom(
    "recv",
    "recv with a timeout",
    "recvInto",
    "send",
    "sendAll",
    "sendAll much",
    "doHandshake",
    "keyUpdate",
    "shutdown",
    "unwrap",
    "close",
    "destroy",
    "wait",
  );
  const step = fc.tuple(fc.constantFrom("client", "server"), call);

  it("calls of all kinds settle, in every order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 14 }),
        async (steps) => {
          const both = sockets(version, memoryPair({ highWaterMark: 2048 }));
          const sent = { client: 0, server: 0 };
          const got: Record<"client" | "server", number[]> = {
            client: [],
            server: [],
          };
          const calls: Promise<unknown>[] = [];
          const data = (side: "client" | "server", length: number) =>
            Uint8Array.from({ length }, () => sent[side]++ & 255);
          const run = (
            side: "client" | "server",
            name: string,
          ): Promise<unknown> => {
            const socket = both[side];
            const keep = (bytes: Uint8Array): void => {
              for (const byte of bytes) got[side].push(byte);
            };
            switch (name) {
              case "recv":
                return socket.recv(100).then(keep);
              case "recv with a timeout":
                return socket.recv(100, { timeout: 1 }).then(keep);
              case "recvInto": {
                const buffer = new Uint8Array(50);
                return socket.recvInto(buffer).then((n) => {
                  keep(buffer.subarray(0, n));
                });
              }
              case "send":
                return socket.send(data(side, 10));
              case "sendAll":
                return socket.sendAll(data(side, 100));
              case "sendAll much":
                return socket.sendAll(data(side, 20_000));
              case "doHandshake":
                return socket.doHandshake();
              case "keyUpdate":
                return socket.keyUpdate({ requestPeer: true });
              case "shutdown":
                return socket.shutdown("write");
              case "unwrap":
                return socket.unwrap();
              case "close":
                return socket.close();
              case "destroy":
                socket.destroy();
                return Promise.resolve();
              default:
                return new Promise((resolve) => setImmediate(resolve));
            }
          };
          for (const [side, name] of steps) {
            const made = run(side, name);
            made.catch(() => undefined);
            calls.push(made);
            if (name === "wait") await made;
          }
          await new Promise((resolve) => setTimeout(resolve, 2));
          for (const socket of [both.client, both.server]) socket.destroy();
          const outcomes = await settled(
            JSON.stringify(steps),
            Promise.allSettled(calls),
          );
          // Whatever rejects does so with an error of this library.
          for (const outcome of outcomes)
            if (outcome.status === "rejected")
              expect(
                outcome.reason instanceof SSLError ||
                  outcome.reason instanceof SSLTimeoutError,
                String(outcome.reason),
              ).toBe(true);
          const wanted = (n: number): number[] =>
            Array.from({ length: n }, (_, i) => i & 255);
          for (const side of ["client", "server"] as const)
            expect(got[side]).toEqual(wanted(got[side].length));
        },
      ),
      { numRuns: 60, seed: version === "TLSv1.2" ? 12 : 13 },
    );
  });
});

describe("close", () => {
  const stalled = (): Transport => {
    const never = (): Promise<never> => new Promise(() => undefined);
    return {
      read: never,
      write: never,
      closeWrite: never,
      close: never,
      abort: () => undefined,
      unread: () => undefined,
      buffered: 0,
      bytesRead: 0,
    };
  };

  it("rejects the calls under way, of every kind", async () => {
    const context = clientContext();
    const socket = context.wrapSocket(stalled(), { serverHostname: "a" });
    const calls: Promise<unknown>[] = [
      socket.ready,
      socket.recv(),
      socket.sendAll(Uint8Array.of(1)),
    ];
    await Promise.resolve();
    socket.destroy();
    for (const made of calls)
      await expect(settled("a call", made)).rejects.toThrow(SSLError);
  });

  it("keeps what was sent until a peer that stalls has read it", async () => {
    const [near, far] = await tcpPair();
    const { client, server } = sockets("TLSv1.3", [near, far]);
    await Promise.all([client.doHandshake(), server.doHandshake()]);
    const length = 6_000_000;
    const sending = client.sendAll(new Uint8Array(length));
    const closing = sending.then(() => client.close());
    // Longer than a closed side lingers for its peer's end.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    let got = 0;
    for await (const bytes of server) got += bytes.length;
    expect([got, server.truncated]).toEqual([length, false]);
    await settled("close", closing);
    await server.close();
  });
});

describe("a timeout", () => {
  it("holds for each call that waits for the transport", async () => {
    const [near, far] = memoryPair({ highWaterMark: 1 });
    const { client, server } = sockets("TLSv1.3", [near, far]);
    await Promise.all([client.doHandshake(), server.doHandshake()]);
    // Nobody reads at the other end any more.
    const timeout = 5;
    const calls: Promise<unknown>[] = [
      client.sendAll(new Uint8Array(100), { timeout }),
      client.keyUpdate({ timeout }),
      client.shutdown("write", { timeout }),
      client.unwrap({ timeout }),
    ];
    for (const made of calls)
      await expect(settled("a call", made)).rejects.toThrow(SSLTimeoutError);
    client.destroy();
    server.destroy();
  });
});
