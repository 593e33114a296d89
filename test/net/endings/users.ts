/** The adapters under test, each behind one interface. */
import type { Duplex } from "node:stream";
import { node } from "../../../src/crypto/node.ts";
import {
  fromWebStreams,
  MemoryBIO,
  pump,
  SSLContext,
  type SSLSocket,
  toWebStreams,
  type Transport,
  type WrapSocketOptions,
} from "../../../src/index.ts";
import {
  fromNodeSocket,
  openTcp,
  serve,
  toNodeDuplex,
} from "../../../src/net/node.ts";
import { openTransport } from "../../../src/net/node-tcp.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  memoryWire,
  type Version,
  type Wire,
  WireServer,
  wireTo,
} from "./peer.ts";

export interface User {
  readonly role: "client" | "server";
  handshake(): Promise<unknown>;
  /** "12 bytes", or "end", or "truncated". */
  recv(timeout?: number): Promise<string>;
  send(bytes: Uint8Array): Promise<unknown>;
  unwrap?(): Promise<unknown>;
  close(): Promise<unknown>;
  destroy(): void;
}

export interface Adapter {
  readonly title: string;
  /**
   * The kind of the adapter, on which timeouts, unwrap() and close() depend.
   */
  readonly is: "socket" | "object" | "stream" | "net.Socket";
  open(
    version: Version,
    suppressRaggedEofs: boolean,
  ): Promise<{ user: User; wire: Wire; release(): Promise<void> }>;
}

const clients = new Map<Version, SSLContext>();
const servers = new Map<Version, SSLContext>();

/** Made once: no connection of these tests resumes or changes it. */
function clientContext(version: Version): SSLContext {
  const known = clients.get(version) ?? makeClientContext(version);
  clients.set(version, known);
  return known;
}

function serverContext(version: Version): SSLContext {
  const known = servers.get(version) ?? makeServerContext(version);
  servers.set(version, known);
  return known;
}

function makeClientContext(version: Version): SSLContext {
  return new SSLContext({
    provider: node,
    verifyLocations: { ca: testAuthority().pem },
    minimumVersion: version,
    maximumVersion: version,
  });
}

function makeServerContext(version: Version): SSLContext {
  const { certificatePem: cert, keyPem: key } = testServer();
  return new SSLContext({
    protocol: "tlsServer",
    provider: node,
    certChain: { cert, key },
    minimumVersion: version,
    maximumVersion: version,
  });
}

const wrapOptions = (suppressRaggedEofs: boolean): WrapSocketOptions => ({
  serverHostname: "server.test",
  doHandshakeOnConnect: false,
  suppressRaggedEofs,
});

function socketUser(socket: SSLSocket): User {
  return {
    role: socket.serverSide ? "server" : "client",
    handshake: () => socket.doHandshake(),
    recv: async () => {
      const bytes = await socket.recv();
      if (bytes.length > 0) return `${String(bytes.length)} bytes`;
      return socket.truncated ? "truncated" : "end";
    },
    send: (bytes) => socket.sendAll(bytes),
    unwrap: () => socket.unwrap(),
    close: () => socket.close(),
    destroy: () => {
      socket.destroy();
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

/** A wire of TCP, and the user's transport over it. */
async function tcpWire(
  open: (port: number) => Promise<Transport>,
): Promise<{ wire: Wire; user: Transport }> {
  const server = new WireServer();
  const port = await server.open();
  const [wire, user] = await Promise.all([server.next(), open(port)]);
  server.close();
  return { wire, user };
}

const host = "127.0.0.1";
/** Of its own making: a readable of Duplex.toWeb() ends with both directions. */
const throughWeb = async (port: number): Promise<Transport> => {
  const transport = await throughTcp(port);
  const readable = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await transport.read();
        if (bytes === null) controller.close();
        else controller.enqueue(bytes);
      },
      cancel: () => transport.close(),
    },
    { highWaterMark: 0 },
  );
  const writable = new WritableStream<Uint8Array>({
    write: (bytes) => transport.write(bytes),
    close: () => transport.closeWrite(),
    abort: (error) => {
      transport.abort(error);
    },
  });
  return fromWebStreams({ readable, writable });
};
const throughTcp = (port: number): Promise<Transport> =>
  openTransport({ host, port });

function over(
  title: string,
  is: Adapter["is"],
  wires: () => Promise<{ wire: Wire; user: Transport }>,
  face: (socket: SSLSocket) => User,
): Adapter {
  return {
    title,
    is,
    open: async (version, suppressRaggedEofs) => {
      const { wire, user } = await wires();
      const socket = clientContext(version).wrapSocket(
        user,
        wrapOptions(suppressRaggedEofs),
      );
      return { user: face(socket), wire, release: nothing };
    },
  };
}

