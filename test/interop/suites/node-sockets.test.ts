/**
 * Sockets of `puretls/node-tls` and `toNodeDuplex()` with OpenSSL at the other end: the
 * program there knows nothing of Node's rules.
 */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import {
  connect as connectSocket,
  serve,
  toNodeDuplex,
} from "../../../src/net/node.ts";
import { connect, createServer } from "../../../src/node-tls/index.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import { useFiles } from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const file = useFiles();
const ca = testAuthority().pem;
const caFile = file("ca.pem", ca);
const { certificatePem: cert, keyPem: key } = testServer();
const certFile = file("server.pem", cert);
const keyFile = file("server-key.pem", key);
const host = "localhost";

const CLIENTS: Readonly<Record<string, (port: number) => Promise<Socket>>> = {
  "puretls/node-tls": (port) => Promise.resolve(connect({ port, host, ca })),
  toNodeDuplex: async (port) =>
    toNodeDuplex(await connectSocket({ host, port, ca })),
};

/** Servers that send back what they get, half-open as those of HTTP are. */
const SERVERS = {
  "puretls/node-tls": async () => {
    const server = createServer({ cert, key, allowHalfOpen: true }, (socket) =>
      socket.pipe(socket),
    );
    server.listen(0, host);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { port, close: () => void server.close() };
  },
  toNodeDuplex: async () => {
    const server = await serve({ host: "127.0.0.1", cert, key });
    void (async () => {
      for await (const socket of server) {
        const duplex = toNodeDuplex(socket, { allowHalfOpen: true });
        duplex.pipe(duplex);
      }
    })();
    return { port: server.port, close: () => void server.close() };
  },
};

describePeers(["openssl"], () => {
  describe.each(Object.entries(CLIENTS))("a client of %s", (_name, open) => {
    it.each(["-tls1_3", "-tls1_2"])("talks to s_server %s", async (version) => {
      const { port, server } = await startServer(
        (free) =>
          new PeerProcess(
            "openssl",
            [
              ...["s_server", "-accept", `127.0.0.1:${String(free)}`, "-rev"],
              ...["-cert", certFile, "-key", keyFile, version],
            ],
            "log",
          ),
      );
      const socket = await open(port);
      const events: string[] = [];
      for (const name of ["end", "finish", "close"])
        socket.on(name, () => events.push(name));
      socket.write("ab");
      socket.write("c\n");
      const [answer] = (await once(socket, "data")) as [Uint8Array];
      expect(Buffer.from(answer).toString()).toBe("cba\n");
      // s_server answers a close_notify with the end of its connection.
      socket.end();
      await once(socket, "close");
      expect([...events].sort()).toEqual(["close", "end", "finish"]);
      server.kill();
    });

    it("notices a server that dies", async () => {
      const { port, server } = await startServer(
        (free) =>
          new PeerProcess(
            "openssl",
            [
              ...["s_server", "-accept", `127.0.0.1:${String(free)}`, "-rev"],
              ...["-cert", certFile, "-key", keyFile],
            ],
            "log",
          ),
      );
      const socket = await open(port);
      socket.write("ab\n");
      await once(socket, "data");
      socket.on("error", () => undefined);
      server.kill();
      await once(socket, "close");
      expect(socket.destroyed).toBe(true);
    });
  });

  it.each(Object.entries(SERVERS))(
    "a server of %s answers s_client, which then ends",
    async (_name, start) => {
      const { port, close } = await start();
      const peer = new PeerProcess("openssl", [
        ...["s_client", "-connect", `127.0.0.1:${String(port)}`],
        ...["-CAfile", caFile, "-servername", host, "-quiet"],
        ...["-verify_return_error", "-no_ign_eof"],
      ]);
      peer.write("hello\n");
      await peer.outputReaches(6);
      expect(Buffer.from(peer.output()).toString()).toBe("hello\n");
      peer.endInput();
      expect((await peer.ended).code).toBe(0);
      close();
    },
  );
});
