/**
 * A foreign server (node:tls of Node 20) whose TCP connection ends without
 * close_notify. What SECURITY.md says of it is so.
 */
import { once } from "node:events";
import {
  type AddressInfo,
  createServer as createNetServer,
  type Server,
  connect as connectNet,
} from "node:net";
import { createServer } from "node:tls";
import { describe, expect, it } from "vitest";
import { SSLEOFError, type SSLSocket, toWebStreams } from "../../src/index.ts";
import { connect, toNodeDuplex } from "../../src/net/node.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { ascii, rejection, text } from "../ssl/support.ts";

const { certificatePem: cert, keyPem: key } = testServer();

/** Bytes of a record with two bytes, a content type and a tag. */
const CLOSE_NOTIFY = 5 + 2 + 1 + 16;

/** A relay to that port which keeps the server's close_notify to itself. */
async function truncating(port: number): Promise<Server> {
  const relay = createNetServer({ allowHalfOpen: true }, (near) => {
    const far = connectNet({ host: "127.0.0.1", port, allowHalfOpen: true });
    for (const socket of [near, far]) socket.on("error", () => undefined);
    near.pipe(far);
    let held = Buffer.alloc(0);
    far.on("data", (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      for (;;) {
        const end = 5 + (held.length < 5 ? 0 : held.readUInt16BE(3));
        if (held.length < 5 || held.length < end) return;
        // An alert of TLS 1.3 with its tag: nothing else is as short.
        if (end !== CLOSE_NOTIFY) near.write(held.subarray(0, end));
        held = held.subarray(end);
      }
    });
    far.on("end", () => near.end());
    near.on("close", () => far.destroy());
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return relay;
}

interface Truncating {
  readonly port: number;
  close(): void;
}

async function nodeTruncates(): Promise<Truncating> {
  const server = createServer({ cert, key }, (socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end("HTTP/1.0 200 ok\r\n\r\nall of i"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const relay = await truncating((server.address() as AddressInfo).port);
  return {
    port: (relay.address() as AddressInfo).port,
    close: () => {
      relay.close();
      server.close();
    },
  };
}

describe("node:tls truncates", () => {
  async function truncated(suppressRaggedEofs?: boolean) {
    const { port, close } = await nodeTruncates();
    const socket = await connect({
      host: "127.0.0.1",
      serverHostname: "localhost",
      port,
      ca: testAuthority().pem,
      ...(suppressRaggedEofs !== undefined && { suppressRaggedEofs }),
    });
    await socket.sendAll(ascii("GET / HTTP/1.0\r\n\r\n"));
    return {
      socket,
      end: async () => {
        await socket.close();
        close();
      },
    };
  }

  it("by default recv() is an end, and `truncated` is true", async () => {
    const { socket, end } = await truncated();
    const parts: string[] = [];
    for await (const part of socket) parts.push(text(part));
    expect(parts.join("")).toContain("HTTP/1.0 200 ok");
    expect(await socket.recv()).toHaveLength(0);
    expect(socket.truncated).toBe(true);
    await end();
  });

  it("with suppressRaggedEofs off it is an SSLEOFError, after the data", async () => {
    const { socket, end } = await truncated(false);
    const parts: string[] = [];
    const reading = (async () => {
      for await (const part of socket) parts.push(text(part));
    })();
    expect(await rejection(reading)).toBeInstanceOf(SSLEOFError);
    expect(parts.join("")).toContain("HTTP/1.0 200 ok");
    expect(await rejection(socket.recv())).toBeInstanceOf(SSLEOFError);
    expect(socket.truncated).toBe(true);
    await end();
  });

  it.each([true, false])(
    "toNodeDuplex() and toWebStreams() with suppressRaggedEofs %s",
    async (suppress) => {
      const faces = [
        (socket: SSLSocket) => toNodeDuplex(socket),
        (socket: SSLSocket) => toWebStreams(socket).readable,
      ];
      for (const face of faces) {
        const { socket, end } = await truncated(suppress);
        const parts: string[] = [];
        const reading = (async () => {
          for await (const part of face(socket))
            parts.push(text(part as Uint8Array));
        })();
        if (suppress) await reading;
        else expect(await rejection(reading)).toBeInstanceOf(SSLEOFError);
        expect(parts.join("")).toContain("HTTP/1.0 200 ok");
        expect(socket.truncated).toBe(true);
        await end();
      }
    },
  );
});
