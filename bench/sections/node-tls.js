/**
 * `puretls/node-tls` beside `node:https`, `node:tls` and `node:http2`: the same programs
 * over loopback, both ends in this process unless a row says otherwise. CPU time of all
 * that a request costs, so that a ratio is that of requests a second.
 */
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import nodeTls from "node:tls";
import * as pureTls from "puretls/node-tls";
import { BareDuplex } from "../lib/bare-duplex.js";
import { bareHandshake } from "../lib/bare-handshake.js";
import { HOST, identity } from "../lib/fixtures.js";
import { cpuMs } from "../lib/measure.js";

export const title = "Node's own servers and clients, over loopback";

const MIB = 1024 * 1024;
/** At a time on connections that are kept. */
const CONNECTIONS = 4;
/** The same cryptography on both sides: not every Node has ML-KEM. */
const GROUP = { ecdhCurve: "X25519" };

const NODE = {
  get: https.get,
  Agent: https.Agent,
  createHttpsServer: https.createServer,
  createHttp2SecureServer: http2.createSecureServer,
  connect: nodeTls.connect,
  createServer: nodeTls.createServer,
};

const OURS = { ...pureTls, get: https.get };

/** The ciphers alone in the place of TLS: no TLS of node:crypto can do with less. */
const BARE = {
  get: http.get,
  Agent: class extends http.Agent {
    createConnection(options) {
      const { host, port } = options;
      return new BareDuplex(net.connect(port, host));
    }
  },
  createHttpsServer: (_options, listener) =>
    bareServer(http.createServer(listener)),
  connect: ({ host, port }) => net.connect(port, host),
  createServer: (_options, listener) =>
    net.createServer((raw) => listener(raw)),
};

/** A server of TCP that hands its connections to one of HTTP. */
function bareServer(web) {
  const open = new Set();
  const listening = net.createServer((raw) => {
    open.add(raw.once("close", () => open.delete(raw)));
    web.emit("connection", new BareDuplex(raw));
  });
  listening.closeAllConnections = () => {
    for (const raw of open) raw.destroy();
  };
  return listening;
}

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export async function run(report, { rounds, quick }) {
  const { leaf, authority } = identity("ECDSA P-256");
  const server = { key: leaf.key.toPem(), cert: leaf.chainPem, ...GROUP };
  const client = { ca: authority.pem, host: HOST, servername: HOST, ...GROUP };
  const options = { server, client };
  const less = quick ? 4 : 1;
  const rows = [
    {
      name: "a request on a kept connection, 100 bytes",
      bar: 0.7,
      one: (impl) => requests(impl, options, 100, 2000 / less),
      floor: () => requests(BARE, options, 100, 2000 / less),
    },
    {
      name: "a request on a kept connection, 64 KiB",
      bar: 0.8,
      one: (impl) => requests(impl, options, 64 * 1024, 800 / less),
      floor: () => requests(BARE, options, 64 * 1024, 800 / less),
    },
    {
      name: "a new connection, full handshake",
      bar: 0.9,
      one: (impl) => connections(impl, options, 200 / less),
      floor: () => bareConnections(options, 200 / less),
    },
    {
      name: "HTTP/2 echo of 10 MiB, our server",
      bar: 0.5,
      one: (impl) => echo(impl, NODE, options, 4 / less),
    },
    {
      name: "HTTP/2 echo of 10 MiB, our client",
      bar: 0.5,
      one: (impl) => echo(NODE, impl, options, 4 / less),
    },
  ];
  for (const { name, bar, one, floor } of rows) {
    const ours = [];
    const beside = [];
    const bare = [];
    for (let round = -1; round < Math.min(rounds, 9); round++) {
      const theirs = await one(NODE);
      const own = await one(OURS);
      const least = await floor?.();
      if (round < 0) continue;
      ours.push(1 / own);
      beside.push(1 / theirs);
      if (least !== undefined) bare.push(1 / least);
    }
    report.add({
      name,
      unit: "/ms",
      ours,
      beside,
      bar: { kind: "least", value: bar },
    });
    if (floor !== undefined)
      report.add({
        name: `floor: ${name}`,
        unit: "/ms",
        ours: bare,
        beside,
      });
  }
}

/** CPU milliseconds of a request, the connections warm. */
async function requests(impl, { server, client }, bytes, times) {
  const body = Buffer.alloc(bytes, 7);
  const listening = impl.createHttpsServer(server, (_request, response) => {
    response.end(body);
  });
  const port = await listen(listening);
  const agent = new impl.Agent({
    ...client,
    keepAlive: true,
    maxSockets: CONNECTIONS,
  });
  const request = () =>
    new Promise((resolve, reject) => {
      impl
        .get({ ...client, port, agent }, (answer) => {
          answer.on("end", resolve).resume();
        })
        .on("error", reject);
    });
  const some = async (count) => {
    let left = count;
    const turn = async () => {
      while (left-- > 0) await request();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, turn));
  };
  await some(times / 4);
  const start = cpuMs();
  await some(times);
  const ms = cpuMs() - start;
  agent.destroy();
  listening.closeAllConnections();
  listening.close();
  return ms / times;
}

/** CPU milliseconds of a connection that carries one byte. */
async function connections(impl, { server, client }, times) {
  const listening = impl.createServer(server, (socket) => {
    socket.on("error", () => undefined);
    socket.end("x");
  });
  const port = await listen(listening);
  const open = async () => {
    const socket = impl.connect({ ...client, port }).resume();
    await once(socket, "close");
  };
  for (let i = 0; i < times / 4; i++) await open();
  const start = cpuMs();
  for (let i = 0; i < times; i++) await open();
  const ms = cpuMs() - start;
  listening.close();
  return ms / times;
}

/** The same of a connection of TCP, with a handshake's cryptography beside it. */
async function bareConnections(options, times) {
  const handshake = bareHandshake();
  const connecting = await connections(BARE, options, times);
  const start = cpuMs();
  for (let i = 0; i < times; i++) handshake();
  return connecting + (cpuMs() - start) / times;
}

/** CPU milliseconds of 10 MiB there and back. */
async function echo(serving, asking, { server, client }, times) {
  const memory = { maxSessionMemory: 100 };
  const listening = serving.createHttp2SecureServer({ ...server, ...memory });
  listening.on("stream", (stream) => {
    stream.respond();
    stream.pipe(stream);
  });
  const port = await listen(listening);
  const session = http2.connect(`https://${HOST}:${port}`, {
    ...memory,
    createConnection: () =>
      asking.connect({ ...client, port, ALPNProtocols: ["h2"] }),
  });
  const once10 = () =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": "POST" });
      stream.on("end", resolve).on("error", reject).resume();
      let left = 10 * MIB;
      const more = () => {
        while (left > 0) {
          left -= BLOCK.length;
          if (!stream.write(BLOCK)) {
            stream.once("drain", more);
            return;
          }
        }
        stream.end();
      };
      more();
    });
  await once10();
  const start = cpuMs();
  for (let i = 0; i < times; i++) await once10();
  const ms = cpuMs() - start;
  session.close();
  listening.close();
  return ms / times;
}

const BLOCK = Buffer.alloc(64 * 1024, 7);

async function listen(server) {
  server.listen(0, HOST);
  await once(server, "listening");
  return server.address().port;
}
