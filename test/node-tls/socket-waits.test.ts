/** Answers that come late, on the path without promises; the peer is of node:tls. */
import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { SSLContext } from "../../src/index.ts";
import { createServer as createSecureServer } from "../../src/node-tls/index.ts";
import {
  ca,
  cert,
  clientContext,
  connectTo,
  HOST,
  key,
  listening,
  PlainSecureSocket,
  serverContext,
  serveSockets,
  watch,
} from "./support.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** A server of that context, whose sockets send back what they get. */
async function echo(context: SSLContext) {
  const sockets: PlainSecureSocket[] = [];
  const server = createServer((raw) => {
    const socket = new PlainSecureSocket(context, { isServer: true });
    sockets.push(socket.over(raw));
    socket.on("error", () => undefined);
    socket.on("data", (data) => socket.write(data));
  });
  ends.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: await listening(server), sockets };
}

describe("a server socket", () => {
  it("waits for a certificate by name and a protocol, and then reads on", async () => {
    const asked: string[] = [];
    const chosen = serverContext();
    chosen.setAlpnProtocols(["two", "one"]);
    const context = serverContext();
    context.sniCallback = async (_connection, name) => {
      await sleep(20);
      asked.push(String(name));
      return { context: chosen };
    };
    chosen.alpnCallback = async ({ protocols }) => {
      await sleep(20);
      asked.push(protocols.join());
      return "one";
    };
    const { port } = await echo(context);
    const client = connectTls({
      ...{ port, host: HOST, servername: HOST, ca },
      ALPNProtocols: ["one", "two"],
    });
    client.write("early");
    const [data] = (await once(client, "data")) as [Buffer];
    expect([data.toString(), client.alpnProtocol]).toEqual(["early", "one"]);
    expect(asked).toEqual([HOST, "one,two"]);
    client.destroy();
  });

  it("ends when the answer is an error, and when it comes too late", async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const context = serverContext();
    context.sniCallback = async () => {
      await answered;
      throw new Error("no such name");
    };
    const { port, sockets } = await echo(context);
    const clients = [1, 2].map(() => connectTls({ port, host: HOST, ca }));
    const codes = clients.map(async (client) => {
      const [error] = (await once(client, "error")) as [{ code: string }];
      return error.code;
    });
    while (sockets.length < 2) await sleep(5);
    await sleep(20);
    sockets[0]?.destroy();
    answer();
    const [first, second] = (await Promise.all(codes)).sort();
    expect([first, second]).toEqual([
      "ECONNRESET",
      // Newer versions of OpenSSL have no SSLV3 in it.
      expect.stringMatching(/^ERR_SSL_.*_ALERT_HANDSHAKE_FAILURE$/),
    ]);
    await sleep(10);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });
});

describe("unref()", () => {
  const isHeld = (raw: Socket): unknown => {
    const handle: unknown = Reflect.get(raw, "_handle");
    const hasRef: unknown = Reflect.get(Object(handle), "hasRef");
    return typeof hasRef === "function" && Reflect.apply(hasRef, handle, []);
  };

  it("lets go of the process, before and after the connection is there", async () => {
    const { server, port } = await serveSockets((socket) => {
      socket.on("error", () => undefined).resume();
    });
    ends.push(() => server.close());
    const raw = connectTcp(port, HOST);
    const socket = new PlainSecureSocket(
      new SSLContext({ checkHostname: false }),
    );
    socket.unref().over(raw);
    await once(raw, "connect");
    expect(isHeld(raw)).toBe(false);
    socket.ref();
    expect(isHeld(raw)).toBe(true);
    socket.destroy();
    await watch(socket).closed;
  });
});

describe("a client socket", () => {
  it("has the events of the socket that connect() makes", async () => {
    const { server, port } = await serveSockets((socket) => {
      socket.on("error", () => undefined).resume();
    });
    ends.push(() => server.close());
    const socket = connectTo(port);
    const [error, address] = (await once(socket, "lookup")) as unknown[];
    expect([error, typeof address]).toEqual([null, "string"]);
    await once(socket, "secureConnect");
    expect(socket.isSecure).toBe(true);
    expect(socket.facts?.version()).toBe("TLSv1.3");
    socket.destroy();
  });

  it("takes no close_notify that the peer misses for an error", async () => {
    const { server, port } = await serveSockets((socket) => {
      socket.on("error", () => undefined).resume();
    });
    ends.push(() => server.close());
    const raw = connectTcp(port, HOST);
    let isGone = false;
    const below = new Duplex({
      read: () => undefined,
      write: (chunk: Uint8Array, _encoding, done) => {
        const gone = { code: "EPIPE", syscall: "write" };
        if (isGone) done(Object.assign(new Error("gone"), gone));
        else raw.write(chunk, done);
      },
    });
    raw.on("data", (data) => below.push(data));
    const socket = new PlainSecureSocket(clientContext()).over(below);
    const { events, closed } = watch(socket);
    socket._start();
    await once(socket, "secureConnect");
    isGone = true;
    socket.end();
    await closed;
    expect(events).toEqual(["secureConnect", "finish", "close false"]);
    raw.destroy();
  });

  it("is sent at once where it carries HTTP/2, whose wrap cannot ask", async () => {
    const asked: boolean[] = [];
    const server = createSecureServer({ cert, key, ALPNProtocols: ["h2"] });
    server.on("connection", (raw: Socket) => {
      const { setNoDelay } = raw;
      raw.setNoDelay = (noDelay = true) => {
        asked.push(noDelay);
        return Reflect.apply(setNoDelay, raw, [noDelay]);
      };
    });
    ends.push(() => server.close());
    const port = await listening(server);
    for (const ALPNProtocols of [["h2"], []]) {
      const client = connectTls({ ...{ port, host: HOST, ca }, ALPNProtocols });
      const [socket] = (await once(server, "secureConnection")) as [Socket];
      socket.on("error", () => undefined).destroy();
      client.on("error", () => undefined).destroy();
    }
    expect(asked).toEqual([true]);
  });
});