function duplexUser(socket: SSLSocket): User {
  let duplex: Duplex | undefined;
  // Its reading begins the handshake.
  const stream = (): Duplex => {
    duplex ??= toNodeDuplex(socket, { allowHalfOpen: true }).on(
      "error",
      () => undefined,
    );
    return duplex;
  };
  return {
    role: "client",
    handshake: () => socket.doHandshake(),
    recv: async () => {
      const chunks = stream().iterator({ destroyOnReturn: false });
      const { done, value } = await chunks.next();
      if (done !== true) return `${String((value as Uint8Array).length)} bytes`;
      return socket.truncated ? "truncated" : "end";
    },
    send: (bytes) =>
      new Promise<void>((resolve, reject) => {
        stream().write(bytes, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    close: () =>
      new Promise<void>((resolve) => {
        stream().once("close", resolve);
        stream().destroy();
      }),
    destroy: () => {
      socket.destroy();
    },
  };
}

function webUser(socket: SSLSocket): User {
  let streams: ReturnType<typeof toWebStreams> | undefined;
  const both = () => (streams ??= toWebStreams(socket));
  return {
    role: "client",
    handshake: () => socket.doHandshake(),
    recv: async () => {
      const reader = both().readable.getReader();
      try {
        const { done, value } = await reader.read();
        if (!done) return `${String(value.length)} bytes`;
        return socket.truncated ? "truncated" : "end";
      } finally {
        reader.releaseLock();
      }
    },
    send: async (bytes) => {
      const writer = both().writable.getWriter();
      writer.closed.catch(() => undefined);
      try {
        await writer.write(bytes);
      } finally {
        writer.releaseLock();
      }
    },
    close: () => socket.close(),
    destroy: () => {
      socket.destroy();
    },
  };
}

/** An SSLObject, its BIOs pumped over TCP. */
const objectAdapter: Adapter = {
  title: "SSLObject over BIOs",
  is: "object",
  open: async (version) => {
    const { wire, user: transport } = await tcpWire(throughTcp);
    const incoming = new MemoryBIO();
    const outgoing = new MemoryBIO();
    const object = clientContext(version).wrapBio(incoming, outgoing, {
      serverHostname: "server.test",
    });
    const call = <T>(what: () => T): Promise<T> =>
      pump(transport, { object, incoming, outgoing }, what);
    const user: User = {
      role: "client",
      handshake: () =>
        call(() => {
          object.doHandshake();
        }),
      recv: async () => {
        const bytes = await call(() => object.read());
        return bytes.length > 0 ? `${String(bytes.length)} bytes` : "end";
      },
      send: (bytes) => call(() => object.write(bytes)),
      unwrap: () =>
        call(() => {
          object.unwrap();
        }),
      close: () => transport.close(),
      destroy: () => {
        transport.abort();
      },
    };
    return { user, wire, release: nothing };
  },
};

/** Sockets that an SSLServer accepts. */
const serverAdapter: Adapter = {
  title: "SSLServer's sockets",
  is: "socket",
  open: async (version, suppressRaggedEofs) => {
    const server = await serve({
      context: serverContext(version),
      doHandshakeOnConnect: false,
      suppressRaggedEofs,
    });
    const [wire, { socket }] = await Promise.all([
      wireTo(server.port),
      server.accept(),
    ]);
    return {
      user: socketUser(socket),
      wire,
      release: () => server.close(),
    };
  },
};

export const ADAPTERS: readonly Adapter[] = [
  over(
    "SSLSocket in memory",
    "socket",
    () => Promise.resolve(memoryWire()),
    socketUser,
  ),
  over("SSLSocket over TCP", "socket", () => tcpWire(throughTcp), socketUser),
  over(
    "SSLSocket over a socket of Node's",
    "socket",
    () =>
      tcpWire(async (port) => fromNodeSocket(await openTcp({ host, port }))),
    socketUser,
  ),
  over(
    "SSLSocket over WHATWG streams",
    "socket",
    () => tcpWire(throughWeb),
    socketUser,
  ),
  serverAdapter,
  objectAdapter,
  over("toNodeDuplex()", "net.Socket", () => tcpWire(throughTcp), duplexUser),
  over("toWebStreams()", "stream", () => tcpWire(throughTcp), webUser),
];
