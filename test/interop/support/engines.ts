/** An engine of any config over a socket: for what no road's options say. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { concat } from "../../../src/bytes.ts";
import {
  type ClientConfig,
  type ServerConfig,
  TlsEngine,
} from "../../../src/engine/index.ts";

/** What became of a connection, once its socket is closed. */
export interface Talked {
  readonly engine: TlsEngine;
  readonly received: Uint8Array;
}

const open = new Set<{ destroy(): unknown }>();
afterEach(() => {
  for (const each of open) each.destroy();
  open.clear();
});

/** A client that says `hello`, waits for as many bytes, and closes. */
export function clientTalk(
  port: number,
  config: ClientConfig,
  serverName = "localhost",
): Promise<Talked> {
  const engine = TlsEngine.client(config, serverName);
  return carry(connect(port, "127.0.0.1"), engine, {
    begin: () => {
      engine.write(new TextEncoder().encode("hello\n"));
    },
    data: (total) => {
      if (total >= 6) engine.close();
    },
  });
}

/** A server for one connection; what it receives goes back. */
export function serverTalk(
  config: ServerConfig,
): Promise<{ readonly port: number; readonly done: Promise<Talked> }> {
  return new Promise((resolve) => {
    const listener = createServer();
    const done = new Promise<Talked>((settle) => {
      listener.once("connection", (socket) => {
        const engine = TlsEngine.server(config);
        const echo = (_: number, bytes: Uint8Array): void => {
          engine.write(bytes);
        };
        settle(carry(socket, engine, { data: echo }));
      });
    });
    listener.listen(0, "127.0.0.1", () => {
      open.add({ destroy: () => listener.close() });
      const address = listener.address();
      if (address === null || typeof address === "string")
        throw new Error("no port");
      resolve({ port: address.port, done });
    });
  });
}

/** A folder for files of one test file, and how to put one there. */
export function useFiles(): (
  name: string,
  data: Uint8Array | string,
) => string {
  const folder = mkdtempSync(join(tmpdir(), "puretls-interop-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  return (name, data) => {
    const path = join(folder, name);
    writeFileSync(path, data);
    return path;
  };
}

function carry(
  socket: Socket,
  engine: TlsEngine,
  speech: {
    readonly begin?: () => void;
    readonly data: (total: number, bytes: Uint8Array) => void;
  },
): Promise<Talked> {
  const parts: Uint8Array[] = [];
  let total = 0;
  let ended = false;
  const drain = (): void => {
    for (let event; (event = engine.nextEvent()) !== undefined;) {
      if (event.type === "handshake_done") speech.begin?.();
      if (event.type === "peer_closed") ended = true;
      if (event.type !== "data") continue;
      parts.push(event.bytes);
      total += event.bytes.length;
      speech.data(total, event.bytes);
    }
    if (ended) engine.close();
    const output = engine.takeOutput();
    if (output.length > 0) socket.write(output);
    if (engine.error !== undefined || ended) socket.end();
  };
  open.add(socket);
  socket.on("data", (chunk) => {
    engine.receive(chunk);
    drain();
  });
  socket.on("end", () => {
    engine.receiveEof();
    drain();
    socket.end();
  });
  socket.on("error", () => undefined); // "close" follows.
  drain();
  return new Promise((resolve) => {
    socket.on("close", () => {
      open.delete(socket);
      resolve({ engine, received: concat(...parts) });
    });
  });
}
