/** An engine of any config over a socket: for options that no Road has. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { concat } from "../../../../src/bytes.ts";
import {
  type ClientConfig,
  type ServerConfig,
  type Session,
  TlsEngine,
} from "../../../../src/engine/index.ts";
import { broughtByPeer } from "../process.ts";

/** The result of a connection, once its socket is closed. */
export interface Talked {
  readonly engine: TlsEngine;
  readonly received: Uint8Array;
  /** Data that was received as early data. */
  readonly early: Uint8Array;
  /** All that came from the peer, as it came. */
  readonly wire: Uint8Array;
  /** Sessions that a later connection can resume. */
  readonly sessions: readonly Session[];
}

/** Seconds for all of a connection. */
const CONVERSATION = 60;

const open = new Set<{ destroy(): unknown }>();
afterEach(() => {
  for (const each of open) each.destroy();
  open.clear();
});

/**
 * A client that sends `hello` (or `say`), waits for as many bytes (`until`: for
 * more), and closes. `early` is sent before as early data, where it is allowed.
 */
export function clientTalk(
  port: number,
  config: ClientConfig,
  serverName = "localhost",
  {
    early,
    until = 6,
    say = "hello\n",
  }: { early?: Uint8Array; until?: number; say?: string } = {},
): Promise<Talked> {
  const engine = TlsEngine.client(config, serverName);
  if (early !== undefined && engine.earlyDataLeft > 0)
    engine.writeEarlyData(early);
  return carry(connect(port, "127.0.0.1"), engine, {
    begin: () => {
      engine.write(new TextEncoder().encode(say));
    },
    data: (total) => {
      if (total >= until) engine.close();
    },
  });
}

/** A server for one connection; what it receives goes back. */
export async function serverTalk(
  config: ServerConfig,
): Promise<{ readonly port: number; readonly done: Promise<Talked> }> {
  const { port, next } = await serverTalks(config);
  return { port, done: next() };
}

/** Writes a server's reply to the data that it has received. */
export type Reply = (engine: TlsEngine, received: Uint8Array) => void;

/**
 * A server for any number of connections, each reported in order. It sends back
 * what it receives, or makes its own reply.
 */
export function serverTalks(
  config: ServerConfig,
  reply: Reply = (engine, received) => {
    engine.write(received);
  },
): Promise<{ readonly port: number; next(): Promise<Talked> }> {
  return new Promise((resolve) => {
    const listener = createServer();
    const waiting: ((talked: Promise<Talked>) => void)[] = [];
    const begun: Promise<Talked>[] = [];
    listener.on("connection", (socket) => {
      const engine = TlsEngine.server(config);
      const talked = carry(socket, engine, {
        data: (_, bytes) => {
          reply(engine, bytes);
        },
      });
      const waiter = waiting.shift();
      if (waiter) waiter(talked);
      else begun.push(talked);
    });
    const next = (): Promise<Talked> =>
      broughtByPeer(
        "a connection to our server, and its end",
        begun.shift() ??
          new Promise((settle) => {
            waiting.push(settle);
          }),
        CONVERSATION,
      );
    listener.listen(0, "127.0.0.1", () => {
      open.add({ destroy: () => listener.close() });
      const address = listener.address();
      if (address === null || typeof address === "string")
        throw new Error("no port");
      resolve({ port: address.port, next });
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
  const early: Uint8Array[] = [];
  const wire: Uint8Array[] = [];
  const sessions: Session[] = [];
  let total = 0;
  let ended = false;
  const drain = (): void => {
    for (let event; (event = engine.nextEvent()) !== undefined;) {
      if (event.type === "handshake_done" && engine.canWrite) speech.begin?.();
      if (event.type === "peer_closed") ended = true;
      if (event.type === "early_data") early.push(event.bytes);
      if (event.type === "session") sessions.push(event.session);
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
  socket.on("data", (chunk: Uint8Array) => {
    wire.push(chunk);
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
      resolve({
        engine,
        received: concat(...parts),
        early: concat(...early),
        wire: concat(...wire),
        sessions,
      });
    });
  });
}
