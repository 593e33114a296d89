import { connect as connectTls, createServer, type TLSSocket } from "node:tls";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { ca, cert, connectTo, HOST, key, listening, watch } from "./support.ts";
import type { PlainSecureSocket } from "./support.ts";

type Client = TLSSocket | PlainSecureSocket;

/** The same program with either implementation, against a server of Node's. */
const CLIENTS: Readonly<Record<string, (port: number) => Client>> = {
  "node:tls": (port) => connectTls({ port, host: HOST, ca }),
  puretls: (port) => connectTo(port),
};

async function answers(onSocket: (socket: TLSSocket) => void) {
  const server = createServer({ cert, key }, (socket) => {
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  return { server, port: await listening(server) };
}

describe.each(Object.keys(CLIENTS))("a client socket of %s", (name) => {
  const open = (port: number): Client => {
    const client = CLIENTS[name]?.(port);
    if (client === undefined) throw new Error(name);
    return client;
  };

  it("closes by itself when the server has ended", async () => {
    const { server, port } = await answers((socket) => {
      socket.once("data", (data: Buffer) => {
        socket.end(`got ${data.toString()}`);
      });
    });
    const socket = open(port);
    const { closed } = watch(socket);
    let got = "";
    socket.on("data", (data: Buffer) => (got += data.toString()));
    socket.write("x");
    expect([socket.connecting, socket.pending]).toEqual([true, true]);
    expect(await closed).toEqual([
      "connect",
      "ready",
      "secureConnect",
      "end",
      "finish",
      "close false",
    ]);
    expect([got, socket.bytesRead, socket.bytesWritten]).toEqual([
      "got x",
      5,
      1,
    ]);
    expect(socket).toBeInstanceOf(Socket);
    expect([socket.connecting, socket.readyState]).toEqual([false, "closed"]);
    server.close();
  });
});
