/** HTTPS where somebody waits: servers for a handshake, requests for a connection. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import {
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
} from "node:net";
import { nextTick } from "node:process";
import nodeTls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import * as ours from "../../src/node-tls/index.ts";
import { cert, key, ca, HOST, listening } from "./support.ts";

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

const AGENTS = { "node:https": https.Agent, puretls: ours.Agent };

describe.each(Object.entries(AGENTS))("an agent of %s", (name, Agent) => {
  const lax = { checkServerIdentity: () => undefined };

  /** Answers of requests that are made at once, and how many connections came. */
  async function answers(requests: readonly object[]) {
    const server = https.createServer(own, (_request, response) => {
      response.end();
    });
    let connections = 0;
    server.on("connection", () => connections++);
    const port = await portOf(server);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
    ends.push(() => {
      agent.destroy();
    });
    const get = async (options: object): Promise<unknown> => {
      const target = { host: HOST, port, agent, servername: "other.test" };
      const outgoing = https.get({ ...target, ...options });
      ends.push(() => outgoing.destroy());
      if ("isGivenUp" in options) nextTick(() => outgoing.destroy());
      try {
        const [response] = (await once(outgoing, "response")) as [
          IncomingMessage,
        ];
        response.resume();
        return response.statusCode;
      } catch (error) {
        return error instanceof Error && Reflect.get(error, "code");
      }
    };
    const all = Promise.all(requests.map(get));
    const told = await Promise.race([all, sleep(WAIT, "waits for ever")]);
    return { told, connections };
  }

  it("serves requests that wait, each with a check of its own", async () => {
    const { told, connections } = await answers([lax, lax, lax]);
    expect(told).toEqual([200, 200, 200]);
    // Node's takes one connection for all, whoever has accepted the server.
    expect(connections).toBe(name === "puretls" ? 3 : 1);
  });

  it("gives a request that waits no check of another one", async () => {
    const { told } = await answers([lax, {}, lax]);
    const second = name === "puretls" ? "ERR_TLS_CERT_ALTNAME_INVALID" : 200;
    expect(told).toEqual([200, second, 200]);
  });

  it("gives no connection on that a request has given up", async () => {
    const { told } = await answers([{ ...lax, isGivenUp: true }, {}, lax]);
    const second = name === "puretls" ? "ERR_TLS_CERT_ALTNAME_INVALID" : 200;
    expect(told).toEqual(["ECONNRESET", second, 200]);
  });
});
