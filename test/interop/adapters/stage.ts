/** Servers for the acts of programs/acts.ts: OpenSSL, by Node's module tls and its program. */
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Certificates, useCertificates } from "../support/certificates.ts";
import { freePort } from "../support/ports.ts";
import { serverProgram } from "../support/programs.ts";
import { pattern, type Settings } from "./programs/acts.ts";

/** Bytes that the flood has. */
export const FLOOD = 24 << 20;

/** Facts that the servers saw. */
export interface Seen {
  /** Bytes of the flood that had gone out while nobody read. */
  flooded: number;
  /** Bytes that came after the server's own end. */
  afterEnd: number;
  /** Milliseconds that the longest connection to the silent server was open. */
  silence: number;
}

export interface Stage {
  readonly settings: Settings;
  readonly seen: Seen;
  readonly certificates: Certificates;
}

/** Starts the servers for a file of tests. */
export function useStage(): () => Stage {
  const certificates = useCertificates();
  const servers: Server[] = [];
  const seen: Seen = { flooded: 0, afterEnd: 0, silence: 0 };
  let ports = { stage: 0, silent: 0, refused: 0 };
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    const { cert, key } = certificates().server["ECDSA P-256"];
    const identity = {
      cert: readFileSync(cert, "utf8"),
      key: readFileSync(key, "utf8"),
    };
    const keep = (socket: Socket): void => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
      });
    };
    const stage = createServer({ allowHalfOpen: true }, (raw) => {
      keep(raw);
      // Its types lack allowHalfOpen, which it takes from the socket below.
      const socket = new TLSSocket(raw, { isServer: true, ...identity });
      socket.allowHalfOpen = true;
      socket.on("error", () => undefined);
      act(socket, raw, seen);
    });
    const silent = createServer({ allowHalfOpen: true }, (raw) => {
      keep(raw);
      const begun = Date.now();
      raw.resume();
      raw.on("end", () => raw.end());
      raw.on("close", () => {
        seen.silence = Math.max(seen.silence, Date.now() - begun);
      });
    });
    servers.push(stage, silent);
    ports = {
      stage: await listening(stage),
      silent: await listening(silent),
      refused: await freePort(),
    };
  });
  beforeEach(() => {
    Object.assign(seen, { flooded: 0, afterEnd: 0, silence: 0 });
  });
  afterAll(() => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  });

  return () => ({
    seen,
    certificates: certificates(),
    settings: {
      ...ports,
      openssl: 0,
      ca: readFileSync(certificates().ca, "utf8"),
      strangerCa: readFileSync(certificates().strangerCa, "utf8"),
    },
  });
}

/** OpenSSL's program as a server that sends back what it gets. */
export async function opensslEcho(certificates: Certificates): Promise<number> {
  const { cert, key } = certificates.server["ECDSA P-256"];
  const { port } = await serverProgram((free) => [
    ...(["openssl", "s_server", "-accept"] as const),
    ...[`127.0.0.1:${String(free)}`, "-cert", cert, "-key", key, "-quiet"],
  ]);
  return port;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
    });
  });
}

/** Writes as fast as the other side takes it, and notes how much that was. */
function flood(socket: TLSSocket, seen: Seen): void {
  const piece = new Uint8Array(1 << 16);
  let left = FLOOD;
  const pump = (): void => {
    while (left > 0) {
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
    socket.off("drain", pump);
    socket.end();
  };
  socket.on("drain", pump);
  pump();
  setTimeout(() => (seen.flooded = FLOOD - left), 1000);
}

/** Does what the first line says. */
function act(socket: TLSSocket, raw: Socket, seen: Seen): void {
  let head = Buffer.alloc(0);
  let received = 0;
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(10);
    if (end < 0) return;
    socket.off("data", onData);
    received = head.length - end - 1;
    const count = (): void => {
      socket.on("data", ({ length }: Buffer) => (received += length));
    };
    switch (head.subarray(0, end).toString()) {
      case "answer after the end":
        count();
        socket.on("end", () => {
          socket.end(received === 100_000 ? pattern(300_000) : "");
        });
        break;
      case "end first":
        count();
        socket.end();
        socket.on("end", () => (seen.afterEnd = received));
        break;
      case "reset":
        raw.resetAndDestroy();
        break;
      case "cut":
        raw.destroy();
        break;
      case "flood":
        socket.resume();
        flood(socket, seen);
        break;
      case "sink":
        count();
        socket.pause();
        setTimeout(() => socket.resume(), 800);
        socket.on("end", () => socket.end(String(received)));
        break;
      default:
        socket.pause();
    }
  };
  socket.on("data", onData);
}
