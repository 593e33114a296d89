/** Sessions of Node's HTTP/2 over sockets of puretls. */
import { once } from "node:events";
import http2 from "node:http2";
import { connect as connectPlainly } from "node:net";
import type { Server } from "node:net";
import { connect as nativeConnect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createHttp2SecureServer } from "../../src/node-tls/index.ts";
import { HeaderBlocks } from "../../src/node-tls/socket/header-blocks.ts";
import { ca, cert, HOST, key } from "./support.ts";

const open = new Set<Server>();
afterEach(() => {
  for (const server of open) server.close();
  open.clear();
});

async function portOf(server: Server): Promise<number> {
  open.add(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

describe("createHttp2SecureServer", () => {
  it("shows a session's certificates and addresses", async () => {
    const server = createHttp2SecureServer({
      cert,
      key,
      ca,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.on("stream", (stream) => {
      const socket: unknown = stream.session?.socket;
      const read = (name: string): unknown => Reflect.get(Object(socket), name);
      const ask = (name: string): unknown =>
        Reflect.apply(read(name) as () => unknown, socket, []);
      stream.end(
        JSON.stringify({
          authorized: read("authorized"),
          subject: Reflect.get(Object(ask("getPeerCertificate")), "subject"),
          protocol: ask("getProtocol"),
          alpn: read("alpnProtocol"),
          address: read("remoteAddress"),
          encrypted: stream.session?.encrypted,
        }),
      );
    });
    const port = await portOf(server);
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      ca,
      cert,
      key,
      servername: HOST,
    });
    let text = "";
    for await (const piece of session.request()) text += String(piece);
    expect(JSON.parse(text)).toEqual({
      ...{ authorized: false, protocol: "TLSv1.3", alpn: "h2" },
      ...{ address: "127.0.0.1", encrypted: true },
      subject: expect.any(Object),
    });
    session.close();
  });

  it("outlives clients that go away while it writes", async () => {
    const server = createHttp2SecureServer({ cert, key });
    server.on("stream", (stream) => {
      stream.on("error", () => undefined);
      stream.end(Buffer.alloc(4 << 20));
    });
    server.on("sessionError", () => undefined);
    const port = await portOf(server);
    for (let count = 0; count < 20; count++) {
      const raw = connectPlainly(port, "127.0.0.1");
      await once(raw, "connect");
      const session = http2.connect(`https://127.0.0.1:${port}`, {
        ...{ ca, servername: HOST },
        createConnection: () =>
          nativeConnect({
            socket: raw,
            ca,
            servername: HOST,
            ALPNProtocols: ["h2"],
          }),
      });
      session.on("error", () => undefined);
      const stream = session.request();
      stream.on("error", () => undefined);
      await once(stream, "response");
      raw.resetAndDestroy();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      ca,
      servername: HOST,
    });
    let length = 0;
    for await (const piece of session.request())
      length += (piece as Buffer).length;
    expect(length).toBe(4 << 20);
    session.close();
  });
});

describe("HeaderBlocks", () => {
  const frame = (type: number, flags: number, length: number) =>
    Buffer.from([
      0,
      0,
      length,
      type,
      flags,
      0,
      0,
      0,
      1,
      ...Array<number>(length).fill(7),
    ]);
  const SETTINGS = frame(4, 0, 6);
  const HEADERS = frame(1, 4, 20);
  const BEGUN = frame(1, 0, 5);
  const CONTINUED = frame(9, 4, 3);
  const DATA = frame(0, 1, 200);

  it.each([1, 2, 7, 30, 10_000])(
    "ends a piece behind each header block, of pieces of %d bytes",
    (size) => {
      const preface = Buffer.alloc(24, "P");
      const all = [
        preface,
        SETTINGS,
        HEADERS,
        DATA,
        BEGUN,
        CONTINUED,
        frame(1, 5, 0),
        DATA,
      ];
      const bytes = Buffer.concat(all);
      const blocks = new HeaderBlocks(true);
      const cuts: number[] = [];
      for (let at = 0; at < bytes.length;) {
        const piece = bytes.subarray(at, Math.ceil((at + 1) / size) * size);
        at += blocks.next(piece);
        cuts.push(at);
      }
      const lengths = all.map(({ length }) => length);
      const endOf = (count: number) =>
        lengths.slice(0, count).reduce((sum, length) => sum + length, 0);
      expect(cuts).toEqual(expect.arrayContaining([3, 6, 7].map(endOf)));
      const isBound = (cut: number) =>
        [3, 6, 7, 8].map(endOf).includes(cut) || cut % size === 0;
      expect(cuts.every(isBound)).toBe(true);
    },
  );
});
