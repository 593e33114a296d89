/**
 * The same program over a socket of node:tls and over `toNodeDuplex()`, against a
 * server of node:tls: same events, same counts, same codes.
 */
import { once } from "node:events";
import { createServer as createHttp, get, Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect as connectTcp, createServer as createNet } from "node:net";
import { Socket, type Server, type AddressInfo } from "node:net";
import { connect as connectTls, createServer, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { memoryPair, SSLContext } from "../../src/index.ts";
import {
  connect,
  fromNodeSocket,
  type NodeDuplex,
  serve,
  toNodeDuplex,
} from "../../src/net/node.ts";
import { testAuthority, testClient, testServer } from "../support/pki.ts";

const HOST = "localhost";
const { certificatePem: cert, keyPem: key } = testServer();
const ca = testAuthority().pem;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  ends.push(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return port;
}

function nodeServer(onSocket: (socket: TLSSocket) => void): Promise<number> {
  const server = createServer({ cert, key }, (socket) => {
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  server.on("tlsClientError", () => undefined);
  return listen(server);
}

/** A context that trusts the test's authority. */
function trusting(): SSLContext {
  const context = new SSLContext();
  context.addCa(ca);
  return context;
}

function wrapped(raw: Socket): Socket {
  const transport = fromNodeSocket(raw);
  return toNodeDuplex(
    trusting().wrapSocket(transport, { serverHostname: HOST }),
  );
}

/** Sockets over a TCP connection that may still be made. */
const OVER: Readonly<Record<string, (raw: Socket) => Socket>> = {
  "node:tls": (socket) => connectTls({ socket, servername: HOST, ca }),
  toNodeDuplex: wrapped,
};
const NAMES = Object.keys(OVER);

function over(name: string, raw: Socket): Socket {
  const socket = OVER[name]?.(raw);
  if (socket === undefined) throw new Error(name);
  ends.push(() => socket.destroy());
  return socket;
}

function watch(socket: Socket): string[] {
  const events: string[] = [];
  for (const name of ["secureConnect", "end", "finish", "timeout", "close"])
    socket.on(name, (told?: boolean) => {
      events.push(told === undefined ? name : `${name} ${String(told)}`);
    });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    events.push(`error ${String(error.code)}`);
  });
  return events;
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once("close", () => {
      resolve();
    });
  });

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

