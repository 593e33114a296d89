/** puretls as the counterpart of every peer: its engine over Node's sockets. */
import { readFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import type { Socket } from "node:net";
import { afterEach } from "vitest";
import { concat, latin1, utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  clientConfig,
  credential,
  serverConfig,
  TlsEngine,
} from "../../../src/engine/index.ts";
import type {
  ConnectionInfo,
  Credential,
  EngineEvent,
  TlsError,
} from "../../../src/engine/index.ts";
import {
  createVerifier,
  parseCertificates,
  parsePrivateKey,
  TrustStore,
} from "../../../src/x509/index.ts";
import type { CertificateVerifier } from "../../../src/x509/index.ts";
import type { KeyFiles } from "./certificates.ts";
import type { ClientOptions, ServerOptions, TlsOptions } from "./options.ts";

/** What puretls knows of the connection once the handshake is done. */
export interface PuretlsFacts {
  readonly suite: string;
  readonly group: string;
  readonly alpn: string | undefined;
  /** The common name of the peer's verified certificate. */
  readonly peer: string | undefined;
  readonly helloRetried: boolean;
}

export interface PuretlsRun {
  readonly received: Uint8Array;
  readonly facts: PuretlsFacts | undefined;
  readonly error: TlsError | undefined;
  /** Whether the peer's close_notify came. */
  readonly closedCleanly: boolean;
  /** How often the peer changed its keys. */
  readonly readKeyUpdates: number;
}

export interface PuretlsServer {
  readonly port: number;
  /** Waits for the end of its one connection. */
  stop(): Promise<PuretlsRun>;
}

interface Extra {
  /** Asks for a KeyUpdate in the midst of the data. */
  readonly updateKeys?: boolean | undefined;
}

const open = new Set<{ destroy(): void }>();
afterEach(() => {
  for (const each of open) each.destroy();
  open.clear();
});

/** Sends the payload, waits for as much, then closes. */
export function puretlsClient(
  options: ClientOptions & Extra,
  payload: Uint8Array,
): Promise<PuretlsRun> {
  const { port, ca, servername = "localhost", identity } = options;
  const engine = TlsEngine.client(
    clientConfig({
      ...common(options),
      verifier: verifierOf(ca),
      ...(identity ? { credentials: [credentialOf(identity)] } : {}),
      // One share, so that a server's other choice takes a HelloRetryRequest.
      ...(options.groups ? { keyShares: options.groups.slice(0, 1) } : {}),
    }),
    servername,
  );
  const half = payload.length >> 1;
  return converse(connect(port, "127.0.0.1"), engine, {
    begin: () => {
      engine.write(payload.subarray(0, half));
      if (options.updateKeys) engine.updateKeys(true);
      engine.write(payload.subarray(half));
    },
    data: (_, total) => {
      if (total >= payload.length) engine.close();
    },
  });
}

/** Sends back what it receives on one connection; `http`: as an answer's body. */
export function puretlsServer(
  options: ServerOptions & Extra & { readonly http?: boolean },
): Promise<PuretlsServer> {
  const { identity, clientAuth = "none", ca, http = false } = options;
  const config = serverConfig({
    ...common(options),
    credentials: [credentialOf(identity)],
    clientAuthentication: clientAuth,
    ...(ca ? { verifier: verifierOf(ca) } : {}),
  });
  return new Promise((resolve, reject) => {
    const listener = createServer({ allowHalfOpen: true });
    const run = new Promise<PuretlsRun>((settle) => {
      listener.once("connection", (socket) => {
        const engine = TlsEngine.server(config);
        const speak = http ? httpAnswer(engine) : echo(engine, options);
        settle(converse(socket, engine, speak));
      });
    });
    listener.once("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      open.add({ destroy: () => listener.close() });
      const address = listener.address();
      const port =
        address !== null && typeof address === "object" ? address.port : 0;
      resolve({ port, stop: () => run });
    });
  });
}

/** What a side says; each call is followed by a flush. */
interface Speech {
  begin?(): void;
  data(bytes: Uint8Array, total: number): void;
}

function echo(engine: TlsEngine, { updateKeys }: Extra): Speech {
  let updated = false;
  return {
    data: (bytes) => {
      if (updateKeys && !updated) engine.updateKeys(true);
      updated = true;
      engine.write(bytes);
    },
  };
}

function httpAnswer(engine: TlsEngine): Speech {
  let request: Uint8Array = new Uint8Array(0);
  return {
    data: (bytes) => {
      request = concat(request, bytes);
      const head = /^[^]*?\r\n\r\n/.exec(
        latin1(request.subarray(0, 4096)),
      )?.[0];
      const length = /content-length: *(\d+)/i.exec(head ?? "")?.[1];
      if (head === undefined || length === undefined) return;
      const body = request.subarray(head.length);
      if (body.length < Number(length)) return;
      // No length: that the connection ends, and ends well, is part of it.
      engine.write(utf8Bytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
      engine.write(body);
      engine.close();
    },
  };
}

/** Carries a connection from the first byte to the end of its socket. */
function converse(
  socket: Socket,
  engine: TlsEngine,
  speech: Speech,
): Promise<PuretlsRun> {
  const received: Uint8Array[] = [];
  let total = 0;
  let facts: PuretlsFacts | undefined;
  let closedCleanly = false;
  let readKeyUpdates = 0;
  const onEvent = (event: EngineEvent): void => {
    if (event.type === "handshake_done") {
      facts = factsOf(event.info);
      speech.begin?.();
    } else if (event.type === "data") {
      received.push(event.bytes);
      total += event.bytes.length;
      speech.data(event.bytes, total);
    } else if (event.type === "key_update") {
      if (event.direction === "read") readKeyUpdates++;
    } else if (event.type === "peer_closed") {
      closedCleanly = true;
      engine.close();
    }
  };
  const drain = (): void => {
    for (let event; (event = engine.nextEvent()) !== undefined;) onEvent(event);
    const output = engine.takeOutput();
    if (output.length > 0) socket.write(output);
    if (engine.error !== undefined || closedCleanly) socket.end();
  };
  open.add(socket);
  socket.allowHalfOpen = true;
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
      const { error } = engine;
      const all = concat(...received);
      resolve({ received: all, facts, error, closedCleanly, readKeyUpdates });
    });
  });
}

function factsOf(info: ConnectionInfo): PuretlsFacts {
  return {
    suite: info.cipherSuite.name,
    group: info.group,
    alpn: info.alpnProtocol,
    peer: info.peer?.leaf.subject.commonNames[0],
    helloRetried: info.helloRetried,
  };
}

function common({ suites, groups, alpn }: TlsOptions) {
  return {
    provider: noble,
    ...(suites ? { cipherSuites: suites } : {}),
    ...(groups ? { groups } : {}),
    ...(alpn ? { alpnProtocols: alpn } : {}),
  };
}

function credentialOf({ cert, key }: KeyFiles): Credential {
  return credential({
    provider: noble,
    chain: parseCertificates(readFileSync(cert, "utf8")).map(({ der }) => der),
    key: parsePrivateKey(readFileSync(key, "utf8")),
  });
}

function verifierOf(ca: string): CertificateVerifier {
  const trustStore = TrustStore.of(readFileSync(ca, "utf8"));
  return createVerifier({ provider: noble, trustStore });
}
