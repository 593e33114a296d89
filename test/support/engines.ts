/** Engines that talk to each other in memory, in any cut of the bytes. */
import { noble } from "../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import { concat } from "../../src/bytes.ts";
import {
  type ClientConfig,
  createClientConfig,
  type ClientOptions,
  type Credential,
  createCredential,
  type EngineEvent,
  type ServerConfig,
  createServerConfig,
  type ServerOptions,
  TlsEngine,
} from "../../src/engine/index.ts";
import {
  type CertificateVerifier,
  Certificate,
  createVerifier,
  TrustStore,
} from "../../src/x509/index.ts";
import { type KeyKind, testAuthority, testClient, testServer } from "./pki.ts";
import { repeatable } from "./repeatable.ts";
import { seededRandom } from "./seeded-random.ts";

/** The ways in which bytes are delivered from one engine to the other. */
export type Delivery = "whole" | "bytes" | "random";
export const DELIVERIES: readonly Delivery[] = ["whole", "bytes", "random"];

/** node:crypto, unless another is named, with random bytes of that seed. */
export function seededProvider(
  seed: string,
  base?: CryptoProvider,
): CryptoProvider {
  return repeatable(seededRandom(seed), base);
}

let verifier: CertificateVerifier | undefined;

/** Trusts the tests' authority, and remembers signatures that it has seen. */
export function testVerifier(): CertificateVerifier {
  verifier ??= createVerifier({
    provider: noble,
    trustStore: TrustStore.of(testAuthority().der),
  });
  return verifier;
}

const credentials = new Map<string, Credential>();

/** The certificate and key of a test server or client, the same at each call. */
export function testCredential(
  kind: KeyKind = "ec-p256",
  role: "server" | "client" = "server",
): Credential {
  const name = `${role} ${kind}`;
  const known = credentials.get(name) ?? makeCredential(kind, role);
  credentials.set(name, known);
  return known;
}

function makeCredential(kind: KeyKind, role: "server" | "client"): Credential {
  const { chain, key } =
    role === "server" ? testServer(kind) : testClient(kind);
  const leaf = chain[0] ?? new Uint8Array();
  const { algorithm } = Certificate.parse(leaf).subjectPublicKeyInfo;
  return createCredential({ provider: noble, chain, key: { algorithm, key } });
}

export function testClientConfig(
  options: Partial<ClientOptions> = {},
): ClientConfig {
  return createClientConfig({
    provider: seededProvider("client"),
    verifier: testVerifier(),
    ...options,
  });
}

export function testServerConfig(
  options: Partial<ServerOptions> = {},
): ServerConfig {
  return createServerConfig({
    provider: seededProvider("server"),
    credentials: [testCredential()],
    verifier: testVerifier(),
    ...options,
  });
}

/** Two engines and all that went between them. */
export interface Pair {
  readonly client: TlsEngine;
  readonly server: TlsEngine;
  /** Bytes sent by each side, for comparison. */
  readonly sent: { client: Uint8Array; server: Uint8Array };
}

export function newPair(
  client: ClientConfig = testClientConfig(),
  server: ServerConfig = testServerConfig(),
  serverName = "localhost",
): Pair {
  return {
    client: TlsEngine.client(client, serverName),
    server: TlsEngine.server(server),
    sent: { client: new Uint8Array(), server: new Uint8Array() },
  };
}

/** Carries bytes both ways until neither side has anything to say. */
export function shuttle(pair: Pair, delivery: Delivery = "whole"): Pair {
  const cut = cutter(delivery);
  for (;;) {
    const fromClient = pair.client.takeOutput();
    const fromServer = pair.server.takeOutput();
    if (fromClient.length + fromServer.length === 0) return pair;
    pair.sent.client = concat(pair.sent.client, fromClient);
    pair.sent.server = concat(pair.sent.server, fromServer);
    for (const part of cut(fromClient)) deliver(pair.server, part);
    for (const part of cut(fromServer)) deliver(pair.client, part);
  }
}

/** All events so far. */
export function events(engine: TlsEngine): EngineEvent[] {
  const list: EngineEvent[] = [];
  for (let e = engine.nextEvent(); e; e = engine.nextEvent()) list.push(e);
  return list;
}

/** The application data among the events so far. */
export function received(engine: TlsEngine): Uint8Array {
  return concat(
    ...events(engine).flatMap((event) =>
      event.type === "data" ? [event.bytes] : [],
    ),
  );
}

/** Hands bytes over in an array that is spoilt afterwards. */
function deliver(engine: TlsEngine, bytes: Uint8Array): void {
  const lent = bytes.slice();
  engine.receive(lent);
  lent.fill(0xee);
}

function cutter(
  delivery: Delivery,
): (bytes: Uint8Array) => Iterable<Uint8Array> {
  const random = seededRandom("cuts");
  return function* cut(bytes) {
    for (let at = 0; at < bytes.length;) {
      const [a = 0, b = 0] = random(2);
      const length =
        delivery === "bytes"
          ? 1
          : delivery === "whole"
            ? bytes.length
            : 1 + (((a << 8) | b) % (a < 128 ? 16 : 700));
      yield bytes.subarray(at, at + length);
      at += length;
    }
  };
}
