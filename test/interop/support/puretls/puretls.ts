/** puretls as the counterpart of every peer: its ssl face over Node's sockets. */
import { afterEach } from "vitest";
import { concat, fromHex } from "../../../../src/bytes.ts";
import { SSLError } from "../../../../src/index.ts";
import type { SSLContext, SSLSocket } from "../../../../src/index.ts";
import {
  createDefaultContext,
  fromNodeSocket,
  listenTcp,
  openTcp,
  SSLServer,
} from "../../../../src/net/node.ts";
import { echoedBody } from "../http.ts";
import { broughtByPeer } from "../process.ts";
import { opensslSuites } from "../scenarios/options.ts";
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
import { rfcSuite } from "../scenarios/suites.ts";
import { Wire } from "./wire.ts";

/** The ssl interface, which users have. */
export const sslFace: Road = {
  label: "puretls",
  lacks: [],
  reasons: {
    unknown_ca: "CERTIFICATE_VERIFY_FAILED",
    wrong_name: "CERTIFICATE_VERIFY_FAILED",
    no_certificate: "PEER_DID_NOT_RETURN_A_CERTIFICATE",
    no_shared_group: "NO_SUITABLE_KEY_SHARE",
  },
  reasons12: { no_shared_group: "NO_SHARED_CIPHER" },
  client: puretlsClient,
  server: puretlsServer,
};

const open = new Set<() => unknown>();
afterEach(() => {
  for (const end of open) void end();
  open.clear();
});

/** Sends the payload, waits for as much, then closes. */
export async function puretlsClient(
  options: ClientOptions & ClientExtra,
  payload: Uint8Array,
): Promise<PuretlsRun> {
  const { port, ca, servername = "localhost", identity } = options;
  const context = createDefaultContext({ caFile: ca });
  if (identity)
    context.loadCertChain({ certFile: identity.cert, keyFile: identity.key });
  const wire = new Wire("client", options.version);
  configure(context, options, wire);
  const { psk } = options;
  if (psk)
    context.setPskClientCallback(() => ({
      ...{ identity: psk.identity, key: fromHex(psk.key) },
    }));
  const tcp = await openTcp({ host: "127.0.0.1", port });
  const transport = wire.watch(fromNodeSocket(tcp));
  const socket = context.wrapSocket(transport, {
    serverHostname: servername,
    suppressRaggedEofs: false,
  });
  return attend(socket, wire, async (received) => {
    const [, reading] = await Promise.allSettled([
      sendInTwo(socket, payload, options),
      receive(socket, received, options.until ? Infinity : payload.length),
    ]);
    // The reader knows better why a connection has ended.
    if (reading.status === "rejected") throw reading.reason;
    if (options.until === undefined) await socket.unwrap();
  });
}

/** Sends back what it receives on one connection. */
export async function puretlsServer(
  options: ServerOptions & ServerExtra,
): Promise<PuretlsServer> {
  const { identity, clientAuth = "none", ca } = options;
  const context = createDefaultContext({
    purpose: "clientAuth",
    ...(ca ? { caFile: ca } : {}),
  });
  context.loadCertChain({ certFile: identity.cert, keyFile: identity.key });
  context.verifyMode = clientAuth;
  const wire = new Wire("server", options.version);
  configure(context, options, wire);
  const { psk, dhParameters } = options;
  if (psk) context.setPskServerCallback(() => fromHex(psk.key));
  if (dhParameters) context.loadDhParams({ dhFile: dhParameters });
  const tcp = await listenTcp({ host: "127.0.0.1", port: 0 });
  const run = new Promise<PuretlsRun>((resolve, reject) => {
    const listener = {
      accept: async () => {
        const transport = await tcp.accept();
        return transport && wire.watch(transport);
      },
      close: () => tcp.close(),
      address: tcp.address,
    };
    const server = new SSLServer(listener, context, {
      suppressRaggedEofs: false,
      onHandshakeError: (error) => {
        resolve(runOf(wire, [], undefined, failureOf(error)));
      },
    });
    open.add(() => server.close());
    server
      .accept()
      .then(({ socket }) => attend(socket, wire, answer(socket, options)))
      .then(resolve, reject);
  });
  run.catch(() => undefined);
  return {
    port: tcp.address?.port ?? 0,
    stop: () =>
      broughtByPeer("a connection to our server, and its end", run, 60),
  };
}