describe.each(NAMES)("%s", (name) => {
  it("closes when the peer has ended, without a listener for data", async () => {
    const port = await nodeServer((peer) => setTimeout(() => peer.end(), 20));
    const socket = over(name, connectTcp(port, HOST));
    const events = watch(socket);
    await closed(socket);
    expect(events).toEqual(["secureConnect", "end", "finish", "close false"]);
    expect([socket.readyState, socket.pending]).toEqual(["closed", true]);
    expect(socket).toBeInstanceOf(Socket);
  });

  it("notices a server that dies, and says so by the system's code", async () => {
    const raws: Socket[] = [];
    const relay = createNet((near) => {
      raws.push(near);
      const far = connectTcp(target, HOST);
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on("error", () => undefined);
    });
    const target = await nodeServer((peer) => peer.resume());
    const socket = over(name, connectTcp(await listen(relay), HOST));
    const events = watch(socket);
    await once(socket, "secureConnect");
    socket.resume();
    await sleep(20);
    for (const raw of raws) raw.resetAndDestroy();
    await closed(socket);
    expect(events).toEqual(["secureConnect", "error ECONNRESET", "close true"]);
  });

  it("has ECONNREFUSED where nobody listens", async () => {
    const server = createNet();
    const port = await listen(server);
    server.close();
    await once(server, "close");
    const raw = connectTcp(port, HOST);
    const socket = over(name, raw);
    const events = watch(socket);
    expect([socket.connecting, socket.readyState]).toEqual([true, "opening"]);
    await closed(socket);
    expect(events[0]).toBe("error ECONNREFUSED");
    expect(events[1]).toMatch("close");
  });

  it("has an error for a handshake that fails, which nobody reads", async () => {
    const server = createNet((raw) => raw.end("no TLS here at all\r\n"));
    const socket = over(name, connectTcp(await listen(server), HOST));
    const events = watch(socket);
    await closed(socket);
    expect(events.filter((event) => event.startsWith("error "))).toHaveLength(
      1,
    );
    expect(events.at(-1)).toBe("close true");
  });

  it("has a timeout that activity puts off", async () => {
    const port = await nodeServer((peer) => {
      let times = 0;
      const timer = setInterval(() => {
        peer.write(".");
        if (++times === 4) clearInterval(timer);
      }, 40);
    });
    const socket = over(name, connectTcp(port, HOST)).resume();
    const events = watch(socket);
    await once(socket, "secureConnect");
    socket.setTimeout(100);
    await sleep(180);
    expect([events, socket.timeout]).toEqual([["secureConnect"], 100]);
    await once(socket, "timeout");
    socket.setTimeout(0);
    socket.destroySoon();
    await closed(socket);
    expect(events.slice(1)).toEqual(["timeout", "finish", "close false"]);
  });

  it("counts, joins small writes, and knows its addresses", async () => {
    const records: number[] = [];
    let text = "";
    const port = await nodeServer((peer) => {
      peer.on("data", (data: Buffer) => {
        records.push(data.length);
        text += data.toString();
        if (text.length === 1003) peer.end("four");
      });
    });
    const socket = over(name, connectTcp(port, HOST));
    const events = watch(socket);
    let got = "";
    socket.on("data", (data: Buffer) => (got += data.toString()));
    await once(socket, "secureConnect");
    expect(socket.remotePort).toBe(port);
    expect(socket.remoteFamily).toBe("IPv4");
    expect(socket.address()).toMatchObject({ address: socket.localAddress });
    expect(socket.setNoDelay().setKeepAlive(true).unref().ref()).toBe(socket);
    socket.cork();
    for (let i = 0; i < 1000; i++) socket.write("a");
    socket.write("é", "latin1");
    socket.write("6869", "hex");
    expect(socket.bytesWritten).toBe(1003);
    socket.uncork();
    await closed(socket);
    expect(records).toEqual([1003]);
    expect([text.slice(-2), got]).toEqual(["hi", "four"]);
    expect([socket.bytesRead, socket.bytesWritten]).toEqual([4, 1003]);
    expect(events).toEqual(["secureConnect", "end", "finish", "close false"]);
  });

  it("is closed to writes that come after its end, and after destroy()", async () => {
    const port = await nodeServer((peer) => peer.resume());
    const codes: (string | undefined)[] = [];
    const done = (error?: NodeJS.ErrnoException | null): void => {
      codes.push(error?.code);
    };
    const socket = over(name, connectTcp(port, HOST));
    const events = watch(socket);
    await once(socket, "secureConnect");
    socket.end("x");
    socket.write("y", done);
    await closed(socket);
    socket.write("z", done);
    await sleep(10);
    expect(codes).toEqual(
      ["ERR_STREAM_WRITE_AFTER_END"].concat(codes[1] ?? []),
    );
    expect(events.at(-1)).toBe("close true");
  });

  it("aborts by a signal or destroy(), in the handshake too", async () => {
    const server = createNet((raw) => {
      raw.on("error", () => undefined).resume();
    });
    const socket = over(name, connectTcp(await listen(server), HOST));
    const events = watch(socket);
    await sleep(20);
    socket.destroy(Object.assign(new Error("mine"), { code: "MINE" }));
    await closed(socket);
    expect(events).toEqual(["error MINE", "close true"]);
  });
});

