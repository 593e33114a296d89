/** Certificates, configs and pairs of engines to measure with. */
import { generateKeyPairSync } from "node:crypto";
import { noble } from "puretls/crypto/noble";
import {
  createClientConfig,
  createCredential,
  createServerConfig,
  TlsEngine,
} from "puretls/engine";
import { createCertificateAuthority, PkiKey } from "puretls/pki";
import { Certificate, createVerifier, TrustStore } from "puretls/x509";
import { Stopwatch } from "./measure.js";

export const HOST = "localhost";

/** @typedef {"ECDSA P-256" | "RSA-2048"} ChainKind */
/** @typedef {import("puretls/engine").ClientOptions} ClientOptions */
/** @typedef {import("puretls/engine").ClientConfig} ClientConfig */
/** @typedef {import("puretls/engine").ServerConfig} ServerConfig */
/** @typedef {import("puretls/engine").ServerOptions} ServerOptions */

/**
 * A leaf right under a root, both of one kind of key.
 *
 * @typedef {object} Identity
 * @property {ChainKind} kind
 * @property {import("puretls/pki").Authority} authority
 * @property {import("puretls/pki").IssuedCertificate} leaf
 * @property {import("puretls/engine").Credential} credential
 * @property {TrustStore} trustStore
 */

/** @type {readonly ChainKind[]} */
export const CHAIN_KINDS = ["ECDSA P-256", "RSA-2048"];

/** @type {Map<ChainKind, Identity>} */
const identities = new Map();

/**
 * The same identity at each call.
 *
 * @param {ChainKind} kind
 * @returns {Identity}
 */
export function identity(kind) {
  const known = identities.get(kind);
  if (known !== undefined) return known;
  const authority = createCertificateAuthority({
    provider: noble,
    name: `puretls bench ${kind}`,
    key: newKey(kind),
  });
  const leaf = authority.issueServer({ hosts: [HOST], key: newKey(kind) });
  const { algorithm } = Certificate.parse(leaf.der).subjectPublicKeyInfo;
  const made = {
    kind,
    authority,
    leaf,
    credential: createCredential({
      provider: noble,
      chain: leaf.chain,
      key: { algorithm, key: leaf.key.privateKey },
    }),
    trustStore: TrustStore.of(authority.der),
  };
  identities.set(kind, made);
  return made;
}

/**
 * Made by node:crypto: an RSA key takes noble's BigInts too long.
 *
 * @param {ChainKind} kind
 */
export function newKey(kind) {
  const { privateKey } =
    kind === "RSA-2048"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  return PkiKey.parse(noble, pem.toString());
}

/**
 * A client that has seen no signature yet: its verifier is new.
 *
 * @param {Identity} peer
 * @param {Partial<ClientOptions>} [options]
 */
export function newClientConfig(peer, options = {}) {
  const { trustStore } = peer;
  const { provider = noble } = options;
  return createClientConfig({
    provider,
    verifier: createVerifier({ provider, trustStore }),
    ...options,
  });
}

/**
 * @param {Identity} own
 * @param {Partial<ServerOptions>} [options]
 */
export function newServerConfig(own, options = {}) {
  return createServerConfig({
    provider: noble,
    credentials: [own.credential],
    ...options,
  });
}

/**
 * Two engines after a full handshake, what each of them spent on it, and what
 * they sent.
 *
 * @param {ClientConfig} clientSide
 * @param {ServerConfig} serverSide
 */
export function connect(clientSide, serverSide) {
  const ofClient = new Stopwatch();
  const ofServer = new Stopwatch();
  /** @type {{ client: Uint8Array[], server: Uint8Array[] }} */
  const sent = { client: [], server: [] };
  const client = ofClient.run(() => TlsEngine.client(clientSide, HOST));
  const server = ofServer.run(() => TlsEngine.server(serverSide));
  for (;;) {
    const fromClient = ofClient.run(() => client.takeOutput());
    if (fromClient.length > 0) {
      sent.client.push(fromClient);
      ofServer.run(() => server.receive(fromClient));
    }
    const fromServer = ofServer.run(() => server.takeOutput());
    if (fromServer.length > 0) {
      sent.server.push(fromServer);
      ofClient.run(() => client.receive(fromServer));
    }
    if (fromClient.length + fromServer.length === 0) break;
  }
  const session = takeSession(client);
  takeData(server);
  const error = client.error ?? server.error;
  if (error !== undefined) throw error;
  if (!client.canWrite || !server.canWrite)
    throw new Error("the handshake did not come to its end");
  const [clientMs, serverMs] = [ofClient.ms, ofServer.ms];
  return { client, server, sent, session, clientMs, serverMs };
}

/** Reads all events, and keeps the session that the server left. */
function takeSession(engine) {
  let session;
  for (let event = engine.nextEvent(); event; event = engine.nextEvent())
    if (event.type === "session") session ??= event.session;
  return session;
}

/**
 * Reads all events, as an application does.
 *
 * @param {TlsEngine} engine
 * @returns {number} bytes of application data among them
 */
export function takeData(engine) {
  let bytes = 0;
  for (let event = engine.nextEvent(); event; event = engine.nextEvent())
    if (event.type === "data") bytes += event.bytes.length;
  return bytes;
}

/**
 * Providers with the cost of noble but without public-key cryptography: for
 * measuring what is around it, and a thousand connections in short time. The
 * peer is not authenticated at all.
 */
export const hollowProvider = {
  ...noble,
  groups: {
    x25519: {
      name: "x25519",
      initiatorShareLength: 32,
      responderShareLength: 32,
      /** @param {(length: number) => Uint8Array} random */
      generate: (random) => ({
        share: random(32),
        decapsulate: () => new HollowSecret(),
      }),
      /**
       * @param {Uint8Array} _peerShare
       * @param {(length: number) => Uint8Array} random
       */
      encapsulate: (_peerShare, random) => ({
        share: random(32),
        secret: new HollowSecret(),
      }),
    },
  },
  verifiers: { ...noble.verifiers, "ecdsa-sha256": () => true },
  signers: { ...noble.signers, "ecdsa-sha256": () => new Uint8Array(71) },
};

/** A shared secret that everybody knows. */
class HollowSecret {
  bytes = new Uint8Array(32).fill(1);
  length = 32;

  wipe() {
    this.bytes.fill(0);
  }
}

/** Configs on {@link hollowProvider}; the certificates are real ones. */
export function hollowConfigs() {
  const own = identity("ECDSA P-256");
  const options = { provider: hollowProvider, groups: ["x25519"] };
  const { trustStore } = own;
  const verifier = createVerifier({ provider: hollowProvider, trustStore });
  return {
    client: newClientConfig(own, { ...options, verifier }),
    server: newServerConfig(own, options),
  };
}

/**
 * "Warm" is a process that has served many connections: everything is
 * compiled. Handshakes without public-key work get there in a second.
 */
export function warmUp() {
  const { client, server } = hollowConfigs();
  for (let i = 0; i < 1000; i++) connect(client, server);
}
