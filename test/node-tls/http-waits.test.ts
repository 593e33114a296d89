/** HTTPS where somebody waits: servers for a handshake. */
import { once } from "node:events";
import https from "node:https";
import {
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
} from "node:net";
import nodeTls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import * as ours from "../../src/node-tls/index.ts";
import { cert, key, HOST, listening } from "./support.ts";

const own = { cert, key };
const WAIT = 5000;

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function portOf(server: Server): Promise<number> {
  ends.push(() => server.close());
  const port = await listening(server);
  return port;
}

const SERVERS = {
  "node:https": () => https.createServer(own),
  "puretls, of HTTPS": () => ours.createHttpsServer(own),
  "puretls, of HTTP/2": () => ours.createHttp2SecureServer(own),
  "node:tls": () => nodeTls.createServer(own),
  "puretls, of TLS": () => ours.createServer(own),
  "puretls, half-open": () =>
    ours.createServer({ ...own, allowHalfOpen: true }),
};

describe.each(Object.entries(SERVERS))("a server of %s", (_name, serve) => {
  it.each([
    ["nothing", "", false],
    ["nothing", "", true],
    ["3 bytes", "160301", false],
    ["3 bytes", "160301", true],
  ])(
    "lets go of a client that has said %s (%j; ends only: %j)",
    async (_what, said, endsOnly) => {
      const server = serve();
      const told = once(server, "tlsClientError");
      const port = await portOf(server);
      const client = connectTcp({ port, host: HOST, allowHalfOpen: true });
      ends.push(() => client.destroy());
      client.on("error", () => undefined);
      await once(client, "connect");
      client.write(Buffer.from(said, "hex"));
      await sleep(20);
      if (endsOnly) client.end();
      else client.destroy();
      const [error] = await Promise.race([told, sleep(WAIT, ["nothing"])]);
      expect(error).toMatchObject({ code: "ECONNRESET" });
      await sleep(20);
      const open = await new Promise((resolve) => {
        server.getConnections((_error, count) => {
          resolve(count);
        });
      });
      expect(open).toBe(0);
    },
  );
});

describe("a server socket", () => {
  it("tells a write that waits that the client has gone", async () => {
    const context = ours.createSecureContext(own);
    const options = { isServer: true, secureContext: context };
    const told = new Promise((resolve) => {
      const server = createTcpServer({ allowHalfOpen: true }, (raw) => {
        new ours.TLSSocket(raw, options).write("x", resolve);
      });
      void portOf(server).then((port) => {
        connectTcp(port, HOST).end();
      });
    });
    expect(await Promise.race([told, sleep(WAIT)])).toMatchObject({
      code: "ERR_STREAM_DESTROYED",
    });
  });
});
