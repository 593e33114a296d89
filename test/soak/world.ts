/** The contexts, servers and clients that all programs of a soak share. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  type AddressInfo,
  connect as connectNet,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import {
  type ConnectionOptions,
  connect as connectTls,
  createServer as createTlsServer,
  type TlsOptions,
  type TLSSocket,
} from "node:tls";
import { node } from "../../src/crypto/node.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { SSLContext, type SSLSession } from "../../src/index.ts";
import {
  connect,
  fromNodeSocket,
  openTcp,
  serve,
  type SSLServer,
} from "../../src/net/node.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import {
  duplexEnd,
  type End,
  nodeEnd,
  ObjectEnd,
  socketEnd,
  webEnd,
} from "./ends.ts";
import type { EndKind, Program, Version } from "./plan.ts";

/** Milliseconds of a call: where all arrives, and where it may not. */
export const PATIENT = 120_000;
export const BRISK = 5000;

export const SERVER_NAME = "server.test";
const MAX_EARLY = 16_384;

/** The session that a client resumes. */
export type Kept = SSLSession | Buffer;

export interface Connecting {
  readonly program: Program;
  readonly port: number;
  readonly timeout: number;
  readonly session: Kept | undefined;
  /** Sent as early data. */
  readonly early: Uint8Array | undefined;
  /** Called with sessions that come later, too. */
  readonly onSession: (session: Kept) => void;
}

type Accepted = { readonly end: End } | { readonly error: unknown };

/** Hands a server's connections to the programs that they belong to. */
class Arrivals {
  readonly #waiting = new Map<number, (accepted: Accepted) => void>();
  readonly #early = new Map<number, Accepted>();

  put(port: number, accepted: Accepted): void {
    const waiter = this.#waiting.get(port);
    this.#waiting.delete(port);
    if (waiter === undefined) this.#early.set(port, accepted);
    else waiter(accepted);
  }

  take(port: number): Promise<Accepted> {
    const early = this.#early.get(port);
    this.#early.delete(port);
    if (early !== undefined) return Promise.resolve(early);
    return new Promise((resolve) => this.#waiting.set(port, resolve));
  }
}

/** A server of a kind, with a time for its calls. */
interface RunningServer {
  readonly port: number;
  readonly arrivals: Arrivals;
  close(): Promise<void>;
}

export class World {
  readonly #servers = new Map<string, RunningServer>();
  readonly #clients = new Map<string, SSLContext>();

  static async open(): Promise<World> {
    const world = new World();
    // Tickets of a server are good at all others of its provider.
    const { certificatePem: cert, keyPem: key } = testServer();
    const options: TlsOptions = {
      cert,
      key,
      allowHalfOpen: true,
      ticketKeys: randomBytes(48),
    };
    for (const provider of ["node", "noble"] as const) {
      const context = serverContext(provider);
      for (const timeout of [PATIENT, BRISK])
        for (const ragged of [true, false]) {
          const set = (kind: EndKind, server: RunningServer) =>
            world.#servers.set(keyOf(kind, provider, timeout, ragged), server);
          for (const kind of ["socket", "duplex", "web"] as const)
            set(kind, await sslServer(kind, context, timeout, ragged));
          set("object", await objectServer(context, timeout));
          set("node:tls", await nodeServer(options, timeout));
        }
    }
    return world;
  }

  /** The server that a program is for. */
  server(program: Program, timeout: number): RunningServer {
    const { server, provider, suppressRaggedEofs } = program;
    const key = keyOf(server, provider, timeout, suppressRaggedEofs);
    const running = this.#servers.get(key);
    if (running === undefined) throw new Error(`no server ${key}`);
    return running;
  }

  /** A client of the program's kind, its handshake done. */
  async client(connecting: Connecting): Promise<End> {
    const { program, timeout } = connecting;
    const context = this.#context(program.provider, program.version);
    switch (program.client) {
      case "node:tls":
        return nodeClient(connecting);
      case "object":
        return objectClient(context, connecting);
      case "socket":
        return socketEnd(await sslClient(context, connecting), timeout);
      case "duplex":
        return duplexEnd(await sslClient(context, connecting), timeout);
      case "web":
        return webEnd(await sslClient(context, connecting), timeout);
    }
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) await server.close();
  }

  #context(provider: Program["provider"], version: Version): SSLContext {
    const key = `${provider} ${version}`;
    let context = this.#clients.get(key);
    if (context === undefined) {
      context = new SSLContext({
        provider: PROVIDERS[provider],
        verifyLocations: { ca: testAuthority().pem },
        minimumVersion: version,
        maximumVersion: version,
        earlyData: true,
      });
      this.#clients.set(key, context);
    }
    return context;
  }
}

const PROVIDERS = { node, noble } as const;

function keyOf(
  kind: EndKind,
  provider: Program["provider"],
  timeout: number,
  ragged: boolean,
): string {
  return `${kind} ${provider} ${String(timeout)} ${String(ragged)}`;
}

function serverContext(provider: Program["provider"]): SSLContext {
  const { certificatePem: cert, keyPem: key } = testServer();
  return new SSLContext({
    protocol: "tlsServer",
    provider: PROVIDERS[provider],
    certChain: { cert, key },
    maxEarlyData: MAX_EARLY,
  });
}

