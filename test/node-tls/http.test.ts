import { once } from "node:events";
import { connect as connectH2 } from "node:http2";
import type { IncomingMessage } from "node:http";
import { get, request } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import {
  Agent,
  connect,
  createConnector,
  createHttp2SecureServer,
  createHttpsServer,
  TLSSocket,
} from "../../src/node-tls/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";

const root = createCertificateAuthority({ provider, name: "Root" });
const issued = root.issueServer({ hosts: ["localhost"] });
const own = { cert: issued.chainPem, key: issued.key.toPem() };
const ca = root.pem;

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  open.push(server);
  server.listen(0, "localhost");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Requests a page, and answers what is known of it and its connection. */
async function page(port: number, agent: Agent, more: object = {}) {
  const outgoing = get({ host: "localhost", port, agent, ...more });
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const { socket } = response;
  if (!(socket instanceof TLSSocket)) throw new Error("not a socket of ours");
  response.setEncoding("utf8");
  let text = "";
  for await (const part of response) text += String(part);
  return { text, socket, reused: outgoing.reusedSocket };
}

function greeting() {
  return createHttpsServer({ ...own }, (incoming, response) => {
    const { socket } = incoming;
    const isOurs = socket instanceof TLSSocket && socket.encrypted;
    response.end(isOurs ? `true ${String(socket.alpnProtocol)}` : "false");
  });
}

describe("https", () => {
  it("is served and fetched by puretls", async () => {
    const port = await listening(greeting());
    const agent = new Agent({ ca, keepAlive: true });
    const first = await page(port, agent);
    expect(first.text).toBe("true false");
    expect(first.socket.authorized).toBe(true);
    expect(first.socket.getProtocol()).toBe("TLSv1.3");
    const second = await page(port, agent);
    expect(second.reused).toBe(true);
    agent.destroy();
    await once(first.socket, "close");
    const third = await page(port, agent);
    expect(third.socket.isSessionReused()).toBe(true);
    expect(third.socket.authorized).toBe(true);
    agent.destroy();
  });

  it("refuses an unknown authority with Node's code", async () => {
    const port = await listening(greeting());
    const agent = new Agent();
    await expect(page(port, agent)).rejects.toMatchObject({
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
    agent.destroy();
  });

  it("keeps what one request accepted from all others", async () => {
    const port = await listening(greeting());
    const agent = new Agent({ ca, keepAlive: true });
    const lax = {
      servername: "other.test",
      checkServerIdentity: () => undefined,
    };
    expect((await page(port, agent, lax)).text).toBe("true false");
    await expect(
      page(port, agent, { servername: "other.test" }),
    ).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    agent.destroy();
  });

  it("sends and takes what is large", async () => {
    const size = 3 * 1024 * 1024;
    const server = createHttpsServer({ ...own }, (incoming, response) => {
      incoming.pipe(response);
    });
    const port = await listening(server);
    const agent = new Agent({ ca });
    const outgoing = request({
      host: "localhost",
      port,
      agent,
      method: "POST",
    });
    outgoing.end(Buffer.alloc(size, 7));
    const [response] = await once(outgoing, "response");
    let received = 0;
    for await (const part of response) received += (part as Buffer).length;
    expect(received).toBe(size);
    agent.destroy();
  });
});

describe("http2", () => {
  it("is served and fetched by puretls", async () => {
    const server = createHttp2SecureServer({ ...own });
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 });
      stream.end("hello");
    });
    const port = await listening(server);
    const session = connectH2(`https://localhost:${String(port)}`, {
      createConnection: () =>
        connect({ host: "localhost", port, ca, ALPNProtocols: ["h2"] }),
    });
    const stream = session.request({ ":path": "/" });
    stream.setEncoding("utf8");
    let text = "";
    for await (const part of stream) text += String(part);
    expect(text).toBe("hello");
    session.close();
    await once(session, "close");
  });

  it("serves HTTP/1.1 where that is allowed", async () => {
    const options = { ...own, allowHTTP1: true };
    const server = createHttp2SecureServer(options, (incoming, response) => {
      response.end(incoming.httpVersion);
    });
    const port = await listening(server);
    const agent = new Agent({ ca });
    expect((await page(port, agent)).text).toBe("1.1");
    agent.destroy();
  });
});

describe("the connector of undici", () => {
  it("calls back with a socket, and with Node's error", async () => {
    const port = await listening(greeting());
    const target = {
      hostname: "localhost",
      protocol: "https:",
      port: String(port),
    };
    const outcome = (connector: ReturnType<typeof createConnector>) =>
      new Promise<unknown>((resolve) => {
        connector(target, (error, socket) => {
          socket?.destroy();
          resolve(
            error === null
              ? Reflect.get(socket, "alpnProtocol")
              : Reflect.get(error, "code"),
          );
        });
      });
    expect(await outcome(createConnector({ ca }))).toBe("http/1.1");
    expect(await outcome(createConnector({}))).toBe(
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    );
  });
});