/** Talks once the handshake is done, and returns the result. */
async function attend(
  socket: SSLSocket,
  wire: Wire,
  speak: (received: Uint8Array[]) => Promise<void>,
): Promise<PuretlsRun> {
  const received: Uint8Array[] = [];
  let facts: PuretlsFacts | undefined;
  let failure: PuretlsFailure | undefined;
  open.add(() => {
    socket.destroy();
  });
  try {
    await socket.ready;
    facts = factsOf(socket);
    await speak(received);
  } catch (error) {
    failure = failureOf(error);
  }
  await socket.close();
  return runOf(wire, received, facts, failure);
}

/** Reads that much or until the peer's close_notify. */
async function receive(
  socket: SSLSocket,
  received: Uint8Array[],
  length: number,
): Promise<void> {
  for (let total = 0; total < length;) {
    const bytes = await socket.recv();
    if (bytes.length === 0) return;
    received.push(bytes);
    total += bytes.length;
  }
}

async function sendInTwo(
  socket: SSLSocket,
  payload: Uint8Array,
  { updateKeys }: ClientExtra,
): Promise<void> {
  const half = payload.length >> 1;
  await socket.sendAll(payload.subarray(0, half));
  if (updateKeys) await socket.keyUpdate({ requestPeer: true });
  await socket.sendAll(payload.subarray(half));
}

/** An echo, or an answer in HTTP; both go on until the peer's close_notify. */
function answer(
  socket: SSLSocket,
  { http, updateKeys, closeAfter = Infinity }: ServerExtra,
): (received: Uint8Array[]) => Promise<void> {
  return async (received) => {
    let total = 0;
    let isClosed = false;
    for await (const bytes of socket) {
      if (updateKeys && total === 0)
        await socket.keyUpdate({ requestPeer: true });
      received.push(bytes);
      total += bytes.length;
      const reply = http ? echoedBody(received) : bytes;
      if (reply !== undefined) await socket.sendAll(reply);
      if (isClosed || reply === undefined) continue;
      // In HTTP, that the connection ends, and ends well, is the answer's end.
      isClosed = http === true || total >= closeAfter;
      if (isClosed) await socket.shutdown("write");
    }
  };
}

function configure(
  context: SSLContext,
  { version = "TLSv1.3", suites, groups, alpn }: TlsOptions,
  wire: Wire,
): void {
  context.minimumVersion = version;
  context.maximumVersion = version;
  if (suites && version === "TLSv1.3") context.setCiphersuites(suites);
  if (suites && version === "TLSv1.2")
    context.setCiphers(opensslSuites(suites));
  if (groups) context.setGroups(groups);
  if (alpn) context.setAlpnProtocols(alpn);
  context.keyLog = wire.keylog;
}

function runOf(
  wire: Wire,
  received: readonly Uint8Array[],
  facts: PuretlsFacts | undefined,
  error: PuretlsFailure | undefined,
): PuretlsRun {
  return {
    received: concat(...received),
    facts,
    error,
    // All that is said ends with it: unwrap() waits for it, as does reading.
    closedCleanly: error === undefined,
    ...wire.summary(),
  };
}

function factsOf(socket: SSLSocket): PuretlsFacts {
  const certificate = socket.getPeerCert();
  const subject =
    certificate !== null && "subject" in certificate ? certificate.subject : [];
  return {
    version: socket.version(),
    suite: rfcSuite(socket.cipher()?.name),
    group: socket.group() ?? undefined,
    alpn: socket.selectedAlpnProtocol() ?? undefined,
    peer: subject.flat().find(([type]) => type === "commonName")?.[1],
  };
}

function failureOf(error: unknown): PuretlsFailure {
  if (!(error instanceof SSLError)) throw error;
  const { reason, alert, message } = error;
  return {
    ...{ reason, message },
    ...{ alert: alert?.name, direction: alert?.direction },
  };
}