async function sslServer(
  kind: "socket" | "duplex" | "web",
  context: SSLContext,
  timeout: number,
  suppressRaggedEofs: boolean,
): Promise<RunningServer> {
  const arrivals = new Arrivals();
  const server: SSLServer = await serve({
    context,
    handshakeTimeout: timeout,
    suppressRaggedEofs,
    onHandshakeError: (error, address) => {
      arrivals.put(address?.port ?? 0, { error });
    },
  });
  const end = { socket: socketEnd, duplex: duplexEnd, web: webEnd }[kind];
  const accepting = (async () => {
    for (;;) {
      try {
        const { socket, address } = await server.accept();
        arrivals.put(address?.port ?? 0, { end: end(socket, timeout) });
      } catch {
        return;
      }
    }
  })();
  return {
    port: server.port,
    arrivals,
    close: async () => {
      await server.close();
      await accepting;
    },
  };
}

async function objectServer(
  context: SSLContext,
  timeout: number,
): Promise<RunningServer> {
  return rawServer(async (socket) => {
    const transport = fromNodeSocket(socket);
    const end = new ObjectEnd(context, transport, timeout, {
      serverSide: true,
    });
    try {
      await end.handshake();
      return end;
    } catch (error) {
      end.destroy();
      throw error;
    }
  });
}

async function nodeServer(
  options: TlsOptions,
  timeout: number,
): Promise<RunningServer> {
  const arrivals = new Arrivals();
  const server = createTlsServer({ ...options, handshakeTimeout: timeout });
  const pending = new Set<number>();
  const below = new Map<number, Socket>();
  server.on("connection", (socket: Socket) => {
    const { remotePort = 0 } = socket;
    pending.add(remotePort);
    below.set(remotePort, socket);
    const over = (): void => {
      clearTimeout(timer);
      below.delete(remotePort);
      if (pending.delete(remotePort))
        arrivals.put(remotePort, { error: new Error("no handshake") });
    };
    // Node 20 leaves this socket open now and then, though its peer is gone, and
    // says nothing of the TLSSocket above it either.
    const timer = setTimeout(() => {
      if (!pending.has(remotePort)) return;
      socket.destroy();
      over();
    }, 2 * timeout);
    socket.once("close", over);
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    const { remotePort = 0 } = socket;
    if (pending.delete(remotePort))
      arrivals.put(remotePort, { end: nodeEnd(socket, timeout) });
  });
  server.on("tlsClientError", (_error, socket) => {
    const { remotePort = 0 } = socket;
    socket.destroy();
    below.get(remotePort)?.destroy();
  });
  return listening(server, arrivals);
}

async function rawServer(
  welcome: (socket: Socket) => Promise<End>,
): Promise<RunningServer> {
  const arrivals = new Arrivals();
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true });
  server.on("connection", (socket) => {
    const { remotePort = 0 } = socket;
    socket.on("error", () => undefined);
    welcome(socket).then(
      (end) => {
        arrivals.put(remotePort, { end });
      },
      (error: unknown) => {
        socket.destroy();
        arrivals.put(remotePort, { error });
      },
    );
  });
  return listening(server, arrivals);
}

async function listening(
  server: Server,
  arrivals: Arrivals,
): Promise<RunningServer> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    arrivals,
    close: async () => {
      server.close();
      // What is left was told by then, and must not hold the report up.
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Node's handshake ends with an event, an error or nothing at all. */
function nodeHandshake(socket: TLSSocket, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(new Error(`no handshake in ${String(timeout)} ms`));
    }, timeout);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.on("error", fail);
    socket.once("close", () => {
      fail(new Error("closed in the handshake"));
    });
  });
}

async function nodeClient(connecting: Connecting): Promise<End> {
  const { program, port, timeout, session, onSession } = connecting;
  const { version } = program;
  const socket = connectTls({
    socket: connectNet({ host: "127.0.0.1", port, allowHalfOpen: true }),
    allowHalfOpen: true,
    servername: SERVER_NAME,
    ca: testAuthority().pem,
    minVersion: version === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3",
    maxVersion: version === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3",
    ...(Buffer.isBuffer(session) && { session }),
  } as ConnectionOptions);
  socket.on("session", onSession);
  await nodeHandshake(socket, timeout);
  return nodeEnd(socket, timeout);
}

async function objectClient(
  context: SSLContext,
  connecting: Connecting,
): Promise<End> {
  const { port, timeout, session, early } = connecting;
  const socket = await openTcp({ host: "127.0.0.1", port });
  const end = new ObjectEnd(context, fromNodeSocket(socket), timeout, {
    serverHostname: SERVER_NAME,
    session: Buffer.isBuffer(session) ? null : (session ?? null),
  });
  try {
    if (early !== undefined) end.secure.writeEarlyData(early);
    await end.handshake();
  } catch (error) {
    end.destroy();
    throw error;
  }
  return end;
}

async function sslClient(context: SSLContext, connecting: Connecting) {
  const { program, port, timeout, session, early } = connecting;
  const kept = Buffer.isBuffer(session) ? undefined : session;
  if (early === undefined)
    return connect({
      context,
      host: "127.0.0.1",
      port,
      timeout,
      serverHostname: SERVER_NAME,
      suppressRaggedEofs: program.suppressRaggedEofs,
      ...(kept !== undefined && { session: kept }),
    });
  const tcp = await openTcp({ host: "127.0.0.1", port });
  const socket = context.wrapSocket(fromNodeSocket(tcp), {
    serverHostname: SERVER_NAME,
    suppressRaggedEofs: program.suppressRaggedEofs,
    doHandshakeOnConnect: false,
    session: kept ?? null,
  });
  try {
    await socket.sendEarlyData(early, { timeout });
    await socket.doHandshake({ timeout });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}
