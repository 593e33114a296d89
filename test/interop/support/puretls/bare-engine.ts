/** puretls without its face: the engine over Node's sockets, by hand. */
import { readFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import type { Socket } from "node:net";
import { afterEach } from "vitest";
import { concat, fromHex, utf8Bytes } from "../../../../src/bytes.ts";
import { noble } from "../../../../src/crypto/noble/index.ts";
import {
  createClientConfig,
  createCredential,
  createServerConfig,
  TlsEngine,
} from "../../../../src/engine/index.ts";
import type {
  ConnectionInfo,
  Credential,
  EngineEvent,
  TlsError,
} from "../../../../src/engine/index.ts";
import { CIPHER_SUITES } from "../../../../src/handshake/registries/cipher-suites.ts";
import { GROUPS } from "../../../../src/handshake/registries/groups.ts";
import {
  createVerifier,
  parseCertificates,
  parsePrivateKey,
  TrustStore,
} from "../../../../src/x509/index.ts";
import type { CertificateVerifier } from "../../../../src/x509/index.ts";
import type { KeyFiles } from "../certificates.ts";
import { echoedBody } from "../http.ts";
import { broughtByPeer } from "../process.ts";
import type {
  ClientOptions,
  ServerOptions,
  TlsOptions,
} from "../scenarios/options.ts";
import type {
  ClientExtra,
  PuretlsFacts,
  PuretlsFailure,
  PuretlsRun,
  PuretlsServer,
  Road,
  ServerExtra,
} from "./road.ts";

/** The way below the ssl interface: engine, configs and credentials by hand. */
export const bareEngine: Road = {
  label: "puretls' bare engine",
  lacks: [],
  reasons: {
    unknown_ca: "unknown_ca",
    wrong_name: "bad_certificate",
    no_certificate: "peer_did_not_return_a_certificate",
    no_shared_group: "no_shared_group",
  },
  reasons12: {
    no_certificate: "client_sent_no_certificate",
    no_shared_group: "no_shared_cipher",
  },
  client: engineClient,
  server: engineServer,
};

const open = new Set<{ destroy(): void }>();
afterEach(() => {
  for (const each of open) each.destroy();
  open.clear();
});

/** Sends the payload, waits for as much, then closes. */
function engineClient(
  options: ClientOptions & ClientExtra,
  payload: Uint8Array,
): Promise<PuretlsRun> {
  const { port, ca, servername = "localhost", identity } = options;
  const engine = TlsEngine.client(
    createClientConfig({
      ...common(options),
      verifier: verifierOf(ca),
      ...(identity ? { credentials: [credentialOf(identity)] } : {}),
      // One share, so that a server's other choice takes a HelloRetryRequest.
      ...(options.groups
        ? { keyShares: known(GROUPS, options.groups.slice(0, 1)) }
        : {}),
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
      if (total >= payload.length && !options.until) engine.close();
    },
  });
}

/** Sends back what it receives on one connection. */
function engineServer(
  options: ServerOptions & ServerExtra,
): Promise<PuretlsServer> {
  const { identity, clientAuth = "none", ca, http } = options;
  const config = createServerConfig({
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
      resolve({
        port,
        stop: () =>
          broughtByPeer("a connection to our server, and its end", run, 60),
      });
    });
  });
}

/** Callbacks that write a side's data; each call is followed by a flush. */
interface Speech {
  begin?(): void;
  data(bytes: Uint8Array, total: number): void;
}

function echo(
  engine: TlsEngine,
  { updateKeys, closeAfter = Infinity }: ServerExtra,
): Speech {
  let updated = false;
  return {
    data: (bytes, total) => {
      if (updateKeys && !updated) engine.updateKeys(true);
      updated = true;
      engine.write(bytes);
      if (total >= closeAfter) engine.close();
    },
  };
}

function httpAnswer(engine: TlsEngine): Speech {
  const received: Uint8Array[] = [];
  return {
    data: (bytes) => {
      received.push(bytes);
      const answer = echoedBody(received);
      if (answer === undefined) return;
      engine.write(answer);
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
  let helloRetried = false;
  let closedCleanly = false;
  let readKeyUpdates = 0;
  const onEvent = (event: EngineEvent): void => {
    if (event.type === "handshake_done") {
      facts = factsOf(event.info);
      helloRetried = event.info.helloRetried;
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
  socket.on("error", () => {
    // "close" follows: what a reset cuts off is cut off.
    engine.receiveEof();
    drain();
  });
  drain();
  return new Promise((resolve) => {
    socket.on("close", () => {
      open.delete(socket);
      resolve({
        received: concat(...received),
        error: engine.error && failureOf(engine.error),
        ...{ facts, helloRetried, closedCleanly, readKeyUpdates },
      });
    });
  });
}

function factsOf(info: ConnectionInfo): PuretlsFacts {
  return {
    version: info.version,
    suite: info.cipherSuite.name,
    group: info.group,
    alpn: info.alpnProtocol,
    peer: info.peer?.leaf.subject.commonNames[0],
  };
}

function failureOf({
  reason,
  alert,
  direction,
  message,
}: TlsError): PuretlsFailure {
  return {
    ...{ reason, direction, message },
    alert: alert === undefined ? undefined : String(alert),
  };
}

function common(options: TlsOptions) {
  const { version = "TLSv1.3", suites, groups, alpn, psk } = options;
  const external = psk && {
    identity: utf8Bytes(psk.identity),
    key: fromHex(psk.key),
  };
  return {
    provider: noble,
    versions: [version],
    ...(external ? { psk: () => external } : {}),
    ...(suites ? { cipherSuites: known(CIPHER_SUITES, suites) } : {}),
    ...(groups ? { groups: known(GROUPS, groups) } : {}),
    ...(alpn ? { alpnProtocols: alpn } : {}),
  };
}

function known<Name extends string>(
  table: Readonly<Record<Name, unknown>>,
  names: readonly string[],
): Name[] {
  return names.map((name) => {
    const isKnown = (key: string): key is Name => Object.hasOwn(table, key);
    if (!isKnown(name)) throw new Error(`puretls does not know ${name}`);
    return name;
  });
}

function credentialOf({ cert, key }: KeyFiles): Credential {
  return createCredential({
    provider: noble,
    chain: parseCertificates(readFileSync(cert, "utf8")).map(({ der }) => der),
    key: parsePrivateKey(readFileSync(key, "utf8")),
  });
}

function verifierOf(ca: string): CertificateVerifier {
  const trustStore = TrustStore.of(readFileSync(ca, "utf8"));
  return createVerifier({ provider: noble, trustStore });
}
