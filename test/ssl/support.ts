/** Contexts and connections in memory, for the tests of this folder. */
import {
  MemoryBIO,
  memoryPair,
  SSLContext,
  type SSLContextOptions,
  SSLError,
  type SSLObject,
  type SSLSocket,
  SSLWantReadError,
  type Transport,
  type WrapSocketOptions,
} from "../../src/index.ts";
import { testAuthority, testClient, testServer } from "../support/pki.ts";

export function serverContext(options: SSLContextOptions = {}): SSLContext {
  const { certificatePem: cert, keyPem: key } = testServer();
  return new SSLContext({
    protocol: "tlsServer",
    certChain: { cert, key },
    ...options,
  });
}

export function clientContext(options: SSLContextOptions = {}): SSLContext {
  return new SSLContext({
    verifyLocations: { ca: testAuthority().pem },
    ...options,
  });
}

/** A client context that has a certificate of its own. */
export function authenticatedClient(): SSLContext {
  const { certificatePem: cert, keyPem: key } = testClient();
  return clientContext({ certChain: { cert, key } });
}

/** Two SSLObjects and the BIOs between them. */
export class BioPair {
  readonly clientIn = new MemoryBIO();
  readonly clientOut = new MemoryBIO();
  readonly serverIn = new MemoryBIO();
  readonly serverOut = new MemoryBIO();
  readonly client: SSLObject;
  readonly server: SSLObject;

  constructor(
    client = clientContext(),
    server = serverContext(),
    serverHostname: string | null = "server.test",
  ) {
    this.client = client.wrapBio(this.clientIn, this.clientOut, {
      serverHostname,
    });
    this.server = server.wrapBio(this.serverIn, this.serverOut, {
      serverSide: true,
    });
  }

  /** Carries what both have to say, once. */
  exchange(): void {
    this.serverIn.write(this.clientOut.read());
    this.clientIn.write(this.serverOut.read());
  }

  /** Carries on until both are done; throws what the first to fail throws. */
  handshake(): this {
    for (let i = 0; i < 4; i++) {
      for (const side of [this.client, this.server]) {
        try {
          side.doHandshake();
        } catch (error) {
          if (!(error instanceof SSLWantReadError)) throw error;
        }
        this.exchange();
      }
    }
    return this;
  }
}

/** Two SSLSockets over a pair of transports. */
export interface SocketPair {
  readonly client: SSLSocket;
  readonly server: SSLSocket;
  readonly near: Transport;
  readonly far: Transport;
}

export function socketPair(
  options: {
    readonly client?: SSLContext;
    readonly server?: SSLContext;
    readonly clientOptions?: WrapSocketOptions;
    readonly serverOptions?: WrapSocketOptions;
    readonly highWaterMark?: number;
  } = {},
): SocketPair {
  const [near, far] = memoryPair(
    options.highWaterMark === undefined
      ? {}
      : { highWaterMark: options.highWaterMark },
  );
  const server = (options.server ?? serverContext()).wrapSocket(far, {
    serverSide: true,
    ...options.serverOptions,
  });
  const client = (options.client ?? clientContext()).wrapSocket(near, {
    serverHostname: "server.test",
    ...options.clientOptions,
  });
  return { client, server, near, far };
}

/** Both sides with their handshakes done. */
export async function readyPair(
  options: Parameters<typeof socketPair>[0] = {},
): Promise<SocketPair> {
  const pair = socketPair(options);
  await Promise.all([pair.client.ready, pair.server.ready]);
  return pair;
}

/** Returns the value that a call threw. */
export function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Returns the SSLError that a call threw; throws any other. */
export function sslError(call: () => unknown): SSLError {
  const error = thrown(call);
  if (error instanceof SSLError) return error;
  throw error;
}

/** Returns the value that a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("nothing was rejected");
    },
    (error: unknown) => error,
  );
}

export const bytes = (...values: number[]): Uint8Array =>
  Uint8Array.from(values);

export const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

export const text = (data: Uint8Array): string => String.fromCharCode(...data);
