/** Sessions of Node's HTTP/2 over sockets of puretls. */
import { once } from "node:events";
import http2 from "node:http2";
import { connect as connectPlainly } from "node:net";
import type { Server } from "node:net";
import { connect as nativeConnect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createHttp2SecureServer } from "../../src/node-tls/index.ts";
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
