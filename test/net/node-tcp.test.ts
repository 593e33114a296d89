/** Client sockets share the buffer that they read into. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SSLContext } from "../../src/index.ts";
import { openTransport } from "../../src/net/node-tcp.ts";
import { connect, fromNodeSocket, serve } from "../../src/net/node.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { ascii, bytes, rejection, text } from "../ssl/support.ts";

const soon = (ms = 20) => new Promise<void>((done) => setTimeout(done, ms));
const accepted: Socket[] = [];
const server = createServer({ allowHalfOpen: true }, (socket) => {
  accepted.push(socket);
  socket.on("error", () => undefined);
});
let port = 0;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  for (const socket of accepted) socket.destroy();
  server.close();
});

async function pairOf() {
  const connection = once(server, "connection");
  const transport = await openTransport({ host: "127.0.0.1", port });
  const [peer] = (await connection) as [Socket];
  return { transport, peer };
}

describe("openTransport", () => {
  it("lends bytes to the call that waits, and keeps those that come before it", async () => {
    const { transport, peer } = await pairOf();
    const seen: Uint8Array[] = [];
    const take = (lent: Uint8Array): void => void seen.push(lent);
    const reading = transport.readLent?.(take);
    expect(await rejection(transport.read())).toBeInstanceOf(Error);
    peer.write("first");
    expect(await reading).toBe(true);
    expect(text(seen[0] ?? bytes())).toBe("first");
    // Nobody waits: these are copies, which other sockets do not write to.
    peer.write("second");
    await soon();
    expect(transport.buffered).toBe(6);
    const other = await pairOf();
    other.peer.write("XXXXXXXXXX");
    await other.transport.readLent?.(take);
    const second = (await transport.read()) ?? bytes();
    expect(text(second)).toBe("second");
    expect(transport.bytesRead).toBe(11);
    // What was lent is a room for all.
    expect(text(seen[0] ?? bytes())).toBe("XXXXX");
    transport.unread(ascii("third"));
    await transport.readLent?.(take);
    expect(text(seen[2] ?? bytes())).toBe("third");
    peer.end();
    expect(await transport.readLent?.(take)).toBe(false);
    expect(await transport.read()).toBe(null);
    await Promise.all([transport.close(), other.transport.close()]);
  });

  it("gives bytes that are put back to the call that waits", async () => {
    const { transport } = await pairOf();
    const seen: string[] = [];
    const reading = transport.readLent?.((lent) => void seen.push(text(lent)));
    transport.unread(ascii("back"));
    expect(await reading).toBe(true);
    expect(seen).toEqual(["back"]);
    const reason = new Error("stop");
    const waiting = rejection(
      transport.readLent?.(() => undefined) ?? Promise.resolve(),
    );
    transport.abort(reason);
    expect(await waiting).toBe(reason);
  });

  it("stops reading while no call does, and continues after", async () => {
    const { transport, peer } = await pairOf();
    const sent = Buffer.alloc(8 << 20, "0123456789abcde");
    peer.end(sent);
    await soon(200);
    expect(transport.buffered).toBeGreaterThan(0);
    expect(transport.buffered).toBeLessThan(1 << 20);
    const parts: Uint8Array[] = [];
    while (await transport.readLent?.((lent) => void parts.push(lent.slice())));
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
    await transport.close();
  });

  it("has sent what it was lent, or rejects", async () => {
    const { transport, peer } = await pairOf();
    const lent = new Uint8Array(100_000).fill(1);
    await transport.writeLent?.(lent);
    lent.fill(2);
    let length = 0;
    for await (const part of peer as AsyncIterable<Buffer>) {
      expect(part.every((byte) => byte === 1)).toBe(true);
      length += part.length;
      if (length === lent.length) break;
    }
    const second = await pairOf();
    second.peer.pause();
    // More than the system keeps for a peer that does not read.
    const waiting = rejection(
      second.transport.writeLent?.(new Uint8Array(64 << 20)) ??
        Promise.resolve(),
    );
    await soon();
    const again = second.transport.writeLent?.(lent) ?? Promise.resolve();
    expect(await rejection(again)).toMatchObject({
      message: expect.stringContaining("one is under way"),
    });
    const reason = new Error("stop");
    second.transport.abort(reason);
    expect(await waiting).toBe(reason);
    await transport.close();
  });

  it("a stream that is no socket is lent nothing", async () => {
    const stream = new PassThrough();
    const transport = fromNodeSocket(stream);
    const lent = ascii("as it was");
    await transport.writeLent?.(lent);
    lent.fill(0);
    expect(text((await transport.read()) ?? bytes())).toBe("as it was");
  });

  it("a stream with an encoding, whose chunks are text, fails", async () => {
    const stream = new PassThrough();
    stream.setEncoding("latin1");
    const transport = fromNodeSocket(stream);
    const reading = rejection(transport.read());
    stream.write("text");
    expect(String(await reading)).toMatch(
      /^TypeError: a chunk of the stream must be bytes .* not string$/,
    );
    expect(stream.destroyed).toBe(true);
  });

  it("finds the address of a name that has several", async () => {
    const connection = once(server, "connection");
    const transport = await openTransport({ host: "localhost", port });
    const [peer] = (await connection) as [Socket];
    peer.end("here");
    expect(text((await transport.read()) ?? bytes())).toBe("here");
    await transport.close();
  });

  it("rejects without a listener, and when it is aborted", async () => {
    const gone = createServer();
    gone.listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port: closed } = gone.address() as AddressInfo;
    gone.close();
    const host = "127.0.0.1";
    expect(
      await rejection(openTransport({ host, port: closed })),
    ).toMatchObject({ code: "ECONNREFUSED" });
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    expect(await rejection(openTransport({ host, port, signal }))).toBe(reason);
  });
});

it("connections side by side keep their data apart", async () => {
  const { certificatePem: cert, keyPem: key } = testServer();
  const ca = testAuthority().pem;
  const listening = await serve({ cert, key });
  const size = 600_000;
  const talk = async (mark: number): Promise<Uint8Array> => {
    const context = new SSLContext({ verifyLocations: { ca } });
    const client = await connect({
      context,
      host: "127.0.0.1",
      port: listening.port,
      serverHostname: "server.test",
    });
    await client.sendAll(bytes(mark));
    const parts: Uint8Array[] = [];
    for await (const part of client) parts.push(part);
    client.destroy();
    return Buffer.concat(parts);
  };
  const serving = (async () => {
    for (let i = 0; i < 4; i++) {
      const { socket } = await listening.accept();
      void (async () => {
        const [mark = 0] = await socket.recv();
        await socket.sendAll(new Uint8Array(size).fill(mark));
        await socket.close();
      })();
    }
  })();
  const received = await Promise.all([1, 2, 3, 4].map(talk));
  await serving;
  for (const [i, data] of received.entries())
    expect(Buffer.alloc(size, i + 1).equals(data)).toBe(true);
  await listening.close();
});