describe("toNodeDuplex", () => {
  // A plain socket of Node does not either; its TLS socket does.
  it("does not time out while a slow peer takes what it sends", async () => {
    const MIB = 1024 * 1024;
    let length = 0;
    const port = await nodeServer((peer) => {
      peer.pause();
      const timer = setInterval(() => void peer.read(), 2);
      peer.on("data", (data: Buffer) => {
        length += data.length;
        if (length < 24 * MIB) return;
        clearInterval(timer);
        peer.end();
      });
      peer.pause();
    });
    const socket = over("toNodeDuplex", connectTcp(port, HOST));
    const events = watch(socket);
    await once(socket, "secureConnect");
    socket.setTimeout(300);
    const begun = Date.now();
    await new Promise((resolve) => {
      socket.write(Buffer.alloc(24 * MIB), resolve);
    });
    expect(Date.now() - begun).toBeGreaterThan(400);
    expect(events).toEqual(["secureConnect"]);
  });

  it("resets the connection", async () => {
    const codes: (string | undefined)[] = [];
    let isReset: () => void = () => undefined;
    const reset = new Promise<void>((resolve) => (isReset = resolve));
    const port = await nodeServer((peer) => {
      peer.resume().on("error", (error: NodeJS.ErrnoException) => {
        codes.push(error.code);
        isReset();
      });
    });
    const socket = over("toNodeDuplex", connectTcp(port, HOST));
    await once(socket, "secureConnect");
    await sleep(20);
    socket.resetAndDestroy();
    await Promise.all([closed(socket), reset]);
    expect(codes).toEqual(["ECONNRESET"]);
  });

  it("works over a transport that is no socket of the system", async () => {
    const [near, far] = memoryPair();
    const server = new SSLContext({ protocol: "tlsServer" });
    server.loadCertChain({ cert, key });
    const there = toNodeDuplex(server.wrapSocket(far, { serverSide: true }));
    const here = toNodeDuplex(
      trusting().wrapSocket(near, { serverHostname: HOST }),
    );
    expect(here.setNoDelay().setKeepAlive().ref().unref()).toBe(here);
    expect([here.remoteAddress, here.address()]).toEqual([undefined, {}]);
    expect(here.authorized).toBe(false);
    there.resume();
    here.resume();
    await once(here, "secureConnect");
    expect([here.authorized, here.getProtocol()]).toEqual([true, "TLSv1.3"]);
    expect(here.getPeerX509Certificate()?.subjectAltName).toContain(HOST);
    here.resetAndDestroy();
    there.destroy();
    expect(() =>
      toNodeDuplex(here.sslSocket, { half: true } as object),
    ).toThrow(TypeError);
  });

  it("shows an HTTP handler the client's certificate, and the way back", async () => {
    const me = testClient();
    const context = new SSLContext({ protocol: "tlsServer" });
    context.loadCertChain({ cert, key });
    context.addCa(ca);
    context.verifyMode = "required";
    context.setAlpnProtocols(["http/1.1"]);
    const duplexes = new Map<Socket, NodeDuplex>();
    const http = createHttp((asked, answer) => {
      const socket = duplexes.get(asked.socket);
      answer.end(
        JSON.stringify({
          certificate: socket?.getPeerCertificate(),
          authorized: socket?.authorized,
          alpn: socket?.alpnProtocol,
          chain: socket?.sslSocket.getVerifiedChain().length,
        }),
      );
    });
    const server = await serve({ context });
    const serving = (async () => {
      for await (const socket of server) {
        const duplex = toNodeDuplex(socket, { allowHalfOpen: true });
        duplexes.set(duplex, duplex);
        http.emit("connection", duplex);
      }
    })();
    ends.push(async () => {
      http.closeAllConnections();
      await server.close();
      await serving;
    });
    const socket = connectTls({
      port: server.port,
      host: HOST,
      ca,
      cert: me.certificatePem,
      key: me.keyPem,
      ALPNProtocols: ["http/1.1"],
    });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ createConnection: () => socket, path: "/" }, resolve)
        .on("error", reject)
        .end();
    });
    let body = "";
    for await (const part of answer) body += String(part);
    expect(JSON.parse(body)).toMatchObject({
      authorized: true,
      alpn: "http/1.1",
      chain: 2,
      certificate: { subject: {}, issuer: {} },
    });
  });

  it("lets an HTTP server close idle connections, and its agent notice", async () => {
    const http = createHttp({ keepAliveTimeout: 0 }, (_asked, answer) =>
      answer.end("x".repeat(200_000)),
    );
    http.setTimeout(200);
    const server = await serve({ cert, key });
    const serving = (async () => {
      for await (const socket of server)
        http.emit("connection", toNodeDuplex(socket, { allowHalfOpen: true }));
    })();
    ends.push(async () => {
      http.closeAllConnections();
      await server.close();
      await serving;
    });
    const secure = await connect({ host: HOST, port: server.port, ca });
    const agent = new Agent({ keepAlive: true });
    const socket = toNodeDuplex(secure);
    Object.assign(agent, { createConnection: () => socket });
    const body = await new Promise<number>((resolve, reject) => {
      get({ agent, path: "/" }, (answer) => {
        let length = 0;
        answer.on("data", (part: Uint8Array) => (length += part.length));
        answer.on("end", () => {
          resolve(length);
        });
      }).on("error", reject);
    });
    expect(body).toBe(200_000);
    await sleep(10);
    expect(Object.keys(agent.freeSockets)).toHaveLength(1);
    await closed(socket);
    expect(Object.keys(agent.freeSockets)).toEqual([]);
  });
});
