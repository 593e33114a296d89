/** SSLServer under many clients, honest and hostile. */
import { once } from "node:events";
import { connect as tcpConnect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { node } from "../../src/crypto/node.ts";
import { SSLTimeoutError } from "../../src/index.ts";
import { connect, serve } from "../../src/net/node.ts";
import { clientContext, serverContext } from "../ssl/support.ts";
import { THOROUGH } from "../support/thorough.ts";

const server = serverContext({ provider: node });
const client = clientContext({ provider: node });

async function raw(port: number): Promise<Socket> {
  const socket = tcpConnect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

describe("SSLServer", () => {
  it("evicts the handshake that has received least for an honest client", async () => {
    const told: unknown[] = [];
    await using listening = await serve({
      port: 0,
      host: "127.0.0.1",
      context: server,
      maxPending: 8,
      handshakeTimeout: null,
      firstByteTimeout: null,
      onHandshakeError: (error) => told.push(error),
    });
    const silent: Socket[] = [];
    for (let i = 0; i < 8; i++) silent.push(await raw(listening.port));
    const honest = await connect({
      host: "127.0.0.1",
      port: listening.port,
      context: client,
      serverHostname: "localhost",
    });
    const { socket } = await listening.accept();
    expect(socket.version()).toBe("TLSv1.3");
    expect(told).toMatchObject([{ code: "ERR_SSL_EVICTED" }]);
    await Promise.all([honest.close(), socket.close()]);
    for (const one of silent) one.destroy();
  });

  it("lets one address have so many handshakes, and ends the silent", async () => {
    const told: unknown[] = [];
    await using listening = await serve({
      port: 0,
      host: "127.0.0.1",
      context: server,
      maxPendingPerAddress: 2,
      firstByteTimeout: 50,
      onHandshakeError: (error) => told.push(error),
    });
    const silent: Socket[] = [];
    for (let i = 0; i < 3; i++) silent.push(await raw(listening.port));
    await Promise.all(silent.map((one) => once(one, "close")));
    expect(told).toHaveLength(3);
    expect(told[0]).toMatchObject({ code: "ERR_SSL_EVICTED" });
    for (const error of told.slice(1))
      expect(error).toBeInstanceOf(SSLTimeoutError);
  });

  it("reports the error of a callback that throws, and continues", async () => {
    await using listening = await serve({
      port: 0,
      host: "127.0.0.1",
      context: server,
      onHandshakeError: () => {
        throw new Error("in the callback");
      },
    });
    const bad = await raw(listening.port);
    bad.write("no TLS at all");
    await expect(listening.accept()).rejects.toThrow("in the callback");
    bad.destroy();
    const honest = await connect({
      host: "127.0.0.1",
      port: listening.port,
      context: client,
      serverHostname: "localhost",
    });
    const { socket } = await listening.accept();
    await Promise.all([honest.close(), socket.close()]);
  });

  // The place that each takes and who is evicted are the same for fewer.
  const [total, hostile, atOnce, maxPending] = THOROUGH
    ? [2000, 200, 250, 512]
    : [200, 40, 50, 102];

  it(`makes ${total.toLocaleString("en")} handshakes at once beside ${hostile} hostile sockets`, async ({
    annotate,
  }) => {
    await using listening = await serve({
      port: 0,
      host: "127.0.0.1",
      context: server,
      maxPending,
      onHandshakeError: () => undefined,
    });
    let accepted = 0;
    const accepting = (async () => {
      for await (const socket of listening) {
        accepted++;
        void socket.sendAll(Uint8Array.of(1)).then(() => socket.close());
        if (accepted === total) return;
      }
    })();
    const enemies: Socket[] = [];
    const timers: ReturnType<typeof setInterval>[] = [];
    for (let i = 0; i < hostile; i++) {
      const enemy = await raw(listening.port);
      enemies.push(enemy);
      if (i % 5 === 1) enemy.write("GET / HTTP/1.1\r\n\r\n");
      if (i % 5 === 2) enemy.write(Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1));
      if (i % 5 === 3)
        timers.push(
          setInterval(() => {
            enemy.write(Uint8Array.of(22));
          }, 20),
        );
      if (i % 5 === 4) enemy.pause();
    }
    let done = 0;
    const one = async (): Promise<void> => {
      const socket = await connect({
        host: "127.0.0.1",
        port: listening.port,
        context: client,
        serverHostname: "localhost",
      });
      expect(await socket.recv()).toEqual(Uint8Array.of(1));
      await socket.close();
      done++;
    };
    for (let at = 0; at < total; at += atOnce)
      await Promise.all(Array.from({ length: atOnce }, one));
    await accepting;
    for (const timer of timers) clearInterval(timer);
    for (const enemy of enemies) enemy.destroy();
    expect([done, accepted]).toEqual([total, total]);
    await annotate(`${done} handshakes beside ${hostile} hostile sockets`);
  }, 120_000);
});
