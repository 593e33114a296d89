/** A socket with no more than a context, and the events of a socket in order. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { SSLContext } from "../../src/index.ts";
import { SecureSocket } from "../../src/node-tls/socket/secure-socket.ts";
import type { SecureSocketOptions } from "../../src/node-tls/socket/secure-socket.ts";
import type { Connection } from "../../src/ssl/connection/connection.ts";
import { connectionOf } from "../../src/ssl/connection/wrapping.ts";
import { testAuthority, testServer } from "../support/pki.ts";

export const { certificatePem: cert, keyPem: key } = testServer();
export const ca = testAuthority().pem;
export const HOST = "localhost";

export function clientContext(): SSLContext {
  const context = new SSLContext();
  context.loadVerifyLocations({ ca });
  return context;
}

export function serverContext(): SSLContext {
  const context = new SSLContext({ protocol: "tlsServer" });
  context.loadCertChain({ cert, key });
  return context;
}

export class PlainSecureSocket extends SecureSocket {
  readonly #context: SSLContext;

  constructor(context: SSLContext, options: SecureSocketOptions = {}) {
    super(options);
    this.#context = context;
  }

  over(stream: Duplex): this {
    this.attach(stream);
    return this;
  }

  protected override openConnection(): Connection {
    return connectionOf(this.#context, {
      serverSide: this.isServer,
      ...(!this.isServer && { serverHostname: HOST }),
    });
  }

  protected override onSecure(): void {
    this.emit(this.isServer ? "secure" : "secureConnect");
  }
}

/** A client that connects to that port, its handshake begun. */
export function connectTo(
  port: number,
  options: SecureSocketOptions = {},
): PlainSecureSocket {
  const socket = new PlainSecureSocket(clientContext(), options);
  socket.connect({ port, host: HOST });
  socket._start();
  return socket;
}

/** A server of secure sockets on a free port. */
export async function serveSockets(
  onSocket: (socket: PlainSecureSocket, raw: Socket) => void,
  options: SecureSocketOptions = {},
) {
  const context = serverContext();
  const server = createServer((raw) => {
    const socket = new PlainSecureSocket(context, {
      ...options,
      isServer: true,
    });
    onSocket(socket.over(raw), raw);
  });
  return { server, port: await listening(server) };
}

/** Listens on a free port of the loopback, and answers which. */
export async function listening(
  server: ReturnType<typeof createServer>,
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const address = server.address() as AddressInfo;
  return address.port;
}

const EVENTS = [
  "connect",
  "ready",
  "secureConnect",
  "end",
  "finish",
  "error",
  "timeout",
  "close",
];

/** Notes the events of a socket; `closed` resolves with them. */
export function watch(socket: Duplex) {
  const events: string[] = [];
  for (const name of EVENTS)
    socket.on(name, (told: unknown) => {
      const code: unknown =
        told instanceof Error ? Reflect.get(told, "code") : told;
      events.push(code === undefined ? name : `${name} ${String(code)}`);
    });
  const closed = new Promise<string[]>((resolve) => {
    socket.once("close", () => {
      resolve(events);
    });
  });
  return { events, closed };
}
